"""What the classifier's known mistakes and its doubt say about a case, for its report."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from math import isnan
from typing import TYPE_CHECKING

from marrowdesk.core.adjusted import Adjusted, adjusted, mistakes_known
from marrowdesk.core.errors import BundleError
from marrowdesk.core.outlook import evidence_of
from marrowdesk.inference.bundle import find_bundles, read_card
from marrowdesk.report.document import DoubtFound

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from marrowdesk.core.cell import Cell
    from marrowdesk.core.counting import CountingRules
    from marrowdesk.core.taxonomy import Scheme
    from marrowdesk.inference.card import ModelCard


def adjusted_count(
    cells: Sequence[Cell],
    by_eye: Iterable[Counter[str]],
    scheme: Scheme,
    rules: CountingRules,
    cards: Iterable[ModelCard] | None = None,
) -> Adjusted | None:
    """Adjust a count for the mistakes of the classifier that proposed.

    Args:
        cells: the cells of a case.
        by_eye: counts at the microscope that are counted together with them.
        scheme: the classes.
        rules: give the level of the intervals.
        cards: the models whose mistakes may be known; those that ship with the program when None.

    Returns:
        The adjusted count; None where nothing is left to adjust, and where the card of the model tells of no
        measured mistakes or is not at hand.
    """
    known = _shipped() if cards is None else cards
    if not mistakes_known(cells, {card.weights.sha256 for card in known if card.results}):
        return None
    evidence = evidence_of(cells)
    reviewed = Counter(evidence.reviewed)
    for each in by_eye:
        reviewed.update(each)
    return adjusted(replace(evidence, reviewed=reviewed), scheme, rules.confidence)


def _shipped() -> Iterator[ModelCard]:
    for folder in find_bundles():
        try:
            yield read_card(folder)
        except BundleError:
            # Told where the classifier is started; here it means that its mistakes are not known.
            continue


def doubt_found(cells: Iterable[Cell]) -> DoubtFound | None:
    """Count the cells that are unfamiliar to the classifier, reviewed or not; None where it measures none."""
    told = [cell.prediction.doubt for cell in cells if cell.prediction is not None]
    measured = [doubt for doubt in told if not isnan(doubt)]
    if not measured:
        return None
    return DoubtFound(1.0, len(measured), sum(doubt > 1.0 for doubt in measured))

"""How a second reading compares with the first, and what is still to be settled between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marrowdesk.core.readers import Agreement, compare

if TYPE_CHECKING:
    from marrowdesk.store.casefile import CaseFile


@dataclass(frozen=True, slots=True)
class Compared:
    """A second reading beside the first.

    Attributes:
        agreement: on the cells that both decided on, before anything was settled.
        open: numbers of the cells on which they differ and that nobody has settled.
    """

    agreement: Agreement
    open: tuple[int, ...]


def compared(case: CaseFile, sitting: int) -> Compared:
    """Compare a second reading with the first.

    Raises:
        CaseFileError: the case cannot be read.
    """
    cells, resolved, reviews = case.cells(), case.resolved(sitting), case.sitting_reviews(sitting)
    first = [cell.with_review(resolved[cell.id]) if cell.id in resolved else cell for cell in cells]
    second = [cell.with_review(reviews.get(cell.id)) for cell in cells]
    agreement = compare(first, second, case.scheme)
    return Compared(agreement, tuple(each for each in agreement.differing if each not in resolved))


def differing(case: CaseFile) -> tuple[int, ...]:
    """Give the cells on which any second reading differs from the first and that nobody has settled."""
    found = {each for sitting in case.sittings() for each in compared(case, sitting.id).open}
    return tuple(sorted(found))

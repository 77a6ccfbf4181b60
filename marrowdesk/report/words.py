"""How a report says numbers, limits and marks."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from marrowdesk.core.signoff import Hindrance
from marrowdesk.core.taxonomy import Lineage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from marrowdesk.core.amendment import Changed
    from marrowdesk.core.differential import Mark, Ratio, Share, ThresholdMark
    from marrowdesk.core.reference import Range

NOTHING = "–"
"""Stands where there is no number."""

LINEAGES = {
    Lineage.BLAST: "Blasts",
    Lineage.NEUTROPHILIC: "Neutrophilic series",
    Lineage.EOSINOPHILIC: "Eosinophilic series",
    Lineage.BASOPHILIC: "Basophilic series",
    Lineage.MONOCYTIC: "Monocytic series",
    Lineage.ERYTHROID: "Erythroid series",
    Lineage.LYMPHOID: "Lymphoid cells",
    Lineage.PLASMA_CELL: "Plasma cells",
    Lineage.OTHER: "Other cells",
    Lineage.NONE: "Not assigned to a lineage",
}
"""How subtotals are called."""

_HINDRANCES = {
    Hindrance.UNCLASSIFIED: "{} without any class",
    Hindrance.UNIDENTIFIED: "{} not identifiable",
    Hindrance.UNFAMILIAR: "{} unfamiliar to the classifier and not reviewed",
    Hindrance.ALWAYS_REVIEWED: "{} of a class that needs a reader and not reviewed",
    Hindrance.DIFFERING: "{} on which two readers differ",
    Hindrance.TOO_FEW: "{} fewer than the target",
    Hindrance.EMPTY_FIELDS: "{} left empty",
}

_MARKS = {"": "", "low": "▼ below range", "high": "▲ above range"}


def percent(value: float | None) -> str:
    """Say a percentage with one decimal, without its sign."""
    return NOTHING if value is None else f"{value:.1f}"


def interval(share: Share) -> str:
    """Say the interval of a share in percent."""
    return NOTHING if share.low is None or share.high is None else f"{share.low:.1f}–{share.high:.1f}"


def limits(limit: Range | None) -> str:
    """Say a reference range; empty where there is none."""
    return "" if limit is None else f"{limit.low:.1f}–{limit.high:.1f}"


def mark(found: Mark) -> str:
    """Say on which side of its range a value lies, in words; empty when inside."""
    return _MARKS[found]


def ratio(found: Ratio) -> str:
    """Say a ratio, or that it cannot be computed."""
    return "not computable" if found.value is None else f"{found.value:.2f}"


def ratio_interval(found: Ratio) -> str:
    """Say the interval of a ratio."""
    return NOTHING if found.low is None or found.high is None else f"{found.low:.2f}–{found.high:.2f}"


def sides(found: Sequence[ThresholdMark]) -> str:
    """Say where the interval of a share stands against its thresholds: "crosses 5 %, below 10 and 20 %"."""
    said = []
    for side, group in groupby(found, key=lambda each: each.side):
        *others, last = [f"{each.threshold.percent:g}" for each in group]
        said.append(f"{side} {', '.join(others)} and {last} %" if others else f"{side} {last} %")
    return ", ".join(said)


def cells(count: int) -> str:
    """Say a number of cells."""
    return f"{count} cell" if count == 1 else f"{count} cells"


def hindrance(kind: str, count: int) -> str:
    """Say what stood against a signature; a kind that a newer program found is said by its name."""
    if kind not in set(Hindrance):
        return f"{cells(count)}: {kind}"
    said = required_fields(count) if kind == Hindrance.EMPTY_FIELDS else cells(count)
    return _HINDRANCES[Hindrance(kind)].format(said)


def required_fields(count: int) -> str:
    """Say a number of header fields that the laboratory requires."""
    return f"{count} required field" if count == 1 else f"{count} required fields"


def differences(found: Changed, labels: Mapping[str, str]) -> str:
    """Say what an amended report says otherwise: "1 cell (blast 4 to 5, lymphocyte 9 to 8), Comment".

    Args:
        found: the differences.
        labels: how each header field is called, by its name.
    """
    said = []
    if found.cells:
        classes = ", ".join(f"{name} {before} to {after}" for name, before, after in found.classes)
        said.append(cells(found.cells) + (f" ({classes})" if classes else ""))
    said += [labels.get(name, name) for name in found.fields]
    return ", ".join(said) or "nothing"


def of(part: int, whole: int) -> str:
    """Say a part of a whole with its percentage."""
    return f"{part} {share_of(part, whole)}"


def share_of(part: int, whole: int) -> str:
    """Say what a number is a part of."""
    share = f" ({100 * part / whole:.0f} %)" if whole else ""
    return f"of {whole}{share}"


def plural(name: str) -> str:
    """Give the plural of a class name; one that does not end like a cell's is left as it is."""
    if name.endswith("mitosis"):
        return f"{name[:-2]}es"
    return f"{name}s" if re.search("(cell|cyte|blast|phil|phage|fact)$", name) else name


def capital(name: str) -> str:
    """Begin a name with a capital letter."""
    return name[:1].upper() + name[1:]


def moment(at: datetime) -> str:
    """Say a time in its own zone, with the offset from UTC."""
    offset = f"{at:%z}"
    return f"{at:%Y-%m-%d %H:%M} (UTC{offset[:3]}:{offset[3:5]})" if offset else f"{at:%Y-%m-%d %H:%M}"

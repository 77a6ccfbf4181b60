"""What is reported of a count, line by line: for the forms that send one result after the other."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Literal

from marrowdesk.core.blood import blood_count
from marrowdesk.core.shown_lines import Rank
from marrowdesk.report.exchange import codes
from marrowdesk.report.rows import blood_rows, printed_rows
from marrowdesk.report.words import ENGLISH, capital

if TYPE_CHECKING:
    from collections.abc import Iterator

    from marrowdesk.core.differential import Apart, Differential, Mark
    from marrowdesk.core.reference import Range
    from marrowdesk.report.document import Report
    from marrowdesk.report.rows import PrintedRow

Status = Literal["preliminary", "final", "amended"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One result.

    Attributes:
        key: tells it from the other results of the report, and is the same in each version of it.
        name: what was measured.
        loinc: its code; empty where there is none.
        unit: in UCUM: ``%``, ``{ratio}``, ``{cells}``, ``/100{cells}`` of the nucleated cells counted, and
            ``/100{WBCs}`` of the white ones.
        value: the result; None where it cannot be computed.
        low: lower limit of its interval, in its unit; None for none.
        high: upper limit of its interval.
        count: cells; None where the result is no share.
        range: reference range in its unit; None for none.
        mark: on which side of the range it lies.
        note: how it is defined, or where it stands against thresholds; empty where the name tells.
    """

    key: str
    name: str
    loinc: str
    unit: str
    value: float | None
    low: float | None = None
    high: float | None = None
    count: int | None = None
    range: Range | None = None
    mark: Mark = ""
    note: str = ""


def status(report: Report) -> Status:
    """Say how far a report is: final or amended once it is signed, preliminary until then."""
    if report.signed is None:
        return "preliminary"
    return "final" if report.amends is None else "amended"


def findings(found: Differential, repeated: int = 0) -> list[Finding]:
    """Give all results that the report prints.

    They are: cells counted; each line of the differential; the ratios of a marrow, or the nucleated red cells
    of a blood film; where the count stands against the thresholds; the cells outside of the differential.
    Lines are those of the printed report: a class that nobody looked for is not said to be absent.

    Args:
        found: the count.
        repeated: cells that show the very image of another one and are counted once more.
    """
    terms = codes.TERMS[found.specimen]
    blood = found.specimen == "blood"
    return [
        Finding("counted", terms.counted, terms.cells_counted, "{cells}", found.counted),
        *([Finding("repeated", _REPEATED, "", "{cells}", repeated)] if repeated else ()),
        *(_line(found, row) for row in (blood_rows(found, ENGLISH) if blood else printed_rows(found))),
        *((_red(found),) if blood else _ratios(found)),
        *_thresholds(found),
        *(_apart(found, each) for each in found.apart),
    ]


_REPEATED = "Cells showing the very image of another cell, counted once more"


def _red(found: Differential) -> Finding:
    red = blood_count(found).red
    return Finding(
        "nucleated_red", "Nucleated red cells per 100 white cells", "", codes.PER_HUNDRED["blood"],
        red.per_hundred, red.low, red.high, red.count, note="Not part of the differential.",
    )  # fmt: skip


def _thresholds(found: Differential) -> Iterator[Finding]:
    """Give the sums that have thresholds, with their side in words, and blasts of all but erythroid cells."""
    for name, group in groupby(found.marks, key=lambda each: each.threshold.name):
        marks = list(group)
        share = marks[0].share
        yield Finding(
            f"threshold.{name.replace(' ', '_')}", f"{capital(name)}, held against thresholds", "", "%",
            share.percent, share.low, share.high, share.count, note=f"{capital(ENGLISH.sides(marks))}.",
        )  # fmt: skip
    if (others := found.non_erythroid) is not None:
        yield Finding(
            "non_erythroid", capital(of_non_erythroid(found)), "", "%",
            others.percent, others.low, others.high, others.count,
        )  # fmt: skip


def of_non_erythroid(found: Differential) -> str:
    """Say what is held against the non-erythroid cells: blasts, alone or with what counts with them."""
    blasts = "blasts and equivalents" if found.rules.blast_equivalents else "blasts"
    return f"{blasts}, of all but erythroid cells"


def _apart(found: Differential, apart: Apart) -> Finding:
    code = apart.cell_class.code if apart.cell_class else apart.name
    name = f"{capital(ENGLISH.plural(apart.name))}, per 100 {codes.TERMS[found.specimen].hundred}"
    return Finding(
        f"apart.{code.replace(' ', '_')}", name, "",
        codes.PER_HUNDRED[found.specimen], apart.per_hundred, count=apart.count,
        note="Not part of the differential.",
    )  # fmt: skip


def _ratios(found: Differential) -> list[Finding]:
    ratio, index = found.me_ratio, found.maturation
    if ratio is None or index is None:
        return []
    return [
        Finding(
            "me_ratio", ratio.name, codes.TERMS["marrow"].me_ratio, "{ratio}", ratio.value, ratio.low,
            ratio.high, range=ratio.range, mark=ratio.mark, note=ratio.definition,
        ),
        Finding(
            "maturation", index.name, "", "{ratio}", index.value, index.low, index.high,
            range=index.range, mark=index.mark, note=index.definition,
        ),
    ]  # fmt: skip


def _line(found: Differential, row: PrintedRow) -> Finding:
    share, lineage = row.share, row.row.lineage
    code = row.row.cell_class.code if row.row.cell_class else ""
    if row.rank is Rank.GROUP and lineage is not None and not share.count:
        code = codes.STANDS_FOR.get(lineage, "")
    if code:
        key, name = code, found.row(code).name
    elif row.rank is Rank.GROUP and lineage is not None:
        key, name = f"lineage.{lineage.value}", row.label
    else:
        key, name = f"sum.{row.row.name}", row.row.name
    return Finding(
        key, capital(name), codes.TERMS[found.specimen].classes.get(code, ""), "%",
        share.percent, share.low, share.high, share.count, row.range, row.mark,
    )  # fmt: skip

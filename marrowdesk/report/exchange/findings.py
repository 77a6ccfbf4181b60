"""What is reported of a count, line by line: for the forms that send one result after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from marrowdesk.report.exchange import codes
from marrowdesk.report.rows import Rank, printed_rows
from marrowdesk.report.words import capital

if TYPE_CHECKING:
    from marrowdesk.core.differential import Differential, Mark
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
        unit: in UCUM: ``%``, ``{ratio}``, ``{cells}``.
        value: the result; None where it cannot be computed.
        low: lower limit of its interval, in its unit; None for none.
        high: upper limit of its interval.
        count: cells; None where the result is no share.
        range: reference range in its unit; None for none.
        mark: on which side of the range it lies.
        note: how it is defined; empty where the name tells.
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


def findings(found: Differential) -> list[Finding]:
    """Give all results: cells counted, each line that the report prints, and the ratios of a marrow.

    Lines are those of the printed report: a class that nobody looked for is not said to be absent.
    """
    terms = codes.TERMS[found.specimen]
    counted = Finding("counted", "Nucleated cells counted", terms.cells_counted, "{cells}", found.counted)
    return [
        counted,
        *(_line(found, row) for row in printed_rows(found)),
        *(_ratios(found) if found.specimen == "marrow" else ()),
    ]


def _ratios(found: Differential) -> list[Finding]:
    ratio, index = found.me_ratio, found.maturation
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

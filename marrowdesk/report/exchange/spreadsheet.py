"""A count as a workbook: the differential, the cells, the decisions, and what the report says of itself."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from marrowdesk.core.blood import blood_count
from marrowdesk.report.document import header_labels
from marrowdesk.report.exchange import codes
from marrowdesk.report.exchange.findings import of_non_erythroid, status
from marrowdesk.report.exchange.workbook import Sheet, workbook_bytes
from marrowdesk.report.tables import CELL_COLUMNS, DECISION_COLUMNS, cell_record
from marrowdesk.report.words import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from marrowdesk.core.differential import Differential, Ratio, Row, Share
    from marrowdesk.report.document import Report
    from marrowdesk.report.exchange.content import Content

DIFFERENTIAL_COLUMNS = (
    "Kind", "Code", "Name", "Cells", "Percent", "Interval low", "Interval high", "Range low", "Range high",
    "Mark", "Proposed", "Reviewed", "Per 100",
)  # fmt: skip
_TIMES = {"reviewed_at": "reviewed_at (UTC)", "at": "at (UTC)"}


def xlsx_bytes(content: Content) -> bytes:
    """Write a count as a workbook of four sheets."""
    report = content.report
    return workbook_bytes(
        (
            Sheet("Differential", DIFFERENTIAL_COLUMNS, _differential(report.differential)),
            Sheet("Cells", _heads(CELL_COLUMNS), _cells(content)),
            Sheet("Decisions", _heads(DECISION_COLUMNS), _decisions(content)),
            Sheet("Report", ("Field", "Text"), _about(content)),
        ),
        report.made_at,
        f"MarrowDesk {report.method.program_version}",
    )


def _heads(columns: Sequence[str]) -> list[str]:
    return [_TIMES.get(each, each) for each in columns]


def _differential(found: Differential) -> Iterator[Sequence[Any]]:
    for kind, rows in (("lineage", found.groups), ("class", found.rows), ("sum", found.sums)):
        yield from (_row(kind, each) for each in rows)
    for apart in found.apart:
        code = apart.cell_class.code if apart.cell_class else None
        yield ("apart", code, apart.name, apart.count, *(None,) * 8, apart.per_hundred)
    counted = codes.TERMS[found.specimen].counted.lower()
    yield ("total", None, counted, found.counted, *(None,) * 7, found.counted_reviewed, None)
    yield from _of_specimen(found)
    for mark in found.marks:
        name = f"{mark.threshold.name}, threshold {mark.threshold.percent:g} %"
        yield ("threshold", None, name, *_share(mark.share), None, None, mark.side, None, None, None)
    if found.non_erythroid is not None:
        yield ("share", None, of_non_erythroid(found), *_share(found.non_erythroid), *(None,) * 6)


def _of_specimen(found: Differential) -> Iterator[Sequence[Any]]:
    """Give the ratios of a marrow; of blood, the nucleated red cells with the interval of their number."""
    if found.specimen == "marrow":
        yield from (_ratio(each) for each in (found.me_ratio, found.maturation) if each)
        return
    red = blood_count(found).red
    name = "nucleated red cells per 100 white cells, with its interval"
    yield ("red cells", None, name, red.count, None, red.low, red.high, *(None,) * 5, red.per_hundred)


def _share(share: Share) -> Sequence[Any]:
    return share.count, share.percent, share.low, share.high


def _row(kind: str, row: Row) -> Sequence[Any]:
    share, limits = row.share, row.range
    return (
        kind, row.cell_class.code if row.cell_class else None, row.name, share.count,
        share.percent, share.low, share.high, limits.low if limits else None, limits.high if limits else None,
        row.mark, row.predicted, row.reviewed, None,
    )  # fmt: skip


def _ratio(ratio: Ratio) -> Sequence[Any]:
    """Give a ratio; it stands where percentages stand, its kind tells that it is none."""
    limits = ratio.range
    return (
        "ratio", None, f"{ratio.name}: {ratio.definition}", None, ratio.value, ratio.low, ratio.high,
        limits.low if limits else None, limits.high if limits else None, ratio.mark, None, None, None,
    )  # fmt: skip


def _cells(content: Content) -> Iterator[Sequence[Any]]:
    for cell in content.cells:
        record = cell_record(cell, content.report.slides)
        record["reviewed_at"] = cell.review.at if cell.review else None
        yield tuple(record.values())


def _decisions(content: Content) -> Iterator[Sequence[Any]]:
    at = DECISION_COLUMNS.index("at")
    for row in content.decisions:
        yield (*row[:at], datetime.fromisoformat(row[at]), *row[at + 1 :])


def _about(content: Content) -> Iterator[tuple[str, Any]]:
    report = content.report
    yield "Case", report.title
    yield "Version", report.version
    yield "Status", status(report)
    yield "Made at (UTC)", report.made_at
    for each in header_labels():
        if text := getattr(report.header, each.name):
            yield each.label, text
    if signed := report.signed:
        yield "Signed by", signed.reader
        yield "Role", signed.role
        yield "Signed at (UTC)", signed.at
        yield "Hash of what was signed", signed.state
    if report.repeated:
        yield "Cells with the very image of another one, counted once more", report.repeated
    yield "Reference ranges", _ranges(report)
    for model in report.method.models:
        yield "Model", model.words
    yield "Program", f"MarrowDesk {report.method.program_version}"
    yield "Use", report.research_use


def _ranges(report: Report) -> str:
    """Name the ranges that are held against the count, or say why none are, as the printed report does."""
    rules = report.differential.rules
    if not rules.ranges_left_out:
        return rules.references.name
    return ENGLISH.why_no_ranges(rules)

"""The lines of the differential as texts: lineages with their classes, sums, ratios, what stands apart."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from marrowdesk.app import numbers
from marrowdesk.app.differential import sentences
from marrowdesk.core.differential import Apart
from marrowdesk.core.shown_lines import Rank, line_of, shown_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from marrowdesk.core.differential import Differential, Mark, Ratio, Row
    from marrowdesk.core.outlook import Outlook
    from marrowdesk.core.reference import Range
    from marrowdesk.core.shown_lines import ShownLine
    from marrowdesk.core.taxonomy import Scheme

translate = QCoreApplication.translate


class Column(enum.IntEnum):
    """The columns, the most important ones first."""

    NAME = 0
    COUNT = 1
    PERCENT = 2
    INTERVAL = 3
    RANGE = 4
    MARK = 5
    PREDICTED = 6
    PREDICTED_PERCENT = 7
    REVIEWED = 8


class Kind(enum.Enum):
    """What a line is; the view draws them differently."""

    HEADING = "heading"
    GROUP = "group"
    CLASS = "class"
    SUM = "sum"
    RATIO = "ratio"
    APART = "apart"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table.

    Attributes:
        key: stays the same from count to count.
        kind: what it is.
        name: text of the first column.
        texts: texts of the other columns; columns that are missing are empty.
        mark: on which side of its range the line lies.
        code: class of the line; empty for groups, sums and ratios.
        color: colour of the class; empty for none.
        tip: explanation.
        strong: whether a note asks for attention.
        hideable: whether it may be left out because it says nothing: no cell, and no range to compare with;
            or nothing that a brief line does not say.
        brief: whether it stands for lines that may be left out, as long as they are.
        listed: what the cells of a note are; empty where it names none.
        cells: numbers of the cells that a note names.
    """

    key: str
    kind: Kind
    name: str
    texts: dict[Column, str] = field(default_factory=dict)
    mark: Mark = ""
    code: str = ""
    color: str = ""
    tip: str = ""
    strong: bool = False
    hideable: bool = False
    brief: bool = False
    listed: str = ""
    cells: tuple[int, ...] = ()

    def text(self, column: Column) -> str:
        """Give the text of a column."""
        return self.name if column is Column.NAME else self.texts.get(column, "")


def header(column: Column, confidence: float = 0.95) -> str:
    """Give the heading of a column; ``confidence`` is the level of the intervals."""
    return {
        Column.NAME: translate("DifferentialPanel", "Class"),
        Column.COUNT: translate("DifferentialPanel", "n"),
        Column.PERCENT: translate("DifferentialPanel", "%"),
        Column.INTERVAL: translate("DifferentialPanel", "{:g} % CI").format(100 * confidence),
        Column.RANGE: translate("DifferentialPanel", "Range"),
        Column.MARK: translate("DifferentialPanel", "Mark"),
        Column.PREDICTED: translate("DifferentialPanel", "Pred. n"),
        Column.PREDICTED_PERCENT: translate("DifferentialPanel", "Pred. %"),
        Column.REVIEWED: translate("DifferentialPanel", "Rev. n"),
    }[column]


def header_tip(column: Column, counted: Differential) -> str:
    """Explain a column."""
    references = counted.rules.references
    return {
        Column.NAME: translate("DifferentialPanel", "Lineages with their sum, and the classes in them"),
        Column.COUNT: translate(
            "DifferentialPanel", "Cells now: by the reader's class where reviewed, else by the proposed one"
        ),
        Column.PERCENT: translate("DifferentialPanel", "Of all counted nucleated cells"),
        Column.INTERVAL: sampling_note(counted),
        Column.RANGE: f"{references.name}\n{references.source}".strip(),
        Column.MARK: translate("DifferentialPanel", "On which side of the reference range the share lies"),
        Column.PREDICTED: translate(
            "DifferentialPanel", "Cells proposed as this class, whatever the reader decided"
        ),
        Column.PREDICTED_PERCENT: translate("DifferentialPanel", "Of all cells proposed as a counted class"),
        Column.REVIEWED: translate(
            "DifferentialPanel", "Cells that a reader gave this class or confirmed in it"
        ),
    }[column]


def sampling_note(counted: Differential) -> str:
    """Say what the interval covers."""
    return translate(
        "DifferentialPanel",
        "Exact {:g} % intervals (Clopper-Pearson): sampling error only, not errors of classification.",
    ).format(100 * counted.rules.confidence)


def mark_text(mark: Mark) -> str:
    """Write a mark as an arrow and a word."""
    return {
        "": "",
        "low": translate("DifferentialPanel", "↓ low"),
        "high": translate("DifferentialPanel", "↑ high"),
    }[mark]


def lines(counted: Differential, scheme: Scheme, outlooks: Sequence[Outlook] = ()) -> list[Line]:
    """Give all lines of a differential, in the order shown; those that may be left out too.

    Args:
        counted: the differential.
        scheme: the classes.
        outlooks: what cells not reviewed can still do to the thresholds, as far as it is known.
    """
    shown = shown_lines(counted)
    return [
        *_section("alerts", translate("DifferentialPanel", "Alerts"), list(_alerts(counted))),
        *([Line("note:ranges", Kind.NOTE, left_out)] if (left_out := sentences.no_ranges(counted)) else []),
        *(line for row in counted.groups for line in _lineage(row, counted, shown)),
        *_section(
            "sums",
            translate("DifferentialPanel", "Sums"),
            [_row_line(f"sum:{row.name}", Kind.SUM, row) for row in counted.sums],
        ),
        *_section("ratios", translate("DifferentialPanel", "Ratios"), list(_ratios(counted))),
        *_section(
            "thresholds", translate("DifferentialPanel", "Thresholds"), list(_thresholds(counted, outlooks))
        ),
        *_section(
            "apart",
            translate("DifferentialPanel", "Not in the count (n, per 100 counted)"),
            list(_apart_lines(counted, scheme)),
        ),
        *_section("review", translate("DifferentialPanel", "Review"), list(_review(counted))),
    ]


def _section(key: str, name: str, members: list[Line]) -> list[Line]:
    if not members:
        return []
    empty = all(line.hideable for line in members)
    return [Line(f"section:{key}", Kind.HEADING, name, hideable=empty), *members]


def _ratios(counted: Differential) -> Iterator[Line]:
    for key, ratio in (("me", counted.me_ratio), ("maturation", counted.maturation)):
        if ratio is None:
            continue
        yield _ratio_line(key, ratio)
        counts = f"{numbers.count(ratio.above)} : {numbers.count(ratio.below)}"
        yield Line(f"note:{key}", Kind.NOTE, f"{counts} – {ratio.definition}")


def _alerts(counted: Differential) -> Iterator[Line]:
    for at, alert in enumerate(sentences.alerts(counted)):
        yield Line(f"alert:{at}", Kind.NOTE, alert, strong=True)


def _thresholds(counted: Differential, outlooks: Sequence[Outlook]) -> Iterator[Line]:
    for standing in sentences.thresholds(counted):
        yield Line(f"threshold:{standing.name}", Kind.NOTE, standing.text, tip=standing.source,
                   strong=standing.reached)  # fmt: skip
        if "BLA" in standing.codes:
            yield from _blasts(counted)
        if counted.reviewed < counted.total:
            for at, each in enumerate(sentences.prospects(outlooks, standing.name)):
                key = f"prospect:{standing.name}:{at}"
                yield Line(key, Kind.NOTE, each.text, tip=each.tip, listed=each.listed, cells=each.cells)


def _blasts(counted: Differential) -> Iterator[Line]:
    for key, text in (
        ("with", sentences.equivalents(counted)),
        ("non-erythroid", sentences.non_erythroid(counted)),
    ):
        if text:
            yield Line(f"note:blasts:{key}", Kind.NOTE, text)


def _review(counted: Differential) -> Iterator[Line]:
    yield Line("note:review", Kind.NOTE, sentences.review(counted))
    agreement = sentences.agreement(counted)
    if agreement:
        yield Line("note:agreement", Kind.NOTE, agreement)
    yield Line("note:sampling", Kind.NOTE, sampling_note(counted))


def _lineage(group: Row, counted: Differential, shown: Sequence[ShownLine]) -> Iterator[Line]:
    rows = [row for row in counted.rows if row.lineage is group.lineage]
    alone = next((each for each in shown if each.rank is Rank.ALONE and each.row in rows), None)
    if len(rows) == 1:  # a subtotal of one class would say everything twice
        of = alone or line_of(rows[0], Rank.ALONE)
        yield _row_line(f"class:{_code(of.row)}", Kind.GROUP, of.row, of.range, of.mark)
        return
    whole = _row_line(f"lineage:{group.name}", Kind.GROUP, group)
    yield whole if alone is None else replace(whole, hideable=True)
    for row in rows:
        if alone is None or row is not alone.row:
            yield _row_line(f"class:{_code(row)}", Kind.CLASS, row)
            continue
        yield replace(_row_line(f"below:{_code(row)}", Kind.CLASS, row), hideable=True)
        brief = _row_line(f"class:{_code(row)}", Kind.GROUP, row, alone.range, alone.mark)
        yield replace(brief, brief=True)


def _code(row: Row) -> str:
    return "" if row.cell_class is None else row.cell_class.code


def _row_line(key: str, kind: Kind, row: Row, limits: Range | None = None, mark: Mark = "") -> Line:
    limits, mark, of, share = limits or row.range, mark or row.mark, row.cell_class, row.share
    texts = {
        Column.COUNT: numbers.count(share.count),
        Column.PERCENT: numbers.percent(share.percent),
        Column.INTERVAL: numbers.interval(share.low, share.high),
        Column.RANGE: "" if limits is None else numbers.interval(limits.low, limits.high),
        Column.MARK: mark_text(mark),
        Column.PREDICTED: numbers.count(row.predicted),
        Column.PREDICTED_PERCENT: numbers.percent(row.predicted_percent),
        Column.REVIEWED: numbers.count(row.reviewed),
    }
    name = row.name[:1].upper() + row.name[1:] if kind is Kind.GROUP else row.name
    tip = (
        ""
        if limits is None
        else translate("DifferentialPanel", "{}: reference range {} %").format(name, texts[Column.RANGE])
    )
    return Line(
        key, kind, name, texts, mark, tip=tip,
        code="" if of is None else of.code,
        color="" if of is None else of.color,
        hideable=limits is None and not (share.count or row.predicted or row.reviewed),
    )  # fmt: skip


def _ratio_line(key: str, ratio: Ratio) -> Line:
    texts = {
        Column.PERCENT: numbers.ratio(ratio.value),
        Column.INTERVAL: numbers.interval(ratio.low, ratio.high, 2),
        Column.RANGE: "" if ratio.range is None else numbers.interval(ratio.range.low, ratio.range.high),
        Column.MARK: mark_text(ratio.mark),
    }
    return Line(key, Kind.RATIO, ratio.name, texts, ratio.mark, tip=ratio.definition)


def _apart_lines(counted: Differential, scheme: Scheme) -> Iterator[Line]:
    there = {each.cell_class.code: each for each in counted.apart if each.cell_class is not None}
    for each in scheme.classes:
        if not each.counted:
            apart = there.get(each.code, Apart(each.name, 0, None, 0, each))
            yield _apart_line(apart)
    yield from (_apart_line(each) for each in counted.apart if each.cell_class is None)


def _apart_line(apart: Apart) -> Line:
    texts = {
        Column.COUNT: numbers.count(apart.count),
        Column.PERCENT: numbers.percent(apart.per_hundred),
    }
    of = apart.cell_class
    return Line(
        f"apart:{apart.name}", Kind.APART, apart.name, texts,
        code="" if of is None else of.code,
        color="" if of is None else of.color,
        hideable=not apart.count,
    )  # fmt: skip


def as_table(shown: list[Line], columns: list[Column]) -> str:
    """Write lines as tab-separated text for a spreadsheet: plain numbers, no thousands separators."""
    rows = [[header(column) for column in columns]]
    for line in shown:
        texts = [line.text(column) for column in columns]
        if line.kind not in (Kind.NOTE, Kind.HEADING):
            texts[1:] = [text.replace(",", "") for text in texts[1:]]
        rows.append([" ".join(text.split()) for text in texts])
    return "\n".join("\t".join(row).rstrip("\t") for row in rows) + "\n"

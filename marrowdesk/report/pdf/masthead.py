"""The top of the first page: letterhead, the laboratory's fields, key figures, and what must be known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marrowdesk.report.document import header_labels
from marrowdesk.report.pdf.layout import Element, Stack, Text
from marrowdesk.report.pdf.styles import (
    BODY,
    BRAND,
    FIGURE,
    GAP,
    INK,
    INSTITUTION,
    LABEL,
    RULE,
    TINT,
    TITLE,
    VALUE,
)
from marrowdesk.report.words import cells, differences, hindrance, moment, share_of

if TYPE_CHECKING:
    from marrowdesk.report.document import Amends, Report
    from marrowdesk.report.pdf.paper import Paper

DOCUMENT_NAME = "Bone marrow differential count"

_UNITS = 12
# Width of each field in twelfths of the page; those of the second tuple are left out while empty.
_BY_HAND = {"patient_name": 5, "patient_id": 3, "birth_date": 2, "sex": 2, "accession": 3}
_OPTIONAL = {"collected": 2, "requester": 3, "site": 4, "aspirate": 5, "indication": 7}
_BETWEEN = 10.0
_MOST_LINES = 2
_MOST_NOTICED = 6


class Letterhead(Element):
    """Institution, name of the document, name of the case and the moment it was frozen."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._institution = Text(report.header.institution, INSTITUTION, most=2)
        self._title = Text(report.title, VALUE.strong(), most=2)

    def _left(self, width: float) -> float:
        return (width + _BETWEEN) * 8 / _UNITS

    def _head(self, width: float) -> float:
        return self._institution.height(width) + 5 if self._report.header.institution.strip() else 0.0

    def height(self, width: float) -> float:
        """Give the height of letterhead and title."""
        return self._head(width) + 8 + max(TITLE.leading, self._title_height(width)) + 4

    def _title_height(self, width: float) -> float:
        return LABEL.leading + self._title.height(width - self._left(width)) + LABEL.leading + 2

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw them, with a strong rule between letterhead and title."""
        paper.bookmark(DOCUMENT_NAME, top)
        if head := self._head(width):
            self._institution.draw(paper, x, top, width)
            top -= head
        paper.rule(x, top, width, BRAND, 1.4)
        top -= 8
        paper.text(DOCUMENT_NAME, x, top - TITLE.size, TITLE)
        right = x + self._left(width)
        paper.text("Case", right, top - LABEL.size, LABEL)
        top -= LABEL.leading
        room = width - self._left(width)
        self._title.draw(paper, right, top, room)
        top -= self._title.height(room) + 2
        paper.text(f"Reported {moment(self._report.made_at)}", right, top - LABEL.size, LABEL)


class Field(Element):
    """One field of the header: its label, and its text or a line to write on."""

    def __init__(self, label: str, text: str) -> None:
        self._label = label
        self.text = Text(text.strip(), VALUE, most=_MOST_LINES)
        self._empty = not text.strip()

    def height(self, width: float) -> float:
        """Give the height of label and text."""
        return LABEL.leading + self.text.height(width) + 2

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw the label above the text; an empty field is a dotted line."""
        paper.text(self._label, x, top - LABEL.size, LABEL, width=width)
        if self._empty:
            paper.rule(x, top - LABEL.leading - VALUE.size, width, INK, 0.5, (0.5, 1.8))
        else:
            self.text.draw(paper, x, top - LABEL.leading, width)


def _fits(text: str, width: float) -> bool:
    return Text(text, VALUE, most=_MOST_LINES).fits(width)


class FieldGrid(Element):
    """The fields of the header in rows of twelve units; a text too long for its place gets a row of its own.

    Args:
        report: what is said.
        width: of the grid in points.

    Attributes:
        cut_off: label and text of fields that are too long even for that.
    """

    def __init__(self, report: Report, width: float) -> None:
        self.cut_off: list[tuple[str, str]] = []
        self._rows: list[list[tuple[Field, int]]] = [[]]
        texts = {each.name: getattr(report.header, each.name).strip() for each in header_labels()}
        labels = {each.name: each.label for each in header_labels()}
        spans = _BY_HAND | {name: span for name, span in _OPTIONAL.items() if texts[name]}
        for name, span in spans.items():
            if not _fits(texts[name], self._room(width, span)):
                span = _UNITS
                if not _fits(texts[name], width):
                    self.cut_off.append((labels[name], texts[name]))
            if sum(each for _, each in self._rows[-1]) + span > _UNITS:
                self._rows.append([])
            self._rows[-1].append((Field(labels[name], texts[name]), span))

    @staticmethod
    def _room(width: float, span: int) -> float:
        return (width + _BETWEEN) * span / _UNITS - _BETWEEN

    def height(self, width: float) -> float:
        """Give the height of all rows."""
        return sum(self._row_height(row, width) for row in self._rows) + 3 * (len(self._rows) - 1)

    def _row_height(self, row: list[tuple[Field, int]], width: float) -> float:
        return max(field.height(self._room(width, span)) for field, span in row)

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw row below row."""
        for row in self._rows:
            left = x
            for field, span in row:
                room = self._room(width, span)
                field.draw(paper, left, top, room)
                left += room + _BETWEEN
            top -= self._row_height(row, width) + 3


class KeyFigures(Element):
    """What a reader looks for first: how many cells, and how many of them a person has seen."""

    def __init__(self, report: Report) -> None:
        found = report.differential
        target = found.rules.target
        slides = len(report.slides)
        self._figures = (
            ("Nucleated cells counted", str(found.counted), f"target {target}"),
            ("Reviewed by a reader", str(found.reviewed), share_of(found.reviewed, found.total)),
            ("Changed by the reader", str(found.changed), "proposals"),
            ("Smears", str(slides), f"{found.total} cells in all"),
        )

    def height(self, width: float) -> float:
        """Give the height of the strip."""
        return 35.0

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw the figures in a tinted strip."""
        bottom = top - self.height(width)
        paper.box(x, bottom, width, self.height(width), fill=TINT)
        room = width / len(self._figures)
        for at, (label, figure, note) in enumerate(self._figures):
            left = x + at * room + 9
            if at:
                paper.stroke([(left - 9, bottom + 6), (left - 9, top - 6)], RULE)
            paper.text(label, left, top - 10.5, LABEL, width=room - 12)
            drawn = paper.text(figure, left, top - 27, FIGURE)
            paper.text(note, left + drawn + 5, top - 27, LABEL, width=room - drawn - 20)


class Notices(Element):
    """Sentences that must not be overlooked, each with a word before it, in a frame with a strong edge.

    Args:
        sentences: pairs of word and sentence; at least one.
    """

    gap = 7.0

    def __init__(self, sentences: list[tuple[str, str]]) -> None:
        self._rows = [(word, Text(sentence, BODY, most=_MOST_NOTICED)) for word, sentence in sentences]

    @staticmethod
    def _inner(width: float) -> float:
        return width - 96

    def height(self, width: float) -> float:
        """Give the height of the frame."""
        return sum(text.height(self._inner(width)) for _, text in self._rows) + 8

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw words and sentences in the frame."""
        height = self.height(width)
        paper.box(x, top - height, width, height, edge=INK, thickness=0.7)
        paper.box(x, top - height, 4, height, fill=INK)
        top -= 4
        for word, text in self._rows:
            paper.text(word, x + 12, top - BODY.size, BODY.strong())
            text.draw(paper, x + 88, top, self._inner(width))
            top -= text.height(self._inner(width))


def notices(report: Report) -> list[Element]:
    """Give what a reader must know before the numbers."""
    found = report.differential
    said: list[tuple[str, str]] = []
    if report.amends:
        said.append(("AMENDED", _amendment(report.amends)))
    if report.past:
        said.append(
            (
                "EARLIER",
                f"The case as it was after act {report.past.act}, by {report.past.reader} on "
                f"{moment(report.past.at)}; not its present state",
            )
        )
    if report.unreviewed:
        word = "PRELIMINARY" if report.preliminary else "UNREVIEWED"
        said.append((word, f"{report.unreviewed} of {found.total} cells not reviewed by a reader"))
    if report.signed and report.signed.hindrances:
        against = "; ".join(hindrance(kind, count) for kind, count in report.signed.hindrances)
        said.append(("OVERRIDDEN", f"Signed in spite of {against}. Reason: {report.signed.reason}"))
    if found.unresolved:
        said.append(
            ("UNRESOLVED", f"{cells(found.unresolved)} not identifiable: to be given a class or dismissed")
        )
    alerts = {
        row.cell_class.alert: row.share.count
        for row in found.rows
        if row.cell_class and row.cell_class.alert and row.share.count
    }
    said += [("ALERT", f"{sentence} ({cells(count)})") for sentence, count in alerts.items()]
    return [Notices(said)] if said else []


def _amendment(amends: Amends) -> str:
    """Say what an amended report takes the place of, and why."""
    labels = {each.name: each.label for each in header_labels()}
    return (
        f"Version {amends.version + 1}, in place of version {amends.version} that {amends.reader} signed on "
        f"{moment(amends.at)}. Reopened by {amends.reopened_by} on {moment(amends.reopened_at)}: "
        f"{amends.reason} Changed: {differences(amends.changed, labels)}."
    )


def long_field(label: str, text: str) -> Element:
    """Give a label with a text of any length below it."""
    return Stack([Text(label, LABEL), Text(text.strip(), BODY)], gap=GAP / 2)


def masthead(report: Report, width: float) -> list[Element]:
    """Give the top of the first page."""
    grid = FieldGrid(report, width)
    grid.gap = 4
    figures = KeyFigures(report)
    figures.gap = GAP - 2
    cut_off = list(grid.cut_off)
    for label, text, style, room in (
        ("Institution", report.header.institution, INSTITUTION, width),
        ("Case", report.title, VALUE.strong(), width * 0.3),
    ):
        if not Text(text, style, most=2).fits(room):
            cut_off.append((label, text))
    full = [long_field(label, text) for label, text in cut_off]
    return [Letterhead(report), grid, *full, figures, *notices(report)]

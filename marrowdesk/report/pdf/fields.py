"""The laboratory's fields: short ones in a grid, long ones as entries with their label beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marrowdesk.report.pdf.layout import Element, Stack, Text
from marrowdesk.report.pdf.styles import BODY, GAP, HAIR, INK, LABEL, VALUE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from marrowdesk.report.pdf.edition import Edition
    from marrowdesk.report.pdf.paper import Paper

_UNITS = 12
# Width of each field in twelfths of the page; those of the second tuple are left out while empty.
_BY_HAND = {"patient_name": 5, "patient_id": 3, "birth_date": 2, "sex": 2, "accession": 3}
_OPTIONAL = {"collected": 2, "requester": 3, "site": 4}
_BETWEEN = 10.0
_MOST_LINES = 2
_LABELS = 112.0
"""Width of the labels of entries."""


class Field(Element):
    """One field of the header: its label, and its text or a line to write on."""

    def __init__(self, label: str, text: str, most: int) -> None:
        self._label = label
        self.text = Text(text.strip(), VALUE, most=most)
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


class FieldGrid(Element):
    """The short fields of the header in rows of twelve units.

    Args:
        edition: what is printed.
        width: of the grid in points.
        whole: whether a text too long for its place gets a row of its own; else it is cut off.

    Attributes:
        cut_off: label and text of fields that are too long for their place.
    """

    gap = 4.0

    def __init__(self, edition: Edition, width: float, whole: bool = True) -> None:
        self.cut_off: list[tuple[str, str]] = []
        self._rows: list[list[tuple[Field, int]]] = [[]]
        most = _MOST_LINES if whole else 1
        spans = _BY_HAND | {name: span for name, span in _OPTIONAL.items() if _text(edition, name)}
        for name, span in spans.items():
            text, label = _text(edition, name), edition.label(name)
            fits = Text(text, VALUE, most=most).fits
            if not fits(self._room(width, span)):
                span = _UNITS if whole else span
                if not fits(self._room(width, span)):
                    self.cut_off.append((label, text))
            if sum(each for _, each in self._rows[-1]) + span > _UNITS:
                self._rows.append([])
            self._rows[-1].append((Field(label, text, most), span))

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


class Entry(Element):
    """A label with a text of any length beside it; split between two lines of the text."""

    gap = 3.0

    def __init__(self, label: str, text: Text) -> None:
        self._label = label
        self._text = text

    def _labelled(self) -> Text:
        return Text(self._label, BODY.soft())

    def height(self, width: float) -> float:
        """Give the height of the text, or of a label that is higher."""
        return max(self._labelled().height(_LABELS - 8), self._text.height(width - _LABELS)) + 2

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw label and text above a thin rule."""
        self._labelled().draw(paper, x, top, _LABELS - 8)
        self._text.draw(paper, x + _LABELS, top, width - _LABELS)
        paper.rule(x, top - self.height(width), width, HAIR)

    def split(self, width: float, room: float) -> tuple[Element | None, Element | None]:
        """Split the text; the label stands beside the first part."""
        if self.height(width) <= room:
            return self, None
        head, tail = self._text.split(width - _LABELS, room - 2)
        if not isinstance(head, Text) or not isinstance(tail, Text):
            return None, self
        return Entry(self._label, head), Entry("", tail)


def entries(edition: Edition, names: Iterable[str]) -> list[Element]:
    """Give the fields of these names that hold a text."""
    return [Entry(edition.label(name), Text(text)) for name in names if (text := _text(edition, name))]


def section(edition: Edition, title: str, names: Iterable[str]) -> list[Element]:
    """Give some fields under a heading; nothing where all of them are empty."""
    found = entries(edition, names)
    return [Stack(found, edition.heading(title), GAP)] if found else []


def long_field(label: str, text: str) -> Element:
    """Give a label with a text of any length below it."""
    return Stack([Text(label, LABEL), Text(text.strip(), BODY)], gap=GAP / 2)


def _text(edition: Edition, name: str) -> str:
    text = str(getattr(edition.report.header, name)).strip()
    return edition.words.sex(text) if name == "sex" else text

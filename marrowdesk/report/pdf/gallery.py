"""Representative cells by class: a solid frame for what a reader decided, a dotted one for a proposal."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from marrowdesk.report.pdf.layout import Element, Stack, Text, Whole
from marrowdesk.report.pdf.styles import CAPTION, GAP, INK, LABEL, RULE, Style, hex_color
from marrowdesk.report.typesetting.lines import set_line
from marrowdesk.report.words import capital

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marrowdesk.core.taxonomy import CellClass
    from marrowdesk.report.document import Picture
    from marrowdesk.report.pdf.edition import Edition
    from marrowdesk.report.pdf.paper import Paper
    from marrowdesk.report.words import Words

_NAME = Style(6.9, bold=True)
_HEAD = 13.0
_CAPTION_ROOM = 9.0
_BETWEEN = 5.6


@dataclass(frozen=True, slots=True)
class _Block:
    """The pictures of one class that stand on one line.

    Attributes:
        name: of the class.
        color: ``#rrggbb`` of the class.
        count: cells of the class in the case.
        pictures: from left to right.
    """

    name: str
    color: str
    count: int
    pictures: tuple[Picture, ...]

    def slots(self, pitch: float) -> int:
        """Give the places it takes: one a picture, and as many as its name needs."""
        name = set_line(self.name, _NAME.bold).width * _NAME.size
        count = set_line(str(self.count)).width * LABEL.size
        return max(len(self.pictures), math.ceil((name + count + 14 + 1.5 * _BETWEEN) / pitch))


class _Line(Element):
    """One line of the gallery.

    Args:
        blocks: from left to right.
        slots: places on the line.
        words: the language.
    """

    gap = 5.0

    def __init__(self, blocks: Sequence[_Block], slots: int, words: Words) -> None:
        self._blocks = blocks
        self._slots = slots
        self._words = words

    def _pitch(self, width: float) -> float:
        return (width + _BETWEEN) / self._slots

    def height(self, width: float) -> float:
        """Give the height of names, pictures and captions."""
        return _HEAD + self._pitch(width) - _BETWEEN + _CAPTION_ROOM

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw block beside block."""
        pitch = self._pitch(width)
        for block in self._blocks:
            room = block.slots(pitch) * pitch - _BETWEEN
            self._draw_head(paper, block, x, top, room - _BETWEEN / 2)
            for at, picture in enumerate(block.pictures):
                left, side = x + at * pitch, pitch - _BETWEEN
                _draw_picture(paper, picture, left, top - _HEAD, side)
                paper.text(self._caption(picture), left, top - _HEAD - side - 6.6, CAPTION, width=side)
            x += room + _BETWEEN

    def _caption(self, picture: Picture) -> str:
        if picture.confidence is None:
            return picture.caption
        return f"{picture.caption} · {self._words.with_sign(f'{100 * picture.confidence:.0f}')}"

    @staticmethod
    def _draw_head(paper: Paper, block: _Block, x: float, top: float, room: float) -> None:
        paper.rule(x, top, room, RULE, 0.6)
        paper.box(x, top - 8.6, 5, 5, fill=hex_color(block.color))
        number = f"{block.count}"
        taken = paper.text(number, x + room, top - 8.8, LABEL, "right")
        paper.text(block.name, x + 8, top - 8.8, _NAME, width=room - 12 - taken, least=5.6)


def _draw_picture(paper: Paper, picture: Picture, x: float, top: float, side: float) -> None:
    paper.picture(picture.image, x, top - side, side)
    if picture.reviewed:
        paper.box(x, top - side, side, side, edge=INK, thickness=0.9)
    else:
        paper.box(x, top - side, side, side, edge=(1, 1, 1), thickness=1.1)
        paper.box(x, top - side, side, side, edge=INK, thickness=1.1, dash=(1.1, 2.2))


class Legend(Element):
    """What the frames mean, and how wide the pictures are; no scale, for an image file seldom tells one."""

    def __init__(self, edition: Edition) -> None:
        self._decided = edition.say("decided by a reader")
        self._proposed = edition.say("proposed by the classifier, with its confidence")
        widths = [each.image.shape[1] for each in edition.report.pictures]
        wide = str(min(widths)) if min(widths) == max(widths) else f"{min(widths)}–{max(widths)}"
        told = edition.say("number beside a name: cells of the class; each picture {} pixels wide").format(
            wide
        )
        self._note = Text(told, LABEL)

    def height(self, width: float) -> float:
        """Give the height of the lines."""
        return 11.0 + self._note.height(width)

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw a frame of each kind with its meaning."""
        self._note.draw(paper, x, top - 11, width)
        y = top - 8
        paper.box(x, y - 0.5, 7, 7, edge=INK, thickness=0.9)
        x += 11 + paper.text(self._decided, x + 11, y, LABEL) + 16
        paper.box(x, y - 0.5, 7, 7, edge=INK, thickness=1.1, dash=(1.1, 2.2))
        paper.text(self._proposed, x + 11, y, LABEL)


def gallery(edition: Edition, width: float, slots: int) -> Element | None:
    """Give the gallery, or None where the report has no pictures.

    Args:
        edition: what is printed.
        width: of a line in points.
        slots: pictures on a line.
    """
    blocks = _blocks(edition, slots)
    if not blocks:
        return None
    pitch = (width + _BETWEEN) / slots
    lines: list[list[_Block]] = [[]]
    for block in blocks:
        if lines[-1] and sum(each.slots(pitch) for each in lines[-1]) + block.slots(pitch) > slots:
            lines.append([])
        lines[-1].append(block)
    first, *others = (_Line(line, slots, edition.words) for line in lines)
    begin = Whole([Legend(edition), first])  # a legend never stands alone at the foot of a page
    return Stack([begin, *others], edition.heading("Representative cells"), GAP)


def _blocks(edition: Edition, slots: int) -> list[_Block]:
    by_class: dict[str, list[Picture]] = {}
    for picture in edition.report.pictures:
        by_class.setdefault(picture.code, []).append(picture)
    found = edition.report.differential
    classes: list[tuple[CellClass, int]] = [
        *((row.cell_class, row.share.count) for row in found.rows if row.cell_class),
        *((each.cell_class, each.count) for each in found.apart if each.cell_class),
    ]
    return [
        _Block(
            capital(edition.words.plural(each.name)),
            each.color,
            count,
            tuple(pictures[start : start + slots]),
        )
        for each, count in classes
        if (pictures := by_class.get(each.code))
        for start in range(0, len(pictures), slots)
    ]

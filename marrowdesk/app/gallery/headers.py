"""Paints the headers of the gallery's sections: colour, name, count and how much of it was reviewed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPalette, QPen, QPolygonF

from marrowdesk.app import numbers
from marrowdesk.app.colors import blend, faint_ink
from marrowdesk.app.gallery.describe import class_name
from marrowdesk.app.gallery.facts import EXCLUDED, NOT_CLASSIFIED, RISKS

if TYPE_CHECKING:
    from marrowdesk.app.case_model import CaseModel
    from marrowdesk.app.gallery.arrangement import Section

_GRAY = "#868e96"
_BAR = 84
_EDGE = 10

Role = QPalette.ColorRole
translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class Heading:
    """What a header says.

    Attributes:
        name: of the class.
        code: of the class; empty for none.
        color: of the class, ``#rrggbb``.
        count: what the count says, for example "34 cells".
        reviewed: cells that a reader decided on; None where that makes no sense.
        total: cells of the class in the whole case.
        remark: a word of warning, or empty.
    """

    name: str
    code: str
    color: str
    count: str
    reviewed: int | None
    total: int
    remark: str


def heading(section: Section, model: CaseModel, certain: int = 0) -> Heading:
    """Say what stands in the header of a section, by the tally of this moment.

    Args:
        section: what it stands over.
        model: the open case.
        certain: proposals of the class that are certain and that nobody decided on.
    """
    if section.key in RISKS and section.key != NOT_CLASSIFIED:
        return Heading(_risk_name(section.key), "", _GRAY, _cells(section.count), None, 0, "")
    if section.key == EXCLUDED:
        return Heading(
            translate("gallery", "Excluded from the count"), "", _GRAY, _cells(section.count), None, 0, ""
        )
    if section.key == NOT_CLASSIFIED:
        return Heading(
            translate("gallery", "Not classified yet"), "", _GRAY, _cells(section.count), None, 0, ""
        )
    tally, scheme = model.tally, model.scheme
    total = tally.current[section.key]
    count = _cells(total)
    if section.count < total:
        count = translate("gallery", "{shown} of {total} cells").format(
            shown=numbers.count(section.count), total=numbers.count(total)
        )
    if certain:
        count += translate("gallery", ", {certain} certain").format(certain=numbers.count(certain))
    known = section.key in scheme
    remark = (
        translate("gallery", "always needs a reader") if known and scheme[section.key].always_review else ""
    )
    color = scheme[section.key].color if known else _GRAY
    name = class_name(section.key, scheme)
    return Heading(name, section.key, color, count, tally.reviewed[section.key], total, remark)


def _risk_name(key: str) -> str:
    return {
        RISKS[0]: translate("gallery", "Unlike anything learned"),
        RISKS[1]: translate("gallery", "Always needs a reader"),
        RISKS[2]: translate("gallery", "By what a mistake would cost"),
        RISKS[4]: translate("gallery", "Reviewed"),
    }[key]


def _cells(count: int) -> str:
    return (
        translate("gallery", "1 cell")
        if count == 1
        else translate("gallery", "{count} cells").format(count=numbers.count(count))
    )


def header_height(font: QFont) -> int:
    """Give the height of a header, pixels."""
    return QFontMetrics(font).height() + 14


def paint_header(
    painter: QPainter, place: QRect, said: Heading, palette: QPalette, *, is_open: bool, target: bool = False
) -> None:
    """Paint a header.

    Args:
        painter: paints on the view.
        place: where.
        said: what it says.
        palette: colours of the view.
        is_open: whether the cells of the section are shown.
        target: whether cells are being dragged over it.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    ground = palette.color(Role.Highlight) if target else _ground(palette)
    ink = palette.color(Role.HighlightedText if target else Role.Text)
    painter.fillRect(place, ground)
    painter.setPen(QPen(blend(ground, ink, 0.16), 1))
    painter.drawLine(
        QPointF(place.left(), place.bottom() + 0.5), QPointF(place.right(), place.bottom() + 0.5)
    )
    middle = place.center().y() + 0.5
    _paint_triangle(painter, QPointF(place.left() + _EDGE + 5, middle), ink, is_open=is_open)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(said.color))
    painter.drawRoundedRect(QRectF(place.left() + _EDGE + 16, middle - 6.5, 13, 13), 3, 3)
    right = _paint_reviewed(painter, place, said, ink, ground)
    _paint_words(painter, place, said, ink, ground, right)
    painter.restore()


def _ground(palette: QPalette) -> QColor:
    return blend(palette.color(Role.Base), palette.color(Role.Text), 0.075)


def _paint_triangle(painter: QPainter, at: QPointF, ink: QColor, *, is_open: bool) -> None:
    points = [(-4, -2), (4, -2), (0, 3)] if is_open else [(-2, -4), (3, 0), (-2, 4)]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    painter.drawPolygon(QPolygonF([at + QPointF(x, y) for x, y in points]))


def _paint_words(
    painter: QPainter, place: QRect, said: Heading, ink: QColor, ground: QColor, right: int
) -> None:
    faint = faint_ink(ink, ground, 0.35)
    plain = QFont(painter.font())
    bold = QFont(plain)
    bold.setWeight(QFont.Weight.DemiBold)
    left = place.left() + _EDGE + 37
    words = [(said.name, bold, ink), (said.code, plain, faint), (said.count, plain, ink)]
    if said.remark:
        words.append((said.remark, plain, faint))
    for text, font, color in words:
        metrics = QFontMetrics(font)
        whole = metrics.horizontalAdvance(text)
        width = min(whole, right - left)
        if not text or width < (12 if text == said.name else whole):
            continue  # only the name is worth being cut off
        painter.setFont(font)
        painter.setPen(color)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width + 1)
        room = QRect(left, place.top(), width + 2, place.height())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
        left += width + 10


def _paint_reviewed(painter: QPainter, place: QRect, said: Heading, ink: QColor, ground: QColor) -> int:
    """Paint the reviewed share at the right; gives where it begins."""
    right = place.right() - _EDGE
    if said.reviewed is None or said.total <= 0:
        return right
    bar = QRectF(right - _BAR, place.center().y() - 2, _BAR, 5)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(blend(ground, ink, 0.14))
    painter.drawRoundedRect(bar, 2.5, 2.5)
    if said.reviewed:
        done = QRectF(bar)
        done.setWidth(max(5.0, _BAR * min(1.0, said.reviewed / said.total)))
        painter.setBrush(QColor(said.color))
        painter.drawRoundedRect(done, 2.5, 2.5)
    text = translate("gallery", "{reviewed} of {total} reviewed").format(
        reviewed=numbers.count(said.reviewed), total=numbers.count(said.total)
    )
    width = painter.fontMetrics().horizontalAdvance(text)
    room = QRect(right - _BAR - 10 - width, place.top(), width, place.height())
    painter.setPen(faint_ink(ink, ground, 0.35))
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)
    return room.left() - 10

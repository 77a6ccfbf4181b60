"""What the mouse does in the gallery: click, extend, rubber band, drag, fold sections."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QItemSelectionModel, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from marrowdesk.app.gallery.model import runs_of

if TYPE_CHECKING:
    from marrowdesk.app.gallery.view import GalleryView

Flag = QItemSelectionModel.SelectionFlag
Key = Qt.KeyboardModifier

_SCROLL_EVERY = 25  # milliseconds, while a band is pulled over the edge


class Pointing:
    """One press, from button down to button up.

    A press on a cell selects it. Pulled on from its picture, it drags all that is selected; from the space
    around pictures, or anywhere with Shift or Ctrl held, it pulls a rubber band. Shift extends from the last
    plain choice, Ctrl toggles.
    """

    def __init__(self, view: GalleryView) -> None:
        self._view = view
        self._pressed: QPoint | None = None  # in the content
        self._drags = False
        self._keys = Key.NoModifier
        self._collapse_to = -1  # this cell alone is selected on release, unless a drag began
        self._band: QRect | None = None  # in the content
        self._before = np.empty(0, np.bool_)
        self._scroll = QTimer(view, interval=_SCROLL_EVERY)
        self._scroll.timeout.connect(self._scroll_on)
        self._at = QPoint()

    @property
    def busy(self) -> bool:
        """Whether a button is held: nothing may move under the pointer then."""
        return self._pressed is not None

    @property
    def band(self) -> QRect | None:
        """The rubber band in pixels of the viewport, or None."""
        if self._band is None:
            return None
        return self._band.translated(0, -self._view.verticalOffset()).normalized()

    def _content(self, point: QPoint) -> QPoint:
        return QPoint(point.x(), point.y() + self._view.verticalOffset())

    # -- press ----------------------------------------------------------------------------------------

    def press(self, event: QMouseEvent) -> None:
        """Begin."""
        point, keys = event.position().toPoint(), event.modifiers()
        if event.button() == Qt.MouseButton.RightButton:
            self._select_for_menu(self._view.position_at(point))
            return
        if event.button() != Qt.MouseButton.LeftButton:
            return
        section = self._view.header_at(point)
        if section >= 0:
            self._press_header(section, keys)
            return
        self._pressed = self._content(point)
        position = self._view.position_at(point)
        held = bool(keys & (Key.ControlModifier | Key.ShiftModifier))
        self._drags = not held and position >= 0 and self._view.picture_at(position).contains(point)
        self._keys = keys
        self._before = self._view.selected_mask().copy()
        self._collapse_to = -1
        if position >= 0:
            self._press_cell(position, keys)
        elif not held:
            self._view.clearSelection()

    def _press_cell(self, position: int, keys: Key) -> None:
        view = self._view
        if keys & Key.ShiftModifier:
            view.extend_to(position, keep=bool(keys & Key.ControlModifier))
        elif keys & Key.ControlModifier:
            view.look_at_position(position, Flag.Toggle)
        elif self._before[position]:
            self._collapse_to = position  # it may be the beginning of a drag of all that is selected
            view.look_at_position(position, Flag.NoUpdate)
        else:
            view.look_at_position(position, Flag.ClearAndSelect)

    def _press_header(self, section: int, keys: Key) -> None:
        if keys & (Key.ControlModifier | Key.ShiftModifier):
            self._view.select_section(section, keep=True)
        else:
            self._view.toggle_section(section)

    def _select_for_menu(self, position: int) -> None:
        if position >= 0 and not self._view.selected_mask()[position]:
            self._view.look_at_position(position, Flag.ClearAndSelect)

    # -- move -----------------------------------------------------------------------------------------

    def move(self, event: QMouseEvent) -> None:
        """Pull a band or begin a drag."""
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        self._at = event.position().toPoint()
        if self._band is None:
            way = (self._content(self._at) - self._pressed).manhattanLength()
            if way < QApplication.startDragDistance():
                return
            if self._drags:
                self.cancel()
                self._view.startDrag(Qt.DropAction.CopyAction)
                return
        self._pull()
        if not self._view.viewport().rect().contains(self._at):
            self._scroll.start()

    def _pull(self) -> None:
        assert self._pressed is not None
        self._band = QRect(self._pressed, self._content(self._at))
        caught = self._before.copy() if self._keys & (Key.ControlModifier | Key.ShiftModifier) else None
        runs = self._view.runs_in(self._band)
        if caught is None:
            self._view.select_runs(runs, Flag.ClearAndSelect)
        else:
            for first, last in runs:
                caught[first : last + 1] = True
            self._view.select_runs(runs_of(np.flatnonzero(caught)), Flag.ClearAndSelect)
        self._view.viewport().update()

    def _scroll_on(self) -> None:
        room = self._view.viewport().rect()
        over = min(0, self._at.y()) + max(0, self._at.y() - room.bottom())
        if self._band is None or over == 0:
            self._scroll.stop()
            return
        bar = self._view.verticalScrollBar()
        bar.setValue(bar.value() + over)
        self._pull()

    # -- release --------------------------------------------------------------------------------------

    def release(self, event: QMouseEvent) -> None:
        """End; a band leaves its selection, with the last cell caught as the current one."""
        if event.button() != Qt.MouseButton.LeftButton or self._pressed is None:
            return
        caught = self._view.runs_in(self._band) if self._band is not None else []
        alone = self._collapse_to if self._band is None else -1
        self.cancel()
        if caught:
            self._view.look_at_position(caught[-1][1], Flag.NoUpdate)
        elif alone >= 0:
            self._view.look_at_position(alone, Flag.ClearAndSelect)

    def cancel(self) -> None:
        """Forget the press."""
        self._pressed = None
        self._collapse_to = -1
        self._scroll.stop()
        if self._band is not None:
            self._band = None
            self._view.viewport().update()

"""What the keys do in the gallery: move, extend, select all, fold sections. Class keys pass through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView

if TYPE_CHECKING:
    from marrowdesk.app.gallery.view import GalleryView

Flag = QItemSelectionModel.SelectionFlag
Move = QAbstractItemView.CursorAction
Key = Qt.Key
Held = Qt.KeyboardModifier

_MOVES = {
    Key.Key_Left: Move.MoveLeft,
    Key.Key_Right: Move.MoveRight,
    Key.Key_Up: Move.MoveUp,
    Key.Key_Down: Move.MoveDown,
    Key.Key_Home: Move.MoveHome,
    Key.Key_End: Move.MoveEnd,
    Key.Key_PageUp: Move.MovePageUp,
    Key.Key_PageDown: Move.MovePageDown,
}


def press_key(view: GalleryView, event: QKeyEvent) -> bool:
    """Do what a key says.

    Arrows, Home, End and the page keys move; with Shift they extend the selection, with Ctrl they move
    without selecting (Ctrl+Space then toggles the cell). Alt with up or down goes to the next class, Alt+left
    folds the class of the current cell, Alt+right unfolds all. Return opens the cell, Escape leaves the
    current cell alone selected.

    Returns:
        False when the key means nothing here and belongs to the window (class keys, Space, Delete ...).
    """
    key, held = Key(event.key()), event.modifiers() & ~Held.KeypadModifier
    if event.matches(QKeySequence.StandardKey.SelectAll):
        view.selectAll()
    elif held & Held.AltModifier:
        return _with_alt(view, key)
    elif key in _MOVES:
        _move(view, _MOVES[key], held)
    elif key == Key.Key_Space and held == Held.ControlModifier:
        view.select_runs(
            [(view.currentIndex().row(),) * 2] if view.currentIndex().isValid() else [], Flag.Toggle
        )
    elif key in (Key.Key_Return, Key.Key_Enter) and held == Held.NoModifier:
        view.open_current()
    elif key == Key.Key_Escape and len(view.selected_positions()) > 1:
        view.look_at_position(view.currentIndex().row(), Flag.ClearAndSelect)
    else:
        return False
    return True


def _move(view: GalleryView, move: Move, held: Held) -> None:
    to = view.moveCursor(move, held).row()
    if to < 0:
        return
    if held & Held.ShiftModifier:
        view.extend_to(to, keep=bool(held & Held.ControlModifier))
    else:
        only_look = bool(held & Held.ControlModifier) and move not in (Move.MoveHome, Move.MoveEnd)
        view.look_at_position(to, Flag.NoUpdate if only_look else Flag.ClearAndSelect)
    view.scrollTo(view.currentIndex())


def _with_alt(view: GalleryView, key: Key) -> bool:
    if key in (Key.Key_Up, Key.Key_Down):
        view.go_to_section(-1 if key == Key.Key_Up else 1)
    elif key == Key.Key_Left:
        position = view.currentIndex().row()
        if position >= 0 and not view.grid.hidden(position):
            view.toggle_section(view.grid.section_of(position))
    elif key == Key.Key_Right:
        view.unfold_all()
    else:
        return False
    return True

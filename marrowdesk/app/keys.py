"""Keys alone, without Ctrl: they act on cells, unless a text is typed or a control wants the key itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QGroupBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from marrowdesk.app import shortcuts

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QWindow

    from marrowdesk.core.taxonomy import Scheme

_TYPING = (QLineEdit, QTextEdit, QPlainTextEdit, QAbstractSpinBox, QComboBox)
_PRESSED = (QAbstractButton, QGroupBox)
_PRESSING = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class BareKeys(QObject):
    """Binds single keys while the focus is in a place where they are free.

    Signals:
        class_pressed: the key of a class; its code.
        map_held: the key that shows the map went down (True) or up.
        compare_held: likewise the key that shows cells to compare with.
    """

    class_pressed = Signal(str)
    map_held = Signal(bool)
    compare_held = Signal(bool)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._letters: list[QShortcut] = []
        self._pressing: list[QShortcut] = []
        self._always: list[QShortcut] = []
        self._classes: list[QShortcut] = []
        self._open = False
        self._holding: int | None = None
        self._watched: set[QWindow] = set()
        self._held_keys = {
            QKeySequence(shortcuts.BY_ACTION[action].keys[0])[0].key(): signal
            for action, signal in (("hold_map", self.map_held), ("hold_compare", self.compare_held))
        }
        QApplication.instance().focusChanged.connect(self._focus_moved)

    def bind(self, action: str, slot: Callable[[], object], *, always: bool = False) -> None:
        """Let the bare keys of an action do something; ``always``: also while no case is open."""
        for sequence in shortcuts.sequences(action):
            shortcut = self._bind(sequence, slot)
            if always:
                self._letters.remove(shortcut)
                self._always.append(shortcut)

    def _bind(self, sequence: QKeySequence, slot: Callable[[], object]) -> QShortcut:
        shortcut = QShortcut(sequence, self._window)
        shortcut.setAutoRepeat(False)  # a key held too long must not decide on the next cells too
        shortcut.activated.connect(slot)
        pressing = sequence.count() == 1 and sequence[0].key() in _PRESSING
        (self._pressing if pressing else self._letters).append(shortcut)
        return shortcut

    def show_scheme(self, scheme: Scheme) -> None:
        """Bind the keys of the classes of a scheme."""
        for shortcut in self._classes:
            self._letters.remove(shortcut)
            shortcut.setEnabled(False)
            shortcut.deleteLater()
        self._classes = [
            self._bind(QKeySequence(each.key), lambda code=each.code: self.class_pressed.emit(code))
            for each in scheme.classes
            if each.key
        ]
        self._apply(QApplication.focusWidget())

    def case_open(self, opened: bool) -> None:
        """Let the keys act only while a case is open."""
        self._open = opened
        self._apply(QApplication.focusWidget())

    def watch(self, window: QWindow | None) -> None:
        """Listen for the key that is held, in a window of the screen (a floating dock has its own)."""
        if window is not None and window not in self._watched:
            self._watched.add(window)
            window.installEventFilter(self)
            window.destroyed.connect(lambda _=None, gone=window: self._watched.discard(gone))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the keys that show something while they are held."""
        kind = event.type()
        if kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease) and isinstance(event, QKeyEvent):
            plain = event.key() in self._held_keys and not event.modifiers()
            if plain and self._free(QApplication.focusWidget()):
                if not event.isAutoRepeat():
                    self._hold(event.key() if kind == QEvent.Type.KeyPress else None)
                return True
        elif kind == QEvent.Type.FocusOut:
            self._hold(None)
        return super().eventFilter(watched, event)

    def _hold(self, key: int | None) -> None:
        """Let go of the key that is held, and hold another one."""
        before, self._holding = self._holding, key
        if before == key:
            return
        if before is not None:
            self._held_keys[Qt.Key(before)].emit(False)
        if key is not None:
            self._held_keys[Qt.Key(key)].emit(True)

    def _focus_moved(self, _before: QWidget | None, now: QWidget | None) -> None:
        self._apply(now)

    def _free(self, focus: QWidget | None) -> bool:
        return self._open and not isinstance(focus, _TYPING)

    def _apply(self, focus: QWidget | None) -> None:
        free = self._free(focus)
        for shortcut in self._letters:
            shortcut.setEnabled(free)
        for shortcut in self._pressing:
            shortcut.setEnabled(free and not isinstance(focus, _PRESSED))
        for shortcut in self._always:
            shortcut.setEnabled(not isinstance(focus, _TYPING))

"""Writes what is typed into the case by itself: there is nothing to save."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from marrowdesk.core.errors import MarrowdeskError

if TYPE_CHECKING:
    from marrowdesk.app.session import Session

_AFTER_PAUSE, _AT_LATEST = 400, 2000
"""Milliseconds: earlier texts stay in the case file, so that it would grow by a row with every key."""


class FieldKeeper(QObject):
    """Keeps the header fields of the open case: after a pause of typing, every two seconds, and on leaving.

    Signals:
        kept: everything is in the case file.
        failed: it could not be written; the exception. It is tried again with the next change.
    """

    kept = Signal()
    failed = Signal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._waiting: dict[str, str] = {}
        self._pause, self._latest = self._timer(_AFTER_PAUSE), self._timer(_AT_LATEST)
        session.leaving.connect(self.keep)

    def _timer(self, milliseconds: int) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(self.keep)
        return timer

    def note(self, name: str, text: str) -> None:
        """Take the text of a field, to be written soon."""
        self._waiting[name] = text
        self._pause.start()
        if not self._latest.isActive():
            self._latest.start()

    @property
    def waiting(self) -> dict[str, str]:
        """What is not written yet; a copy."""
        return dict(self._waiting)

    def keep(self) -> MarrowdeskError | None:
        """Write now what is waiting.

        Returns:
            Why it could not be written; None when it was. ``failed`` was emitted, too.
        """
        self._pause.stop()
        self._latest.stop()
        try:
            while self._waiting:
                name = next(iter(self._waiting))
                self._session.set_field(name, self._waiting[name])
                del self._waiting[name]
        except MarrowdeskError as error:
            self.failed.emit(error)
            return error
        self.kept.emit()
        return None

    def drop(self) -> None:
        """Forget what could not be written."""
        self._pause.stop()
        self._latest.stop()
        self._waiting.clear()

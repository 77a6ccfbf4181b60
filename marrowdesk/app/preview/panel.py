"""The preview of a report: the pages as they will be printed, made anew while the report is written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from marrowdesk.app.banner import Banner
from marrowdesk.app.dialogs.failure import show_failure
from marrowdesk.app.preview.bar import PreviewBar
from marrowdesk.app.preview.making import ReportMaker
from marrowdesk.app.preview.view import PageView
from marrowdesk.core.errors import MarrowdeskError

if TYPE_CHECKING:
    from collections.abc import Callable

_PROBLEM = "problem"
_LONGEST = 240  # characters of a sentence: more would push the pages off the screen
_WORD = 30  # characters after which a word may be broken


class ReportPreview(QWidget):
    """Shows a report as pages.

    Attributes:
        bar: the buttons above the pages.
        view: the pages.

    Signals:
        changed: other pages are on the screen.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = PageView(self)
        self.bar = PreviewBar(self.view, self)
        self._banner = Banner(self)
        self._maker = ReportMaker(self)
        self._drawing = False
        self._fault = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.bar, self._banner):
            column.addWidget(widget)
        column.addWidget(self.view, 1)
        self.setFocusProxy(self.view)
        self._maker.made.connect(self._show)
        self._maker.failed.connect(self._tell)
        self.view.shown.connect(self._on_shown)
        self.view.failed.connect(self._tell)

    def show_report(self, make: Callable[[], bytes]) -> None:
        """Show this report as soon as nothing else was asked for during a moment.

        Args:
            make: gives the PDF; called on a worker thread, so it may touch no widget. A MarrowdeskError
                that it raises is told above the pages, and the pages before stay.
        """
        self._maker.ask(make)
        self._tell_busy()

    def content(self) -> bytes | None:
        """Give the PDF on the screen; None before there is one. It may be older than what was asked for."""
        return self.view.content

    @property
    def busy(self) -> bool:
        """Whether what was asked for last is still to come."""
        return self._maker.busy or self._drawing

    def _show(self, content: bytes, sizes: tuple) -> None:
        self._drawing = True
        self.view.show_document(content, sizes)

    def _on_shown(self) -> None:
        self._drawing = False
        if not self._maker.busy:
            self._fault = ""
            self._banner.take_away(_PROBLEM)
        self._tell_busy()
        self.changed.emit()

    def _tell(self, error: Exception) -> None:
        """Say in words why there are no new pages."""
        self._drawing = False
        message = self._banner.tell(_PROBLEM, self._words(error), "warning")
        message.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        if not isinstance(error, MarrowdeskError) and repr(error) != self._fault:
            self._fault = repr(error)  # a fault of the program is shown whole, but not for every key
            show_failure(self, error)
        self._tell_busy()

    def _words(self, error: Exception) -> str:
        if isinstance(error, MarrowdeskError):
            text = " ".join(_shortened(each) for each in (error.message, error.hint) if each)
        else:
            text = self.tr("The report could not be made: something went wrong inside the program.")
        if self.content() is not None:
            text += " " + self.tr("The pages below are those of before.")
        return re.sub(rf"(\S{{{_WORD}}})", "\\1\u200b", text)  # a place to break words that have none

    def _tell_busy(self) -> None:
        self.bar.show_busy(self.busy)
        self.view.set_note(self.tr("The report is being made…") if self.busy else "")


def _shortened(text: str) -> str:
    """Give a sentence on few lines, whose direction of writing does not spread to what follows."""
    plain = re.sub(r"[\x00-\x1f\x7f\s]+", " ", text).strip()
    return f"\u2068{plain if len(plain) <= _LONGEST else plain[:_LONGEST] + '…'}\u2069"

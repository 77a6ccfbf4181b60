"""The line above the pages: which page it is, how large, and whether it is being made anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from marrowdesk.app import numbers, shortcuts
from marrowdesk.app.icons import icon
from marrowdesk.app.preview.zoom import LARGEST, SMALLEST, Fit
from marrowdesk.app.viewer.actions import button_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from marrowdesk.app.preview.view import PageView


class PreviewBar(QWidget):
    """Buttons and words about a view; their actions have keys that work in the whole window.

    Attributes:
        previous: show the page before.
        next: show the page after.
        zoom_out: shrink by a step.
        zoom_in: enlarge by a step.
        fit_width: as wide as the view; checked while that is so.
        fit_page: a page at a time; checked while that is so.
        page: says which page it is.
        size: says how large it is.
        busy: says that the report is being made anew.
    """

    def __init__(self, view: PageView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self.previous = self._make(
            "page_before", "previous", self.tr("Previous page"), lambda: view.go_to(view.current - 1)
        )
        self.next = self._make(
            "page_after", "next", self.tr("Next page"), lambda: view.go_to(view.current + 1)
        )
        self.zoom_out = self._make("zoom_out", "zoom-out", self.tr("Zoom out"), view.zoom_out)
        self.zoom_in = self._make("zoom_in", "zoom-in", self.tr("Zoom in"), view.zoom_in)
        self.fit_width = self._make(
            "fit_width", "fit-width", self.tr("Fit width"), lambda: view.set_zoom(Fit.WIDTH)
        )
        self.fit_page = self._make("fit", "fit-page", self.tr("Fit page"), lambda: view.set_zoom(Fit.PAGE))
        fits = QActionGroup(self)
        fits.setExclusionPolicy(QActionGroup.ExclusionPolicy.ExclusiveOptional)
        for action in (self.fit_width, self.fit_page):
            action.setCheckable(True)
            fits.addAction(action)
        self.page, self.size, self.busy = QLabel(self), QLabel(self), QLabel(self)
        self._lay_out()
        view.moved.connect(self.tell)
        view.shown.connect(self.tell)
        self.tell()

    def _make(self, name: str, picture: str, text: str, act: Callable[[], object]) -> QAction:
        action = QAction(icon(picture), text, self)
        action.setShortcuts(shortcuts.sequences(name))
        action.setToolTip(f"{text} ({shortcuts.shown(name)})")
        action.triggered.connect(lambda _=False: act())
        return action

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 2, 8, 2)
        row.setSpacing(2)
        for each in (self.previous, self.page, self.next, None, self.zoom_out, self.size, self.zoom_in):
            if each is None:
                row.addSpacing(10)
            else:
                row.addWidget(each if isinstance(each, QLabel) else button_for(each, self))
        for action in (self.fit_width, self.fit_page):
            row.addWidget(button_for(action, self))
        row.addWidget(self.busy, 1)
        for label, widest in ((self.page, self._page_words(200, 200)), (self.size, "1,000\u00a0%")):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setMinimumWidth(label.fontMetrics().horizontalAdvance(widest) + 8)
        self.busy.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.busy.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.busy.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def _page_words(self, number: int, count: int) -> str:
        return self.tr("Page {} of {}").format(numbers.count(number), numbers.count(count))

    def show_busy(self, busy: bool) -> None:
        """Say that the report is being made anew, or say nothing."""
        self.busy.setText(self.tr("Updating…") if busy else "")

    def tell(self) -> None:
        """Say where the view is, and allow what can be done there."""
        view = self._view
        self.page.setText(self._page_words(view.current + 1, view.count) if view.count else numbers.NOTHING)
        self.size.setText(f"{view.share:.0%}".replace("%", "\u00a0%") if view.count else numbers.NOTHING)
        view.setAccessibleDescription(self.page.text())
        self.previous.setEnabled(view.current > 0)
        self.next.setEnabled(view.current + 1 < view.count)
        self.zoom_out.setEnabled(bool(view.count) and view.share > SMALLEST)
        self.zoom_in.setEnabled(bool(view.count) and view.share < LARGEST)
        self.fit_width.setChecked(view.zoom is Fit.WIDTH)
        self.fit_page.setChecked(view.zoom is Fit.PAGE)

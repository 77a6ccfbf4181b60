"""What can be done in the viewer, as actions that buttons, menus and shortcuts share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolButton, QWidget

from marrowdesk.app.icons import icon

if TYPE_CHECKING:
    from collections.abc import Callable

translate = QCoreApplication.translate


class ViewerActions(QObject):
    """The actions of a viewer; the window gives them their keys.

    Attributes:
        previous: look at the cell before, in the order shown.
        next: look at the cell after it.
        zoom_in: enlarge by a step.
        zoom_out: shrink by a step.
        fit: show the whole image.
        actual_size: show one image pixel on one screen pixel.
        show_map: lay the attention map over the image; checkable.
        zooming: those that change the size of the picture.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.previous = self._make("previous", translate("ViewerPanel", "Previous cell"))
        self.next = self._make("next", translate("ViewerPanel", "Next cell"))
        self.zoom_in = self._make("zoom-in", translate("ViewerPanel", "Zoom in"))
        self.zoom_out = self._make("zoom-out", translate("ViewerPanel", "Zoom out"))
        self.fit = self._make("fit", translate("ViewerPanel", "Fit to view"))
        self.actual_size = self._make("actual-size", translate("ViewerPanel", "Actual size"))
        self.show_map = self._make("heatmap", translate("ViewerPanel", "Attention map"))
        self.show_map.setCheckable(True)
        self.show_map.setStatusTip(
            translate("ViewerPanel", "Where the model looked: attention, not evidence")
        )

        self.zooming = (self.zoom_in, self.zoom_out, self.fit, self.actual_size)

    def enable_zoom(self, enabled: bool) -> None:
        """Allow what needs a picture, or not."""
        for action in self.zooming:
            action.setEnabled(enabled)

    def _make(self, picture: str, text: str) -> QAction:
        action = QAction(icon(picture), text, self)
        action.changed.connect(lambda: _tell_key(action))
        return action

    def connect(self, handlers: dict[QAction, Callable[[], object]]) -> None:
        """Connect actions that are not checkable with what they do."""
        for action, handler in handlers.items():
            action.triggered.connect(lambda _=False, handler=handler: handler())


def _tell_key(action: QAction) -> None:
    """Name the key in the tooltip, as buttons do not do so themselves."""
    keys = action.shortcut().toString(action.shortcut().SequenceFormat.NativeText)
    tip = f"{action.text()} ({keys})" if keys else action.text()
    if action.toolTip() != tip:
        action.setToolTip(tip)


def button_for(action: QAction, parent: QWidget) -> QToolButton:
    """Give a small flat button for an action."""
    button = QToolButton(parent)
    button.setDefaultAction(action)
    button.setAutoRaise(True)
    button.setIconSize(QSize(16, 16))
    button.setAccessibleName(action.text())
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button

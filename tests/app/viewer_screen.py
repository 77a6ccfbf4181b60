"""Looks at a viewer as a person does: what colour is where on the screen."""

from __future__ import annotations

import numpy as np
from panel_cases import HEIGHT, WIDTH, color_of
from PySide6.QtGui import QImage

from marrowdesk.app.viewer import ViewerPanel


def viewer_of(model, qtbot, size=(420, 400), **more):
    panel = ViewerPanel(model, **more)
    qtbot.addWidget(panel)
    panel.resize(*size)
    panel.show()
    qtbot.waitUntil(lambda: panel.canvas.ready)
    return panel


def pixel(panel, x, y):
    """Give the colour (RGB) on the screen where an image point is drawn."""
    at = panel.canvas.to_view(x, y).toPoint()
    if not panel.canvas.rect().contains(at):
        return np.array([-1, -1, -1])  # nothing is drawn yet
    color = panel.canvas.grab().toImage().pixelColor(at)
    return np.array([color.red(), color.green(), color.blue()], int)


def shows(panel, number):
    return np.abs(pixel(panel, WIDTH / 2, HEIGHT / 2) - color_of(number)).max() <= 1


def wait_for_picture(qtbot, panel, number=0):
    qtbot.waitUntil(lambda: shows(panel, number))


def screen(panel) -> np.ndarray:
    """Give the canvas as it is drawn, RGB, shape (H, W, 3)."""
    image = panel.canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).astype(int)


def hottest(panel) -> np.ndarray:
    """Give the widget point where the picture differs most from its own flat colour, as (x, y)."""
    panel.hold_map(False)
    panel.actions.show_map.setChecked(False)
    without = screen(panel)
    panel.hold_map(True)
    change = np.abs(screen(panel) - without).sum(axis=2)
    panel.hold_map(False)
    first, last = panel.canvas.to_view(0, 0).toPoint(), panel.canvas.to_view(WIDTH, HEIGHT - 12).toPoint()
    change[: first.y() + 2] = change[last.y() :] = 0  # leaves the legend and the rim of the window out
    change[:, : first.x() + 2] = change[:, last.x() - 2 :] = 0
    best = np.argwhere(change > 0.97 * change.max())
    return best.mean(axis=0)[::-1]

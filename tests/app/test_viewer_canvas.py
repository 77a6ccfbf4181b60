"""The picture: zoom at the pointer, pan, fit, actual size."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from marrowdesk.app.viewer.canvas import ImageCanvas


@pytest.fixture
def canvas(qtbot):
    canvas = ImageCanvas()
    qtbot.addWidget(canvas)
    canvas.resize(300, 300)
    canvas.show()
    qtbot.waitUntil(lambda: canvas.ready)
    canvas.show_image(np.full((100, 200, 3), 128, np.uint8))
    return canvas


def wheel(canvas, at, notches):
    viewport = canvas.view.viewport()
    QApplication.sendEvent(
        viewport,
        QWheelEvent(
            QPointF(at), QPointF(viewport.mapToGlobal(at)), QPoint(), QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        ),
    )  # fmt: skip


def corners(canvas):
    first, last = canvas.to_view(0, 0), canvas.to_view(200, 100)
    return first.x(), first.y(), last.x(), last.y()


def test_that_the_whole_picture_fits_and_keeps_its_shape(canvas):
    left, top, right, bottom = corners(canvas)
    assert left == pytest.approx(0, abs=1)
    assert right == pytest.approx(300, abs=1)
    assert bottom - top == pytest.approx(150, abs=2)
    assert top == pytest.approx(300 - bottom, abs=2)


def test_that_a_fitted_picture_fits_after_the_window_grew(canvas, qtbot):
    canvas.resize(500, 400)
    qtbot.waitUntil(lambda: corners(canvas)[2] == pytest.approx(500, abs=1.5))


def test_that_the_wheel_zooms_at_the_pointer(canvas):
    at = QPoint(60, 130)
    before = canvas.scale
    point = canvas._box.mapSceneToView(canvas.view.mapToScene(at))
    wheel(canvas, at, 2)
    assert canvas.scale > 1.3 * before
    now = canvas.to_view(point.x(), point.y())
    assert (now.x(), now.y()) == (pytest.approx(60, abs=1.5), pytest.approx(130, abs=1.5))


def test_that_a_drag_moves_the_picture_with_the_pointer(canvas, qtbot):
    canvas.zoom_by(3)
    before = canvas.to_view(100, 50)
    port = canvas.view.viewport()
    qtbot.mousePress(port, Qt.MouseButton.LeftButton, pos=QPoint(150, 150))
    for step in range(1, 6):
        qtbot.mouseMove(port, QPoint(150 + 8 * step, 150 + 4 * step))
    qtbot.mouseRelease(port, Qt.MouseButton.LeftButton, pos=QPoint(190, 170))
    qtbot.waitUntil(lambda: canvas.to_view(100, 50).x() > before.x() + 30)
    assert canvas.to_view(100, 50).y() == pytest.approx(before.y() + 20, abs=6)


def test_that_fit_comes_back_from_any_zoom(canvas):
    fitted = corners(canvas)
    for _ in range(9):
        canvas.zoom_in()
    canvas.fit()
    assert corners(canvas) == pytest.approx(fitted, abs=1)


def test_that_a_double_click_fits(canvas, qtbot):
    fitted = corners(canvas)
    canvas.zoom_by(4)
    port = canvas.view.viewport()
    qtbot.mouseDClick(port, Qt.MouseButton.LeftButton, pos=QPoint(150, 150))
    qtbot.waitUntil(lambda: corners(canvas) == pytest.approx(fitted, abs=1))


def test_that_actual_size_is_one_screen_pixel_a_pixel(canvas):
    canvas.show_actual_size()
    assert canvas.scale == pytest.approx(1, rel=0.01)
    left, _, right, _ = corners(canvas)
    assert (right - left) * canvas.devicePixelRatioF() == pytest.approx(200, abs=2)


def test_that_zooming_has_an_end_on_both_sides(canvas):
    for _ in range(60):
        canvas.zoom_in()
    assert canvas.scale < 45
    for _ in range(120):
        canvas.zoom_out()
    assert canvas.scale > 0.2
    left, top, right, bottom = corners(canvas)
    assert max(left, top) < 300
    assert min(right, bottom) > 0


def test_that_the_next_picture_of_the_same_size_keeps_the_zoom_and_another_size_is_fitted(canvas):
    canvas.zoom_by(3)
    zoomed = canvas.scale
    canvas.show_image(np.zeros((100, 200, 3), np.uint8))
    assert canvas.scale == pytest.approx(zoomed)
    canvas.show_image(np.zeros((400, 400, 3), np.uint8))
    assert canvas.to_view(400, 400).x() == pytest.approx(300, abs=1.5)


def test_that_keys_are_left_to_the_classes(canvas):
    assert canvas.view.focusPolicy() == Qt.FocusPolicy.NoFocus

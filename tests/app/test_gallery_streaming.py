"""The gallery while a slide is read and classified: cells flow in, what the reader holds stays."""

import pytest
from gallery_desk import Desk, Held, draw_picture, loose_cells, proposed
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from marrowdesk.app.gallery import Sort
from marrowdesk.app.gallery.facts import NOT_CLASSIFIED

Key = Qt.Key


@pytest.fixture
def desk(qtbot):
    desk = Desk()
    yield desk
    desk.close()


def test_that_streaming_proposals_keep_selection_current_cell_and_place(desk, qtbot, tmp_path):
    cells = loose_cells(draw_picture(tmp_path / "field.png"), 3_000, ("BLA", None, "LYT", None))
    desk.show_loose(cells)
    desk.gallery.set_sort(Sort.CASE)
    looked_at = desk.gallery.visible_order()[900]
    desk.gallery.go_to(looked_at)
    desk.press(Key.Key_Right, Held.ShiftModifier)
    chosen = desk.gallery.selected_rows()
    current = desk.model.current
    height = desk.place(current).y()
    resets = []
    desk.view.model().modelReset.connect(lambda: resets.append(1))
    waiting = [row for row in range(3_000) if desk.model.cells[row].prediction is None]
    orders = []
    desk.gallery._arranger.arranged.connect(lambda: orders.append(1))
    for start in range(0, 320, 32):
        rows = waiting[start : start + 32]
        desk.model.take_predictions(
            [proposed(desk.model.cells[row], ("BLA", "PMO", "LYT")[row % 3]) for row in rows]
        )
        if start % 128 == 0:  # new orders are made in between
            before = len(orders)
            qtbot.waitUntil(lambda before=before: len(orders) > before)
    qtbot.waitUntil(lambda: dict(desk.sections())[NOT_CLASSIFIED] == 1500 - 320)
    assert len(orders) >= 3
    assert dict(desk.sections())["PMO"] > 0
    assert desk.gallery.selected_rows() == chosen
    assert desk.model.current == desk.view.current_row() == current
    assert abs(desk.place(current).y() - height) <= 1
    assert not resets


def test_that_streaming_into_a_filtered_class_adds_cells_without_losing_the_choice(desk, qtbot, tmp_path):
    cells = loose_cells(draw_picture(tmp_path / "field.png"), 400, ("BLA", None))
    desk.show_loose(cells)
    desk.gallery.set_class_filter("BLA")
    desk.gallery.select_rows([20, 22])
    desk.model.take_predictions([proposed(desk.model.cells[row], "BLA", 0.3) for row in range(1, 41, 2)])
    qtbot.waitUntil(lambda: desk.sections() == [("BLA", 220)])
    assert sorted(desk.gallery.selected_rows()) == [20, 22]


def test_that_the_order_does_not_change_while_the_mouse_is_held(desk, qtbot, tmp_path):
    cells = loose_cells(draw_picture(tmp_path / "field.png"), 60, ("BLA", None))
    desk.show_loose(cells)
    before = desk.gallery.visible_order()
    point = desk.place(before[3])
    QTest.mousePress(desk.view.viewport(), Qt.MouseButton.LeftButton, Held.NoModifier, point)
    with qtbot.waitSignal(desk.gallery._arranger._soon.timeout):  # a new order is due now
        desk.model.take_predictions([proposed(desk.model.cells[row], "ABE") for row in (55, 57, 59)])
    assert desk.gallery.visible_order() == before
    QTest.mouseRelease(desk.view.viewport(), Qt.MouseButton.LeftButton, Held.NoModifier, point)
    qtbot.waitUntil(lambda: ("ABE", 3) in desk.sections())


def test_that_cells_found_while_a_folder_is_read_appear_and_the_first_is_looked_at(desk, qtbot, tmp_path):
    cells = loose_cells(draw_picture(tmp_path / "field.png"), 100, (None,))
    desk.model.append_cells(cells[:30])
    assert len(desk.gallery.visible_order()) == 30
    assert desk.gallery.selected_rows() == [0]
    desk.model.append_cells(cells[30:])
    qtbot.waitUntil(lambda: len(desk.gallery.visible_order()) == 100)
    assert desk.gallery.line.counts == "100 cells"

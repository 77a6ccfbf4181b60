"""Choosing cells in the gallery by mouse and keyboard."""

import pytest
from gallery_desk import Desk, Held, make_case, move
from PySide6.QtCore import QItemSelectionModel, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

Key = Qt.Key
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def desk(qtbot, tmp_path):
    """Two classes: rows 0-11 are blasts, 12-23 lymphocytes, in the order of the screen; six fill a line."""
    proposals = [("BLA", 0.5 + at / 100) for at in range(12)] + [("LYT", 0.5 + at / 100) for at in range(12)]
    desk = Desk()
    desk.open(make_case(tmp_path, proposals))
    assert desk.view.grid.columns == 6
    assert desk.gallery.visible_order() == list(range(24))
    yield desk
    desk.close()


def chosen(desk):
    return desk.gallery.selected_rows()


def test_that_a_case_opens_with_its_first_cell_on_the_screen_chosen(desk):
    assert chosen(desk) == [0]
    assert desk.model.current == 0
    assert desk.view.verticalOffset() == 0


def test_that_a_click_chooses_one_cell_and_looks_at_it(desk):
    desk.click(4)
    desk.click(8)
    assert chosen(desk) == [8]
    assert desk.model.current == 8


def test_that_shift_extends_and_shrinks_from_the_first_cell_chosen(desk):
    desk.click(3)
    desk.click(14, Held.ShiftModifier)
    assert chosen(desk) == list(range(3, 15))
    desk.click(1, Held.ShiftModifier)
    assert chosen(desk) == [1, 2, 3]


def test_that_ctrl_takes_cells_in_and_out(desk):
    desk.click(3)
    desk.click(7, Held.ControlModifier)
    desk.click(9, Held.ControlModifier)
    desk.click(3, Held.ControlModifier)
    assert chosen(desk) == [7, 9]
    assert desk.model.current == 3


def test_that_ctrl_and_shift_add_a_run(desk):
    desk.click(0)
    desk.click(4, Held.ControlModifier)
    desk.click(6, Held.ControlModifier | Held.ShiftModifier)
    assert chosen(desk) == [0, 4, 5, 6]


def test_that_a_rubber_band_pulled_from_between_pictures_catches_what_it_reaches_into(desk):
    corner = desk.view.visualRect(desk.view.model().index(0, 0)).topLeft() + QPoint(1, 1)
    desk.pull(corner, desk.place(7) + QPoint(5, 5))
    assert chosen(desk) == [0, 1, 6, 7]
    assert desk.model.current == 7


def test_that_a_band_with_shift_or_ctrl_begins_on_a_picture_too_and_adds(desk):
    desk.click(23)
    desk.pull(desk.place(0), desk.place(7), Held.ControlModifier)
    assert chosen(desk) == [0, 1, 6, 7, 23]


def test_that_a_band_over_a_fold_catches_only_what_is_seen(desk):
    desk.view.toggle_section(0)
    ground = QPoint(2, desk.view.viewport().height() - 2)
    desk.pull(ground, QPoint(desk.view.viewport().width() - 1, 0))
    assert chosen(desk) == list(range(12, 24))


def test_that_a_band_pulled_over_the_edge_scrolls_on(desk, qtbot):
    desk.gallery.resize(700, 280)
    view, start = desk.view.viewport(), desk.place(0) + QPoint(-52, 0)
    QTest.mousePress(view, LEFT, Held.NoModifier, start)
    move(view, QPoint(300, 100))
    move(view, QPoint(300, 260))
    qtbot.waitUntil(lambda: desk.view.verticalOffset() == desk.view.verticalScrollBar().maximum())
    QTest.mouseRelease(view, LEFT, Held.NoModifier, QPoint(300, 260))
    assert {0, 6, 12, 18} <= set(chosen(desk))
    assert not {5, 11, 17, 23} & set(chosen(desk))


def test_that_a_click_beside_the_cells_chooses_nothing(desk):
    desk.view.verticalScrollBar().setValue(desk.view.verticalScrollBar().maximum())
    point = QPoint(20, desk.view.viewport().height() - 3)
    QTest.mouseClick(desk.view.viewport(), LEFT, Held.NoModifier, point)
    assert chosen(desk) == []


def test_that_arrows_move_through_lines_and_sections(desk):
    desk.click(1)
    for key, row in (
        (Key.Key_Right, 2), (Key.Key_Down, 8), (Key.Key_Down, 14), (Key.Key_Up, 8), (Key.Key_Left, 7),
        (Key.Key_End, 23), (Key.Key_Right, 23), (Key.Key_Home, 0), (Key.Key_Left, 0), (Key.Key_Up, 0),
    ):  # fmt: skip
        desk.press(key)
        assert chosen(desk) == [row]
        assert desk.model.current == row


def test_that_page_keys_keep_the_column(desk):
    desk.click(1)
    desk.press(Key.Key_PageDown)
    assert desk.model.current in (13, 19)
    desk.press(Key.Key_PageUp)
    assert desk.model.current in (1, 7)


def test_that_shift_with_arrows_extends(desk):
    desk.click(4)
    desk.press(Key.Key_Right, Held.ShiftModifier)
    desk.press(Key.Key_Down, Held.ShiftModifier)
    assert chosen(desk) == list(range(4, 12))
    desk.press(Key.Key_Up, Held.ShiftModifier)
    assert chosen(desk) == [4, 5]
    desk.press(Key.Key_Home, Held.ShiftModifier)
    assert chosen(desk) == [0, 1, 2, 3, 4]


def test_that_ctrl_with_arrows_moves_without_choosing_and_ctrl_space_toggles(desk):
    desk.click(0)
    desk.press(Key.Key_Right, Held.ControlModifier)
    desk.press(Key.Key_Right, Held.ControlModifier)
    assert chosen(desk) == [0]
    assert desk.model.current == 2
    desk.press(Key.Key_Space, Held.ControlModifier)
    assert chosen(desk) == [0, 2]


def test_that_ctrl_a_chooses_all_and_escape_only_the_current_cell(desk):
    desk.click(5)
    desk.press(Key.Key_A, Held.ControlModifier)
    assert chosen(desk) == list(range(24))
    desk.press(Key.Key_Escape)
    assert chosen(desk) == [5]


def test_that_the_selection_can_be_inverted(desk):
    desk.click(0)
    desk.click(21, Held.ShiftModifier)
    desk.gallery.invert_selection()
    assert chosen(desk) == [22, 23]


def test_that_class_keys_and_deciding_keys_pass_through_to_the_window(desk, qtbot):
    for key in (Key.Key_B, Key.Key_Space, Key.Key_Delete, Key.Key_Backspace, Key.Key_Period):
        with qtbot.captureExceptions() as errors:
            event = _key_event(key)
            QApplication.sendEvent(desk.view, event)
        assert not errors
        assert not event.isAccepted()


def _key_event(key):
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QKeyEvent

    return QKeyEvent(QEvent.Type.KeyPress, key, Held.NoModifier)


def test_that_a_header_folds_its_section_and_its_cells_can_no_longer_be_chosen(desk):
    desk.click(2)
    QTest.mouseClick(desk.view.viewport(), LEFT, Held.NoModifier, QPoint(200, 8))
    assert desk.view.collapsed == {"BLA"}
    assert chosen(desk) == []
    desk.press(Key.Key_A, Held.ControlModifier)
    assert chosen(desk) == list(range(12, 24))
    desk.press(Key.Key_Home)
    assert desk.model.current == 12
    QTest.mouseClick(desk.view.viewport(), LEFT, Held.NoModifier, QPoint(200, 8))
    assert desk.view.collapsed == frozenset()


def test_that_a_range_over_a_folded_section_leaves_it_out(desk, tmp_path):
    desk.click(2)
    desk.view.toggle_section(1)
    desk.press(Key.Key_End, Held.ShiftModifier)
    assert chosen(desk) == list(range(2, 12))


def test_that_keys_fold_unfold_and_go_from_class_to_class(desk):
    desk.press(Key.Key_Down, Held.AltModifier)
    assert chosen(desk) == [12]
    desk.press(Key.Key_Left, Held.AltModifier)
    assert desk.view.collapsed == {"LYT"}
    desk.press(Key.Key_Right, Held.AltModifier)
    assert desk.view.collapsed == frozenset()
    desk.press(Key.Key_Up, Held.AltModifier)
    assert chosen(desk) == [0]


def test_that_ctrl_on_a_header_chooses_its_section_too(desk):
    desk.click(14)
    QTest.mouseClick(desk.view.viewport(), LEFT, Held.ControlModifier, QPoint(200, 8))
    assert chosen(desk) == [*range(12), 14]


def test_that_the_header_stays_in_sight_while_its_section_is_scrolled(desk):
    desk.gallery.resize(700, 280)
    desk.view.verticalScrollBar().setValue(60)
    assert desk.view.header_at(QPoint(50, 5)) == 0
    assert desk.view.position_at(QPoint(50, 5)) == -1
    # the next header pushes it out
    desk.view.verticalScrollBar().setValue(desk.view.grid.header(1).y - 10)
    assert desk.view.sticky()[1] < 0
    assert desk.view.header_at(QPoint(50, 15)) == 1


def test_that_a_cell_reached_by_key_is_seen_whole_below_the_header(desk):
    desk.gallery.resize(700, 280)
    header = desk.view.grid.measures.header
    for key in (Key.Key_End, Key.Key_Up, Key.Key_Up, Key.Key_Up, Key.Key_Down):
        desk.press(key)
        place = desk.view.visualRect(desk.view.currentIndex())
        assert place.top() >= header
        assert place.bottom() <= desk.view.viewport().height()


def test_that_return_and_double_click_open_a_cell(desk, qtbot):
    with qtbot.waitSignal(desk.gallery.activated) as opened:
        QTest.mouseDClick(desk.view.viewport(), LEFT, Held.NoModifier, desk.place(0))
    assert opened.args == [0]
    desk.click(5)
    with qtbot.waitSignal(desk.gallery.activated) as opened:
        desk.press(Key.Key_Return)
    assert opened.args == [5]


def test_that_the_menu_is_for_the_chosen_cells_and_a_cell_beside_them_is_chosen_first(desk, qtbot):
    desk.click(2)
    desk.click(4, Held.ShiftModifier)

    def menu(row):
        point = desk.place(row)
        QTest.mousePress(desk.view.viewport(), Qt.MouseButton.RightButton, Held.NoModifier, point)
        event = QContextMenuEvent(
            QContextMenuEvent.Reason.Mouse, point, desk.view.viewport().mapToGlobal(point)
        )
        with qtbot.waitSignal(desk.gallery.context_menu_requested) as asked:
            QApplication.sendEvent(desk.view.viewport(), event)
        return asked.args[1]

    assert menu(3) == [2, 3, 4]
    assert menu(9) == [9]


def test_that_the_wheel_with_ctrl_changes_the_size_and_what_is_looked_at_stays(desk, qtbot):
    desk.gallery.resize(700, 280)
    desk.press(Key.Key_End)
    before = desk.gallery.thumbnail_side
    point = QPointF(100, 100)
    event = QWheelEvent(
        point, desk.view.viewport().mapToGlobal(point), QPoint(), QPoint(0, 120),
        Qt.MouseButton.NoButton, Held.ControlModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    with qtbot.waitSignal(desk.gallery.thumbnail_side_changed):
        QApplication.sendEvent(desk.view.viewport(), event)
    assert desk.gallery.thumbnail_side > before
    assert desk.view.viewport().rect().intersects(desk.view.visualRect(desk.view.currentIndex()))


def test_that_a_narrower_view_has_fewer_columns_and_keeps_the_choice(desk):
    desk.click(13)
    desk.gallery.resize(440, 500)
    assert desk.view.grid.columns == 3
    assert chosen(desk) == [13]


def test_that_the_view_tells_screen_readers_what_a_cell_is(desk):
    from PySide6.QtCore import Qt as Core

    index = desk.view.model().index(0, 0)
    assert index.data(Core.ItemDataRole.AccessibleTextRole) == "Blast, proposed, 50.0\u00a0%, cell 0.png"
    assert "Proposed: Blast" in index.data(Core.ItemDataRole.ToolTipRole)
    assert desk.view.accessibleName() == "Cells"
    desk.press(Key.Key_Right)
    assert desk.view.accessibleDescription().startswith("Blast, proposed, 51.0")


def test_that_qt_can_select_by_rectangle_and_ask_for_the_region(desk):
    flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
    place = desk.view.visualRect(desk.view.model().index(7, 0))
    desk.view.setSelection(place.adjusted(10, 10, -10, -10), flag)
    assert chosen(desk) == [7]
    region = desk.view.visualRegionForSelection(desk.view.selectionModel().selection())
    assert region.boundingRect() == place

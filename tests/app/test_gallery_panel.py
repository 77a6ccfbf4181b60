"""The gallery over a case that changes: filters, sequence, streaming proposals, decisions."""

import pytest
from gallery_desk import Desk, draw_picture, loose_cells, make_case
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QStyle, QStyleOptionComboBox

from marrowdesk.app.gallery import Sort, Special
from marrowdesk.app.gallery.facts import EXCLUDED, NOT_CLASSIFIED
from marrowdesk.app.gallery.filter_bar import FilterBar
from marrowdesk.core.cell import CellState

Key = Qt.Key


@pytest.fixture
def desk(qtbot):
    desk = Desk()
    yield desk
    desk.close()


@pytest.fixture
def open_desk(desk, tmp_path):
    """Rows 0-3 lymphocytes, 4-5 blasts, 6 not classified."""
    proposals = [("LYT", 0.9), ("LYT", 0.5), ("LYT", 0.7), ("LYT", 0.6), ("BLA", 0.8), ("BLA", 0.55), None]
    desk.open(make_case(tmp_path, proposals))
    return desk


def test_that_cells_stand_by_class_the_least_certain_first(open_desk):
    assert open_desk.sections() == [("BLA", 2), ("LYT", 4), (NOT_CLASSIFIED, 1)]
    assert open_desk.gallery.visible_order() == [5, 4, 1, 3, 2, 0, 6]


def test_that_the_controls_sort_and_filter(open_desk):
    bar, gallery = open_desk.gallery.bar, open_desk.gallery
    bar.sort.setCurrentIndex(bar.sort.findData(Sort.NAME))
    assert gallery.visible_order() == [4, 5, 0, 1, 2, 3, 6]
    bar.certainty.low.setValue(60)
    QTest.qWait(120)
    assert gallery.visible_order() == [4, 0, 2, 3]
    bar.state.setCurrentIndex(bar.state.findText("Confirmed"))
    assert gallery.visible_order() == []
    assert open_desk.gallery.line.counts == "0 of 7 cells shown"


def test_that_an_empty_gallery_says_why_and_shows_all_on_a_click(open_desk):
    open_desk.gallery.set_filter(states=frozenset({CellState.CHANGED}), low=0.3)
    note = open_desk.gallery.note
    assert note.isVisible()
    assert note.text == "No cell matches these filters."
    QTest.mouseClick(note.clear, Qt.MouseButton.LeftButton)
    assert not note.isVisible()
    assert open_desk.gallery.bar.certainty.limits == (0, 100)
    assert len(open_desk.gallery.visible_order()) == 7


def test_that_a_gallery_without_a_case_says_that_there_is_nothing(desk):
    assert desk.gallery.note.text == "There are no cells here yet."
    assert not desk.gallery.note.clear.isVisible()


def test_that_the_class_shown_alone_is_named_and_can_be_dismissed(open_desk):
    open_desk.gallery.set_class_filter("LYT")
    line = open_desk.gallery.line
    assert open_desk.sections() == [("LYT", 4)]
    assert line.choice.isVisible()
    assert line.choice.text().startswith("Lymphocyte")
    QTest.mouseClick(line.choice, Qt.MouseButton.LeftButton)
    assert len(open_desk.sections()) == 3
    assert not line.choice.isVisible()


def test_that_only_the_filters_that_hide_something_can_be_cleared(open_desk):
    line = open_desk.gallery.line
    assert not line.clear.isVisible()
    open_desk.gallery.set_filter(high=0.6)
    QTest.mouseClick(line.clear, Qt.MouseButton.LeftButton)
    assert not line.clear.isVisible()
    assert not open_desk.gallery.filter.narrow


def test_that_a_decided_cell_stays_until_tidied_up(open_desk):
    open_desk.click(1)
    assert open_desk.model.assign([1], "BLA")
    assert open_desk.gallery.visible_order() == [5, 4, 1, 3, 2, 0, 6]
    tidy = open_desk.gallery.line.tidy
    assert tidy.isVisible()
    assert "1 cell" in tidy.text()
    open_desk.gallery.activateWindow()
    QTest.qWaitForWindowActive(open_desk.gallery)
    QTest.keyClick(open_desk.view, Key.Key_F5)
    assert open_desk.sections() == [("BLA", 3), ("LYT", 3), (NOT_CLASSIFIED, 1)]
    assert not tidy.isVisible()
    assert open_desk.gallery.selected_rows() == [1]
    assert open_desk.model.current == 1


def test_that_undo_puts_nothing_out_of_place(open_desk):
    open_desk.model.exclude([2, 3])
    open_desk.model.undo_stack.undo()
    assert not open_desk.gallery.line.tidy.isVisible()
    open_desk.gallery.tidy_up()
    assert open_desk.gallery.visible_order() == [5, 4, 1, 3, 2, 0, 6]


def test_that_going_on_within_a_class_leaves_decided_cells_and_into_another_lets_them_go(open_desk):
    open_desk.click(1)
    open_desk.model.assign([1], "BLA")
    assert open_desk.gallery.go_to(3)
    assert open_desk.gallery.visible_order() == [5, 4, 1, 3, 2, 0, 6]
    assert open_desk.gallery.go_to(6)
    assert open_desk.sections()[:2] == [("BLA", 3), ("LYT", 3)]
    assert open_desk.gallery.selected_rows() == [6]
    assert open_desk.model.current == 6


def test_that_going_to_a_hidden_cell_fails_and_chooses_nothing_wrong(open_desk):
    open_desk.gallery.set_class_filter("LYT")
    assert not open_desk.gallery.go_to(4)
    open_desk.model.set_current(4)
    assert open_desk.gallery.selected_rows() == []


def test_that_going_into_a_folded_section_unfolds_it(open_desk):
    open_desk.view.toggle_section(0)
    assert open_desk.gallery.go_to(4)
    assert open_desk.gallery.selected_rows() == [4]
    assert open_desk.view.collapsed == frozenset()


def test_that_the_gallery_looks_where_another_view_looks(open_desk):
    open_desk.model.set_current(2)
    assert open_desk.gallery.selected_rows() == [2]
    assert open_desk.view.current_row() == 2


def test_that_several_rows_can_be_chosen_at_once(open_desk):
    open_desk.gallery.select_rows([0, 6, 5])
    assert open_desk.gallery.selected_rows() == [5, 0, 6]
    assert open_desk.model.current in (0, 5, 6)


def test_that_choosing_a_filter_keeps_the_chosen_cells_that_are_still_shown(open_desk):
    open_desk.gallery.select_rows([0, 2, 4])
    open_desk.gallery.set_filter(low=0.75)
    assert sorted(open_desk.gallery.selected_rows()) == [0, 4]
    open_desk.gallery.set_sort(Sort.CASE)
    assert sorted(open_desk.gallery.selected_rows()) == [0, 4]


def test_that_excluded_cells_get_a_section_at_the_end(open_desk):
    open_desk.model.exclude([0])
    open_desk.gallery.tidy_up()
    assert open_desk.sections()[-1] == (EXCLUDED, 1)
    open_desk.gallery.set_class_filter(Special.EXCLUDED)
    assert open_desk.gallery.visible_order() == [0]


def test_that_another_case_leaves_nothing_of_the_former_one(open_desk, tmp_path):
    open_desk.gallery.set_filter(choice="LYT", low=0.2)
    open_desk.gallery.select_rows([0, 1])
    open_desk.show_loose(loose_cells(draw_picture(tmp_path / "field.png"), 5, ("MON",)))
    assert open_desk.sections() == [("MON", 5)]
    assert not open_desk.gallery.filter.narrow
    assert len(open_desk.gallery.selected_rows()) == 1
    open_desk.show_loose([])
    assert open_desk.sections() == []
    assert open_desk.gallery.note.isVisible()


def test_that_slides_can_be_chosen_when_there_are_several(desk, tmp_path):
    case = make_case(tmp_path, [("LYT", 0.9), ("BLA", 0.9)])
    desk.open(case)
    assert not desk.gallery.bar.slide.isVisible()
    from dataclasses import replace

    second = case.add_slide("second smear", tmp_path)
    other = loose_cells(draw_picture(tmp_path / "field.png"), 3, ("MON",))
    desk.model.append_cells([replace(cell, id=cell.id + 100, slide=second.id) for cell in other])
    combo = desk.gallery.bar.slide
    assert combo.isVisible()
    combo.setCurrentIndex(combo.findText("second smear"))
    assert desk.sections() == [("MON", 3)]


def test_that_filtering_many_scattered_cells_keeps_the_choice(desk, tmp_path):
    cells = loose_cells(draw_picture(tmp_path / "field.png"), 2_000, ("BLA", "LYT", "MON"))
    desk.show_loose(cells)
    desk.gallery.set_sort(Sort.CASE)
    desk.gallery.select_rows(range(0, 300, 3))
    desk.gallery.set_filter(low=0.6, high=0.9)
    shown = set(desk.gallery.visible_order())
    assert 0 < len(shown) < 2_000
    assert set(desk.gallery.selected_rows()) == shown & set(range(0, 300, 3))


def test_that_the_size_goes_with_the_slider_and_stays_within_its_limits(open_desk, qtbot):
    with qtbot.waitSignal(open_desk.gallery.thumbnail_side_changed):
        open_desk.gallery.set_thumbnail_side(203)
    assert open_desk.gallery.thumbnail_side == 200
    open_desk.gallery.zoom(20)
    assert open_desk.gallery.thumbnail_side == 256
    open_desk.gallery.zoom(-40)
    assert open_desk.gallery.thumbnail_side == 48


def test_that_the_limits_of_certainty_push_each_other_and_obey_the_keyboard(open_desk):
    slider = open_desk.gallery.bar.certainty
    slider.low.setValue(70)
    slider.high.setValue(40)
    assert slider.limits == (40, 40)
    QTest.keyClick(slider.high, Key.Key_End)
    QTest.keyClick(slider.low, Key.Key_Right)
    assert slider.limits == (41, 100)
    assert slider.low.accessibleName()


def test_that_every_control_can_be_reached_by_tab_and_has_a_name(open_desk, qtbot):
    open_desk.gallery.set_filter(choice="LYT")
    with qtbot.waitActive(open_desk.gallery):
        open_desk.gallery.activateWindow()
    bar, line = open_desk.gallery.bar, open_desk.gallery.line
    wanted = {bar.state, bar.certainty.low, bar.certainty.high, bar.sort, bar.size, line.choice, line.clear}
    open_desk.view.setFocus()
    reached = []
    while open_desk.view not in reached and len(reached) < 40:
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        reached.append(QApplication.focusWidget())
    assert wanted <= set(reached)
    assert all(each.accessibleName() or each.text() for each in wanted)


def test_that_a_filter_which_hides_the_current_cell_leads_to_the_first_one_shown(open_desk):
    open_desk.model.set_current(0)
    open_desk.gallery.set_class_filter("BLA")
    assert open_desk.model.cells[open_desk.model.current].code == "BLA"
    assert open_desk.gallery.selected_rows() == [open_desk.model.current]
    assert open_desk.gallery.visible_order()[0] == open_desk.model.current


def test_that_a_section_menu_folds_and_chooses(open_desk):
    from marrowdesk.app.gallery.section_menu import section_menu

    menu = section_menu(open_desk.view, "LYT")
    actions = {action.text(): action for action in menu.actions() if action.text()}
    actions["Select these 4 cells"].trigger()
    assert open_desk.gallery.selected_rows() == [1, 3, 2, 0]
    actions["Fold all classes"].trigger()
    assert open_desk.gallery.selected_rows() == []
    assert open_desk.view.collapsed == {"BLA", "LYT", NOT_CLASSIFIED}
    actions["Unfold all classes"].trigger()
    assert open_desk.view.collapsed == frozenset()
    menu.close()


def test_that_what_the_filters_show_is_read_whole_in_a_narrow_bar(qtbot):
    bar = FilterBar()
    qtbot.addWidget(bar)
    bar.set_slides({1: "smear A", 2: "smear B"})
    bar.resize(bar.minimumSizeHint().width(), bar.sizeHint().height())
    bar.show()
    qtbot.waitExposed(bar)
    for combo in (bar.state, bar.slide):
        option = QStyleOptionComboBox()
        combo.initStyleOption(option)
        room = combo.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, combo
        )
        assert room.width() >= combo.fontMetrics().horizontalAdvance(combo.currentText())


def test_that_listed_cells_are_shown_alone_until_a_class_or_all_is_chosen(open_desk):
    gallery = open_desk.gallery
    gallery.set_filter(low=0.85)
    gallery.show_listed("Decisive: blasts 20 %", [1, 3])
    assert sorted(gallery.visible_order()) == [1, 3]
    assert gallery.filter.low == 0.0
    assert gallery.line.choice.text().startswith("Decisive: blasts 20 %")
    assert open_desk.model.current in (1, 3)
    gallery.line.choice.click()
    assert len(gallery.visible_order()) == len(open_desk.model.cells)
    gallery.show_listed("Decisive: blasts 20 %", [1, 3])
    gallery.clear_filters()
    assert len(gallery.visible_order()) == len(open_desk.model.cells)


def test_that_a_listed_cell_stays_in_the_list_when_it_is_decided(open_desk):
    gallery = open_desk.gallery
    gallery.show_listed("Decisive", [1, 3])
    open_desk.model.assign([1], "EBO")
    gallery.tidy_up()
    assert sorted(gallery.visible_order()) == [1, 3]


def test_that_unreviewed_first_tells_what_waits_to_move_when_chosen_from_the_list(open_desk):
    bar = open_desk.gallery.bar
    bar.sort.setCurrentIndex(bar.sort.findData(Sort.STATE))
    open_desk.model.confirm([1])
    assert open_desk.gallery.line.tidy.isVisible()


def test_that_by_risk_the_next_cell_is_the_one_that_needs_a_reader_most(open_desk):
    bar, gallery, model = open_desk.gallery.bar, open_desk.gallery, open_desk.model
    bar.sort.setCurrentIndex(bar.sort.findData(Sort.RISK))
    order = gallery.visible_order()
    assert [key for key, _ in open_desk.sections()] == ["·risk-cost", NOT_CLASSIFIED]
    # Of all proposals the least certain blast may cost most.
    assert order[0] == 5
    assert model.unreviewed_after(order[0], order) == order[1]

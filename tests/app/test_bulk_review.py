"""By class, in bulk: look over a screen, give the wrong ones their class, confirm the rest with one key."""

from __future__ import annotations

import pytest
from desk_steps import back_to_window, press
from gallery_desk import make_case
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from marrowdesk.app.gallery import view as gallery_view
from marrowdesk.app.gallery.arrangement import Sort
from marrowdesk.app.gallery.headers import paint_header
from marrowdesk.core.cell import CellState, Verdict

_CTRL = Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_PROPOSED = [("BLA", 0.4 + at / 100) for at in range(55)] + [("LYT", 0.4 + at / 100) for at in range(55)]


@pytest.fixture
def shown(desk, tmp_path, qtbot):
    """Give the window with 55 blasts and 55 lymphocytes, six of each with a certain proposal."""
    window = desk.window
    make_case(tmp_path, _PROPOSED).close()
    with qtbot.waitSignal(window.session.opened, timeout=20_000):
        window.commands.open([tmp_path / "gallery.mdcase"])
    qtbot.waitUntil(lambda: not window.session.reading)
    window.preferences.change(reader="A. Reader", auto_advance=True)
    back_to_window(qtbot, desk)
    qtbot.wait(50)
    return desk


def _point(desk, row):
    """Move the mouse onto a cell."""
    view = desk.window.gallery.view
    position = desk.window.gallery._cells.position_of(row)
    place = view.picture_at(position).center()
    QTest.mouseMove(view.viewport(), place + QPoint(1, 1))
    QTest.mouseMove(view.viewport(), place)
    QApplication.processEvents()


def _reviewed(desk):
    return {row for row, cell in enumerate(desk.window.model.cells) if cell.review is not None}


def _seen(desk):
    return desk.window.gallery.screen_rows()


def test_that_one_key_confirms_what_is_seen_whole_and_goes_on(shown):
    seen = _seen(shown)
    assert 10 < len(seen) < 55
    press(shown, Qt.Key.Key_Space, _SHIFT)
    assert _reviewed(shown) == set(seen)
    assert {shown.window.model.cells[row].review.verdict for row in seen} == {Verdict.CONFIRMED}
    after = _seen(shown)
    assert after[0] == seen[-1] + 1  # no cell is skipped, none is shown twice
    assert shown.window.model.current == after[0]


def test_that_whole_screens_lead_to_the_end_and_nothing_is_confirmed_unseen(shown):
    pressed = 0
    confirmed = set()
    while len(_reviewed(shown)) < len(_PROPOSED):
        seen = set(_seen(shown))
        press(shown, Qt.Key.Key_Space, _SHIFT)
        assert _reviewed(shown) - confirmed <= seen
        confirmed = _reviewed(shown)
        pressed += 1
        assert pressed <= 14
    press(shown, Qt.Key.Key_Space, _SHIFT)  # does no harm at the end
    shown.window.review.undo()
    assert _reviewed(shown) < confirmed  # a screen is undone as one act


def test_that_a_cell_half_out_of_sight_is_not_confirmed(shown):
    view = shown.window.gallery.view
    view.verticalScrollBar().setValue(view.grid.measures.header + view.grid.measures.cell_height // 2)
    first_line = set(range(view.grid.columns))
    press(shown, Qt.Key.Key_Space, _SHIFT)
    assert _reviewed(shown)
    assert not _reviewed(shown) & first_line


def test_that_several_chosen_cells_are_spared_and_stay_chosen(shown):
    seen = _seen(shown)
    wrong = seen[2:5]
    shown.window.gallery.select_rows(wrong)
    press(shown, Qt.Key.Key_Space, _SHIFT)
    assert _reviewed(shown) == set(seen) - set(wrong)
    assert shown.window.gallery.selected_rows() == wrong
    press(shown, "p")
    assert {shown.window.model.cells[row].code for row in wrong} == {"PMO"}
    press(shown, Qt.Key.Key_Escape)
    press(shown, Qt.Key.Key_Space, _SHIFT)
    assert _seen(shown)[0] == seen[-1] + 1


def test_that_whole_screens_go_on_after_a_class_was_confirmed_as_a_whole(shown, qtbot):
    """Go to the classes, choose one, confirm all of it, show all cells again: the class is still chosen."""
    window = shown.window
    press(shown, Qt.Key.Key_F7)
    while window.classes.choice != "LYT":
        press(shown, Qt.Key.Key_Down)
    press(shown, Qt.Key.Key_F6)
    press(shown, Qt.Key.Key_A, _CTRL)
    press(shown, Qt.Key.Key_Space)
    assert _reviewed(shown) == set(range(55, 110))
    press(shown, Qt.Key.Key_F7)
    press(shown, Qt.Key.Key_Home)
    press(shown, Qt.Key.Key_F6)
    qtbot.wait(50)
    assert len(window.gallery.selected_rows()) == 55
    pressed = 0
    while len(_reviewed(shown)) < len(_PROPOSED):
        press(shown, Qt.Key.Key_Space, _SHIFT)
        pressed += 1
        assert pressed <= 8, f"{len(_reviewed(shown))} reviewed"


def test_that_the_key_goes_on_where_nothing_but_the_chosen_cells_is_left(shown):
    seen = _seen(shown)
    shown.window.gallery.select_rows(seen[2:5])
    press(shown, Qt.Key.Key_Space, _SHIFT)
    assert _seen(shown) == seen
    press(shown, Qt.Key.Key_Space, _SHIFT)
    assert _seen(shown)[0] == seen[-1] + 1
    assert _reviewed(shown) == set(seen) - set(seen[2:5])


def test_that_keys_act_on_the_cell_under_the_mouse_where_the_reader_wants_that(shown):
    model = shown.window.model
    _point(shown, 7)
    press(shown, "p")  # not wanted: the chosen cell is meant
    assert (model.cells[0].code, model.cells[7].code) == ("PMO", "BLA")
    shown.window.preferences.change(keys_follow_mouse=True)
    current = model.current
    _point(shown, 7)
    press(shown, "p")
    assert model.cells[7].code == "PMO"
    assert model.cells[7].state is CellState.CHANGED
    assert model.current == current  # the mouse says where it goes on
    press(shown, "m")  # a second thought, without another move
    assert model.cells[7].code == "MYB"


def test_that_moving_by_key_takes_the_keys_back_from_the_mouse(shown):
    shown.window.preferences.change(keys_follow_mouse=True)
    _point(shown, 7)
    press(shown, Qt.Key.Key_Right)
    press(shown, "p")
    assert shown.window.model.cells[1].code == "PMO"
    assert shown.window.model.cells[7].code == "BLA"


def test_that_several_chosen_cells_go_before_the_mouse(shown):
    shown.window.preferences.change(keys_follow_mouse=True)
    shown.window.gallery.select_rows([1, 2, 3])
    _point(shown, 7)
    press(shown, "p")
    codes = [cell.code for cell in shown.window.model.cells]
    assert codes[:8] == ["BLA", "PMO", "PMO", "PMO", "BLA", "BLA", "BLA", "BLA"]


def test_that_scrolling_leaves_no_cell_pointed_at(shown):
    shown.window.preferences.change(keys_follow_mouse=True)
    _point(shown, 7)
    assert shown.window.gallery.pointed_row() == 7
    shown.window.gallery.view.verticalScrollBar().setValue(60)
    assert shown.window.gallery.pointed_row() == -1


def test_that_the_certain_cells_are_counted_where_they_stand_together(shown):
    gallery = shown.window.gallery
    sections = {each.key: each for each in gallery._cells.sections}
    assert {key: each.certain for key, each in sections.items()} == {"BLA": 5, "LYT": 5}
    blasts = sections["BLA"]
    first = blasts.first + blasts.count - blasts.certain
    confidences = [shown.window.model.cells[row].prediction.confidence for row in gallery.visible_order()]
    assert confidences[first - 1 : first + 1] == pytest.approx([0.89, 0.9])
    gallery.set_sort(Sort.MOST_CERTAIN)
    assert {each.certain for each in gallery._cells.sections} == {0}


def _said(desk, monkeypatch):
    """Give what the headers say, as they are painted."""
    said = {}

    def paint(painter, place, heading, *rest, **more):
        said[heading.code] = heading.count
        return paint_header(painter, place, heading, *rest, **more)

    monkeypatch.setattr(gallery_view, "paint_header", paint)
    desk.window.gallery.view.fold_all()
    desk.window.gallery.view.viewport().grab()
    return said


def test_that_headers_count_as_certain_what_is_still_open_in_the_class(shown, monkeypatch):
    model, gallery = shown.window.model, shown.window.gallery
    assert _said(shown, monkeypatch) == {"BLA": "55 cells, 5 certain", "LYT": "55 cells, 5 certain"}
    model.assign([54], "FGC")  # a certain blast
    model.confirm([53, 0])
    assert _said(shown, monkeypatch)["BLA"] == "54 cells, 3 certain"
    gallery.tidy_up()
    assert _said(shown, monkeypatch) == {
        "BLA": "54 cells, 3 certain", "FGC": "1 cell", "LYT": "55 cells, 5 certain",
    }  # fmt: skip
    model.assign(range(55), "LYT")
    said = _said(shown, monkeypatch)
    assert (said["BLA"], said["LYT"]) == ("0 cells", "55 of 110 cells, 5 certain")
    model.undo_stack.undo()
    assert _said(shown, monkeypatch)["BLA"] == "54 cells, 3 certain"


def test_that_a_line_is_drawn_where_the_certain_cells_begin(shown, qtbot):
    gallery = shown.window.gallery
    view = gallery.view
    first = gallery._cells.sections[0].count - gallery._cells.sections[0].certain
    shown.window.review.show(gallery.visible_order()[-1])  # the ring is elsewhere
    view.scrollTo(gallery._cells.index(first), view.ScrollHint.PositionAtCenter)
    qtbot.wait(50)
    place = view.on_screen(view.grid.rect(first))
    picture = view.viewport().grab().toImage()
    highlight = view.palette().highlight().color()
    column = [picture.pixelColor(place.right() - 3, place.top() + step) for step in range(-3, 4)]
    assert any(
        abs(each.blue() - highlight.blue()) + abs(each.red() - highlight.red()) < 40 for each in column
    )
    gallery.set_sort(Sort.CASE)

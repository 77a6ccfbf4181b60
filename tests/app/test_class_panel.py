"""The class list: counts that follow, choosing, and cells dropped on a class."""

import json

import pytest
from gallery_desk import Desk, make_case
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from marrowdesk.app.gallery import Sort, Special
from marrowdesk.app.gallery.class_rows import Kind
from marrowdesk.app.gallery.drag import ROWS
from marrowdesk.core.cell import CellState, Verdict
from marrowdesk.core.taxonomy import MARROW

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
COPY = Qt.DropAction.CopyAction
Role = QPalette.ColorRole


@pytest.fixture
def desk(qtbot, tmp_path):
    proposals = [("LYT", 0.9), ("LYT", 0.5), ("BLA", 0.8), ("NIF", 0.6), None]
    desk = Desk()
    desk.open(make_case(tmp_path, proposals))
    yield desk
    desk.close()


def entries(desk):
    model = desk.classes._rows
    return [model.row_at(model.index(at)) for at in range(model.rowCount())]


def place(desk, choice):
    """Scroll to a row of the list and give its middle in the viewport."""
    index = desk.classes._rows.index_of(choice)
    desk.classes.list.scrollTo(index)
    return desk.classes.list.visualRect(index).center()


def click(desk, choice):
    point = place(desk, choice)
    QTest.mouseClick(desk.classes.list.viewport(), LEFT, NONE, point)


def drop(desk, target, point, rows, data=None):
    """Drag cells over a point of a view and drop them; gives whether the drop was taken."""
    if data is None:
        desk.gallery.select_rows(rows)
        model = desk.view.model()
        data = model.mimeData([model.index(at, 0) for at in desk.view.selected_positions().tolist()])
    buttons = LEFT
    QApplication.sendEvent(target, QDragEnterEvent(point, COPY, data, buttons, NONE))
    over = QDragMoveEvent(point, COPY, data, buttons, NONE)
    QApplication.sendEvent(target, over)
    if not over.isAccepted():
        QApplication.sendEvent(target, QDragLeaveEvent())
        return False
    event = QDropEvent(QPointF(point), COPY, data, buttons, NONE)
    QApplication.sendEvent(target, event)
    return event.isAccepted()


def drop_on_class(desk, choice, rows, data=None):
    return drop(desk, desk.classes.list.viewport(), place(desk, choice), rows, data)


def test_that_all_classes_are_there_in_their_order_also_those_without_cells(desk):
    codes = [row.choice for row in entries(desk) if row.kind is Kind.CLASS]
    assert sorted(codes) == sorted(MARROW.codes)
    counted = [code for code in codes if MARROW[code].counted]
    assert counted == [code for code in MARROW.codes if MARROW[code].counted]
    specials = [row.choice for row in entries(desk) if row.kind is Kind.CHOICE]
    assert specials == [None, *Special]


def test_that_counts_follow_decisions(desk, qtbot):
    model = desk.classes._rows
    words = {}

    def spoken(choice):
        return model.index_of(choice).data(Qt.ItemDataRole.AccessibleTextRole)

    words["before"] = spoken("LYT")
    with qtbot.waitSignal(model.dataChanged):
        desk.model.assign([0], "BLA")
        desk.model.exclude([3])
    assert words["before"] == "Lymphocyte, 2 cells, 0 reviewed, key L"
    assert spoken("LYT") == "Lymphocyte, 1 cells, 0 reviewed, key L"
    assert spoken("BLA") == "Blast, 2 cells, 1 reviewed, key B"
    assert spoken(Special.EXCLUDED) == "Excluded, 1 cells"
    assert spoken(Special.UNREVIEWED) == "Unreviewed, 3 cells"
    assert spoken(None) == "All cells, 5 cells"


def test_that_many_changes_are_painted_once(desk, qtbot):
    told = []
    rows = desk.classes._rows
    qtbot.waitUntil(lambda: not rows._rest.isActive())
    rows.dataChanged.connect(lambda first, last: told.extend(range(first.row(), last.row() + 1)))
    for code in ("BLA", "MON", "LYT", "PMO", "NGS"):
        desk.model.assign([0], code)
    qtbot.waitUntil(lambda: bool(told) and not rows._rest.isActive())
    names = [rows.index(each).data() for each in told]
    assert len(set(names)) == len(names)
    assert "Segmented neutrophil" in names
    assert "Plasma cell" not in names


def test_that_choosing_a_class_shows_it_alone(desk):
    click(desk, "LYT")
    assert desk.sections() == [("LYT", 2)]
    click(desk, Special.UNIDENTIFIED)
    assert desk.sections() == [("NIF", 1)]
    click(desk, None)
    assert len(desk.sections()) == 4


def test_that_the_keyboard_goes_from_class_to_class_over_the_headings(desk):
    click(desk, Special.EXCLUDED)
    QTest.keyClick(desk.classes.list, Qt.Key.Key_Down)
    assert desk.classes.choice == "BLA"
    assert desk.sections() == [("BLA", 1)]
    QTest.keyClick(desk.classes.list, Qt.Key.Key_Down)
    assert desk.classes.choice == "PMO"
    QTest.keyClick(desk.classes.list, Qt.Key.Key_Home)
    assert desk.classes.choice is None


def test_that_class_keys_are_left_to_the_window(desk):
    click(desk, "LYT")
    QTest.keyClick(desk.classes.list, Qt.Key.Key_B)
    assert desk.classes.choice == "LYT"


def test_that_clearing_the_filters_goes_back_to_all_cells_in_the_list(desk, qtbot):
    click(desk, "LYT")
    with qtbot.assertNotEmitted(desk.classes.class_chosen):
        desk.gallery.clear_filters()
    assert desk.classes.choice is None


def test_that_cells_dropped_on_a_class_are_given_it_and_go_there_at_once(desk):
    told = []
    desk.classes.dropped.connect(lambda rows, code: told.append((sorted(rows), code)))
    assert drop_on_class(desk, "MON", [0, 2])
    assert told == [([0, 2], "MON")]
    assert [desk.model.cells[row].code for row in (0, 2)] == ["MON", "MON"]
    assert ("MON", 2) in desk.sections()
    assert not desk.gallery.line.tidy.isVisible()
    desk.model.undo_stack.undo()
    assert [desk.model.cells[row].code for row in (0, 2)] == ["LYT", "BLA"]


def test_that_a_section_takes_cells_where_it_is_a_class_and_not_in_the_order_by_risk(desk):
    header = QPoint(60, 6)
    assert desk.sections()[0][0] == "BLA"
    assert drop(desk, desk.view.viewport(), header, [0])
    assert desk.model.cells[0].code == "BLA"
    desk.gallery.set_sort(Sort.RISK)
    decided = [cell.review for cell in desk.model.cells]
    assert not drop(desk, desk.view.viewport(), header, [1])
    assert [cell.review for cell in desk.model.cells] == decided


def test_that_a_drop_on_the_proposed_class_confirms(desk):
    assert drop_on_class(desk, "LYT", [0])
    assert desk.model.cells[0].review.verdict is Verdict.CONFIRMED


def test_that_a_drop_lets_other_decided_cells_stay(desk):
    desk.model.assign([1], "PMO")
    drop_on_class(desk, "MON", [0])
    assert ("LYT", 1) in desk.sections()
    assert desk.gallery.line.tidy.isVisible()


def test_that_cells_can_be_dropped_on_unidentified_and_excluded_but_not_on_all(desk):
    assert drop_on_class(desk, Special.UNIDENTIFIED, [0])
    assert desk.model.cells[0].code == "NIF"
    assert drop_on_class(desk, Special.EXCLUDED, [1])
    assert desk.model.cells[1].state is CellState.EXCLUDED
    assert not drop_on_class(desk, None, [2])
    assert not drop_on_class(desk, Special.UNREVIEWED, [2])


def test_that_the_class_under_the_pointer_lights_up_while_cells_hang_over_it(desk):
    desk.gallery.select_rows([0])
    model = desk.view.model()
    data = model.mimeData([model.index(int(desk.view.selected_positions()[0]), 0)])
    viewport, lists = desk.classes.list.viewport(), desk.classes.list
    point = place(desk, "BLA")
    QApplication.sendEvent(viewport, QDragEnterEvent(point, COPY, data, LEFT, NONE))
    QApplication.sendEvent(viewport, QDragMoveEvent(point, COPY, data, LEFT, NONE))
    assert lists.lit == desk.classes._rows.index_of("BLA").row()
    QApplication.sendEvent(viewport, QDragLeaveEvent())
    assert lists.lit == -1


def test_that_rows_of_another_case_or_window_are_refused(desk):
    stranger = QMimeData()
    stranger.setData(ROWS, json.dumps([0, 1]).encode())
    assert not drop_on_class(desk, "BLA", [], stranger)
    assert desk.model.cells[0].review is None


def test_that_dragged_data_are_a_list_of_rows(desk):
    model = desk.view.model()
    data = model.mimeData([model.index(0, 0), model.index(1, 0)])
    assert json.loads(bytes(data.data(ROWS).data())) == desk.gallery.visible_order()[:2]
    assert ROWS in model.mimeTypes()


def test_that_cells_can_be_dropped_on_another_section_of_the_gallery(desk):
    sections = [section.key for section in desk.view.grid.sections]
    header = desk.view.on_screen(desk.view.grid.header(sections.index("LYT"))).center()
    assert drop(desk, desk.view.viewport(), header, [2])
    assert desk.model.cells[2].code == "LYT"
    assert ("LYT", 3) in desk.sections()


def test_that_a_drop_on_the_own_section_or_among_the_unclassified_does_nothing(desk):
    assert not drop(desk, desk.view.viewport(), desk.place(1), [0])
    assert not drop(desk, desk.view.viewport(), desk.place(4), [0])
    assert desk.model.cells[0].review is None


def test_that_many_dragged_cells_show_their_number(desk):
    desk.gallery.select_rows([0])
    one = desk.view.drag_picture().toImage()
    desk.gallery.select_rows([0, 1, 2])
    three = desk.view.drag_picture().toImage()
    assert one.size() == three.size()
    assert one != three


def test_that_a_pull_from_a_picture_drags_and_leaves_no_band(desk, monkeypatch):
    from marrowdesk.app.gallery import view

    carried = []

    class Drag(view.QDrag):
        def exec(self, *_):
            carried.append(json.loads(bytes(self.mimeData().data(ROWS).data())))
            assert desk.view.busy
            return COPY

    monkeypatch.setattr(view, "QDrag", Drag)
    desk.gallery.select_rows([0, 1])
    desk.pull(desk.place(0), desk.place(0) + QPoint(200, 90))
    assert [sorted(each) for each in carried] == [[0, 1]]
    assert not desk.view.busy
    assert sorted(desk.gallery.selected_rows()) == [0, 1]


def test_that_the_list_is_small_enough_for_a_low_screen_and_scrolls(desk):
    desk.classes.resize(216, 480)
    bar = desk.classes.list.verticalScrollBar()
    assert bar.maximum() > 0
    assert desk.classes.list.sizeHintForRow(0) <= 24
    assert desk.classes.list.accessibleName()


def test_that_another_scheme_shows_other_classes(desk, tmp_path):
    from marrowdesk.core.taxonomy import Scheme
    from marrowdesk.store.casefile import CaseFile

    small = Scheme("two classes", tuple(MARROW[code] for code in ("LYT", "BLA", "NIF")))
    case = CaseFile.create(tmp_path / "small.mdcase", small, "small")
    desk.model.show_case(case, case.cells())
    assert [row.choice for row in entries(desk) if row.kind is Kind.CLASS] == ["LYT", "BLA", "NIF"]
    desk.model.show_case(None)
    case.close()


def test_that_the_list_follows_the_palette_and_goes_back_with_it(desk):
    click(desk, "LYT")
    rows = desk.classes.list
    before, palette = rows.grab().toImage(), rows.palette()
    other = QPalette(palette)
    for role, color in ((Role.Base, "#202030"), (Role.Text, "#f0e0c0"), (Role.Highlight, "#804010")):
        other.setColor(role, QColor(color))
    rows.setPalette(other)
    colors = {rows.grab().toImage().pixelColor(2, y).name() for y in range(0, 100, 5)}
    assert colors <= {"#202030"}
    chosen = rows.visualRect(rows.currentIndex())
    ground = rows.viewport().grab().toImage().pixelColor(chosen.right() - 6, chosen.center().y())
    assert ground.red() > ground.blue(), "the highlight of the new palette"
    rows.setPalette(palette)
    assert rows.grab().toImage() == before

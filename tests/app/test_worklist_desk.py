"""The worklist in the window: filled beside its own work, filtered, sorted, reported from, opened from."""

from __future__ import annotations

import csv
import io
import shutil

import pytest
from desk_steps import dialog
from exchange_cases import make_case
from hostile import HOSTILE
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from test_window_dialogs import unnamed

from marrowdesk.app import worklist_model as columns
from marrowdesk.app.dialogs.worklist import WorklistDialog
from marrowdesk.app.preferences import Preferences
from marrowdesk.app.worklist_model import WorklistFilter, WorklistModel
from marrowdesk.core.counting import CountingRules
from marrowdesk.report.exchange.worklist import Entry, State
from marrowdesk.store import paths as places
from marrowdesk.store.casefile import CaseFile


@pytest.fixture
def cases(tmp_path):
    """Give the program's own folder of cases with an open, a signed and a broken one."""
    folder = places.cases_path()
    folder.mkdir(parents=True)
    make_case(folder / "a.mdcase", tmp_path / "a", decided=2, title="Alpha", accession="2031/1")
    make_case(folder / "b.mdcase", tmp_path / "b", decided=1, title="Beta <b>", accession="2031/20")
    with CaseFile.open(folder / "b.mdcase") as case:
        case.sign("A. Reader", CountingRules(target=6).to_json())
    (folder / "c.mdcase").write_bytes(b"nothing")
    return folder


@pytest.fixture
def make_list(qtbot):
    """Give a maker of worklists of the program's own folder."""

    def make(wanted):
        made = WorklistDialog(Preferences())
        made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        qtbot.addWidget(made)
        made.show()
        made.source.setCurrentIndex(1)
        made.source.activated.emit(1)
        qtbot.waitUntil(lambda: len(made.table.entries) == wanted, timeout=60_000)
        qtbot.waitUntil(lambda: "reading" not in made.state.text())
        return made

    return make


def texts(made, column=columns.TITLE):
    return [made.shown.index(row, column).data() for row in range(made.shown.rowCount())]


def everything(folder):
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}


def test_that_each_case_is_a_row_and_a_broken_one_tells_its_error(cases, make_list):
    before = everything(cases)
    made = make_list(3)
    rows = {each.title: each for each in made.table.entries}
    assert set(rows) == {"Alpha", "Beta <b>", "c"}
    assert sorted(texts(made, columns.STATE)) == ["cannot be read", "open", "signed"]
    assert any("not a MarrowDesk case" in text for text in texts(made, columns.FLAGS))
    assert made.state.text() == "3 cases"
    assert everything(cases) == before
    assert unnamed(made) == []


def test_that_words_and_day_filter_the_rows(cases, make_list):
    made = make_list(3)
    made.words.setText("2031 beta")
    assert texts(made) == ["Beta <b>"]
    assert made.state.text() == "1 of 3 cases"
    made.words.setText("signed")
    assert texts(made) == ["Beta <b>"]
    made.words.clear()
    assert made.day.count() == 2
    made.day.setCurrentIndex(1)
    assert sorted(texts(made)) == ["Alpha", "Beta <b>"]


def test_that_numbers_are_sorted_as_numbers(cases, make_list, qtbot):
    model = WorklistModel()
    shown = WorklistFilter(model)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.add(Entry(cases / f"{n}.mdcase", State.OPEN, str(n), counted=n) for n in (9, 100, 20))
    shown.sort(columns.COUNTED)
    assert [shown.index(row, columns.TITLE).data() for row in range(3)] == ["9", "20", "100"]
    shown.sort(columns.COUNTED, Qt.SortOrder.DescendingOrder)
    assert [each.title for each in shown.shown()] == ["100", "20", "9"]


def test_that_reports_of_several_cases_are_written_in_one_go(cases, make_list, qtbot, tmp_path, monkeypatch):
    made = make_list(3)
    out = tmp_path / "reports"
    out.mkdir()
    before = everything(cases)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(out))
    assert not made.reports.isEnabled()
    made.view.selectAll()
    assert made.reports.isEnabled()
    made.reports.click()
    qtbot.waitUntil(lambda: made.line.folder.isVisible(), timeout=60_000)
    assert len(list(out.glob("*.pdf"))) == 2
    told = made.line.text.text()
    assert "Reports written: 2" in told
    assert "c.mdcase" in told
    assert everything(cases) == before
    qtbot.waitUntil(made.reports.isEnabled)


def test_that_the_list_is_saved_as_it_is_shown(cases, make_list, qtbot, tmp_path, monkeypatch):
    made = make_list(3)
    made.words.setText("2031")
    made.shown.sort(columns.TITLE, Qt.SortOrder.DescendingOrder)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "w.csv"), ""))
    made.save.click()
    qtbot.waitUntil(lambda: made.line.folder.isVisible(), timeout=20_000)
    rows = list(csv.DictReader(io.StringIO((tmp_path / "w.csv").read_text("utf-8-sig"))))
    assert [row["title"] for row in rows] == ["Beta <b>", "Alpha"]


def test_that_a_double_click_opens_the_case(desk, qtbot, cases):
    desk.window.acts.worklist.trigger()
    made = dialog(desk, WorklistDialog)
    made.source.setCurrentIndex(1)
    made.source.activated.emit(1)
    qtbot.waitUntil(lambda: len(made.table.entries) == 3, timeout=60_000)
    made.words.setText("alpha")
    cell = made.view.visualRect(made.shown.index(0, 0)).center()
    QTest.mouseClick(made.view.viewport(), Qt.MouseButton.LeftButton, pos=cell)
    QTest.mouseDClick(made.view.viewport(), Qt.MouseButton.LeftButton, pos=cell)
    qtbot.waitUntil(lambda: desk.window.session.case is not None, timeout=30_000)
    assert desk.window.session.case.path == cases / "a.mdcase"


def test_that_recent_cases_are_listed_first_and_another_folder_can_be_chosen(
    cases, qtbot, tmp_path, monkeypatch
):
    preferences = Preferences()
    preferences.replace(preferences.now.with_recent(cases / "a.mdcase", "Alpha"))
    made = WorklistDialog(preferences)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: texts(made) == ["Alpha"], timeout=30_000)
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(cases / "b.mdcase", other)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(other))
    made.source.setCurrentIndex(2)
    made.source.activated.emit(2)
    qtbot.waitUntil(lambda: texts(made) == ["Beta <b>"], timeout=30_000)
    assert made.source.currentText() == str(other)
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(empty))
    last = made.source.count() - 1
    made.source.setCurrentIndex(last)
    made.source.activated.emit(last)
    qtbot.waitUntil(lambda: made.state.text() == "There is no case here.", timeout=30_000)
    preferences.close()


@pytest.mark.parametrize("kind", list(HOSTILE))
def test_that_any_title_is_one_line_and_its_tip_is_no_markup(kind, tmp_path):
    model = WorklistModel()
    text = HOSTILE[kind]
    model.add([Entry(tmp_path / "x.mdcase", State.OPEN, text, text, text, signed_by=text, flags=(text,))])
    for column in range(model.columnCount()):
        index = model.index(0, column)
        assert "\n" not in index.data()
        tip = index.data(Qt.ItemDataRole.ToolTipRole)
        assert tip.startswith("<qt>")
        assert "<b>" not in tip
        assert "<script>" not in tip


@pytest.mark.slow
def test_that_two_hundred_cases_fill_while_the_window_goes_on(cases, make_list, qtbot):
    for number in range(197):
        shutil.copy(cases / "a.mdcase", cases / f"n{number:03}.mdcase")
    made = WorklistDialog(Preferences())
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    made.show()
    made.source.setCurrentIndex(1)
    made.source.activated.emit(1)
    qtbot.waitUntil(lambda: 0 < len(made.table.entries) < 200, timeout=60_000)
    QTest.keyClicks(made.words, "alpha")  # typed while it is being read
    assert made.words.text() == "alpha"
    seen = made.shown.rowCount()
    assert 0 < seen < 198
    qtbot.waitUntil(lambda: len(made.table.entries) == 200, timeout=120_000)
    assert made.shown.rowCount() == 198


def test_that_closing_stops_the_reading(cases, qtbot):
    for number in range(60):
        shutil.copy(cases / "a.mdcase", cases / f"n{number:03}.mdcase")
    made = WorklistDialog(Preferences())
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    made.show()
    made.source.setCurrentIndex(1)
    made.source.activated.emit(1)
    qtbot.waitUntil(lambda: len(made.table.entries) > 0, timeout=60_000)
    made.close()
    QApplication.processEvents()
    seen = len(made.table.entries)
    qtbot.wait(300)
    assert len(made.table.entries) == seen < 63


def test_that_one_case_is_called_so_and_all_columns_are_in_sight(cases, make_list):
    for path in sorted(cases.glob("*.mdcase"))[1:]:
        path.unlink()
    made = make_list(1)
    assert made.state.text() == "1 case"
    assert made.view.horizontalScrollBar().maximum() == 0

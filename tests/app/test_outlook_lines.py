"""The differential says what is still open, and shows the cells that would settle it."""

from __future__ import annotations

import numpy as np
import pytest
from desk_steps import open_and_wait
from gallery_desk import CODES, MODEL, make_case
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QApplication

from marrowdesk.app.case_model import CaseModel
from marrowdesk.app.differential import DifferentialPanel
from marrowdesk.app.differential.table_model import LINE
from marrowdesk.core.cell import Prediction

_NEAR = [("BLA", 0.97)] * 14 + [("NGS", 0.97)] * 62


def _doubtful(cell, share):
    """Give a cell that is a blast or a lymphocyte."""
    odds = np.full(len(CODES), 1e-4, np.float32)
    odds[CODES.index("BLA")], odds[CODES.index("LYT")] = share, 1 - share
    return cell.with_prediction(Prediction(MODEL.sha256, CODES, odds / odds.sum(), 0.4))


@pytest.fixture
def model(tmp_path, qapp):
    """Give a case near 20 % blasts whose side hangs on 24 doubtful cells."""
    with make_case(tmp_path, [*_NEAR, *[("LYT", 0.9)] * 24]) as case:
        cells = case.cells()
        shown = [*cells[:76], *(_doubtful(cell, 0.45) for cell in cells[76:])]
        model = CaseModel()
        model.reader = "R. Eader"
        model.show_case(case, shown)
        yield model


@pytest.fixture
def panel(model, qtbot):
    panel = DifferentialPanel(model)
    qtbot.addWidget(panel)
    panel.resize(420, 700)
    panel.show()
    return panel


def _prospects(panel):
    return [line for line in panel.table.lines if line.key.startswith("prospect:blasts")]


def _wait(qtbot, panel, words):
    qtbot.waitUntil(lambda: any(words in line.name for line in _prospects(panel)), timeout=15_000)
    return next(line for line in _prospects(panel) if words in line.name)


def test_that_an_open_threshold_names_the_cells_that_would_settle_it(panel, model, qtbot):
    line = _wait(qtbot, panel, "20\u00a0% is still open")
    doubtful = {cell.id for cell in model.cells[76:]}
    assert line.cells
    assert set(line.cells) <= doubtful
    assert line.listed == "Decisive: blasts 20\u00a0%"


def test_that_it_closes_once_those_cells_are_reviewed_and_is_gone_with_the_last(panel, model, qtbot):
    line = _wait(qtbot, panel, "still open")
    model.assign([model.row_of(each) for each in line.cells], "LYT")
    model.confirm(range(76, 100))
    _wait(qtbot, panel, "hardly change")
    model.confirm(range(100))
    qtbot.waitUntil(lambda: not _prospects(panel), timeout=15_000)


def test_that_a_click_asks_for_those_cells(panel, qtbot):
    line = _wait(qtbot, panel, "still open")
    row = panel.table.lines.index(line)
    panel.view.scrollTo(panel.table.index(row, 0))
    place = panel.view.visualRect(panel.table.index(row, 0)).center()
    with qtbot.waitSignal(panel.cells_chosen) as told:
        qtbot.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert told.args == [line.listed, line.cells]


def test_that_return_on_the_line_asks_for_them_too(panel, qtbot):
    line = _wait(qtbot, panel, "still open")
    panel.view.setFocus()
    panel.view.setCurrentIndex(panel.table.index(panel.table.lines.index(line), 0))
    with qtbot.waitSignal(panel.cells_chosen):
        qtbot.keyClick(panel.view, Qt.Key.Key_Return)


def test_that_another_case_forgets_what_was_said_of_the_one_before(panel, model, qtbot):
    _wait(qtbot, panel, "still open")
    model.show_case(None)
    assert panel.watch.outlooks == ()
    qtbot.waitUntil(lambda: not _prospects(panel))


def test_that_a_line_wraps_and_is_not_cut_off(panel, qtbot):
    line = _wait(qtbot, panel, "still open")
    index = panel.table.index(panel.table.lines.index(line), 0)
    assert index.data(LINE) == line
    assert not panel.view.isRowHidden(index.row(), QModelIndex())
    assert panel.view.visualRect(index).height() >= panel.view.fontMetrics().height()


def test_that_in_the_window_the_line_leads_to_the_cells_and_a_stale_one_to_nothing(desk, drawn_slide, qtbot):
    open_and_wait(qtbot, desk, drawn_slide)
    window = desk.window
    ids = tuple(cell.id for cell in window.model.cells[1:4])
    window.differential.cells_chosen.emit("Decisive: blasts", ids)
    assert sorted(window.gallery.visible_order()) == [1, 2, 3]
    assert QApplication.focusWidget() is window.gallery.view
    # A line of a case that was closed a moment ago.
    window.differential.cells_chosen.emit("Decisive: blasts", (10_000,))
    assert sorted(window.gallery.visible_order()) == [1, 2, 3]

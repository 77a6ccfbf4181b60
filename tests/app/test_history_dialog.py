"""What was done in a case is listed, exported, and reported as it was."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import timedelta

import pytest
from desk_steps import busy, close, dialog, look_at, open_and_wait, press, wait_for_workers
from pdf_reading import page_texts
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox

from marrowdesk.app.dialogs.history import HistoryDialog, HistoryModel
from marrowdesk.app.operations import Lane
from marrowdesk.core.counting import CountingRules
from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.services.reporting import DECISION_COLUMNS, snapshot


@pytest.fixture
def worked(desk, drawn_slide, qtbot):
    """Give the desk with a case in which a blast was found, taken back, and a plasma cell found."""
    open_and_wait(qtbot, desk, drawn_slide)
    desk.window.preferences.change(reader="=A. Reader", auto_advance=False)
    for row, key in ((1, "b"), (1, Qt.Key.Key_Backspace), (2, "w")):
        look_at(desk, row)
        press(desk, key)
    case = desk.window.session.case
    case.sign("B. Reader", CountingRules().to_json())
    case.reopen("C. Reader", "another look")
    desk.window.model.set_signatures(case.signatures())
    return desk


def _opened(desk, qtbot):
    desk.window.acts.history.trigger()
    opened = dialog(desk, HistoryDialog)
    qtbot.waitUntil(lambda: opened.table.rowCount() == 5)
    return opened


def _column(table, column):
    return [table.index(row, column).data() for row in range(table.rowCount())]


def test_that_every_act_and_signature_is_listed_the_latest_first(worked, qtbot):
    opened = _opened(worked, qtbot)
    assert _column(opened.table, 2) == [
        "Reopened: another look",
        "Signed, version 1",
        "1 cell: plasma cell",
        "Taken back: 1 cell: blast",
        "1 cell: blast",
    ]
    assert _column(opened.table, 1) == ["C. Reader", "B. Reader", *["=A. Reader"] * 3]
    assert [opened.table.act(row) for row in range(5)] == [None, None, 3, 2, 1]


def test_that_what_was_done_again_is_not_told_as_taken_back(worked, qtbot):
    model = worked.window.model
    model.assign([3, 4, 5], "LYT")
    for step in ("undo", "redo", "undo", "redo"):
        getattr(worked.window.review, step)()
    table = HistoryModel(worked.window)
    table.show(model.case.acts(), [])
    assert _column(table, 2)[:5] == [
        "Done again: 3 cells: lymphocyte",
        "Taken back: 3 cells: lymphocyte",
        "Done again: 3 cells: lymphocyte",
        "Taken back: 3 cells: lymphocyte",
        "3 cells: lymphocyte",
    ]


def test_that_the_order_is_the_one_of_recording_whatever_the_clock_said(worked, qtbot):
    """Two things at the same time, and a clock that was set back between them."""
    case = worked.window.session.case
    acts, (signed,) = case.acts(), case.signatures()
    noon = signed.at.replace(hour=12)
    before = noon - timedelta(days=3)
    assert signed.reopened is not None
    signed = replace(signed, at=before, reopened=replace(signed.reopened, at=before))
    later = replace(
        acts[-1], number=4, at=before - timedelta(days=1), text="later", decision=acts[-1].decision + 1
    )
    model = HistoryModel(worked.window)
    model.show([*(replace(each, at=noon) for each in acts), later], [signed])
    assert [text.split(",")[0] for text in _column(model, 2)] == [
        "later",
        "Reopened: another look",
        "Signed",
        "1 cell: plasma cell",
        "Taken back: 1 cell: blast",
        "1 cell: blast",
    ]


def test_that_the_case_is_reported_as_it_was_after_an_act(worked, qtbot, tmp_path, monkeypatch):
    opened = _opened(worked, qtbot)
    assert not opened.report.isEnabled()
    opened.view.selectRow(0)
    assert not opened.report.isEnabled()  # a reopening changes no cell
    opened.view.selectRow(4)
    target = tmp_path / "then.pdf"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    opened.report.click()
    qtbot.waitUntil(lambda: opened.written.isVisible(), timeout=20_000)
    texts = page_texts(target.read_bytes())
    assert all("earlier state, act 1" in text for text in texts)
    assert "EARLIER The case as it was after act 1, by =A. Reader on" in " ".join(texts[0].split())
    case = worked.window.session.case
    codes = [[cell.code for cell in snapshot(case, CountingRules(), after=act).cells] for act in (1, 2, 3)]
    assert codes[0][1] == "BLA"
    assert codes[1][1] == codes[2][1] != "BLA"
    assert (codes[1][2] == "PLM", codes[2][2]) == (False, "PLM")
    with pytest.raises(MarrowdeskError, match="no act 9"):
        snapshot(case, CountingRules(), after=9)


def test_that_all_decisions_are_exported_and_no_name_becomes_a_formula(worked, qtbot, tmp_path, monkeypatch):
    opened = _opened(worked, qtbot)
    target = tmp_path / "decisions.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    opened.export.click()
    qtbot.waitUntil(lambda: opened.written.isVisible(), timeout=20_000)
    rows = list(csv.DictReader(io.StringIO(target.read_text("utf-8-sig"))))
    assert tuple(rows[0]) == DECISION_COLUMNS
    assert [(row["act"], row["to_class"], row["takes_back"]) for row in rows] == [
        ("1", "BLA", ""), ("2", "", "1"), ("3", "PLM", ""),
    ]  # fmt: skip
    assert {row["reader"] for row in rows} == {"'=A. Reader"}
    assert all(row["at"].endswith("+00:00") and row["file"] and len(row["model"]) == 64 for row in rows)


def test_that_what_was_ordered_is_written_though_the_dialog_is_closed_before_it_begins(
    worked, qtbot, tmp_path, monkeypatch
):
    opened = _opened(worked, qtbot)
    opened.view.selectRow(2)
    decisions, report = tmp_path / "decisions.csv", tmp_path / "then.pdf"
    with busy(Lane.LONG):
        for target, button in ((decisions, opened.export), (report, opened.report)):
            monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, target=target: (str(target), ""))
            button.click()
        close(worked, opened)
        qtbot.waitUntil(lambda: not worked.window.findChildren(HistoryDialog))
        assert not decisions.exists()
    wait_for_workers(qtbot)
    assert len(list(csv.reader(io.StringIO(decisions.read_text("utf-8-sig"))))) > 3
    assert page_texts(report.read_bytes())


def test_that_what_was_ordered_and_fails_is_told_though_the_dialog_is_closed(
    worked, qtbot, tmp_path, monkeypatch
):
    opened, taken = _opened(worked, qtbot), tmp_path / "taken.csv"
    taken.mkdir()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(taken), ""))
    with busy(Lane.LONG):
        opened.export.click()
        close(worked, opened)
        qtbot.waitUntil(lambda: not worked.window.findChildren(HistoryDialog))
    qtbot.waitUntil(lambda: bool(worked.window.findChildren(QMessageBox)))
    (box,) = worked.window.findChildren(QMessageBox)
    assert "taken.csv" in box.text()
    box.close()

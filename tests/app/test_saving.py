"""Saving under a name whose ending was not typed: it gets one, and no file is replaced without a question."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QMessageBox, QWidget

from marrowdesk.app.saving import ask_file

PDF = "PDF (*.pdf)"
LISTS = "Workbook (*.xlsx);;CSV (*.csv)"


@pytest.fixture
def owner(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    return window


def asked(owner, folder, typed, answer=None, kinds=PDF, kind=None):
    """Type a name into the dialog and answer the question, if one comes; give the file and the questions."""
    questions, ended = [], []

    def drive():
        """Do what a person does with whatever window is in front; again until nothing is."""
        front = QApplication.activeModalWidget()
        if isinstance(front, QMessageBox):
            questions.append(front.text())
            by_role = {front.buttonRole(button): button for button in front.buttons()}
            by_role[answer].click()
        elif isinstance(front, QFileDialog) and questions:
            front.reject()  # asked once more, after a no: leave it
            return
        elif isinstance(front, QFileDialog):
            if kind is not None:
                front.selectNameFilter(kind)
            front.findChild(QLineEdit, "fileNameEdit").setText(typed)
            QTimer.singleShot(0, drive)
            front.accept()
            return
        if not ended:
            QTimer.singleShot(0, drive)

    QTimer.singleShot(0, drive)
    path = ask_file(owner, "Export", str(folder / "x.pdf"), kinds)
    ended.append(True)
    return path, questions


NO, YES = QMessageBox.ButtonRole.RejectRole, QMessageBox.ButtonRole.AcceptRole


@pytest.mark.parametrize("typed", ["2031", "2031.A"])
def test_that_an_existing_file_is_replaced_only_after_a_question(owner, tmp_path, typed):
    (tmp_path / f"{typed}.pdf").write_bytes(b"of yesterday")
    assert asked(owner, tmp_path, typed, NO) == (None, [f"{typed}.pdf is there already."])
    assert asked(owner, tmp_path, typed, YES)[0] == tmp_path / f"{typed}.pdf"


@pytest.mark.parametrize(
    ("typed", "written"),
    [("2031", "2031.pdf"), ("2031.A", "2031.A.pdf"), ("2031.pdf", "2031.pdf"), ("2031.PDF", "2031.PDF")],
)
def test_that_a_new_file_gets_its_ending_without_a_question(owner, tmp_path, typed, written):
    assert asked(owner, tmp_path, typed) == (tmp_path / written, [])


@pytest.mark.parametrize(
    ("typed", "kind", "written"),
    [("w", "CSV (*.csv)", "w.csv"), ("w", None, "w.xlsx"), ("w.csv", None, "w.csv")],
)
def test_that_the_kind_chosen_gives_the_ending(owner, tmp_path, typed, kind, written):
    assert asked(owner, tmp_path, typed, kinds=LISTS, kind=kind) == (tmp_path / written, [])

"""Export from the window: what leaves is shown before, names only when asked for, stopped without a trace."""

from __future__ import annotations

import base64
import json
import threading

import pytest
from desk_steps import dialog, open_and_wait
from exchange_cases import make_case
from hostile import HOSTILE
from pdf_reading import page_texts
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QMessageBox
from test_window_dialogs import unnamed

from marrowdesk.app.dialogs.export import ExportDialog
from marrowdesk.app.preferences import Preferences
from marrowdesk.core.counting import CountingRules
from marrowdesk.report.document import ReportFields
from marrowdesk.services.parcel import Form
from marrowdesk.store.casefile import CaseFile


@pytest.fixture
def make_dialog(qtbot, tmp_path):
    """Give a maker of export dialogs of a made case; cases are closed at the end."""
    opened = []

    def make(**how):
        file = make_case(tmp_path / "c.mdcase", tmp_path / "slide", **how)
        case = CaseFile.open(file)
        made = ExportDialog(case, CountingRules(), Preferences())
        made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        qtbot.addWidget(made)
        made.show()
        opened.append(case)
        return made

    yield make
    for case in opened:
        case.close()


def choose(qtbot, made, form, named=False):
    made.forms[form].setChecked(True)
    made.names.setChecked(named)
    qtbot.waitUntil(lambda: made._parcel is not None and made._parcel.form is form, timeout=30_000)


def written(qtbot, made):
    qtbot.waitUntil(lambda: made.line.folder.isVisible(), timeout=60_000)
    qtbot.waitUntil(made.write.isEnabled)


def test_that_the_menu_opens_it_for_an_open_case_only(desk, qtbot, drawn_slide, tmp_path, monkeypatch):
    assert not desk.window.acts.export.isEnabled()
    assert desk.window.acts.worklist.isEnabled()
    open_and_wait(qtbot, desk, drawn_slide)
    desk.window.acts.export.trigger()
    made = dialog(desk, ExportDialog)
    choose(qtbot, made, Form.JSON)
    target = tmp_path / "mine.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    made.write.click()
    written(qtbot, made)
    told = json.loads(target.read_bytes())
    assert len(told["cells"]) == 24
    assert "drawn slide" not in target.read_text("utf-8")
    assert unnamed(made) == []


def test_that_what_leaves_is_shown_for_the_form_and_names_chosen(qtbot, make_dialog):
    made = make_dialog(decided=2, boxes=3, title="Mustermann", patient_name="Erika", accession="2031/25")
    choose(qtbot, made, Form.XLSX)
    shown = {name: label.text() for name, label in made.leaving.values.items()}
    assert shown["title"].startswith("case-")
    assert (shown["names"], shown["cells"], shown["images"], shown["paper"]) == ("no", "9", "no", "no")
    assert shown["fields"] == "Accession"
    choose(qtbot, made, Form.IMAGES, named=True)
    shown = {name: label.text() for name, label in made.leaving.values.items()}
    assert (shown["title"], shown["images"], shown["readers"]) == ("Mustermann", "2", "no")
    assert shown["names"].startswith("yes")


def test_that_nothing_is_offered_to_be_written_before_it_is_shown(qtbot, make_dialog):
    made = make_dialog(decided=2)
    assert not made.write.isEnabled()
    assert not made.names.isChecked()
    choose(qtbot, made, Form.CSV)
    assert made.write.isEnabled()
    made.forms[Form.FHIR].setChecked(True)
    assert not made.write.isEnabled()


def test_that_a_form_the_case_cannot_take_says_why(qtbot, make_dialog):
    made = make_dialog()
    made.forms[Form.GEOJSON].setChecked(True)
    qtbot.waitUntil(lambda: "larger image" in made.leaving.message.text(), timeout=30_000)
    assert made.leaving.message.isVisible()
    assert not made.write.isEnabled()
    choose(qtbot, made, Form.CSV)
    assert not made.leaving.message.isVisible()


@pytest.mark.parametrize("form", [Form.FHIR, Form.IMAGES])
def test_that_it_is_written_where_chosen_and_the_folder_can_be_shown(
    qtbot, make_dialog, tmp_path, monkeypatch, form
):
    made = make_dialog(decided=4, title="Mustermann")
    choose(qtbot, made, form)
    out = tmp_path / "out"
    out.mkdir()
    offered = []

    def save(*arguments):
        offered.append(arguments[2])
        return str(out / "report.fhir.json"), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", save)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(out))
    made.write.click()
    written(qtbot, made)
    (found,) = out.iterdir()
    assert str(found) in made.line.text.text()
    assert "Mustermann" not in "".join((*offered, made.line.text.text(), found.name))
    shown = []
    monkeypatch.setattr("marrowdesk.app.dialogs.progress_line.open_file", shown.append)
    made.line.folder.click()
    assert shown == [out]
    again = []
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *asked: again.append(asked[2]) or ("", ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *asked: again.append(asked[2]) or "")
    made.write.click()
    assert again[0].startswith(str(out)), "the folder used last is offered"


def test_that_a_marrow_is_handed_on_as_one_whatever_was_printed_last(
    qtbot, make_dialog, tmp_path, monkeypatch
):
    made = make_dialog(decided=4)
    made._preferences.change(report_template="blood", report_language="de")
    choose(qtbot, made, Form.FHIR)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "r.fhir.json"), ""))
    made.write.click()
    written(qtbot, made)
    sent = [each["resource"] for each in json.loads((tmp_path / "r.fhir.json").read_bytes())["entry"]]
    (report,) = [each for each in sent if each["resourceType"] == "DiagnosticReport"]
    assert report["code"]["text"] == "Bone marrow aspirate"
    paper = base64.b64decode(report["presentedForm"][0]["data"])
    assert "Knochenmark-Differenzierung" in page_texts(paper)[0]


def test_that_it_can_be_stopped_and_leaves_nothing(qtbot, make_dialog, tmp_path, monkeypatch):
    from marrowdesk.report.exchange import class_folders

    made = make_dialog(decided=6)
    choose(qtbot, made, Form.IMAGES)
    out = tmp_path / "out"
    out.mkdir()
    reached, go_on, real = threading.Event(), threading.Event(), class_folders._png

    def slow(image):
        reached.set()
        go_on.wait(20)
        return real(image)

    monkeypatch.setattr(class_folders, "_png", slow)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(out))
    made.write.click()
    qtbot.waitUntil(reached.is_set, timeout=20_000)
    assert not made.write.isEnabled()
    made.line.cancel.click()
    go_on.set()
    qtbot.waitUntil(made.write.isEnabled, timeout=20_000)
    assert "Stopped" in made.line.text.text()
    assert list(out.iterdir()) == []


def test_that_a_folder_that_is_away_is_told(qtbot, make_dialog, tmp_path, monkeypatch):
    made = make_dialog()
    choose(qtbot, made, Form.CSV)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "away" / "x.csv"), ""))
    made.write.click()
    qtbot.waitUntil(lambda: bool(made.findChildren(QMessageBox)), timeout=20_000)
    (told,) = made.findChildren(QMessageBox)
    assert "away is not there" in told.text()
    told.close()
    assert not (tmp_path / "away").exists()
    assert made.write.isEnabled()


@pytest.mark.parametrize("kind", ["markup", "right to left", "long", "control", "line breaks"])
def test_that_a_title_is_shown_as_typed(qtbot, make_dialog, kind):
    text = HOSTILE[kind].replace("\0", "")[:3000]
    made = make_dialog(title=text)
    choose(qtbot, made, Form.CSV, named=True)
    assert made.leaving.values["title"].text() == text
    assert {label.textFormat() for label in made.leaving.findChildren(QLabel) if label.text() == text} == {
        Qt.TextFormat.PlainText
    }
    assert made.width() <= 1366


def test_that_no_field_that_leaves_is_cut_off(qtbot, make_dialog):
    made = make_dialog(**dict.fromkeys(ReportFields.__slots__, "text"))
    choose(qtbot, made, Form.HL7, named=True)
    label = made.leaving.values["fields"]
    assert label.text().count(",") == len(ReportFields.__slots__) - 1
    qtbot.waitUntil(lambda: label.height() >= label.heightForWidth(label.width()))


def test_that_closing_while_it_gathers_leaves_nothing_running(qtbot, make_dialog):
    made = make_dialog(decided=3)
    made.forms[Form.HL7].setChecked(True)
    made.close()
    QApplication.processEvents()

"""The report window: it shows what is printed, a signed version is read only, options and places stay."""

from __future__ import annotations

import json

import pytest
from desk_steps import back_to_window, close, dialog, look_at, open_and_wait, press
from holding_child import holders
from pdf_reading import page_texts
from PIL import Image
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QMessageBox
from report_steps import closed, kept_in, open_report

from marrowdesk.app import printing
from marrowdesk.app.exporting import options_of
from marrowdesk.app.report_desk import ReportWindow
from marrowdesk.app.report_desk.arrangement import GROUPS
from marrowdesk.app.report_desk.field_notes import notes_of
from marrowdesk.core.cell import CellState
from marrowdesk.core.rule_choice import RuleChoice
from marrowdesk.report.document import header_labels
from marrowdesk.store.casefile import CaseFile
from marrowdesk.store.holding import read_holder
from marrowdesk.store.logo import own_logo
from marrowdesk.store.paths import logo_path
from marrowdesk.store.settings import load_settings

Key, CTRL = Qt.Key, Qt.KeyboardModifier.ControlModifier


def shown(qtbot, report) -> str:
    """Give the text of the report in the preview, once it is up to date."""
    preview = report.frame.preview
    qtbot.waitUntil(lambda: preview.content() is not None and not preview.busy, timeout=60_000)
    return "\n".join(page_texts(preview.content()))


def test_that_every_header_field_stands_once_in_the_form_in_its_order():
    names = [name for group in GROUPS for name in group.names]
    assert sorted(names) == sorted(each.name for each in header_labels())


def test_that_the_preview_follows_what_is_typed_and_can_be_folded_away(desk, drawn_slide, qtbot):
    report = open_report(qtbot, desk, drawn_slide)
    report.form.go_to("conclusion")
    QTest.keyClicks(report.form.fields["conclusion"], "No evidence of leukemia.")
    assert "No evidence of leukemia." in shown(qtbot, report)
    asked = report.frame.preview.show_report
    report.frame.fold.click()
    assert not report.frame.preview.isVisible()
    report.frame.preview.show_report = lambda *_: pytest.fail("a report was made that nobody looks at")
    QTest.keyClicks(report.form.fields["conclusion"], " At all.")
    report.frame.preview.show_report = asked
    QTest.keyClick(report, Key.Key_F9)
    assert report.frame.preview.isVisible()
    assert "No evidence of leukemia. At all." in shown(qtbot, report)
    closed(qtbot, desk, report)


def test_that_the_case_is_read_once_while_a_person_types(desk, drawn_slide, qtbot, monkeypatch):
    from marrowdesk.services import reporting

    taken, take = [], reporting.snapshot

    def noted(*arguments, **others):
        taken.append(others["version"])
        return take(*arguments, **others)

    monkeypatch.setattr(reporting, "snapshot", noted)
    report = open_report(qtbot, desk, drawn_slide)
    QTest.keyClicks(report.form.fields["comment"], "one two three")
    assert "one two three" in shown(qtbot, report)
    assert taken == [None]
    closed(qtbot, desk, report)


def test_that_what_is_typed_is_what_is_sent_to_the_printer(desk, drawn_slide, qtbot, monkeypatch):
    sent = []
    monkeypatch.setattr(printing, "print_report", lambda *arguments: sent.append(arguments))
    report = open_report(qtbot, desk, drawn_slide)
    report.frame.fold.click()  # it prints without a preview, too
    field = report.form.fields["patient_name"]
    field.setFocus()
    QTest.keyClicks(field, "Ødegård")
    QTest.keyClick(field, Key.Key_P, CTRL)
    qtbot.waitUntil(lambda: bool(sent), timeout=30_000)
    ((parent, content, title),) = sent
    assert (parent, title) == (report, desk.window.session.case.title)
    assert "Ødegård" in page_texts(content)[0]
    assert kept_in(desk.window.session.case.path)["patient_name"] == "Ødegård"
    closed(qtbot, desk, report)


def test_that_print_options_hold_at_once_for_the_next_report_and_in_files(
    desk, drawn_slide, qtbot, tmp_path, monkeypatch
):
    report = open_report(qtbot, desk, drawn_slide)
    options = report.frame.options
    options.template.setCurrentIndex(options.template.findData("summary"))
    options.page.setCurrentIndex(options.page.findData("Letter"))
    options.language.setCurrentIndex(options.language.findData("de"))
    options.columns["predicted"].click()
    options.columns["adjusted"].click()
    options.patient.click()
    chosen = options_of(desk.preferences.now)
    assert (chosen.template, chosen.page, chosen.language) == ("summary", "Letter", "de")
    assert chosen.columns == {"reviewed", "adjusted"}
    assert chosen.patient_in_metadata
    asked = []
    from marrowdesk.services import reporting

    write = reporting.export
    monkeypatch.setattr(
        reporting,
        "export",
        lambda *each, options, **to: asked.append(options) or write(*each, options=options, **to),
    )
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "r"), ""))
    report.files.writers[0].click()
    qtbot.waitUntil(report.files.open_button.isVisible, timeout=30_000)
    assert asked == [chosen]
    assert (tmp_path / "r.pdf").exists()
    closed(qtbot, desk, report)
    desk.end()
    assert options_of(load_settings()) == chosen


def test_that_a_marrow_printed_as_a_film_is_told_and_written_as_one(
    desk, drawn_slide, qtbot, tmp_path, monkeypatch
):
    open_and_wait(qtbot, desk, drawn_slide)
    desk.window.focus_cells()
    desk.window.gallery.select_all()
    press(desk, "l")
    case = desk.window.session.case
    look_at(desk, 0)
    press(desk, "y")
    red = sum(cell.code in ("EBO", "PEB") for cell in case.cells())
    assert red
    report = open_report(qtbot, desk)
    assert "24 nucleated cells counted" in report.frame.summary.text()
    options = report.frame.options
    options.template.setCurrentIndex(options.template.findData("blood"))
    said = " ".join(shown(qtbot, report).split())
    assert f"White cells counted {24 - red}" in said
    assert f"{24 - red} white cells counted" in report.frame.summary.text()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "r"), ""))
    report.files.writers[2].click()
    qtbot.waitUntil(report.files.open_button.isVisible, timeout=30_000)
    told = json.loads((tmp_path / "r.json").read_bytes())["differential"]
    assert (told["specimen"], told["counted"]) == ("blood", 24 - red)
    closed(qtbot, desk, report)


def test_that_pictures_are_read_when_they_are_wanted(desk, drawn_slide, qtbot):
    desk.preferences.change(report_pictures=False)
    report = open_report(qtbot, desk, drawn_slide)
    without = len(shown(qtbot, report)), len(report.frame.preview.content())
    report.frame.options.pictures.click()
    qtbot.waitUntil(lambda: len(report.frame.preview.content()) > 2 * without[1], timeout=60_000)
    report.frame.options.pictures.click()
    qtbot.waitUntil(lambda: len(report.frame.preview.content()) < 2 * without[1], timeout=60_000)
    closed(qtbot, desk, report)


def test_that_the_window_fits_a_small_screen_and_comes_back_as_it_was(desk, drawn_slide, qtbot):
    report = open_report(qtbot, desk, drawn_slide)
    least = report.minimumSizeHint()
    assert least.width() <= 1366 - 40
    assert least.height() <= 768 - 80
    report.frame.splitter.setSizes([475, report.width() - 475])
    before = report.frame.splitter.sizes()
    closed(qtbot, desk, report)
    again = open_report(qtbot, desk)
    assert again.frame.splitter.sizes() == before
    again.frame.fold.click()
    qtbot.waitUntil(lambda: again.minimumWidth() < 700)
    again.resize(700, 600)  # the screen of the tests is small
    closed(qtbot, desk, again)
    folded = open_report(qtbot, desk)
    assert not folded.frame.preview.isVisible()
    assert folded.size() == QSize(700, 600)
    folded.frame.fold.click()
    qtbot.waitUntil(lambda: folded.frame.preview.width() > 300)
    closed(qtbot, desk, folded)


def test_that_a_signed_version_is_shown_as_signed_and_cannot_be_changed(desk, drawn_slide, qtbot, tmp_path):
    open_and_wait(qtbot, desk, drawn_slide)
    window = desk.window
    Image.new("RGB", (60, 60), "red").save(tmp_path / "red.png")
    window.session.set_field("conclusion", "As signed.")
    window.session.set_field("sex", "yes")
    rules = window.model.rules.to_json()
    window.model.set_signatures([window.session.case.sign("A. Reader", rules)])
    window.session.reopen("B. Reader", "why")
    window.session.set_field("conclusion", "As amended.")
    report = open_report(qtbot, desk)
    assert "As amended." in shown(qtbot, report)
    report.version.setCurrentIndex(1)
    for name, field in report.form.fields.items():
        QTest.keyClicks(field, "xyz")
        assert "xyz" not in report.text_of(name)
    assert report.text_of("conclusion") == "As signed."
    assert not report.form.notes["sex"].isVisible()
    assert not report.frame.insert.isEnabled()
    assert not report.frame.logo.choose.isEnabled()
    qtbot.waitUntil(report.files.printer.isEnabled, timeout=30_000)
    told = shown(qtbot, report)
    assert "As signed." in told
    assert "As amended." not in told
    report.version.setCurrentIndex(0)
    assert report.text_of("conclusion") == "As amended."
    assert report.form.notes["sex"].isVisible()
    closed(qtbot, desk, report)
    with CaseFile.open_copy(window.session.case.path) as case:
        assert case.unaltered(case.signatures()[0])


def test_that_a_case_that_is_only_read_shows_its_report_and_takes_nothing(desk, drawn_slide, qtbot):
    desk.preferences.change(institution="St. Elsewhere")
    open_and_wait(qtbot, desk, drawn_slide)
    path = desk.window.session.case.path
    desk.window.session.set_field("site", "sternum")
    desk.window.session.close()
    qtbot.waitUntil(lambda: read_holder(path) is None)
    with holders() as start:
        start(path)
        with qtbot.waitSignal(desk.window.session.opened, timeout=20_000):
            desk.window.commands.open([path])
        _look_at_one_only_read(desk, qtbot, path)


def _look_at_one_only_read(desk, qtbot, path):
    assert desk.window.session.only_read is not None
    report = open_report(qtbot, desk)
    QTest.keyClicks(report.form.fields["site"], "xyz")
    assert "sternum" in shown(qtbot, report)
    closed(qtbot, desk, report)
    assert kept_in(path) == {"site": "sternum"}


def test_that_a_case_without_cells_says_in_the_preview_why_there_is_no_report(desk, qtbot, tmp_path):
    folder = tmp_path / "empty"
    folder.mkdir()
    desk.window.commands.open([folder])
    qtbot.waitUntil(lambda: desk.window.session.case is not None, timeout=20_000)
    desk.window.commands.report()
    report = dialog(desk, ReportWindow)
    qtbot.waitUntil(
        lambda: any("no cells to report" in each.text for each in report.frame.preview._banner.messages()),
        timeout=20_000,
    )
    closed(qtbot, desk, report)


def test_that_a_field_asked_for_has_the_keyboard_and_stands_in_sight(desk, drawn_slide, qtbot):
    open_and_wait(qtbot, desk, drawn_slide)
    desk.window.commands.report("comment")
    report = dialog(desk, ReportWindow)
    comment = report.form.fields["comment"]
    qtbot.waitUntil(lambda: report.focusWidget() is comment)
    view = report.form.viewport()
    qtbot.waitUntil(lambda: view.rect().contains(comment.mapTo(view, comment.rect().bottomLeft())))
    closed(qtbot, desk, report)


# -- what is not understood -------------------------------------------------------------------------------


def test_that_a_date_that_is_not_understood_is_said_at_its_field_and_takes_the_ranges_away(
    desk, drawn_slide, qtbot
):
    report = open_report(qtbot, desk, drawn_slide)
    form, model = report.form, desk.window.model
    note = form.notes["birth_date"]
    assert not note.isVisible()
    assert model.differential().row("BLA").range is not None
    form.go_to("birth_date")
    QTest.keyClicks(form.fields["birth_date"], "12.3.21")
    qtbot.waitUntil(note.isVisible)
    assert note.text() == (
        "May be several days; write it as 2022-06-05. "
        "Until then no reference ranges are held against the count."
    )
    assert form.fields["birth_date"].accessibleDescription() == note.text()
    assert model.differential().row("BLA").range is None
    qtbot.waitUntil(lambda: "No reference ranges" in shown(qtbot, report), timeout=30_000)
    form.fields["birth_date"].setText("12.3.1961")
    qtbot.waitUntil(lambda: not note.isVisible())
    assert model.differential().row("BLA").range is not None
    closed(qtbot, desk, report)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("birth_date", "31.02.1960", "There is no such day; write it as 2022-06-05. Until then no"),
        ("birth_date", "about 60", "Not understood; write it as 2022-06-05. Until then no"),
        ("birth_date", "2999-01-01", "Lies after the collection; write it as"),
        ("birth_date", "1761-01-01", "Nobody is as old as that; write it as"),
        ("birth_date", "05/06/1961", ""),
        ("collected", "day 5", "Not understood; write it as 2022-06-05."),
        ("collected", "n/a", ""),
        ("collected", "2999-01-01", "Lies in the future; write it as 2022-06-05."),
        ("sex", "yes", "Not understood; write female or male."),
        ("sex", "weiblich", ""),
        ("sex", "divers", ""),
    ],
)
def test_that_a_note_says_what_is_wrong_with_a_field(qapp, name, text, said):
    fields = {name: text}
    rules = RuleChoice().rules("marrow", fields)
    found = notes_of(fields, age_unclear=rules.age_unclear)
    assert set(found) == ({name} if said else set())
    assert found.get(name, "").startswith(said)


def test_that_a_hidden_field_has_its_note_once_it_is_shown(desk, drawn_slide, qtbot):
    open_and_wait(qtbot, desk, drawn_slide)
    desk.window.session.set_field("birth_date", "about 60")
    desk.window.session.set_field("sex", "yes")
    desk.window.preferences.change(hidden_fields=("sex",))
    report = open_report(qtbot, desk)
    assert report.form.notes["birth_date"].isVisible()
    assert not report.form.notes["sex"].isVisible()
    report.form.show_hidden.click()
    assert report.form.notes["sex"].isVisible()
    closed(qtbot, desk, report)


# -- the logo -------------------------------------------------------------------------------------------


def _choose(report, monkeypatch, path):
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    report.frame.logo.choose.click()


def test_that_a_logo_is_chosen_once_and_each_case_keeps_its_own(
    desk, drawn_slide, qtbot, tmp_path, monkeypatch
):
    Image.new("RGB", (900, 300), "red").save(tmp_path / "red.png")
    Image.new("RGB", (900, 300), "blue").save(tmp_path / "blue.jpg")
    report = open_report(qtbot, desk, drawn_slide)
    path = desk.window.session.case.path
    _choose(report, monkeypatch, tmp_path / "red.png")
    qtbot.waitUntil(lambda: own_logo() is not None and bool(kept_in(path).get("logo")), timeout=20_000)
    red = kept_in(path)["logo"]
    closed(qtbot, desk, report)
    logo_path().write_bytes((tmp_path / "blue.jpg").read_bytes())
    again = open_report(qtbot, desk)
    assert kept_in(path)["logo"] == red
    assert again._logo != own_logo()
    again.frame.logo.renew.click()
    assert kept_in(path)["logo"] not in ("", red)
    again.frame.logo.remove.click()
    assert kept_in(path)["logo"] == ""
    assert not logo_path().exists()
    closed(qtbot, desk, again)


def test_that_a_file_that_is_no_logo_is_refused_in_words(desk, drawn_slide, qtbot, tmp_path, monkeypatch):
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 50)
    report = open_report(qtbot, desk, drawn_slide)
    _choose(report, monkeypatch, tmp_path / "broken.png")
    qtbot.waitUntil(lambda: any(each.isVisible() for each in report.findChildren(QMessageBox)))
    assert "broken.png" in dialog(desk, QMessageBox).text()
    close(desk, dialog(desk, QMessageBox))
    assert not logo_path().exists()
    assert "logo" not in kept_in(desk.window.session.case.path)
    closed(qtbot, desk, report)


def test_that_a_spoiled_logo_is_told_and_the_report_opens_all_the_same(desk, drawn_slide, qtbot, home):
    open_and_wait(qtbot, desk, drawn_slide)
    logo_path().parent.mkdir(exist_ok=True)
    logo_path().write_text("no image")
    desk.window.commands.report()
    report = dialog(desk, ReportWindow)
    qtbot.waitUntil(lambda: any(each.isVisible() for each in report.findChildren(QMessageBox)))
    assert "cannot be used" in dialog(desk, QMessageBox).text()
    close(desk, dialog(desk, QMessageBox))
    closed(qtbot, desk, report)


def test_that_signing_at_once_takes_the_letterhead_over(desk, drawn_slide, qtbot, tmp_path):
    Image.new("RGB", (60, 60), "red").save(tmp_path / "red.png")
    from marrowdesk.store.logo import keep_logo

    keep_logo(tmp_path / "red.png")
    desk.preferences.change(institution="St. Elsewhere", reader="A. Reader", target_count=1)
    open_and_wait(qtbot, desk, drawn_slide)
    window = desk.window
    window.session.sign("A. Reader", "", "all the same", desk.preferences.now).start()
    qtbot.waitUntil(lambda: window.model.signed is not None, timeout=20_000)
    assert kept_in(window.session.case.path)["institution"] == "St. Elsewhere"
    assert window.session.fields["logo"]


def test_that_a_decision_made_meanwhile_is_in_the_report(desk, drawn_slide, qtbot):
    report = open_report(qtbot, desk, drawn_slide)
    before = shown(qtbot, report)
    assert "24 of 24 cells not reviewed" in before
    desk.window.model.confirm([0])
    assert desk.window.model.cells[0].state is CellState.CONFIRMED
    qtbot.waitUntil(lambda: "23 of 24 cells not reviewed" in shown(qtbot, report), timeout=30_000)
    closed(qtbot, desk, report)


def test_that_a_table_holds_what_was_typed_a_moment_before(desk, drawn_slide, qtbot, tmp_path, monkeypatch):
    report = open_report(qtbot, desk, drawn_slide)
    QTest.keyClicks(report.form.fields["iron"], "3+")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "r.json"), ""))
    report.files.writers[2].click()
    qtbot.waitUntil(report.files.open_button.isVisible, timeout=30_000)
    assert json.loads((tmp_path / "r.json").read_text("utf-8"))["header"]["iron"] == "3+"
    closed(qtbot, desk, report)
    back_to_window(qtbot, desk)
    look_at(desk, 0)
    press(desk, "b")
    assert desk.window.model.cells[0].code == "BLA", "the keys are the gallery's again"

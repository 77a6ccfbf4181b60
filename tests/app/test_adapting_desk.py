"""A model adapted to this laboratory: fitted from reviewed cases, kept where better, used, taken back."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
from desk_steps import close, dialog, message_of, open_and_wait, wait_for_dialog, wait_for_model
from laboratories import decide, draw
from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialogButtonBox,
    QFileDialog,
    QMessageBox,
    QPlainTextEdit,
    QStyleOptionViewItem,
)
from test_window_dialogs import unnamed
from tiny_bundle import make_tiny_bundle

from marrowdesk.app.adapting.case_list import CASE, NOTE, REVIEWED
from marrowdesk.app.adapting.dialog import AdaptDialog
from marrowdesk.app.adapting.models_dialog import GAIN, NAME, VERSION, ModelsDialog
from marrowdesk.app.dialogs.about import AboutDialog
from marrowdesk.app.operations import runner
from marrowdesk.core import edits
from marrowdesk.inference.torch_engine import load_engine
from marrowdesk.services.analysis import analyse
from marrowdesk.services.opening import case_for, open_slides
from marrowdesk.store.casefile import CaseFile
from marrowdesk.store.settings import load_settings


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory, tiny_bundle):
    """Give two cases with 160 reviewed cells each: where readers name cells otherwise, where they agree."""
    home = tmp_path_factory.mktemp("reviewed")
    engine, paths = load_engine(tiny_bundle.path, "cpu"), {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MARROWDESK_HOME", str(home))
        for seed, name in enumerate(("otherwise", "agreed")):
            draw(home / name, 160, seed)
            with case_for([home / name]) as case:
                list(open_slides(case, [home / name], threading.Event()))
                list(analyse(case, engine, case.cells(), threading.Event()))
                decide(case, otherwise=name == "otherwise")
                paths[name] = case.path
    return paths


@pytest.fixture
def recent(desk, reviewed):
    """Give the desk with the reviewed cases, and one that is gone, among the recent ones."""
    preferences = desk.window.preferences
    for name, path in reviewed.items():
        preferences.replace(preferences.now.with_recent(path, name))
    preferences.replace(preferences.now.with_recent(reviewed["agreed"].with_name("gone.mdcase"), "gone"))
    return desk


def settle(qtbot):
    """Wait until no worker has anything to do."""
    qtbot.waitUntil(lambda: runner().idle, timeout=60_000)
    QApplication.processEvents()


def models_dialog(qtbot, desk):
    """Open the list of models from its menu entry, and wait until it is filled."""
    desk.window.acts.models.trigger()
    settle(qtbot)
    return dialog(desk, ModelsDialog)


def adapt_dialog(qtbot, desk):
    """Open the dialog by the way a person takes, and wait until all cases are counted."""
    models_dialog(qtbot, desk).begin.click()
    opened = wait_for_dialog(qtbot, desk, AdaptDialog)
    settle(qtbot)
    return opened


def choose(opened, *titles):
    """Choose these cases and no others."""
    for at in range(opened.cases.topLevelItemCount()):
        row = opened.cases.topLevelItem(at)
        if row.flags() & Qt.ItemFlag.ItemIsUserCheckable:
            wanted = row.text(CASE) in titles
            row.setCheckState(CASE, Qt.CheckState.Checked if wanted else Qt.CheckState.Unchecked)


def text_colour(tree, at):
    """Give the colour in which a row of a list is written."""
    option = QStyleOptionViewItem()
    tree.itemDelegate().initStyleOption(option, tree.indexFromItem(tree.topLevelItem(at)))
    return option.palette.color(QPalette.ColorRole.Text)


def fit(qtbot, opened):
    """Fit and compare, and wait for what comes of it."""
    opened.fit.click()
    settle(qtbot)


def keep(qtbot, desk, name="Nord"):
    """Adapt to the readers that name cells otherwise, keep the model and wait until it proposes."""
    opened = adapt_dialog(qtbot, desk)
    choose(opened, "otherwise")
    fit(qtbot, opened)
    opened.outcome.name.setText(name)
    opened.keep.click()
    settle(qtbot)
    wait_for_model(qtbot, desk)
    return desk.window.models.in_use


def rows(listed):
    """Give the rows of a list as texts."""
    columns = range(listed.columnCount())
    return [
        [listed.topLevelItem(at).text(column) for column in columns]
        for at in range(listed.topLevelItemCount())
    ]


def message(desk, name):
    """Give the text of a message above the cells; None where there is none."""
    found = message_of(desk, name)
    return None if found is None else found.text


# -- adapting -----------------------------------------------------------------------------------------


def test_that_recent_cases_are_counted_and_those_with_decided_cells_chosen(recent, qtbot):
    opened = adapt_dialog(qtbot, recent)
    shown = {row[CASE]: row for row in rows(opened.cases)}
    assert shown["otherwise"][REVIEWED] == shown["agreed"][REVIEWED] == "160"
    assert "gone.mdcase" in shown["gone"][NOTE]
    assert len(opened.cases.chosen()) == 2
    assert opened.chosen.text() == "Chosen: 2 cases, 320 cells"
    choose(opened)
    assert not opened.fit.isEnabled()


def test_that_a_better_model_is_kept_under_a_name_and_proposes(recent, qtbot, reviewed, tiny_bundle):
    opened = adapt_dialog(qtbot, recent)
    choose(opened, "otherwise")
    fit(qtbot, opened)
    assert opened.outcome.verdict.text().startswith("Better: ")
    assert "percent points" in opened.outcome.verdict.text()
    assert len(rows(opened.outcome.classes)) >= 3
    assert opened.keep.isVisible()
    assert not opened.keep.isEnabled()
    opened.outcome.name.setText("  Nord ")
    assert opened.outcome.version.text() == "version 1"
    opened.keep.click()
    settle(qtbot)
    wait_for_model(qtbot, recent)
    window = recent.window
    assert window.classifier.engine.bundle.card.adapted.base_sha256 == tiny_bundle.sha256
    assert window.status.model.text() == "Nord 1"
    assert "adapted to this laboratory from tiny-random 0" in window.status.model.toolTip()
    window.preferences.write()
    assert load_settings().model == window.models.in_use.key

    window.commands.about()
    about = dialog(recent, AboutDialog)
    (told,) = (each.toPlainText() for each in about.findChildren(QPlainTextEdit) if each.isVisible())
    assert told.startswith("Nord 1\n")
    assert "learned from 160 cells of 1 case." in told


def test_that_a_model_that_is_not_better_says_why_and_cannot_be_kept(recent, qtbot):
    opened = adapt_dialog(qtbot, recent)
    choose(opened, "agreed")
    fit(qtbot, opened)
    assert opened.outcome.verdict.text().startswith("Not better: ")
    assert opened.outcome.reasons.text().startswith("It gains nothing on these cells.")
    assert opened.outcome.reasons.text().endswith("So it cannot be kept, and nothing changes.")
    assert not opened.keep.isVisible()
    assert not opened.outcome.name.isVisible()
    opened.back.click()
    assert opened.fit.isVisible()
    close(recent, opened)
    assert not recent.window.models.models


def test_that_what_is_left_out_and_what_is_too_little_are_told_with_what_to_do(
    recent, qtbot, reviewed, tmp_path
):
    draw(tmp_path / "few", 20, 5)
    with case_for([tmp_path / "few"]) as case:  # decided by eye alone: no model has seen these cells
        list(open_slides(case, [tmp_path / "few"], threading.Event()))
        case.record(edits.assign(case.cells(), "BLA", "blast", "ab", datetime.now(UTC)))
        path = case.path
    recent.window.preferences.replace(recent.window.preferences.now.with_recent(path, "few"))
    opened = adapt_dialog(qtbot, recent)
    choose(opened, "few")
    assert opened.chosen.text() == "Chosen: 1 case, 20 cells. 100 or more are needed."
    fit(qtbot, opened)
    (told,) = opened.banner.messages()
    assert "too little to learn from" in told.text
    assert "Choose more cases: 100 cells are needed" in told.text
    choose(opened, "few", "otherwise")
    fit(qtbot, opened)
    assert not opened.banner.messages()
    assert opened.outcome.left_out.text().startswith("Left out:\n")
    assert "20 cells are left out" in opened.outcome.left_out.text()
    assert "learn from cases classified since" in opened.outcome.left_out.text()


def test_that_fitting_is_stopped_and_begun_again(recent, qtbot):
    opened = adapt_dialog(qtbot, recent)
    choose(opened, "otherwise")
    opened.fit.click()
    assert not opened.cases.isEnabled()
    assert opened.line.cancel.isVisible()
    opened.line.cancel.click()
    settle(qtbot)
    assert opened.line.text.text() == "Stopped. Nothing was kept."
    assert opened.fit.isVisible()
    fit(qtbot, opened)
    assert opened.outcome.verdict.isVisible()


def test_that_a_dialog_closed_while_fitting_leaves_nothing_behind(recent, qtbot):
    opened = adapt_dialog(qtbot, recent)
    opened.fit.click()
    close(recent, opened)
    settle(qtbot)
    assert not recent.window.models.models


def test_that_case_files_from_elsewhere_are_added_once(recent, qtbot, reviewed, tmp_path, monkeypatch):
    with CaseFile.open_copy(reviewed["agreed"]) as case:
        title = case.title
    elsewhere = tmp_path / "sent.mdcase"
    elsewhere.write_bytes(reviewed["agreed"].read_bytes())
    answer = ([str(elsewhere), str(reviewed["agreed"])], "")
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: answer)
    opened = adapt_dialog(qtbot, recent)
    before = opened.cases.topLevelItemCount()
    opened.more.click()
    settle(qtbot)
    assert opened.cases.topLevelItemCount() == before + 1
    assert rows(opened.cases)[-1][:NOTE] == [title, "160"]
    assert elsewhere in opened.cases.chosen()


# -- choosing -----------------------------------------------------------------------------------------


def test_that_the_shipped_model_is_taken_back_and_the_adapted_one_again(recent, qtbot, tiny_bundle):
    kept = keep(qtbot, recent)
    opened = models_dialog(qtbot, recent)
    listed = rows(opened.list)
    assert [row[NAME] for row in listed] == ["tiny-random", "Nord (in use)"]
    assert listed[1][VERSION] == "1"
    assert listed[1][GAIN].startswith("+")
    assert not opened.use.isEnabled()
    opened.list.setCurrentItem(opened.list.topLevelItem(0))
    assert not opened.remove.isEnabled()
    opened.use.click()
    settle(qtbot)
    assert recent.window.classifier.engine.bundle.sha256 == tiny_bundle.sha256
    assert recent.window.preferences.now.model == ""
    assert [row[NAME] for row in rows(opened.list)] == ["tiny-random (in use)", "Nord"]
    opened.list.setCurrentItem(opened.list.topLevelItem(1))
    opened.use.click()
    settle(qtbot)
    assert recent.window.classifier.engine.bundle.sha256 == kept.sha256


def test_that_an_adapted_model_in_use_is_removed_after_asking(recent, qtbot, tiny_bundle):
    kept = keep(qtbot, recent)
    opened = models_dialog(qtbot, recent)
    opened.remove.click()
    box = opened.findChild(QMessageBox)
    assert "“Nord”, version 1" in box.text()
    box.button(QMessageBox.StandardButton.Cancel).click()
    settle(qtbot)
    assert kept.path.exists()
    opened.remove.click()
    box = next(each for each in opened.findChildren(QMessageBox) if each.isVisible())
    next(each for each in box.buttons() if each.text() == "&Remove").click()
    settle(qtbot)
    assert not kept.path.exists()
    assert [row[NAME] for row in rows(opened.list)] == ["tiny-random (in use)"]
    assert recent.window.classifier.engine.bundle.sha256 == tiny_bundle.sha256


def test_that_the_open_case_is_offered_to_the_adapted_model(recent, qtbot, drawn_slide):
    open_and_wait(qtbot, recent, drawn_slide)
    keep(qtbot, recent)
    settle(qtbot)
    assert message(recent, "earlier proposals") == (
        "24 cells of this case were proposed by tiny-random 0. What readers decided stays as it is."
    )


# -- at the next start --------------------------------------------------------------------------------


@pytest.fixture
def kept(recent, qtbot):
    """Give a kept model that is chosen; the program has ended since."""
    found = keep(qtbot, recent)
    recent.window.preferences.write()
    return found


def start(make_desk, qtbot, bundle):
    """Start the program anew."""
    desk = make_desk(bundle.path)
    qtbot.waitUntil(lambda: desk.window.classifier.engine is not None, timeout=60_000)
    settle(qtbot)
    return desk


def test_that_the_chosen_model_proposes_at_the_next_start(kept, make_desk, qtbot, tiny_bundle):
    desk = start(make_desk, qtbot, tiny_bundle)
    assert desk.window.classifier.engine.bundle.sha256 == kept.sha256
    assert message(desk, "model instead") is None


def delete(kept):
    """Delete the model."""
    for each in kept.path.iterdir():
        each.unlink()
    kept.path.rmdir()


def alter(kept):
    """Alter one byte of the weights."""
    (weights,) = kept.path.glob("*.safetensors")
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)


@pytest.mark.parametrize(
    ("damage", "why"), [(delete, "is not in"), (alter, "are not the ones its card names")]
)
def test_that_a_chosen_model_that_is_gone_or_altered_is_told_once_and_the_shipped_one_used(
    kept, make_desk, qtbot, tiny_bundle, damage, why
):
    damage(kept)
    desk = start(make_desk, qtbot, tiny_bundle)
    assert desk.window.classifier.engine.bundle.sha256 == tiny_bundle.sha256
    told = message(desk, "model instead")
    assert why in told
    assert told.endswith("The shipped model proposes instead.")
    desk.window.preferences.write()
    again = start(make_desk, qtbot, tiny_bundle)
    assert message(again, "model instead") is None


def test_that_a_model_made_of_an_earlier_shipped_one_is_told_and_listed_as_such(
    kept, make_desk, qtbot, tmp_path
):
    newer = make_tiny_bundle(tmp_path / "newer", seed=2)
    desk = start(make_desk, qtbot, newer)
    assert desk.window.classifier.engine.bundle.sha256 == newer.sha256
    assert "was made of tiny-random 0; this program has tiny-random 2" in message(desk, "model instead")
    opened = models_dialog(qtbot, desk)
    assert rows(opened.list)[1][GAIN] == "cannot be used"
    assert not opened.note.isVisible()
    opened.list.setCurrentItem(opened.list.topLevelItem(1))
    assert opened.note.text() == (
        "It was made of tiny-random 0, and this program has tiny-random 2. Adapt the shipped model to its "
        "cases again."
    )
    assert not opened.use.isEnabled()
    assert opened.remove.isEnabled()


def test_that_broken_models_are_listed_with_what_to_do_and_removed(kept, make_desk, qtbot, tiny_bundle):
    alter(kept)
    (kept.path.parent / "left over").mkdir()
    desk = start(make_desk, qtbot, tiny_bundle)
    opened = models_dialog(qtbot, desk)
    listed = rows(opened.list)
    assert [row[NAME] for row in listed] == ["tiny-random (in use)", "Nord", "left over"]
    assert [row[VERSION] for row in listed[1:]] == ["1", "–"]
    assert [row[GAIN] for row in listed[1:]] == ["cannot be used"] * 2
    grey = opened.palette().color(QPalette.ColorRole.PlaceholderText)
    assert [text_colour(opened.list, at) == grey for at in range(3)] == [False, True, True]
    for at, why, asked in (
        (2, "cannot be read", "the folder “left over” with all that is in it"),
        (1, "are not the ones its card names", "“Nord”, version 1"),
    ):
        opened.list.setCurrentItem(opened.list.topLevelItem(at))
        assert why in opened.note.text()
        assert opened.note.text().endswith("Put its folder back from a copy, or remove it and adapt again.")
        assert not opened.use.isEnabled()
        opened.remove.click()
        box = next(each for each in opened.findChildren(QMessageBox) if each.isVisible())
        assert asked in box.text()
        next(each for each in box.buttons() if each.text() == "&Remove").click()
        settle(qtbot)
        assert opened.list.topLevelItemCount() == at
    assert not opened.note.isVisible()
    assert not list(kept.path.parent.iterdir())


# -- by keyboard --------------------------------------------------------------------------------------


def test_that_everything_is_done_by_keyboard_alone(recent, qtbot, tiny_bundle):
    def key(widget, pressed, modifier=Qt.KeyboardModifier.NoModifier):
        QTest.keyClick(widget, pressed, modifier)
        QApplication.processEvents()

    alt = Qt.KeyboardModifier.AltModifier
    opened = models_dialog(qtbot, recent)
    key(opened, Qt.Key.Key_A, alt)
    opened = wait_for_dialog(qtbot, recent, AdaptDialog)
    settle(qtbot)
    titles = [row[CASE] for row in rows(opened.cases)]
    opened.cases.setCurrentItem(opened.cases.topLevelItem(titles.index("agreed")))
    opened.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is opened)
    key(opened.cases, Qt.Key.Key_Space)
    assert [path.stem.split("-")[0] for path in opened.cases.chosen()] == ["otherwise"]
    key(opened, Qt.Key.Key_F, alt)
    qtbot.waitUntil(opened.keep.isVisible, timeout=60_000)
    settle(qtbot)
    assert QApplication.focusWidget() is opened.outcome.name
    QTest.keyClicks(opened.outcome.name, "Nord")
    assert opened.keep.isEnabled()
    key(opened.outcome.name, Qt.Key.Key_Return)
    settle(qtbot)
    assert recent.window.models.in_use.name == "Nord"
    opened = models_dialog(qtbot, recent)
    key(opened.list, Qt.Key.Key_Up)
    key(opened, Qt.Key.Key_U, alt)
    qtbot.waitUntil(lambda: recent.window.models.in_use is None)
    settle(qtbot)
    close_button = opened.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Close)
    assert all(
        each.focusPolicy() & Qt.FocusPolicy.TabFocus
        for each in (opened.list, opened.use, opened.begin, opened.remove, close_button)
    )


def test_that_every_control_of_both_dialogs_has_a_name(recent, qtbot):
    keep(qtbot, recent)
    opened = models_dialog(qtbot, recent)
    assert unnamed(opened) == []
    opened.begin.click()
    opened = wait_for_dialog(qtbot, recent, AdaptDialog)
    settle(qtbot)
    assert unnamed(opened) == []
    choose(opened, "otherwise")
    fit(qtbot, opened)
    assert unnamed(opened) == []
    opened.outcome.name.setText("Nord")
    assert opened.outcome.version.text() == "version 2"
    assert opened.outcome.name.completer().model().index(0, 0).data() == "Nord"


def test_that_no_further_case_is_read_when_the_dialog_is_closed(qtbot, recent, monkeypatch):
    models = models_dialog(qtbot, recent)
    read, first, release, open_copy = [], threading.Event(), threading.Event(), CaseFile.open_copy

    def slowly(path):
        read.append(path)
        first.set()
        assert release.wait(60)
        return open_copy(path)

    monkeypatch.setattr(CaseFile, "open_copy", slowly)
    models.begin.click()
    opened = wait_for_dialog(qtbot, recent, AdaptDialog)
    assert opened.cases.topLevelItemCount() == 3
    assert first.wait(60)
    close(recent, opened)
    qtbot.waitUntil(lambda: not recent.window.findChildren(AdaptDialog))
    release.set()
    settle(qtbot)
    assert len(read) == 1

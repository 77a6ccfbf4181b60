"""The manual count at the desk: the same keys, two smears, undo, a sound, and together with the cells."""

from __future__ import annotations

import json

import pytest
from desk_steps import dialog, open_and_wait, wait_for_dialog
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QInputDialog

from marrowdesk.app.dialogs.manual import BOTH, FIRST, SECOND, SHARE, ManualCount
from marrowdesk.core.counting import CountingRules
from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.core.taxonomy import Lineage
from marrowdesk.services.reporting import export, snapshot
from marrowdesk.services.signing import sign_off
from marrowdesk.store.casefile import CaseFile


@pytest.fixture
def counting(desk, drawn_slide, qtbot):
    """Give the desk with a case of 24 cells and the manual count in front."""
    open_and_wait(qtbot, desk, drawn_slide)
    desk.window.preferences.change(reader="A. Reader", target_count=5)
    desk.window.acts.manual.trigger()
    return desk, dialog(desk, ManualCount)


def _type(opened, keys):
    for key in keys:
        QTest.keyClicks(opened, key) if isinstance(key, str) else QTest.keyClick(opened, key)
    QApplication.processEvents()


def _row(opened, code):
    row = opened._rows[code]
    return [row.text(column) for column in (FIRST, SECOND, BOTH, SHARE)]


def test_that_keys_count_on_the_smear_in_turn_and_every_key_is_in_the_file(counting):
    desk, opened = counting
    _type(opened, ["b", "l", "L", Qt.Key.Key_Tab, "l", "x"])
    assert opened.smear == 2
    assert _row(opened, "LYT") == ["2", "1", "3", "75.0"]
    assert _row(opened, "ART") == ["", "1", "1", ""]
    assert opened.total.text() == "4 / 5"  # artefacts are apart from the count
    lymphoid = opened._groups[Lineage.LYMPHOID]
    assert [lymphoid.text(column) for column in (FIRST, SECOND, BOTH, SHARE)] == ["2", "1", "3", "75.0"]
    with CaseFile.open(desk.window.session.case.path) as again:
        assert [(each.smear, each.code) for each in again.presses()] == [
            (1, "BLA"), (1, "LYT"), (1, "LYT"), (2, "LYT"), (2, "ART"),
        ]  # fmt: skip


def test_that_backspace_takes_back_key_by_key_and_the_rest_goes_on_after_reopening(counting, qtbot):
    desk, opened = counting
    _type(opened, ["b", "l", "p", Qt.Key.Key_Backspace, Qt.Key.Key_Backspace])
    assert "taken back: lymphocyte" in opened.last.text()
    assert [each.code for each in desk.window.model.presses] == ["BLA"]
    path = desk.window.session.case.path
    desk.window.session.close()
    qtbot.waitUntil(lambda: not desk.window.findChildren(ManualCount))
    with qtbot.waitSignal(desk.window.session.opened, timeout=20_000):
        desk.window.commands.open([path])
    assert [each.code for each in desk.window.model.presses] == ["BLA"]
    desk.window.acts.manual.trigger()
    opened = dialog(desk, ManualCount)
    _type(opened, [Qt.Key.Key_Backspace, Qt.Key.Key_Backspace])
    assert desk.window.model.presses == []


def test_that_a_sound_tells_the_target_once(counting, monkeypatch):
    _, opened = counting
    heard = []
    monkeypatch.setattr(QApplication, "beep", lambda: heard.append(1))
    _type(opened, "bbbb")
    assert heard == []
    _type(opened, "x")
    assert heard == []
    _type(opened, "b")
    assert heard == [1]
    _type(opened, "b")
    assert heard == [1]


def test_that_it_is_counted_together_with_the_cells_only_where_that_is_wanted(counting, tmp_path):
    desk, opened = counting
    before = desk.window.model.differential().row("PLM").share.count
    _type(opened, "www")
    assert desk.window.model.differential().row("PLM").share.count == before
    opened.together.click()
    assert desk.window.model.differential().row("PLM").share.count == before + 3
    case = desk.window.session.case
    (path,) = export(snapshot(case, CountingRules()), json=tmp_path / "r.json")
    told = json.loads(path.read_text("utf-8"))
    assert told["manual"]["included"] is True
    assert told["manual"]["smears"][0]["differential"]["counted"] == 3
    assert told["differential"]["total"] == 27
    opened.together.click()
    assert snapshot(case, CountingRules()).report.differential.total == 24


def test_that_a_count_without_images_has_a_case_and_a_report_of_its_own(desk, qtbot, monkeypatch, tmp_path):
    monkeypatch.setattr(QInputDialog, "getText", lambda *_: ("M-2026/77", True))
    desk.window.preferences.change(reader="A. Reader", target_count=3)
    desk.window.acts.manual.setEnabled(True)
    desk.window.commands.manual()
    opened = wait_for_dialog(qtbot, desk, ManualCount)
    _type(opened, ["b", "l", Qt.Key.Key_Tab, "l"])
    case = desk.window.session.case
    assert case.title == "M-2026/77"
    assert desk.window.model.together
    assert not desk.window.banner.messages() or "No image" not in desk.window.banner.messages()[0].text
    sign_off(case, desk.window.model.rules, "A. Reader")
    paths = export(snapshot(case, CountingRules()), pdf=tmp_path / "r.pdf", json=tmp_path / "r.json")
    told = json.loads(paths[1].read_text("utf-8"))
    assert (told["differential"]["counted"], told["cells"]) == (3, [])
    assert told["signed"]["hindrances"] == []
    assert case.unaltered(case.signed)


def test_that_a_signed_case_counts_no_further_key(counting):
    desk, opened = counting
    _type(opened, "b")
    case = desk.window.session.case
    case.sign("A. Reader", CountingRules().to_json())
    desk.window.model.set_signatures(case.signatures())
    _type(opened, ["b", Qt.Key.Key_Backspace])
    assert len(desk.window.model.presses) == len(case.presses()) == 1
    with pytest.raises(MarrowdeskError, match="signed"):
        case.press(1, "BLA", "A. Reader")

"""A case that carries its images: packed from the menu, unpacked where the folder is gone."""

from __future__ import annotations

import shutil

from desk_steps import message_of, open_and_wait
from PySide6.QtWidgets import QFileDialog, QPushButton


def test_that_images_are_packed_and_unpacked_where_the_folder_is_gone(
    desk, drawn_slide, qtbot, tmp_path, monkeypatch
):
    open_and_wait(qtbot, desk, drawn_slide)
    window = desk.window
    window.acts.pack.trigger()
    qtbot.waitUntil(lambda: message_of(desk, "packing") is not None)
    assert message_of(desk, "packing").text == "24 of 24 image files are in the case now."
    path = window.session.case.path
    window.session.close()
    shutil.rmtree(drawn_slide)
    with qtbot.waitSignal(window.session.missing_found, timeout=20_000):
        window.commands.open([path])
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "again"))
    (button,) = [b for b in message_of(desk, "missing").findChildren(QPushButton) if "Unpack" in b.text()]
    with qtbot.waitSignal(window.session.opened, timeout=20_000):
        button.click()
    assert all(cell.place.path.exists() for cell in window.model.cells)
    assert window.model.cells[0].place.path.is_relative_to(tmp_path / "again")
    assert message_of(desk, "missing") is None


def test_that_what_is_missing_is_told_and_without_packed_images_none_are_offered(
    desk, drawn_slide, qtbot, tmp_path
):
    open_and_wait(qtbot, desk, drawn_slide)
    window, path = desk.window, desk.window.session.case.path
    window.session.close()
    shutil.move(drawn_slide, tmp_path / "moved")
    with qtbot.waitSignal(window.session.missing_found, timeout=20_000):
        window.commands.open([path])
    assert not [b for b in message_of(desk, "missing").findChildren(QPushButton) if "Unpack" in b.text()]
    window.acts.pack.trigger()
    qtbot.waitUntil(lambda: message_of(desk, "packing") is not None)
    assert "0 of 24" in message_of(desk, "packing").text
    assert "left out: 24 files" in message_of(desk, "packing").text

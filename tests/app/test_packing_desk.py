"""A case that carries its images: packed from the menu, unpacked where the folder is gone."""

from __future__ import annotations

import shutil
import threading

from desk_steps import busy, message_of, open_and_wait, wait_for_workers
from PySide6.QtWidgets import QFileDialog, QMessageBox, QPushButton

from marrowdesk.app.operations import Lane
from marrowdesk.store.casefile import CaseFile


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
    with qtbot.waitSignal(window.session.images.missing_found, timeout=20_000):
        window.commands.open([path])
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "again"))
    buttons = message_of(desk, "missing").findChildren(QPushButton)
    (button,) = [each for each in buttons if "Unpack" in each.text().replace("&", "")]
    with qtbot.waitSignal(window.session.opened, timeout=20_000):
        button.click()
    assert all(cell.place.path.exists() for cell in window.model.cells)
    assert window.model.cells[0].place.path.is_relative_to(tmp_path / "again")
    assert message_of(desk, "missing") is None


def _opened_after_a_move(qtbot, desk, slide, to):
    """Open a slide's case anew when its folder lies elsewhere; give the window once it has noticed."""
    open_and_wait(qtbot, desk, slide)
    window, path = desk.window, desk.window.session.case.path
    window.session.close()
    shutil.move(slide, to)
    with qtbot.waitSignal(window.session.images.missing_found, timeout=20_000):
        window.commands.open([path])
    return window


def test_that_what_is_missing_is_told_and_without_packed_images_none_are_offered(
    desk, drawn_slide, qtbot, tmp_path
):
    window = _opened_after_a_move(qtbot, desk, drawn_slide, tmp_path / "moved")
    buttons = message_of(desk, "missing").findChildren(QPushButton)
    assert not [each for each in buttons if "Unpack" in each.text().replace("&", "")]
    window.acts.pack.trigger()
    qtbot.waitUntil(lambda: message_of(desk, "packing") is not None)
    assert "0 of 24" in message_of(desk, "packing").text
    assert "left out: 24 files" in message_of(desk, "packing").text


def test_that_the_missing_images_of_the_second_smear_are_found_without_the_window_looking_at_files(
    desk, drawn_slide, qtbot, tmp_path, monkeypatch
):
    from marrowdesk.imaging.drawn import draw_slide

    second = tmp_path / "second smear"
    second.mkdir()
    draw_slide(second, 6, seed=8)
    open_and_wait(qtbot, desk, drawn_slide, second)
    window, path = desk.window, desk.window.session.case.path
    window.session.close()
    shutil.move(second, tmp_path / "moved")
    looked, look = [], CaseFile.images_missing

    def noting(case, *which):
        looked.append(threading.get_ident())
        return look(case, *which)

    monkeypatch.setattr(CaseFile, "images_missing", noting)
    with qtbot.waitSignal(window.session.images.missing_found):
        window.commands.open([path])
    assert "6 images of this case are not where they were" in message_of(desk, "missing").text
    asked = []
    monkeypatch.setattr(
        QFileDialog, "getExistingDirectory", lambda _, title: asked.append(title) or str(tmp_path / "moved")
    )
    buttons = message_of(desk, "missing").findChildren(QPushButton)
    (button,) = [each for each in buttons if "Find" in each.text().replace("&", "")]
    with qtbot.waitSignal(window.session.opened):
        button.click()
    assert asked == ["Where are the images of “second smear” now?"]
    assert all(cell.place.path.exists() for cell in window.model.cells)
    assert looked
    assert threading.get_ident() not in looked


def test_that_a_folder_found_with_other_pictures_of_the_same_names_is_told(
    desk, drawn_slide, qtbot, tmp_path, monkeypatch
):
    other, names = tmp_path / "other", sorted(path.name for path in drawn_slide.glob("*.jpg"))
    shutil.copytree(drawn_slide, other)
    for name in names[1:4]:
        shutil.copy(drawn_slide / names[0], other / name)
    (other / names[4]).unlink()
    window = _opened_after_a_move(qtbot, desk, drawn_slide, tmp_path / "moved")

    def find(message, folder):
        monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
        (button,) = [b for b in message_of(desk, message).findChildren(QPushButton) if "ind" in b.text()]
        with qtbot.waitSignal(window.session.opened, timeout=20_000):
            button.click()

    find("missing", other)
    qtbot.waitUntil(lambda: message_of(desk, "missing") is not None)
    assert "1 image of this case is not where it was: " in message_of(desk, "missing").text
    told = message_of(desk, "other images").text
    assert told.startswith("3 of 24 images in this folder are not the images that were read, for example")
    assert str(other / names[1]) in told
    find("other images", tmp_path / "moved")
    wait_for_workers(qtbot)
    assert message_of(desk, "missing") is None
    assert message_of(desk, "other images") is None


def test_that_a_case_closed_while_its_images_are_looked_for_shows_no_error(desk, drawn_slide, qtbot):
    open_and_wait(qtbot, desk, drawn_slide)
    window, path = desk.window, desk.window.session.case.path
    window.session.close()
    with busy(Lane.LONG):
        with qtbot.waitSignal(window.session.opened):
            window.commands.open([path])
        window.session.close()
        qtbot.waitUntil(lambda: not window.session._retired)
    wait_for_workers(qtbot)
    assert not window.findChildren(QMessageBox)

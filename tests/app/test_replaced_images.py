"""Images replaced on disk under the same name: the window shows none of them, and says so."""

from __future__ import annotations

import shutil

from desk_steps import open_and_wait, wait_for_dialog, wait_for_workers
from PySide6.QtWidgets import QLabel

from marrowdesk.app.dialogs.sign_off import SignOffDialog


def _replace(folder, count):
    """Put the picture of the first image under the names of the next ones; give those."""
    first, *others = sorted(folder.glob("*.jpg"))
    for path in others[:count]:
        shutil.copy(first, path)
    return others[:count]


def test_that_replaced_images_are_listed_once_and_not_shown(desk, drawn_slide, qtbot):
    open_and_wait(qtbot, desk, drawn_slide)
    window, path = desk.window, desk.window.session.case.path
    assert not window.session.problems
    window.session.close()
    replaced = _replace(drawn_slide, 2)
    open_and_wait(qtbot, desk, path)
    qtbot.waitUntil(lambda: len(window.session.problems) == 2, timeout=20_000)
    assert sorted(problem.path for problem in window.session.problems) == replaced
    assert all("is not the image that was read" in problem.reason for problem in window.session.problems)
    assert window.docks.problems.isVisible()
    head = window.problems._count.text()
    assert head == "2 images are not the ones that were read, and stay counted as they stand."
    row = next(at for at, cell in enumerate(window.model.cells) if cell.place.path == replaced[0])
    window.model.set_current(row)
    wait_for_workers(qtbot)
    assert "is not the image that was read" in window.viewer.canvas._message.text()
    assert len(window.session.problems) == 2
    window.acts.sign_off.trigger()
    signing = wait_for_dialog(qtbot, desk, SignOffDialog)
    told = " ".join(each.text() for each in signing.findChildren(QLabel))
    assert "Whose image file is not the one that was read: 2 cells." in told
    signing.reader.setText("A. Reader")
    signing.reason.setPlainText("They are lost.")
    with qtbot.waitSignal(window.model.signature_changed, timeout=10_000):
        signing.sign.click()
    assert ("replaced", 2) in window.model.signed.hindrances


def test_that_images_put_back_are_listed_no_longer_when_the_case_is_opened_again(
    desk, drawn_slide, qtbot, tmp_path
):
    saved = shutil.copytree(drawn_slide, tmp_path / "saved")
    open_and_wait(qtbot, desk, drawn_slide)
    window, path = desk.window, desk.window.session.case.path
    window.session.close()
    replaced = _replace(drawn_slide, 2)
    open_and_wait(qtbot, desk, path)
    qtbot.waitUntil(lambda: len(window.session.replaced) == 2, timeout=20_000)
    for each in replaced:
        shutil.copy(saved / each.name, each)
    window.session.close()
    open_and_wait(qtbot, desk, path)
    qtbot.waitUntil(lambda: not window.thumbnails.waiting)
    wait_for_workers(qtbot)
    assert not window.session.problems
    assert not window.session.replaced

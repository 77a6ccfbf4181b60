"""Images replaced on disk under the same name: the window shows none of them, and says so."""

from __future__ import annotations

import shutil

from desk_steps import open_and_wait, wait_for_workers


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
    row = next(at for at, cell in enumerate(window.model.cells) if cell.place.path == replaced[0])
    window.model.set_current(row)
    wait_for_workers(qtbot)
    assert "is not the image that was read" in window.viewer.canvas._message.text()
    assert len(window.session.problems) == 2

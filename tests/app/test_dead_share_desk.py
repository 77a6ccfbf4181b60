"""The share a case lies on is gone while it is open: the last decision is told to be lost, not to be kept."""

import errno
import threading

import pytest
from dead_share import dead
from desk_steps import close, codes, dialog, look_at, open_and_wait, press
from exchange_cases import make_case
from PySide6.QtWidgets import QMessageBox

from marrowdesk.app.case_loading import load
from marrowdesk.store.casefile import CaseFile


def test_that_a_decision_that_cannot_be_kept_says_so_and_is_not_shown(desk, qtbot, tmp_path):
    share = tmp_path / "share"
    share.mkdir()
    open_and_wait(qtbot, desk, make_case(share / "a.mdcase", tmp_path / "slide"))
    before = codes(desk)
    look_at(desk, 1)
    with dead(share):
        press(desk, "b")
        box = dialog(desk, QMessageBox)
        assert "a.mdcase cannot be read or written" in box.text()
        assert "kept" not in box.informativeText()
        close(desk, box)
    assert codes(desk) == before
    press(desk, "b")
    assert codes(desk)[1] == "BLA"
    with CaseFile.open_copy(share / "a.mdcase") as case:
        assert case.progress()[1] == 1


@pytest.mark.parametrize("code", [errno.ENOTCONN, errno.EACCES, errno.EIO])
def test_that_a_case_whose_images_are_on_a_dead_share_is_opened(tmp_path, code):
    slide = tmp_path / "share" / "slide"
    make_case(tmp_path / "a.mdcase", slide)
    with dead(tmp_path / "share", code):
        loaded = load([tmp_path / "a.mdcase"], False, None, threading.Event())
        with loaded.case as case:
            assert (len(loaded.cells), loaded.folders, loaded.only_read) == (6, [], None)
            assert len(case.images_missing()) == 6

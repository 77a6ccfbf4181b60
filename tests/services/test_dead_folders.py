"""Folders on a network share that is gone are named, and of many cases the others go on."""

import errno

import pytest
from dead_share import dead
from exchange_cases import make_case

from marrowdesk.cli import main
from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.services.opening import case_for

CODES = pytest.mark.parametrize("code", [errno.ENOTCONN, errno.EACCES, errno.EIO])


@CODES
def test_that_a_folder_that_cannot_be_reached_is_named(tmp_path, code):
    (tmp_path / "share").mkdir()
    with dead(tmp_path / "share", code), pytest.raises(MarrowdeskError, match="share cannot be reached"):
        case_for([tmp_path / "share"])


@CODES
def test_that_a_dead_case_does_not_stop_the_reports_of_the_others(tmp_path, code, capsys):
    good = make_case(tmp_path / "good.mdcase", tmp_path / "slide")
    gone = make_case(tmp_path / "share" / "gone.mdcase", tmp_path / "share" / "slide")
    out = tmp_path / "out"
    out.mkdir()
    with dead(tmp_path / "share", code):
        told = main(["report", str(gone), str(good), "--out", str(out), "--worklist", str(out / "w.csv")])
    assert told == 3
    assert "gone.mdcase" in capsys.readouterr().err
    assert sorted(path.suffix for path in out.iterdir()) == [".csv", ".pdf"]
    with dead(tmp_path / "share", code):
        assert main(["exchange", str(gone), str(good), "--form", "json", "--out", str(out), "--quiet"]) == 3
    assert len(list(out.glob("*.json"))) == 1

"""The program as its own process: it starts with a folder, and ends cleanly when the system asks it to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from marrowdesk.store.casefile import CaseFile
from marrowdesk.store.errors import CaseFileError
from marrowdesk.store.paths import case_path_for


def cells_in(path) -> int:
    try:
        with CaseFile.open(path) as case:
            return case.progress()[0]
    except CaseFileError:
        return 0


@pytest.mark.skipif(sys.platform == "win32", reason="asks a process to end as POSIX does")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_that_the_program_opens_a_folder_and_ends_when_the_system_asks(drawn_slide, home, tmp_path, how):
    log = (tmp_path / "log.txt").open("w+")
    program = subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "marrowdesk", str(drawn_slide)],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen", "MARROWDESK_HOME": str(home)},
        stdout=log,
        stderr=log,
    )
    try:
        end = time.monotonic() + 60
        while cells_in(case_path_for(drawn_slide)) < 24 and time.monotonic() < end:
            assert program.poll() is None
            time.sleep(0.2)
        assert cells_in(case_path_for(drawn_slide)) == 24
        program.send_signal(how)
        assert program.wait(30) == 0
    finally:
        program.kill()
        program.wait()
        log.seek(0)
        told = log.read()
        log.close()
    assert "Traceback" not in told
    assert not list((home / "logs").glob("crash-*"))

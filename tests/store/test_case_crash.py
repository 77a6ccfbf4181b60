"""Whatever happens to the process or the disk, a decision that was kept is there afterwards."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from case_samples import case_of, reviews

from marrowdesk.store.casefile import CaseFile

CHILD = Path(__file__).parent / "deciding_child.py"
KILLS = int(os.environ.get("MARROWDESK_KILLS", "20"))  # more of them for a long look
CUTS = 12
Acknowledged = list[tuple[int, int, str]]


def decide_until_killed(path: Path, seed: int, dice: random.Random) -> Acknowledged:
    """Let a process decide, kill it at a random moment; give what it said was kept."""
    with subprocess.Popen(
        [sys.executable, str(CHILD), str(path), str(seed)], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout.readline() == "ready\n"
        said = [child.stdout.readline() for _ in range(dice.randrange(12))]
        time.sleep(dice.random() * 0.05)
        child.kill()
        said += child.stdout.readlines()
    assert child.returncode != 0
    whole = [line.split() for line in said if line.endswith("\n")]
    return [(int(number), int(cell), code) for number, cell, code in whole]


def check_reopened(path: Path, said: Acknowledged, before: int) -> int:
    """Check that all that was said to be kept is in the journal, in that order; give its length."""
    with CaseFile.open(path) as case:
        rows = list(case.journal())
        standing = reviews(case)
        history = case.undo_history()
        assert all(case.attention(cell_id) for cell_id, cell in enumerate(case.cells(), 1) if cell.prediction)
    new = [(row.batch, row.cell_id, row.to_code if row.undoes is None else "-") for row in rows[before:]]
    assert new[: len(said)] == said
    assert len(new) - len(said) <= 1, "more than the one decision under way was kept without being said"
    replayed = {row.cell_id: row.after for row in rows}
    assert {cell: review for cell, review in standing.items() if review} == {
        cell: review for cell, review in replayed.items() if review
    }
    taken_back = {row.undoes for row in rows}
    assert [number for number, _ in history] == [
        row.batch for row in rows if row.undoes is None and row.batch not in taken_back
    ]
    return len(rows)


def test_that_killing_the_process_again_and_again_loses_no_decision(tmp_path):
    path = tmp_path / "case.mdcase"
    case_of(path, 40).close()
    dice = random.Random()
    kept = 0
    for seed in range(KILLS):
        said = decide_until_killed(path, seed, dice)
        kept = check_reopened(path, said, kept)
    assert kept > KILLS


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot be stopped there as it can be here")
def test_that_a_power_cut_at_any_moment_loses_no_decision(tmp_path):
    # The process is stopped, and file and log are copied as they are; of what came into the log after the
    # last decision that was said to be kept, a part is lost or overwritten, as a disk without power does.
    path = tmp_path / "case.mdcase"
    case_of(path, 40).close()
    log = path.with_name(path.name + "-wal")
    dice = random.Random()
    said: Acknowledged = []
    garbled = 0
    with subprocess.Popen(
        [sys.executable, str(CHILD), str(path), "1"], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout.readline() == "ready\n"
        for cut in range(CUTS):
            for _ in range(dice.randrange(1, 30)):
                number, cell, code = child.stdout.readline().split()
                said.append((int(number), int(cell), code))
            kept, salt = log.stat().st_size, log.read_bytes()[16:24]
            time.sleep(dice.random() * 0.02)
            child.send_signal(signal.SIGSTOP)
            folder = tmp_path / str(cut)
            folder.mkdir()
            copy = folder / path.name
            shutil.copyfile(path, copy)
            content = bytearray(log.read_bytes())
            child.send_signal(signal.SIGCONT)
            if content[16:24] == salt and len(content) > kept:  # the log was not begun anew since
                garbled += 1
                end = dice.randrange(kept, len(content))
                content[end:] = dice.randbytes(len(content) - end) if dice.random() < 0.5 else b""
            copy.with_name(log.name).write_bytes(content)
            check_cut(copy, said)
        child.kill()
    assert garbled


def check_cut(copy: Path, said: Acknowledged) -> None:
    """Check that a copy opens and holds at least all that was said to be kept, in that order."""
    with CaseFile.open(copy) as case:
        rows = [
            (row.batch, row.cell_id, row.to_code if row.undoes is None else "-") for row in case.journal()
        ]
        assert rows[: len(said)] == said
        assert len(case.cells()) == 40


def test_that_a_process_killed_while_making_a_case_leaves_none_or_a_whole_one(tmp_path):
    code = (
        "import sys, pathlib\n"
        "from marrowdesk.core.taxonomy import MARROW\n"
        "from marrowdesk.store.casefile import CaseFile\n"
        "print('ready', flush=True)\n"
        "for number in range(10**6):\n"
        "    CaseFile.create(pathlib.Path(sys.argv[1]) / f'{number}.mdcase', MARROW, 'new').close()\n"
    )
    dice = random.Random()
    for attempt in range(4):
        folder = tmp_path / str(attempt)
        with subprocess.Popen(
            [sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE, text=True
        ) as child:
            assert child.stdout.readline() == "ready\n"
            time.sleep(0.05 + dice.random() * 0.1)
            child.kill()
        for path in folder.glob("*.mdcase"):
            with CaseFile.open(path) as case:
                assert case.title == "new"
                assert case.cells() == []


FULL_DISK = """
import sys, pathlib
sys.path.insert(0, {tests!r})
from case_samples import MODEL, case_of, decide, proposal, reviews
from marrowdesk.store.casefile import CaseFile
from marrowdesk.store.errors import CaseFileFull
path = pathlib.Path(sys.argv[1]) / "case.mdcase"
case = case_of(path, 30)
cells, kept = case.cells(), 0
try:
    while True:
        case.add_predictions(MODEL.sha256, [proposal(number, features=True) for number in range(1, 31)])
        decide(case, [cells[kept % 30]], ["BLA", "LYT", "NGS"][kept % 3])
        kept += 1
except CaseFileFull as error:
    assert str(path) in error.message, error
assert len(list(case.journal())) == kept
(path.parent / "filler").unlink()
decide(case, cells[:1], "PLM")
case.close()
with CaseFile.open(path) as case:
    assert len(list(case.journal())) == kept + 1
    assert reviews(case)[1].code == "PLM"
print("kept", kept)
"""


@pytest.mark.skipif(shutil.which("unshare") is None, reason="a small disk needs Linux and unshare")
def test_that_a_full_disk_is_said_and_loses_nothing(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = f"mount -t tmpfs -o size=2m tmpfs '{disk}'"
    if subprocess.run(["unshare", "-rm", "sh", "-c", mount], capture_output=True).returncode != 0:
        pytest.skip("this user may not mount a small disk of its own")
    script = tmp_path / "fill.py"
    script.write_text(FULL_DISK.format(tests=str(CHILD.parent)))
    fill = f"head -c 1000000 /dev/zero > '{disk}/filler' && '{sys.executable}' '{script}' '{disk}'"
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", f"{mount} && {fill}"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("kept ")

"""Two processes under torchrun train one network."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from ranks import PLANS
from small_run import train

from marrowdesk.cli import main
from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.training.checkpoint import read_checkpoint
from marrowdesk.training.distributed import Group
from marrowdesk.training.learner import synchronised

SUPPORT = Path(__file__).resolve().parents[1] / "support"
NETWORK = [
    *("--architecture", "test_resnet", "--option", 'norm_layer="groupnorm1"'),
    *("--side", "32", "--small", "32", "--fewest", "10", "--batch", "16", "--rate", "0.004"),
]


def _train(data: Path, run: Path, steps: int, *more: str) -> list[str]:
    words = ["train", "--data", str(data), "--run", str(run), "--steps", str(steps), *NETWORK, *more]
    return [*words, "--precision", "float32"]


def _torchrun(*words: str) -> subprocess.Popen:
    # Without the two dashes torchrun's own parser stumbles over the command's --run.
    launch = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    paths = os.pathsep.join([str(SUPPORT), str(SUPPORT.parents[1])])
    return subprocess.Popen(
        [sys.executable, *launch, *words],
        env={**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _told(process: subprocess.Popen) -> str:
    """Wait for the end and give what was printed; end what does not end by itself."""
    try:
        return process.communicate(timeout=200)[0]
    except subprocess.TimeoutExpired:
        process.terminate()
        return process.communicate(timeout=60)[0]


def _children(process: subprocess.Popen) -> list[int]:
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return [int(each) for each in listed if b"train" in Path(f"/proc/{each}/cmdline").read_bytes()]


def _close(one: dict, other: dict) -> bool:
    import torch

    return all(torch.allclose(one[name].float(), other[name].float(), rtol=1e-3, atol=1e-4) for name in one)


@pytest.fixture
def alone(painted_data, tmp_path):
    """Give the run of one process: 12 steps of a network without batch statistics."""
    run = tmp_path / "alone"
    assert main(_train(painted_data, run, 12)) == 0
    return run


@pytest.mark.slow
def test_that_two_processes_train_the_network_of_one_and_hold_the_same_weights(tmp_path):
    import torch

    process = _torchrun("--", str(SUPPORT / "ranks.py"), str(tmp_path))
    told = _told(process)
    assert process.returncode == 0, told
    for name in PLANS:
        first, second = (torch.load(tmp_path / f"{name}-{rank}.pt", weights_only=True) for rank in (0, 1))
        assert all(torch.equal(first[each], second[each]) for each in first)
    assert "layer1.0.bn1.running_var" in first
    alone = train(PLANS["plain"], tmp_path / "alone", validate=4)
    shared = read_checkpoint(tmp_path / "plain")
    assert _close(shared["average"], alone.optimisation.average.state_dict())
    rows = [(tmp_path / name / "log.csv").read_text().splitlines() for name in ("plain", "alone")]
    told, expected = ([row.split(",") for row in each] for each in rows)
    assert [row[0] for row in told] == ["step", "4", "8"]
    for at in (1, 2):
        assert float(told[at][1]) == pytest.approx(float(expected[at][1]), abs=2e-3)
        assert told[at][4:] == expected[at][4:]


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="the test finds the processes in /proc")
def test_that_one_killed_process_ends_all_and_the_run_goes_on_in_one(painted_data, alone, tmp_path):
    run = tmp_path / "run"
    words = _train(painted_data, run, 12, "--save-every", "2")
    process = _torchrun("-m", "--", "marrowdesk", *words)
    while not (run / "last.pt").exists():
        assert process.poll() is None, _told(process)
        time.sleep(0.02)
    workers = _children(process)
    assert len(workers) == 2
    os.kill(workers[1], signal.SIGKILL)
    _told(process)
    assert process.returncode != 0
    assert not any(Path(f"/proc/{each}").exists() for each in workers)
    assert 2 <= read_checkpoint(run)["step"] < 12
    # Goes on from what two processes wrote.
    assert main(words) == 0
    steps = [int(line.split(",")[0]) for line in (run / "log.csv").read_text().splitlines()[1:]]
    assert steps == [2, 4, 6, 8, 10, 12]
    assert _close(read_checkpoint(run)["average"], read_checkpoint(alone)["average"])


def test_that_each_process_has_its_part_of_the_batch():
    parts = [list(Group("cpu", rank, 4).part(8)) for rank in range(4)]
    assert parts == [[0, 1], [2, 3], [4, 5], [6, 7]]
    with pytest.raises(MarrowdeskError, match="Give a --batch of 8 or more"):
        Group("cpu", 0, 4).part(4)
    with pytest.raises(MarrowdeskError, match="10 images cannot be split evenly over 4"):
        Group("cpu", 0, 4).part(10)


def test_that_norms_shared_between_gpus_keep_their_activation_and_are_refused_on_the_cpu():
    import torch

    from marrowdesk.inference.network import build

    network = build("regnetx_002", {}, 3)
    before = network.state_dict()
    with pytest.raises(MarrowdeskError, match="between GPUs only"):
        synchronised(network, Group("cpu", 0, 2))
    shared = synchronised(network, Group("cuda:0", 0, 2))
    assert isinstance(shared.stem.bn, torch.nn.SyncBatchNorm)
    assert isinstance(shared.stem.bn.act, torch.nn.ReLU)
    assert list(shared.state_dict()) == list(before)

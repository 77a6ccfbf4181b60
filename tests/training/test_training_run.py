"""A tiny network is trained for real, killed, resumed, exported and measured."""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.inference.bundle import load_bundle, read_card
from marrowdesk.inference.network import head_of
from marrowdesk.inference.torch_engine import network_of
from marrowdesk.training.checkpoint import read_checkpoint, write_checkpoint
from marrowdesk.training.commands import add_commands

OPTIONS = [
    *("--architecture", "regnetx_002", "--side", "48", "--small", "32", "--small-part", "0.5"),
    *("--fewest", "10", "--batch", "16", "--rate", "0.004"),
]


def _run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers())
    arguments = parser.parse_args([str(word) for word in words])
    return arguments.handler(arguments)


def _train(data, run, steps) -> list[str]:
    return ["train", "--data", str(data), "--run", str(run), "--steps", str(steps), *OPTIONS]


def _start(words, **where) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-m", "marrowdesk", *words], text=True, **where)


@pytest.fixture(scope="module")
def trained(painted_data, tmp_path_factory):
    """Give a run of 40 steps over the painted cells."""
    run = tmp_path_factory.mktemp("runs") / "whole"
    assert _run(*_train(painted_data, run, 40)) == 0
    return run


@pytest.fixture(scope="module")
def bundle(painted_data, trained, tmp_path_factory):
    out = tmp_path_factory.mktemp("models") / "painted"
    assert _run("export", "--data", painted_data, "--run", trained, "--out", out) == 0
    return load_bundle(out)


@pytest.mark.slow
def test_that_a_killed_run_ends_with_the_weights_of_one_that_was_not(painted_data, tmp_path):
    import torch

    process = _start(
        [*_train(painted_data, tmp_path / "killed", 12), "--save-every", "2"], stderr=subprocess.DEVNULL
    )
    while not (tmp_path / "killed" / "last.pt").exists():
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert 2 <= read_checkpoint(tmp_path / "killed")["step"] < 12
    # Each in a process of its own: in this one an engine may have set the threads, and sums round otherwise.
    for name in ("killed", "whole"):
        assert _start(_train(painted_data, tmp_path / name, 12), stderr=subprocess.DEVNULL).wait() == 0
    ends = [torch.load(tmp_path / name / "last.pt", weights_only=True) for name in ("killed", "whole")]
    assert ends[0]["step"] == ends[1]["step"] == 12
    for part in ("network", "average"):
        for name, value in ends[0][part].items():
            assert torch.allclose(value.float(), ends[1][part][name].float(), rtol=1e-4, atol=1e-5), name


@pytest.mark.slow
def test_that_training_brings_the_loss_down_and_keeps_a_log(trained):
    lines = (trained / "log.csv").read_text().splitlines()
    assert lines[0] == "step,loss,rate,images_per_second,macro_f1,mean_recall"
    first, last = (float(line.split(",")[1]) for line in (lines[1], lines[-1]))
    assert last < first


@pytest.mark.slow
def test_that_a_run_is_not_continued_with_another_plan(painted_data, trained):
    with pytest.raises(MarrowdeskError, match=r"another plan \(rate\)"):
        _run(*_train(painted_data, trained, 40), "--rate", "0.001")


@pytest.mark.slow
def test_that_the_exported_bundle_tells_how_it_was_made(bundle):
    assert bundle.codes == ("BLA", "LYT", "ART")
    assert "--architecture regnetx_002" in bundle.card.training.command
    assert (bundle.path / "held_out.csv").is_file()
    assert sum(source.images for source in bundle.card.data) == 102
    assert bundle.card.doubt.held_out_share <= 0.06


@pytest.mark.slow
def test_that_a_head_fitted_anew_by_half_is_the_mean_of_it_and_of_the_one_as_trained(
    painted_data, trained, bundle, tmp_path
):
    words = ("export", "--data", painted_data, "--run", trained, "--out")
    assert _run(*words, tmp_path / "kept", "--head", "kept") == 0
    assert _run(*words, tmp_path / "half", "--head-share", "0.5") == 0
    kept, half = (load_bundle(tmp_path / each) for each in ("kept", "half"))
    assert "--head-share 0.5" in half.card.training.command
    assert "--head-share" not in bundle.card.training.command
    undone = np.array(kept.card.calibration.log_weights, np.float32)
    assert undone.any()
    weights, biases = zip(*(_head(each) for each in (kept, half, bundle)), strict=True)
    assert _is_middle(weights[1], weights[0], weights[2])
    assert _is_middle(biases[1], biases[0] - undone, biases[2])


@pytest.mark.slow
def test_that_a_lifted_class_is_proposed_more_often_by_as_much(painted_data, trained, tmp_path):
    words = ("export", "--data", painted_data, "--run", trained, "--head", "kept", "--out")
    assert _run(*words, tmp_path / "plain") == 0
    assert _run(*words, tmp_path / "lifted", "--lift", "LYT=1.5") == 0
    plain, lifted = (load_bundle(tmp_path / each) for each in ("plain", "lifted"))
    assert "--lift LYT=1.5" in lifted.card.training.command
    before, after = (_head(each) for each in (plain, lifted))
    assert np.allclose(before[0], after[0])
    assert np.allclose(after[1] - before[1], [0, 1.5, 0], atol=0.01)  # kept in half precision


def _is_middle(one: np.ndarray, first: np.ndarray, last: np.ndarray) -> bool:
    # Weights are kept in half precision, and no two fits round alike.
    return bool(np.abs(one - (first + last) / 2).max() < 0.05 * np.abs(first - last).max())


def _head(bundle) -> tuple[np.ndarray, np.ndarray]:
    head = head_of(network_of(bundle))
    return head.weight.detach().float().numpy(), head.bias.detach().float().numpy()


@pytest.mark.slow
def test_that_only_a_finished_run_is_exported_and_only_with_its_own_cells_kept_back(
    painted_data, trained, tmp_path
):
    run, out = shutil.copytree(trained, tmp_path / "run"), tmp_path / "painted"
    words = ("export", "--data", painted_data, "--run", run, "--out", out)
    for others in (("--leave-out", "two"), ("--held-out", tmp_path / "other.csv")):
        (tmp_path / "other.csv").write_text("file\none/LYT/LYT_00001.png\n", encoding="utf-8")
        with pytest.raises(MarrowdeskError, match="trained with other cells kept back"):
            _run(*words, *others)
    kept = read_checkpoint(run)
    kept["plan"]["steps"] = 300
    write_checkpoint(run, kept)
    with pytest.raises(MarrowdeskError, match=r"has done 40 of its 300 steps.*--steps 40"):
        _run(*words)
    assert not out.exists()


@pytest.mark.slow
def test_that_cells_a_bundle_may_know_by_heart_are_told_and_never_kept(
    painted_data, bundle, tmp_path, capsys
):
    copy = shutil.copytree(bundle.path, tmp_path / "copy")
    words = ("evaluate", "--data", painted_data, "--bundle", copy)
    assert _run(*words, "--leave-out", "two") == 0
    told = capsys.readouterr()
    assert "51 of the 60 cells to measure are of sources that the bundle was trained on" in told.err
    assert "note" not in json.loads(told.out) or not json.loads(told.out)["note"]
    with pytest.raises(MarrowdeskError, match="learned them by heart") as caught:
        _run(*words, "--leave-out", "two", "--keep")
    assert caught.value.hint.startswith("Leave --keep away")
    assert read_card(copy) == bundle.card
    # Its own cells kept back, named by a file, are what they are without it.
    assert _run(*words, "--held-out", copy / "held_out.csv", "--keep") == 0
    assert "by heart" not in capsys.readouterr().err


@pytest.mark.slow
def test_that_the_card_keeps_what_was_measured(painted_data, bundle, tmp_path, capsys):
    out = tmp_path / "results.json"
    assert _run("evaluate", "--data", painted_data, "--bundle", bundle.path, "--json", out, "--keep") == 0
    results = json.loads(out.read_text())
    assert results.pop("detail")["confusion"]["codes"] == ["BLA", "LYT", "ART"]
    assert json.loads(capsys.readouterr().out) == results
    card = read_card(bundle.path)
    assert card.results == results
    assert results["images that show no cell"]["blank field"]["unfamiliar"] == 1.0
    assert "| blank field |" in (bundle.path / "CARD.md").read_text()


def test_that_an_option_that_is_not_understood_is_explained(painted_data, tmp_path):
    with pytest.raises(MarrowdeskError, match="options are not understood"):
        _run(*_train(painted_data, tmp_path / "run", 2), "--option", "se_ratio=a quarter")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--loss", "focal", "--cost", "0.5"), "focal has no cost"),
        (("--loss", "focal", "--loss-option", "gamma=much"), "options are not understood"),
        (("--loss", "focal", "--loss-option", 'gamma="2"'), "no number"),
        (("--loss", "ldam", "--loss-option", "gamma=2"), "'ldam' has no option 'gamma'"),
        (("--sync-norm",), "between GPUs only"),
        (("--start", "none"), "none"),
        (("--distil-share", "0.5"), "none is named"),
        (("--distil-beside", "models/other"), "no first one is named"),
    ],
)
def test_that_options_that_do_not_go_together_are_explained(words, told, painted_data, tmp_path):
    with pytest.raises(MarrowdeskError, match=told):
        _run(*_train(painted_data, tmp_path / "run", 2), *words)


@pytest.mark.slow
def test_that_ctrl_c_keeps_the_step_it_is_at_and_says_how_to_go_on(painted_data, tmp_path):
    run = tmp_path / "run"
    process = _start(_train(painted_data, run, 3000), stderr=subprocess.PIPE)
    while " 20/3000" not in process.stderr.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, rest = process.communicate(timeout=200)
    step = read_checkpoint(run)["step"]
    assert process.returncode == 130
    assert f"Stopped after step {step} of 3000" in rest
    assert "Give the same command again to go on" in rest
    assert 20 <= step < 3000


def test_that_a_missing_run_is_named(painted_data, tmp_path):
    with pytest.raises(MarrowdeskError, match="cannot be read"):
        _run("export", "--data", painted_data, "--run", tmp_path / "none", "--out", tmp_path / "out")


@pytest.mark.slow
def test_that_a_run_made_longer_says_so_in_the_card(painted_data, trained, tmp_path):
    run, out = shutil.copytree(trained, tmp_path / "run"), tmp_path / "painted"
    _run(*_train(painted_data, run, 42))
    _run("export", "--data", painted_data, "--run", run, "--out", out)
    assert "up to step 40: 40 steps, small part 0.5" in read_card(out).training.note
    assert "up to step 40" in (out / "CARD.md").read_text()


@pytest.mark.slow
def test_that_the_card_tells_all_commands_of_a_run_that_started_from_a_bundle(
    painted_data, bundle, trained, tmp_path
):
    run, out = tmp_path / "run", tmp_path / "painted"
    _run(*_train(painted_data, run, 20), "--start", bundle.path)
    _run("export", "--data", painted_data, "--run", run, "--out", out, "--start", bundle.path)
    told = read_card(out).training
    assert [line.split()[1] for line in told.command.splitlines()] == ["train", "export", "train", "export"]
    assert f"{bundle.sha256}: the network went on from its weights. The first commands make it." in told.note
    with pytest.raises(MarrowdeskError, match="did not start from the weights") as caught:
        _run("export", "--data", painted_data, "--run", trained, "--out", out, "--start", bundle.path)
    assert caught.value.hint == "Leave --start out: it had none to start from."


@pytest.mark.slow
def test_that_a_network_that_is_mostly_wrong_is_not_exported(painted_data, tmp_path):
    _run(*_train(painted_data, tmp_path / "run", 1))
    with pytest.raises(MarrowdeskError, match="no class more often right than wrong"):
        _run(
            "export",
            "--data",
            painted_data,
            "--run",
            tmp_path / "run",
            "--out",
            tmp_path / "out",
            "--head",
            "kept",
        )

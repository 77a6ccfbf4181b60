"""A small study for real: killed, gone on with, with a combination that fails, and its tables."""

from __future__ import annotations

import argparse
import csv
import json
import signal
import subprocess
import sys
import time
from dataclasses import replace

import cv2
import numpy as np
import pytest
from small_run import painted_store

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.inference.network import build
from marrowdesk.training.checkpoint import read_checkpoint
from marrowdesk.training.commands import add_commands
from marrowdesk.training.distributed import Group
from marrowdesk.training.hardware import choose_dtype
from marrowdesk.training.log import read_log
from marrowdesk.training.plan import plan_of
from marrowdesk.training.study.cells import study_cells
from marrowdesk.training.study.course import Study
from marrowdesk.training.study.grid import make_grid
from marrowdesk.training.study.results import read_results
from marrowdesk.training.study.runs import Means
from marrowdesk.training.study.settings import Settings
from marrowdesk.training.validation import Validation

SETTINGS = Settings(steps=3, batch=8, side=32, rate=2e-3, strength=1.0, precision="float32", seed=5, cells="")
FIRST, SECOND = "test_resnet-cross_entropy-none-seed1", "test_efficientnet-cross_entropy-none-seed1"
START = (
    "import argparse, sys; from marrowdesk.training.commands import add_commands;"
    "parser = argparse.ArgumentParser(); add_commands(parser.add_subparsers());"
    "told = parser.parse_args(sys.argv[1:]); told.handler(told)"
)


def words_of(data, out, *more):
    words = ["study", "--data", data, "--out", out, "--fewest", "10", "--steps", "3", "--batch", "8"]
    names = [
        "--architectures",
        "test_resnet,test_efficientnet,test_vit",
        "--losses",
        "cross_entropy,cost_sensitive",
    ]
    rest = ["--attention", "se,eca", "--side", "32", "--cells-per-class", "12", "--save-every", "2"]
    return [str(each) for each in (*words, *names, *rest, *more)]


def run(words):
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers())
    arguments = parser.parse_args(words)
    return arguments.handler(arguments)


@pytest.fixture(scope="module")
def killed(painted_data, tmp_path_factory):
    """Give the folder of a study that was killed in its second run, and what its first run had written."""
    out = tmp_path_factory.mktemp("study") / "small"
    process = subprocess.Popen(
        [sys.executable, "-c", START, *words_of(painted_data, out)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while not (out / "runs" / SECOND / "last.pt").exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    files = [out / "runs" / FIRST / "result.json", out / "runs" / SECOND / "log.csv"]
    return out, files[0].stat().st_mtime_ns, files[1].read_text().splitlines()


@pytest.fixture(scope="module")
def finished(painted_data, killed):
    """Go on with that study; give its folder and the exit code."""
    return killed[0], run(words_of(painted_data, killed[0], "--save-every", "50"))


def records(folder):
    with (folder / "study.csv").open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.slow
def test_that_a_killed_study_goes_on_where_it_stood(killed, finished):
    out, written, lines = killed
    assert (out / "runs" / FIRST / "result.json").stat().st_mtime_ns == written
    log = (out / "runs" / SECOND / "log.csv").read_text().splitlines()
    assert log[:2] == lines[:2]
    assert [line.split(",")[0] for line in log] == ["step", "2", "3"]
    assert not list(out.glob("runs/*/last.pt"))


@pytest.mark.slow
def test_that_a_combination_that_fails_is_told_and_the_rest_goes_on(finished):
    out, code = finished
    assert code == 3
    failed = [row for row in records(out) if row["failed"]]
    assert [row["architecture"] for row in failed] == ["test_vit"]
    assert "does not end in mean and linear layer alone" in failed[0]["failed"]
    assert "test_vit, cross_entropy, none: failed. The network test_vit" in (out / "study.md").read_text()
    assert {row["macro F1"] != "" for row in records(out) if not row["failed"]} == {True}


@pytest.mark.slow
def test_that_a_combination_in_two_tables_is_run_once(finished):
    rows = [row for row in records(finished[0]) if not row["failed"]]
    plain = [row for row in rows if row["architecture"] == "test_resnet" and row["attention"] == "none"]
    assert [(row["table"], row["loss"]) for row in plain] == [
        ("networks", "cross_entropy"), ("losses", "cross_entropy"),
        ("losses", "cost_sensitive"), ("attention", "cost_sensitive"),
    ]  # fmt: skip
    assert len(rows) == 7
    assert len(read_results(finished[0] / "runs")) == 5


@pytest.mark.slow
def test_that_the_page_tells_how_far_its_numbers_carry(finished):
    out = finished[0]
    page, told = (out / "study.md").read_text(), json.loads((out / "study.json").read_text())
    assert "Trained on 72 of 103 cells of 3 classes; measured on 18 of 18" in page
    assert "3 steps of 8 images, 0.3 passes over them" in page
    assert "without weights of another data set" in page
    assert "| LYT | 12 | 3 | 12 | 3 |" in page
    assert told["settings"]["side"] == 32
    assert told["cells"]["ART"] == {source: {"trained": 12, "measured": 3} for source in ("one", "two")}
    assert {each["command"] for each in told["runs"]} == {
        each for each in page.split("```")[1].split("\n") if each
    }
    assert cv2.imread(str(out / "study.png")).shape[1] > 1000
    for row in told["tables"]:
        assert row["failed"] or row["macro F1 95 % from"] <= row["macro F1"] <= row["macro F1 95 % to"]


@pytest.mark.slow
def test_that_a_study_is_made_larger_by_seeds_and_keeps_its_other_tables(painted_data, finished):
    out = finished[0]
    assert run(words_of(painted_data, out, "--save-every", "50", "--part", "losses", "--repeat", "2")) == 0
    rows = records(out)
    assert {row["seeds"] for row in rows if row["table"] == "losses"} == {"2"}
    assert [row["table"] for row in rows].count("attention") == 3
    assert "± between seeds" in (out / "study.md").read_text()


@pytest.mark.slow
def test_that_a_study_does_not_go_on_with_other_steps(painted_data, finished):
    with pytest.raises(MarrowdeskError, match=r"begun with steps 3 instead of 5\."):
        run([*words_of(painted_data, finished[0]), "--steps", "5"])


def test_that_too_few_cells_to_train_on_are_explained(painted_data, tmp_path):
    with pytest.raises(MarrowdeskError, match="none is left to train on"):
        run([*words_of(painted_data, tmp_path / "study"), "--fewest", "100"])


@pytest.fixture(scope="module")
def cells():
    store = painted_store()
    return study_cells(store, {each.file for each in store.samples[::5]})


def means(stop=lambda: False, keep=False):
    return Means("cpu", save_every=100, keep_weights=keep, command="marrowdesk study", stop=stop)


def test_that_a_stopped_study_goes_on_after_the_step_it_was_stopped_at(cells, tmp_path):
    part = make_grid(["test_resnet"], ["focal", "ldam"])["losses"]
    lines = []
    assert not Study(tmp_path, SETTINGS, cells, means(stop=lambda: True), lines.append).follow([part], 1)
    assert lines == []
    assert Study(tmp_path, SETTINGS, cells, means(), lines.append).follow([part], 1)
    assert [line.split(": macro F1 ")[0] for line in lines] == [
        "[1/2] test_resnet, focal, none, seed 5", "[2/2] test_resnet, ldam, none, seed 5",
    ]  # fmt: skip
    assert "s left" in lines[0]
    steps = [step for step, _ in read_log(tmp_path / "runs" / "test_resnet-focal-none-seed5")["loss"]]
    assert steps == [1, 3]


def test_that_a_batch_too_small_for_a_network_fails_that_run_and_not_the_study(cells, tmp_path):
    part = make_grid(["test_resnet"], ["focal", "ldam"])["losses"]
    lines = []
    study = Study(tmp_path, replace(SETTINGS, batch=1), cells, means(), lines.append)
    assert study.follow([part], 1)
    assert len(study.failures) == 2
    assert all("failed: A batch of 1 leaves one image to each process" in line for line in lines)


def test_that_scores_are_those_of_the_averaged_network_on_the_cells_kept_back(cells, tmp_path):
    part = make_grid(["test_resnet"], ["cost_sensitive"])["losses"]
    Study(tmp_path, SETTINGS, cells, means(keep=True), str).follow([part], 1)
    (result,) = read_results(tmp_path / "runs")
    kept = read_checkpoint(tmp_path / "runs" / result.combination.folder(5))
    plan = plan_of(result.plan)
    network = build(plan.architecture, plan.options, len(plan.codes), plan.attention)
    network.load_state_dict(kept["average"])
    check = Validation(plan, cells.training.store, cells.training.at, cells.training.held, Group())
    told = check.measure(network.eval(), np.zeros(3), choose_dtype(plan.precision, "cpu"))
    assert result.scores["macro F1"]["value"] == pytest.approx(told["macro_f1"], abs=1e-6)
    assert result.scores["macro recall"]["value"] == pytest.approx(told["mean_recall"], abs=1e-6)
    assert result.parameters == sum(each.numel() for each in network.parameters())
    assert sum(each["cells"] for each in result.by_class.values()) == len(cells.training.held) == 24

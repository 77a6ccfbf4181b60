"""What a recipe is worth where a laboratory was left out is measured on that laboratory, and told."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import timm
import torch
from small_run import painted_store

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.training.augment import Strength
from marrowdesk.training.commands import add_commands
from marrowdesk.training.loop import Training
from marrowdesk.training.transfer.page import page
from marrowdesk.training.transfer.runs import Material
from marrowdesk.training.transfer.variants import CELLS, CHANGES, GUARDS, SOURCES, Variant, chosen_of, lay_out


def _run(words: list[str]) -> int:
    import argparse

    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers())
    arguments = parser.parse_args(["transfer", *words])
    return arguments.handler(arguments)


_QUICK = ["--architecture", "test_resnet", "--steps", "3", "--batch", "8", "--side", "32", "--fewest", "6"]


def test_that_each_source_is_left_out_once_and_each_guard_left_away_once():
    variants = lay_out(["one", "two"], (40, 20), (SOURCES, GUARDS, CELLS))
    assert [each.name for each in variants if each.part == SOURCES] == [
        "the whole recipe", "without one", "without two",
    ]  # fmt: skip
    assert [each.name for each in variants if each.part == GUARDS] == ["the whole recipe", *CHANGES]
    assert [each.name for each in variants if each.part == CELLS] == ["20", "40", "all"]
    folders = {each.folder for each in variants}
    # The whole recipe stands in all three parts and is trained once.
    assert len(folders) == len(variants) - 2


def test_that_a_lone_source_cannot_be_left_out():
    with pytest.raises(MarrowdeskError, match=r"one source only \(one\)"):
        lay_out(["one"], (40,), (SOURCES,))
    assert [each.name for each in lay_out(["one"], (40,), (CELLS,))] == ["40", "all"]


def test_that_a_left_out_source_is_measured_on_what_others_taught(
    painted_data, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr("sys.argv", ["marrowdesk", "transfer"])
    out = tmp_path / "transfer"
    words = ["--data", str(painted_data), "--out", str(out), "--part", "sources", *_QUICK]
    assert _run(words) == 0
    told = json.loads((out / "transfer.json").read_text())
    sources = sorted({source for run in told["runs"] for source in run["recalls"]})
    for run in told["runs"]:
        without = run["variant"].removeprefix("without ")
        if without in sources:
            assert not any(each["trained"] for each in run["recalls"][without].values())
            assert sum(each["cells"] for each in run["recalls"][without].values()) > 0
    text = (out / "transfer.md").read_text()
    assert "Each source left out in turn" in text
    assert "recall, left out" in text
    assert "marrowdesk transfer" in text
    # What is finished is not trained again.
    made = {path: path.stat().st_mtime_ns for path in out.glob("runs/*/transfer.json")}
    assert _run(words) == 0
    assert {path: path.stat().st_mtime_ns for path in out.glob("runs/*/transfer.json")} == made
    # Nor is what a version finished that did not know some option yet.
    for path in made:
        older = json.loads(path.read_text())
        del older["plan"]["distil_beside"], older["plan"]["recipe"]["glare"]
        path.write_text(json.dumps(older))
    made = {path: path.stat().st_mtime_ns for path in made}
    assert _run(words) == 0
    assert {path: path.stat().st_mtime_ns for path in out.glob("runs/*/transfer.json")} == made
    # Runs of other options never share a table.
    with pytest.raises(MarrowdeskError, match="other options or other cells"):
        _run([*words, "--rate", "0.1"])


def test_that_fewer_cells_are_trained_on_where_fewer_are_asked_for(painted_data, tmp_path, monkeypatch):
    monkeypatch.setattr("sys.argv", ["marrowdesk", "transfer"])
    out = tmp_path / "transfer"
    assert (
        _run(["--data", str(painted_data), "--out", str(out), "--part", "cells", "--cells", "2", *_QUICK])
        == 0
    )
    few, whole = json.loads((out / "transfer.json").read_text())["runs"]
    assert few["variant"] == "2"
    assert few["trained"] < whole["trained"]
    assert few["recalls"].keys() == whole["recalls"].keys()


def test_that_every_run_is_changed_as_asked_and_the_page_says_how(painted_data, tmp_path, monkeypatch):
    monkeypatch.setattr("sys.argv", ["marrowdesk", "transfer"])
    out = tmp_path / "transfer"
    words = ["--data", str(painted_data), "--out", str(out), "--part", "cells", "--cells", "2", *_QUICK]
    assert _run([*words, "--change", "no prior", "--change", "half the variation"]) == 0
    plans = [run["plan"] for run in json.loads((out / "transfer.json").read_text())["runs"]]
    assert len(plans) == 2
    for plan in plans:
        assert plan["prior"] is None
        assert plan["strength"]["stain"] == Strength().stain / 2
        assert plan["adversary"] > 0
    assert "test_resnet, no prior, half the variation." in (out / "transfer.md").read_text()
    # The whole recipe is another: its runs never share a table with these.
    with pytest.raises(MarrowdeskError, match="other options or other cells"):
        _run(words)


def test_that_a_change_nobody_knows_is_refused_before_any_work(capsys, tmp_path):
    with pytest.raises(SystemExit):
        _run(["--data", str(tmp_path), "--out", str(tmp_path / "out"), "--change", "no prayer"])
    assert "no prayer" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_that_the_means_keep_apart_what_a_source_taught_and_what_it_did_not():
    cell = {"cells": 10, "right": 5, "trained": True}
    recalls = {
        "one": {"BLA": {**cell, "right": 9}, "LYT": cell, "EBO": {**cell, "right": 1, "trained": False}}
    }
    row = (
        Variant(GUARDS, "no prior", guard="no prior"),
        {"recalls": recalls, "trained": 100, "command": "x"},
    )
    text = page([row], ["a note"])
    assert "0.700 (2 classes, 20 cells)" in text
    assert "0.100 (1 classes, 10 cells)" in text
    assert "- a note" in text


def test_that_single_runs_are_chosen_by_name_and_an_unknown_one_is_told():
    variants = lay_out(["one", "two"], (40,), (GUARDS,))
    assert [each.name for each in chosen_of(variants, ["no adversary"])] == ["no adversary"]
    assert chosen_of(variants, None) == variants
    with pytest.raises(MarrowdeskError, match="no run called 'no prayer'"):
        chosen_of(variants, ["no prayer"])


def test_that_every_run_starts_from_the_given_weights_and_says_so(painted_data, tmp_path, monkeypatch):
    monkeypatch.setattr("sys.argv", ["marrowdesk", "transfer"])
    torch.manual_seed(3)
    given = timm.create_model("test_resnet").state_dict()
    file, out, begun = tmp_path / "test_resnet.pth", tmp_path / "transfer", []
    torch.save(given, file)
    whole_run = Training.run

    def noted(training, *arguments):
        begun.append(training.optimisation.network.state_dict()["conv1.0.weight"].clone())
        return whole_run(training, *arguments)

    monkeypatch.setattr(Training, "run", noted)
    words = ["--data", str(painted_data), "--out", str(out), "--part", "cells", "--cells", "2", *_QUICK]
    assert _run([*words, "--start", str(file)]) == 0
    assert len(begun) == 2
    assert all(torch.equal(each, given["conv1.0.weight"]) for each in begun)
    told = json.loads((out / "transfer.json").read_text())
    assert {run["plan"]["start_file"] for run in told["runs"]} == {"test_resnet.pth"}
    assert (
        f"Each run from the weights with the sha256 {told['runs'][0]['plan']['start'][:12]}"
        in (out / "transfer.md").read_text()
    )
    # Chance is another start: its runs never share a table with these.
    with pytest.raises(MarrowdeskError, match="other options or other cells"):
        _run(words)


def test_that_a_patient_of_the_source_left_out_is_left_out_elsewhere_too():
    store = painted_store()
    shared = tuple(
        replace(each, group="patient 7") if each.file.endswith("_00003.png") else each
        for each in store.samples
    )
    material = Material(replace(store, samples=shared), {"one/LYT/LYT_00000.png"}, seed=1)
    cells = material.of(Variant(SOURCES, "without two", without="two"))
    shown = {shared[at].file for at in cells.at}
    assert {each.source for at, each in enumerate(shared) if at in cells.at} == {"one"}
    assert not any(file.endswith("_00003.png") for file in shown)
    assert sorted([*cells.at, *cells.held]) == list(range(len(shared)))

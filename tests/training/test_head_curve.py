"""What more cells are worth to the last layer is measured on cells that were kept back."""

from __future__ import annotations

import argparse
import json
import os
import shutil
from dataclasses import asdict

import numpy as np
import pytest
from small_run import CODES, painted_store, small_plan
from tiny_bundle import make_tiny_bundle

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.training.commands import add_commands
from marrowdesk.training.head_curve import Point, Seen, curve_page, drawn, head_curve
from marrowdesk.training.heads import HeadFit


def _run(*words) -> int:
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers())
    arguments = parser.parse_args(["curve", *map(str, words)])
    return arguments.handler(arguments)


def _seen(noise, seed):
    """Give the painted cells with features that tell their class, blurred by ``noise``."""
    samples = painted_store().samples
    truth = np.array([CODES.index(each.code) for each in samples])
    rng = np.random.default_rng(seed)
    return Seen(samples, (np.eye(3)[truth] + rng.normal(0, noise, (len(truth), 3))).astype(np.float32))


def test_that_a_share_is_drawn_of_each_class_and_source():
    samples = painted_store().samples
    part = [samples[each] for each in drawn(samples, 0.25, seed=1)]
    groups = {(each.source, each.code) for each in samples}
    assert {
        group: sum((each.source, each.code) == group for each in part) for group in groups
    } == dict.fromkeys(groups, 5)
    assert len(drawn(samples, 0.001, seed=1)) == len(groups)
    assert drawn(samples, 0.25, seed=1).tolist() != drawn(samples, 0.25, seed=2).tolist()
    assert drawn(samples, 1.0, seed=2).tolist() == list(range(len(samples)))


def test_that_recall_grows_with_the_cells_where_the_features_are_blurred():
    points = list(head_curve(_seen(0.5, 1), _seen(0.5, 2), small_plan(), HeadFit(None), (0.05, 1.0), draws=5))
    assert [(each.share, each.draw) for each in points] == [*((0.05, draw) for draw in range(5)), (1.0, 0)]
    few = np.mean([list(each.recalls.values()) for each in points[:5]])
    assert few + 0.05 < np.mean(list(points[-1].recalls.values())) < 1
    assert (points[0].cells, points[-1].cells) == (6, 120)


def test_that_the_page_tells_mean_least_and_largest_of_the_draws():
    points = [
        Point(0.5, 0, 10, {"one": 0.5}),
        Point(0.5, 1, 10, {"one": 0.7}),
        Point(1.0, 0, 20, {"one": 0.8}),
    ]
    text = curve_page(points, ["a note"], "marrowdesk curve")
    assert "| 50% | 10 | 0.600 (0.500–0.700) |" in text
    assert "| 100% | 20 | 0.800 |" in text


def test_that_the_command_measures_a_bundle_and_keeps_what_its_network_saw(painted_data, tmp_path, capsys):
    bundle = make_tiny_bundle(tmp_path / "tiny", codes=CODES)
    card = bundle.path / "card.json"
    out = tmp_path / "curve"
    split = tmp_path / "held.csv"
    split.write_text(
        "file\n"
        + "".join(
            f"{source}/{code}/{code}_{number:05d}.png\n"
            for source in ("one", "two")
            for code in CODES
            for number in range(5)
        ),
        encoding="utf-8",
    )
    data = shutil.copytree(painted_data, tmp_path / "data")
    words = ["--data", data, "--bundle", bundle.path, "--held-out", split, "--out", out]
    words += ["--shares", "50,100"]
    with pytest.raises(MarrowdeskError, match="does not tell how it was trained"):
        _run(*words)
    told = json.loads(card.read_text())
    told["training"]["plan"] = asdict(small_plan(codes=bundle.codes))
    card.write_text(json.dumps(told), encoding="utf-8")
    assert _run(*words, "--draws", "2") == 0
    printed = capsys.readouterr().out
    assert "50%, draw 2: 48 cells: one" in printed
    points = json.loads((out / "curve.json").read_text())["points"]
    assert [each["cells"] for each in points] == [48, 48, 90]
    kept = {file: file.stat().st_mtime_ns for file in out.glob("*.npy")}
    assert len(kept) == 1
    _run(*words, "--draws", "1")
    assert {file: file.stat().st_mtime_ns for file in out.glob("*.npy")} == kept
    (file,) = kept
    whole = np.load(file)
    file.write_bytes(file.read_bytes()[:1000])
    _run(*words, "--draws", "1")
    assert (np.load(file) == whole).all()
    # The images were replaced meanwhile: what the network saw of the former ones is of no use.
    for image in (data / "one" / "BLA").iterdir():
        os.utime(image, (2e9, 2e9))
    _run(*words, "--draws", "1")
    assert len(list(out.glob("*.npy"))) == 2
    (tmp_path / "taken").write_bytes(b"")
    words[words.index(out)] = tmp_path / "taken"
    with pytest.raises(MarrowdeskError, match=r"taken could not be written: .*taken is no folder") as caught:
        _run(*words)
    assert "Give a folder" in caught.value.hint


def test_that_a_curve_of_the_teachers_features_needs_nothing_of_the_bundles_network(
    painted_data, tmp_path, monkeypatch
):
    bundle = make_tiny_bundle(tmp_path / "tiny", codes=CODES)
    told = json.loads((bundle.path / "card.json").read_text())
    told["training"]["plan"] = asdict(small_plan(codes=bundle.codes))
    (bundle.path / "card.json").write_text(json.dumps(told), encoding="utf-8")
    (tmp_path / "held.csv").write_text(
        "file\none/LYT/LYT_00000.png\ntwo/LYT/LYT_00000.png\n", encoding="utf-8"
    )
    asked = []

    def features(network, crops, recipe):
        asked.append((network, len(crops), recipe.side))
        return np.random.default_rng(0).normal(0, 1, (len(crops), 768)).astype(np.float32)

    monkeypatch.setattr("marrowdesk.training.teacher.load_teacher", lambda path: path)
    monkeypatch.setattr("marrowdesk.training.teacher._features", features)
    monkeypatch.setattr("marrowdesk.training.export.embed", None)
    words = ["--data", painted_data, "--bundle", bundle.path, "--held-out", tmp_path / "held.csv"]
    words += ["--out", tmp_path / "curve", "--shares", "50,100", "--draws", "1"]
    with pytest.raises(MarrowdeskError, match=r"no teacher .*\.onnx"):
        _run(*words, "--teacher", tmp_path / "vit.onnx")
    (tmp_path / "vit.onnx").write_bytes(b"weights")
    _run(*words, "--teacher", tmp_path / "vit.onnx")
    _run(*words, "--teacher", tmp_path / "vit.onnx")
    assert [each[0] for each in asked] == [tmp_path / "vit.onnx"]
    assert "teacher saw none of these cells" in (tmp_path / "curve" / "curve.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("words", ["0,10", "10,120", "many", ""])
def test_that_shares_which_are_none_are_refused(words, tmp_path, capsys):
    with pytest.raises(SystemExit):
        _run("--data", tmp_path, "--bundle", tmp_path, "--out", tmp_path, f"--shares={words}")
    assert "no list of percents" in capsys.readouterr().err

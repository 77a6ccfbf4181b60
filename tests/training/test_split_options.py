"""The commands' options for data and split: what a run is given, keeps, and refuses."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.inference.preprocess import Recipe
from marrowdesk.training.commands.options import (
    CHECKPOINT,
    HELD_OUT,
    add_data,
    open_cells,
    read_cells,
    settle_split,
    tell_cells,
)
from marrowdesk.training.split_file import read_split


def _options(data, run, *words) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_data(parser, new_split=True)
    parser.add_argument("--run", type=Path)
    parser.add_argument("--fewest", type=int, default=10)
    return parser.parse_args(["--data", str(data), "--run", str(run), *map(str, words)])


def test_that_a_run_gets_a_hold_out_and_keeps_it(painted_data, tmp_path):
    run = tmp_path / "runs" / "one"
    samples, held = settle_split(_options(painted_data, run))
    assert 0 < len(held) < len(samples) == 121
    assert read_split(run / HELD_OUT) == held
    again = settle_split(_options(painted_data, run, "--fewest", "1000"))
    assert again == (samples, held) == read_cells(_options(painted_data, run), run)


def test_that_folds_beside_the_run_serve_the_other_runs(painted_data, tmp_path):
    held = []
    for fold in range(3):
        samples, own = settle_split(
            _options(painted_data, tmp_path / f"run{fold}", "--folds", 3, "--fold", fold)
        )
        assert read_split(tmp_path / f"run{fold}" / HELD_OUT) == own
        held.append(own)
        kept = (tmp_path / "folds-3.csv").stat().st_mtime_ns
    assert sum(map(len, held)) == len(samples) == len(set.union(*held))
    again = settle_split(_options(painted_data, tmp_path / "run0", "--folds", 3, "--fold", 0))
    assert again[1] == held[0]
    assert (tmp_path / "folds-3.csv").stat().st_mtime_ns == kept
    by_file = _options(painted_data, tmp_path, "--held-out", tmp_path / "folds-3.csv", "--fold", 1)
    assert read_cells(by_file, tmp_path)[1] == held[1]


def test_that_a_source_is_left_out_whole(painted_data, tmp_path):
    samples, held = settle_split(_options(painted_data, tmp_path / "run", "--leave-out", "two"))
    assert held == {sample.file for sample in samples if sample.source == "two"}
    with pytest.raises(MarrowdeskError, match=r"no source 'three'.*They have one, two"):
        settle_split(_options(painted_data, tmp_path / "other", "--leave-out", "three"))


def test_that_a_begun_run_does_not_change_its_split(painted_data, tmp_path):
    run = tmp_path / "run"
    settle_split(_options(painted_data, run))
    before = settle_split(_options(painted_data, run, "--leave-out", "one"))[1]
    (run / CHECKPOINT).write_bytes(b"")
    assert settle_split(_options(painted_data, run, "--leave-out", "one"))[1] == before
    with pytest.raises(MarrowdeskError, match="was begun with other cells kept back"):
        settle_split(_options(painted_data, run, "--leave-out", "two"))
    assert read_split(run / HELD_OUT) == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--folds", "3"], "Of 3 folds, none is named"),
        (["--folds", "3", "--fold", "3"], "fold 3 cannot be kept back"),
        (["--fold", "1"], "--fold names no fold by itself"),
        (["--fewest", "1000"], "All 121 cells would be kept back"),
        (["--leave-out", "one", "--leave-out", "two"], "All 121 cells would be kept back"),
    ],
)
def test_that_a_split_that_makes_no_sense_is_refused(painted_data, tmp_path, words, said):
    with pytest.raises(MarrowdeskError, match=said):
        settle_split(_options(painted_data, tmp_path / "run", *words))


def test_that_one_slide_alone_cannot_be_measured_on(painted_data, tmp_path):
    lines = (painted_data / "manifest.csv").read_text().splitlines()
    grouped = [lines[0] + ",group", *(f"{painted_data}/{line},slide 1" for line in lines[1:])]
    (tmp_path / "manifest.csv").write_text("\n".join(grouped))
    with pytest.raises(MarrowdeskError, match=r"No cell would be kept back.*one slide or patient"):
        settle_split(_options(tmp_path, tmp_path / "run"))


def test_that_a_training_begins_with_the_counts(painted_data, tmp_path, capsys):
    tell_cells(*settle_split(_options(painted_data, tmp_path / "run")))
    told = capsys.readouterr().out
    assert "121 cells, 3 classes, 2 sources" in told
    assert "kept back" in told


def test_that_data_whose_images_are_all_gone_are_not_trained_on(tmp_path, capsys):
    rows = [f"{number}.png,one,BLA" for number in range(30)]
    (tmp_path / "manifest.csv").write_text("\n".join(["file,source,marrow_class", *rows]))
    options = _options(tmp_path, tmp_path / "runs" / "one")
    samples, _ = settle_split(options)
    with pytest.raises(MarrowdeskError, match="None of the 30 images can be read"):
        open_cells(options, samples, Recipe(side=32))
    told = capsys.readouterr().err
    assert "0.png is not there any more" in told
    assert "... and 10 more" in told

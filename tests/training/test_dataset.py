"""Labelled cells: the manifest, the split, the store of prepared crops."""

from __future__ import annotations

import numpy as np
import pytest

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.inference.preprocess import Recipe
from marrowdesk.training.dataset import Sample, hold_out, open_store, read_manifest, read_split, write_split

CELLS = [
    Sample(f"{source}/{code}/{code}_{number:05d}.jpg", source, code)
    for source, code, count in (("a", "LYT", 200), ("a", "BLA", 120), ("b", "LYT", 150), ("b", "BAS", 6))
    for number in range(1, count + 1)
]


def _numbers(held, source, code):
    own = [each for each in CELLS if (each.source, each.code) == (source, code)]
    return sorted(each.number for each in own if each.file in held)


def test_that_fifteen_percent_of_each_class_and_source_is_kept_back():
    held = hold_out(CELLS)
    for source, code, count in (("a", "LYT", 200), ("a", "BLA", 120), ("b", "LYT", 150)):
        assert len(_numbers(held, source, code)) == pytest.approx(0.15 * count, abs=2)


def test_that_what_is_kept_back_is_three_runs_of_consecutive_numbers():
    numbers = np.array(_numbers(hold_out(CELLS), "a", "LYT"))
    assert 1 <= 1 + int((np.diff(numbers) > 1).sum()) <= 3


def test_that_a_class_of_a_few_cells_is_kept_back_whole():
    assert _numbers(hold_out(CELLS), "b", "BAS") == [1, 2, 3, 4, 5, 6]


def test_that_the_split_does_not_depend_on_the_order_of_the_manifest():
    assert hold_out(CELLS) == hold_out(CELLS[::-1])


def test_that_a_split_is_read_back_from_its_file(tmp_path):
    held = hold_out(CELLS)
    write_split(tmp_path / "deep" / "held_out.csv", CELLS, held)
    assert read_split(tmp_path / "deep" / "held_out.csv") == held


def test_that_a_missing_manifest_and_a_missing_column_are_named(tmp_path):
    with pytest.raises(MarrowdeskError, match=r"manifest\.csv cannot be read"):
        read_manifest(tmp_path / "manifest.csv")
    (tmp_path / "manifest.csv").write_text("file,source\na.jpg,one\n")
    with pytest.raises(MarrowdeskError, match="no column 'marrow_class'"):
        read_manifest(tmp_path / "manifest.csv")


def test_that_a_broken_image_is_reported_and_the_rest_is_prepared(painted_data, tmp_path):
    samples = read_manifest(painted_data / "manifest.csv")
    store = open_store(painted_data, samples, Recipe(side=32), tmp_path)
    assert len(store.samples) == len(samples) - 1 == len(store.crops)
    assert len(store.problems) == 1
    assert "LYT_00099.png" in store.problems[0]
    assert store.crops.shape[1:] == (42, 42, 3)


def test_that_the_store_is_made_once(painted_data, tmp_path):
    samples = read_manifest(painted_data / "manifest.csv")[:5]
    first = open_store(painted_data, samples, Recipe(side=32), tmp_path)
    made = sorted(path.stat().st_mtime_ns for path in tmp_path.iterdir())
    again = open_store(painted_data, samples, Recipe(side=32), tmp_path)
    assert sorted(path.stat().st_mtime_ns for path in tmp_path.iterdir()) == made
    assert (again.crops == first.crops).all()

"""The store of prepared crops: made once, found again, without what cannot be read."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import asdict, replace

import cv2
import numpy as np
import pytest
from painted import painted_cell

from marrowdesk.core.cell import Box
from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.imaging.decode import read_place
from marrowdesk.inference.preprocess import METHOD, Recipe, standardise
from marrowdesk.training.dataset import MARGIN, Sample, open_store, read_manifest
from marrowdesk.training.samples import read_cell

SMALL = Recipe(side=32)


def _few(folder, count=3):
    """Write a few painted cells; give their samples."""
    for number in range(count):
        cv2.imwrite(str(folder / f"{number}.png"), painted_cell(60, 25, seed=number))
    return [Sample(f"{number}.png", "one", "LYT") for number in range(count)]


def _made(folder):
    return sorted(path.name for path in folder.iterdir())


def test_that_a_missing_manifest_and_a_missing_column_are_named(tmp_path):
    with pytest.raises(MarrowdeskError, match=r"manifest\.csv cannot be read"):
        read_manifest(tmp_path / "manifest.csv")
    (tmp_path / "manifest.csv").write_text("file,source\na.jpg,one\n")
    with pytest.raises(MarrowdeskError, match="no column 'marrow_class'"):
        read_manifest(tmp_path / "manifest.csv")


def test_that_a_broken_image_is_reported_and_the_rest_is_prepared(painted_data, tmp_path):
    samples = read_manifest(painted_data / "manifest.csv")
    store = open_store(painted_data, samples, SMALL, tmp_path)
    assert len(store.samples) == len(samples) - 1 == len(store.crops)
    assert len(store.problems) == 1
    assert "one/LYT/LYT_00099.png" in store.problems[0]
    assert store.crops.shape[1:] == (42, 42, 3)


def test_that_cells_stay_in_their_order_when_the_first_take_longest(tmp_path, monkeypatch):
    samples = _few(tmp_path, 9)
    order = {sample.file: at for at, sample in enumerate(samples)}

    def slow(place):
        time.sleep(0.02 * (8 - order[place.path.name]))
        return read_place(place)

    monkeypatch.setattr("marrowdesk.training.spread.processors", lambda: 3)
    monkeypatch.setattr("marrowdesk.training.spread.AHEAD", 2)
    monkeypatch.setattr("marrowdesk.training.dataset.read_place", slow)
    store = open_store(tmp_path, samples, SMALL, tmp_path / "cache")
    assert [sample.file for sample in store.samples] == [sample.file for sample in samples]
    for sample, crop in zip(samples, store.crops, strict=True):
        assert (crop == standardise(read_place(sample.place_in(tmp_path)), SMALL, MARGIN)[0]).all()


def test_that_the_store_is_made_once_and_leaves_no_drafts(tmp_path):
    samples, cache = _few(tmp_path), tmp_path / "cache"
    first = open_store(tmp_path, samples, SMALL, cache)
    made = {path: path.stat().st_mtime_ns for path in cache.iterdir()}
    assert sorted(path.suffix for path in made) == [".json", ".npy"]
    again = open_store(tmp_path, samples, SMALL, cache)
    assert {path: path.stat().st_mtime_ns for path in cache.iterdir()} == made
    assert (again.crops == first.crops).all()


def test_that_a_store_of_an_earlier_version_is_found(tmp_path):
    samples, cache = _few(tmp_path), tmp_path / "cache"
    first = open_store(tmp_path, samples, SMALL, cache)
    told = json.dumps([METHOD, asdict(SMALL), MARGIN, [sample.file for sample in samples]])
    name = f"crops-{hashlib.sha256(told.encode()).hexdigest()[:16]}"
    for path in list(cache.iterdir()):
        path.rename(path.with_stem(name))
    again = open_store(tmp_path, samples, SMALL, cache)
    assert _made(cache) == [f"{name}.json", f"{name}.npy"]
    assert (again.crops == first.crops).all()


def test_that_a_mended_image_and_a_corrected_label_come_in(tmp_path):
    samples, cache = _few(tmp_path), tmp_path / "cache"
    whole = (tmp_path / "1.png").read_bytes()
    (tmp_path / "1.png").write_bytes(whole[:200])
    assert len(open_store(tmp_path, samples, SMALL, cache).problems) == 1
    (tmp_path / "1.png").write_bytes(whole)
    samples[0] = replace(samples[0], code="BLA", group="slide 1")
    store = open_store(tmp_path, samples, SMALL, cache)
    assert [sample.code for sample in store.samples] == ["BLA", "LYT", "LYT"]
    assert store.samples[0].group == "slide 1"
    assert not store.problems


def test_that_a_cell_in_a_box_is_cut_out_before_it_is_prepared(tmp_path):
    (sample,) = _few(tmp_path, 1)
    boxed = replace(sample, place=replace(sample.place_in(tmp_path), box=Box(10, 10, 40, 40)))
    store = open_store(tmp_path, [boxed], SMALL, tmp_path / "cache")
    assert (store.crops[0] == standardise(read_cell(boxed), SMALL, MARGIN)[0]).all()


def test_that_a_picture_of_a_single_pixel_and_one_that_is_gray_are_prepared(tmp_path):
    cv2.imwrite(str(tmp_path / "dot.png"), np.full((1, 1, 3), 90, np.uint8))
    cv2.imwrite(str(tmp_path / "gray.png"), painted_cell(60)[..., 0])
    samples = [Sample(name, "one", "LYT") for name in ("dot.png", "gray.png")]
    assert len(open_store(tmp_path, samples, SMALL, tmp_path / "cache").crops) == 2

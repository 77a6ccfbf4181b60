"""The store of prepared crops: made once, found again, without what cannot be read."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from painted import painted_cell

from marrowdesk.core.cell import Box
from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.imaging.decode import read_place
from marrowdesk.inference.preprocess import Recipe, standardise
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


def _bitmaps(folder, first, count=2):
    """Write a few painted cells as BMP, whose files are all of one size; give their samples."""
    folder.mkdir(exist_ok=True)
    for number in range(count):
        cv2.imwrite(str(folder / f"{number}.bmp"), painted_cell(60, 25, seed=first + number))
    return [Sample(f"{number}.bmp", "one", "LYT") for number in range(count)]


def _prepared(sample, folder):
    return standardise(read_place(sample.place_in(folder)), SMALL, MARGIN)[0]


def test_that_data_sets_of_equal_names_and_sizes_beside_each_other_get_their_own_crops(tmp_path):
    keys = set()
    for name, first in (("north", 0), ("south", 10)):
        samples = _bitmaps(tmp_path / name, first)
        for image in (tmp_path / name).iterdir():
            os.utime(image, (1e9, 1e9))
        store = open_store(tmp_path / name, samples, SMALL, tmp_path / "cache")
        assert (store.crops[0] == _prepared(samples[0], tmp_path / name)).all()
        keys.add(store.key)
    assert len(keys) == 2


@pytest.mark.parametrize("boxes", [(None,), (Box(5, 5, 40, 40), Box(10, 10, 40, 40))])
def test_that_an_image_replaced_by_one_of_the_same_size_is_prepared_anew(tmp_path, boxes):
    (sample,) = _bitmaps(tmp_path, 0, 1)
    place = sample.place_in(tmp_path)
    cells = [replace(sample, file=f"{at}", place=replace(place, box=box)) for at, box in enumerate(boxes)]
    before = open_store(tmp_path, cells, SMALL, tmp_path / "cache")
    _bitmaps(tmp_path, 10, 1)
    os.utime(place.path, (2e9, 2e9))
    after = open_store(tmp_path, cells, SMALL, tmp_path / "cache")
    for cell, crop in zip(cells, after.crops, strict=True):
        assert (crop == _prepared(cell, tmp_path)).all()
    assert before.key != after.key


def _cut(path):
    path.write_bytes(path.read_bytes()[:-100])


def _empty(path):
    path.write_bytes(b"")


@pytest.mark.parametrize(
    ("ending", "harm"),
    [
        (".npy", _cut), (".npy", _empty), (".npy", Path.unlink),
        (".json", _cut), (".json", _empty), (".json", Path.unlink),
        (".json", lambda path: path.write_text("[]")),
        (".json", lambda path: path.write_text('{"samples": [["of other data"]], "problems": []}')),
        (".npy", lambda path: np.save(path, np.zeros((1, 42, 42, 3), np.uint8))),
    ],
)  # fmt: skip
def test_that_a_store_that_cannot_be_read_is_made_anew(tmp_path, ending, harm):
    samples, cache = _few(tmp_path), tmp_path / "cache"
    first = open_store(tmp_path, samples, SMALL, cache)
    names, crops = _made(cache), np.array(first.crops)
    harm(next(cache.glob(f"*{ending}")))
    again = open_store(tmp_path, samples, SMALL, cache)
    assert (again.crops == crops).all()
    assert again.samples == tuple(samples)
    assert _made(cache) == names


def test_that_what_a_kill_left_is_deleted_once_nobody_can_be_at_work_on_it(tmp_path):
    samples, cache = _few(tmp_path), tmp_path / "cache"
    open_store(tmp_path, samples, SMALL, cache)
    names = _made(cache)
    for name in ("crops-0123.abcd.new", ".crops-0123.json.abcd.new", "crops-4567.abcd.new"):
        (cache / name).write_bytes(b"half")
        if "0123" in name:
            os.utime(cache / name, (time.time() - 25 * 3600,) * 2)
    open_store(tmp_path, samples, SMALL, cache)
    assert _made(cache) == sorted([*names, "crops-4567.abcd.new"])


@pytest.mark.skipif(os.name != "posix", reason="the system does not tell what a file takes on the disk")
@pytest.mark.parametrize("asked", [True, False])
def test_that_the_store_has_its_place_on_the_disk_before_a_cell_is_prepared(tmp_path, monkeypatch, asked):
    samples, cache = _few(tmp_path, 40), tmp_path / "cache"
    if not asked:
        monkeypatch.delattr(os, "posix_fallocate", raising=False)
    taken = []

    def looked(place):
        (draft,) = cache.glob("*.new")
        found = draft.stat()
        taken.append((found.st_size, 512 * found.st_blocks))
        return read_place(place)

    monkeypatch.setattr("marrowdesk.training.dataset.read_place", looked)
    store = open_store(tmp_path, samples, SMALL, cache)
    assert len(taken) == 40
    assert all(size > 40 * 42 * 42 * 3 and blocks >= size for size, blocks in taken)
    assert (store.crops[39] == _prepared(samples[39], tmp_path)).all()


@pytest.mark.skipif(os.name != "posix", reason="the system does not limit the size of files")
def test_that_a_store_the_disk_has_no_room_for_is_told_with_what_it_takes(tmp_path):
    import resource

    samples, cache = _few(tmp_path, 40), tmp_path / "cache"
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(MarrowdeskError, match=r"crops-\w+\.npy could not be written") as caught:
            open_store(tmp_path, samples, SMALL, cache)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "It takes 0.2 MB: make room on the disk" in caught.value.hint
    assert _made(cache) == []


def test_that_a_folder_for_the_store_that_cannot_be_made_is_named(tmp_path):
    samples = _few(tmp_path)
    with pytest.raises(MarrowdeskError, match=r"0\.png.*could not be written: Not a directory") as caught:
        open_store(tmp_path, samples, SMALL, tmp_path / "0.png" / "cache")
    assert "Give a folder" in caught.value.hint


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

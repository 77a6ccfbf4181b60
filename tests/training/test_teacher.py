"""What the teacher's features are made into before a network follows them."""

from __future__ import annotations

import importlib.util
import os

import numpy as np
import pytest

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.inference.preprocess import Recipe
from marrowdesk.training.dataset import Sample, Store
from marrowdesk.training.teacher import find_teacher, levelled, teacher_features, whitened_targets


def test_that_what_tells_sources_apart_is_taken_away_and_classes_stay_apart():
    rng = np.random.default_rng(0)
    samples, rows = [], []
    for source, shift in (("a", 0.0), ("b", 8.0)):
        for code, place in (("LYT", 0), ("MON", 1)):
            for at in range(120):
                samples.append(Sample(f"{source}{code}{at}", source, code))
                row = rng.normal(0, 0.1, 4)
                row[place] += 3
                row[3] += shift
                rows.append(row)
    store = Store(tuple(samples), np.empty((0, 2, 2, 3), np.uint8), ())
    features = levelled(np.array(rows, np.float32), store)
    source = np.array([sample.source for sample in samples])
    code = np.array([sample.code for sample in samples])
    gap = features[source == "a"].mean(0) - features[source == "b"].mean(0)
    assert np.abs(gap).max() < 0.05
    assert features[code == "LYT"].mean(0)[0] - features[code == "MON"].mean(0)[0] > 2.5


def test_that_targets_have_unit_length_and_equal_spread():
    features = np.random.default_rng(0).normal(0, [5, 1, 0.2, 0.1], (400, 4)).astype(np.float32)
    targets = whitened_targets(features, 2)
    assert targets.shape == (400, 2)
    assert np.linalg.norm(targets, axis=1) == pytest.approx(np.ones(400), abs=1e-5)
    assert targets.std(0) == pytest.approx([0.7, 0.7], abs=0.05)


def test_that_a_missing_teacher_is_explained(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MarrowdeskError, match="not installed") as caught:
        find_teacher()
    assert "pip install" in caught.value.hint


@pytest.fixture
def asked(monkeypatch):
    """Give what the teacher is asked, which answers with chance and takes no time."""
    told = []

    def features(network, crops, recipe):
        told.append(network.name)
        return np.random.default_rng(len(told)).normal(size=(len(crops), 768)).astype(np.float32)

    monkeypatch.setattr("marrowdesk.training.teacher.load_teacher", lambda path: path)
    monkeypatch.setattr("marrowdesk.training.teacher._features", features)
    return told


def _store(key):
    return Store((Sample("1.bmp", "a", "LYT"),), np.empty((1, 2, 2, 3), np.uint8), (), key)


def test_that_features_are_kept_for_the_very_files_and_the_very_teacher(tmp_path, asked):
    files = [tmp_path / "one.onnx", tmp_path / "two.onnx"]
    for file in files:
        file.write_bytes(file.name.encode())
    first, replaced, other, again = (
        teacher_features(_store(key), Recipe(), file, tmp_path / "cache")
        for key, file in (("k", files[0]), ("l", files[0]), ("k", files[1]), ("k", files[0]))
    )
    assert asked == ["one.onnx", "one.onnx", "two.onnx"]
    assert (again == first).all()
    assert not (first == replaced).all()
    assert not (first == other).all()


def test_that_kept_features_that_are_cut_off_are_computed_anew(tmp_path, asked):
    (tmp_path / "one.onnx").write_bytes(b"weights")
    for length in (3000, 100, 3, 0):
        teacher_features(_store("k"), Recipe(), tmp_path / "one.onnx", tmp_path / "cache")
        (kept,) = (tmp_path / "cache").iterdir()
        kept.write_bytes(kept.read_bytes()[:length])
    last = teacher_features(_store("k"), Recipe(), tmp_path / "one.onnx", tmp_path / "cache")
    assert len(asked) == 5
    assert (np.load(kept) == last).all()


def test_that_features_that_cannot_be_written_leave_no_half_file(tmp_path, asked):
    (tmp_path / "one.onnx").write_bytes(b"weights")
    with pytest.raises(MarrowdeskError, match=r"teacher-\w+\.npy could not be written: Not a directory"):
        teacher_features(_store("k"), Recipe(), tmp_path / "one.onnx", tmp_path / "one.onnx" / "cache")


@pytest.mark.skipif(os.name != "posix", reason="the system does not limit the size of files")
def test_that_features_the_disk_has_no_room_for_leave_no_half_file(tmp_path, asked):
    import resource

    (tmp_path / "one.onnx").write_bytes(b"weights")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(MarrowdeskError, match=r"teacher-\w+\.npy could not be written"):
            teacher_features(_store("k"), Recipe(), tmp_path / "one.onnx", tmp_path / "cache")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list((tmp_path / "cache").iterdir()) == []

"""What the teacher's features are made into before a network follows them."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.training.dataset import Sample, Store
from marrowdesk.training.teacher import find_teacher, levelled, whitened_targets


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

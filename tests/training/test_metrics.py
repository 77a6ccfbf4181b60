"""Measures against values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.training.metrics import Judged, error_at, lineage_agreement, mean_recall, per_class, summarise

CODES = ("PMO", "MYB", "LYT")


def judged(said, true, sources=None, confidence=0.9):
    confidence = np.broadcast_to(confidence, len(said))
    odds = np.empty((len(said), 3), np.float32)
    for row, code, sure in zip(odds, said, confidence, strict=True):
        row[:] = (1 - sure) / 2
        row[CODES.index(code)] = sure
    doubt = np.zeros(len(said), np.float32)
    return Judged(CODES, odds, doubt, np.array(true), np.array(sources or ["a"] * len(said)))


def test_that_precision_recall_and_count_ratio_are_right():
    rows = per_class(judged(["PMO", "PMO", "PMO", "LYT"], ["PMO", "MYB", "LYT", "LYT"]))
    assert rows["PMO"] == pytest.approx(
        {"cells": 1, "precision": 1 / 3, "recall": 1.0, "F1": 0.5, "predicted/true": 3.0}
    )
    assert rows["MYB"]["precision"] == 0.0
    assert rows["LYT"]["recall"] == 0.5


def test_that_each_class_weighs_the_same_in_the_mean_recall():
    told = judged(["PMO"] * 9 + ["PMO"], ["PMO"] * 9 + ["LYT"])
    assert mean_recall(told) == 0.5


def test_that_a_wrong_stage_is_still_the_right_lineage():
    assert lineage_agreement(judged(["PMO", "LYT"], ["MYB", "MYB"])) == 0.5


def test_that_the_least_sure_cells_are_left_out_first():
    told = judged(["PMO", "LYT", "LYT", "LYT"], ["LYT"] * 4, confidence=[0.5, 0.9, 0.8, 0.7])
    assert (error_at(told, 1.0), error_at(told, 0.75)) == (0.25, 0.0)


def test_that_a_few_cells_of_a_class_known_from_elsewhere_are_told_apart():
    told = judged(
        ["PMO"] * 30 + ["LYT"] * 30 + ["PMO", "MYB"],
        ["PMO"] * 30 + ["LYT"] * 30 + ["MYB", "MYB"],
        ["a"] * 30 + ["b"] * 30 + ["b", "b"],
    )
    results = summarise(told, {("a", "PMO"), ("b", "LYT")})
    assert results["cells"] == 60
    assert results["accuracy"] == 1.0
    assert results["classes seen only in another source"]["MYB"] == {
        "cells": 2,
        "recall": 0.5,
        "proposed": "MYB 1, PMO 1",
    }
    assert results["by source"]["b"]["mean recall"] == 1.0


def test_that_labels_the_model_does_not_know_enter_nothing():
    results = summarise(judged(["PMO", "PMO", "LYT"], ["PMO", "PMO", "KSC"]), {("a", "PMO")})
    assert results["cells"] == 2
    assert results["accuracy"] == 1.0
    assert results["classes seen only in another source"] == {}


def test_that_a_split_of_another_data_set_is_refused():
    with pytest.raises(MarrowdeskError, match="None of the cells kept back"):
        summarise(judged(["PMO"], ["PMO"]), {("b", "PMO")})

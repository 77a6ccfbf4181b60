"""What is told of held-out cells, against values worked out by hand."""

from __future__ import annotations

import json

import numpy as np
import pytest

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.training.judged import Judged, write_cells
from marrowdesk.training.metrics import mean_recall, per_class, summarise

CODES = ("PMO", "MYB", "LYT")


def judged(said, true, sources=None, confidence=0.9, files=None):
    confidence = np.broadcast_to(confidence, len(said))
    odds = np.empty((len(said), 3), np.float32)
    for row, code, sure in zip(odds, said, confidence, strict=True):
        row[:] = (1 - sure) / 2
        row[CODES.index(code)] = sure
    doubt = np.zeros(len(said), np.float32)
    return Judged(CODES, odds, doubt, np.array(true), np.array(sources or ["a"] * len(said)), files)


def test_that_precision_recall_and_count_ratio_are_right():
    rows = per_class(judged(["PMO", "PMO", "PMO", "LYT"], ["PMO", "MYB", "LYT", "LYT"]))
    wanted = {"cells": 1, "precision": 1 / 3, "recall": 1.0, "F1": 0.5, "predicted/true": 3.0}
    assert {name: rows["PMO"][name] for name in wanted} == pytest.approx(wanted)
    assert rows["MYB"]["precision"] == 0.0
    assert rows["MYB"]["tolerant F1"] == 0.0  # never proposed, so without precision
    assert rows["LYT"]["recall"] == 0.5


def test_that_each_class_weighs_the_same_in_the_mean_recall():
    told = judged(["PMO"] * 9 + ["PMO"], ["PMO"] * 9 + ["LYT"])
    assert mean_recall(told) == 0.5


def test_that_a_wrong_stage_is_still_the_right_lineage():
    told = judged(["PMO", "LYT"], ["MYB", "MYB"])
    assert summarise(told, {("a", "MYB")})["right lineage"] == 0.5


def test_that_the_least_sure_cells_are_left_out_first():
    said, sure = ["PMO"] + ["LYT"] * 9, [0.5, 0.9, 0.8, 0.7, 0.71, 0.72, 0.73, 0.74, 0.75, 0.76]
    results = summarise(judged(said, ["LYT"] * 10, confidence=sure), {("a", "LYT")})
    assert (results["error at 100 % coverage"], results["error at 90 % coverage"]) == (0.1, 0.0)
    assert results["error at 90 % over 100 % coverage"] == 0.0
    assert results["area under risk-coverage curve"] == pytest.approx(0.1 / 10)


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
        "unfamiliar": 0.0,
        "proposed": "MYB 1, PMO 1",
    }
    assert results["by source"]["b"]["mean recall"] == 1.0
    assert results["classes without held-out cells"] == "MYB"


def test_that_a_source_the_training_knew_nothing_of_is_a_test_of_its_own():
    told = judged(["PMO", "LYT", "LYT", "PMO"], ["PMO", "LYT", "LYT", "LYT"], ["a", "a", "c", "c"])
    results = summarise(told, {("a", "PMO"), ("a", "LYT")})
    assert results["accuracy"] == 1.0
    assert results["sources never seen in training"]["c"]["mean recall"] == 0.5
    assert results["recall by class and source"]["LYT"] == {"a": 1.0, "c": 0.5}
    assert results["classes seen only in another source"] == {}


def test_that_labels_the_model_does_not_know_enter_no_mean_and_are_told():
    known = summarise(judged(["PMO", "PMO"], ["PMO", "PMO"]), {("a", "PMO"), ("a", "KSC")})
    assert "labels the model has no output for" not in known
    results = summarise(judged(["PMO", "PMO", "LYT"], ["PMO", "PMO", "KSC"]), {("a", "PMO"), ("a", "KSC")})
    assert (results["cells"], results["accuracy"], results["macro recall"]) == (2, 1.0, 1.0)
    assert results["labels the model has no output for"] == {
        "KSC": {"cells": 1, "unfamiliar": 0.0, "proposed": "LYT 1"}
    }


def test_that_whole_sources_kept_back_are_what_is_measured():
    for trained in ({("b", "PMO")}, set()):
        results = summarise(judged(["PMO", "PMO"], ["PMO", "LYT"]), trained)
        assert results["note"] == "The training saw no cell of these sources."
        assert results["by source"]["a"]["mean recall"] == 0.5
        assert "sources never seen in training" not in results


def test_that_cells_the_model_can_tell_nothing_of_are_refused():
    with pytest.raises(MarrowdeskError, match="None of the cells kept back") as caught:
        summarise(judged(["PMO"], ["KSC"]), {("b", "PMO")})
    assert "It knows PMO, MYB, LYT." in str(caught.value)
    with pytest.raises(MarrowdeskError, match="None of the cells kept back"):
        summarise(judged(["PMO"], ["PMO"]), {("a", "LYT")})


def test_that_the_intervals_hold_the_numbers_and_come_back_the_same():
    said = ["PMO"] * 40 + ["MYB"] * 30 + ["LYT"] * 30
    true = ["PMO"] * 30 + ["MYB"] * 35 + ["LYT"] * 35
    sources = ["a", "b"] * 50
    trained = {(source, code) for source in "ab" for code in CODES}
    told = judged(said, true, sources, confidence=np.linspace(0.95, 0.5, 100))
    results = summarise(told, trained)
    for name, row in results["intervals"].items():
        assert row["95 % from"] < row["value"] < row["95 % to"], name
        assert row["value"] == pytest.approx(results.get(name, row["value"])), name
    assert results["agreement"]["tolerant"]["macro recall"] == pytest.approx((1 + 1 + 30 / 35) / 3)
    assert results["by source"]["a"]["95 % from"] < results["by source"]["a"]["mean recall"]
    assert json.dumps(summarise(told, trained)) == json.dumps(results)


def test_that_a_list_of_cells_tells_file_label_and_proposal(tmp_path):
    told = judged(["PMO", "LYT"], ["PMO", "KSC"], files=np.array(["x/1.jpg", "x/2, b.jpg"]))
    write_cells(tmp_path / "cells.csv", told)
    assert (tmp_path / "cells.csv").read_text().splitlines() == [
        "file,source,label,proposal,probability,doubt",
        "x/1.jpg,a,PMO,PMO,0.9000,0.0000",
        '"x/2, b.jpg",a,KSC,LYT,0.9000,0.0000',
    ]

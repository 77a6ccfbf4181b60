"""Precision, recall and F1 against values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from marrowdesk.training.agreement import confusion, in_first_two, lineages, neighbours, scores

CODES = ("PMO", "MYB", "LYT")
# 10 promyelocytes, 4 myelocytes, 2 lymphocytes; rows are labels.
COUNTS = np.array([[6, 3, 1], [1, 2, 1], [0, 0, 2]])


def test_that_cells_are_counted_by_label_and_proposal():
    assert confusion(np.array([0, 0, 1, 2]), np.array([0, 1, 1, 0]), 3).tolist() == [
        [1, 1, 0],
        [0, 1, 0],
        [1, 0, 0],
    ]


def test_that_strict_scores_are_right():
    told = scores(COUNTS)
    assert told.precision == pytest.approx([6 / 7, 2 / 5, 2 / 4])
    assert told.recall == pytest.approx([0.6, 0.5, 1.0])
    assert told.f1 == pytest.approx([2 * 6 / 17, 2 * 2 / 9, 2 * 2 / 6])


def test_that_means_weigh_classes_alike_or_by_their_cells():
    told = scores(COUNTS).means()
    assert told["macro recall"] == pytest.approx((0.6 + 0.5 + 1.0) / 3)
    assert told["weighted recall"] == pytest.approx(10 / 16)
    assert told["weighted precision"] == pytest.approx((10 * 6 / 7 + 4 * 2 / 5 + 2 * 2 / 4) / 16)


def test_that_small_classes_are_left_out_of_the_second_mean():
    told = scores(COUNTS).means(fewest=4)
    assert told["macro recall"] == pytest.approx((0.6 + 0.5) / 2)
    assert told["weighted F1"] == pytest.approx((10 * 12 / 17 + 4 * 4 / 9) / 14)
    assert np.isnan(scores(COUNTS).means(fewest=11)["macro F1"])


def test_that_a_class_without_cells_enters_no_mean():
    counts = np.array([[3, 1, 0], [0, 0, 0], [0, 0, 2]])
    assert scores(counts).means()["macro recall"] == pytest.approx((0.75 + 1) / 2)


def test_that_a_neighbouring_stage_counts_as_right_in_the_tolerant_reading():
    told = scores(COUNTS, neighbours(CODES))
    assert told.recall == pytest.approx([0.9, 0.75, 1.0])
    assert told.precision == pytest.approx([7 / 7, 5 / 5, 2 / 4])


def test_that_neighbours_are_one_step_of_maturation_apart():
    codes = ("BLA", "PMO", "MYB", "NGB", "NGS", "MON", "EOS", "ABE", "PEB", "EBO", "LYT", "LYI", "HAC", "NIF")
    table = neighbours(codes)
    pairs = {(codes[a], codes[b]) for a, b in zip(*np.nonzero(table), strict=True) if a < b}
    assert pairs == {
        ("BLA", "PMO"), ("PMO", "MYB"), ("NGB", "NGS"), ("PEB", "EBO"), ("LYT", "LYI"), ("LYT", "HAC"),
    }  # fmt: skip
    assert (table == table.T).all()
    assert table.diagonal().all()


def test_that_classes_of_a_lineage_are_joined():
    names, join = lineages(CODES)
    assert names == ["neutrophilic", "lymphoid"]
    assert (join.T @ COUNTS @ join).tolist() == [[12, 2], [0, 2]]


def test_that_a_class_outside_of_the_scheme_stands_for_itself():
    assert lineages(("PMO", "X1"))[0] == ["neutrophilic", "X1"]


def test_that_the_classes_of_blood_have_their_lineages_and_steps():
    codes = ("NEU", "IGR", "NRB", "BLA")
    assert lineages(codes)[0] == ["neutrophilic", "erythroid", "blast"]
    assert neighbours(codes).sum(1).tolist() == [2, 3, 1, 2]


def test_that_the_second_proposal_counts_and_the_third_does_not():
    odds = np.array([[0.5, 0.3, 0.2], [0.5, 0.3, 0.2], [0.5, 0.3, 0.2]])
    assert in_first_two(odds, np.array([0, 1, 2])).tolist() == [True, True, False]


def test_that_many_draws_are_measured_at_once():
    stacked = scores(np.stack([COUNTS, COUNTS[::-1, ::-1]])).means()
    assert stacked["macro F1"] == pytest.approx([scores(COUNTS).means()["macro F1"]] * 2)

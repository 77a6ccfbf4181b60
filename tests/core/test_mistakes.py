"""A mistake costs more between lineages than between stages, and most where it moves a threshold."""

from __future__ import annotations

import numpy as np
import pytest

from marrowdesk.core.mistakes import cost_matrix, expected_costs, stakes
from marrowdesk.core.taxonomy import MARROW

CODES = ("BLA", "PMO", "NGB", "NGS", "LYT", "PLM", "HAC", "ART", "OWN")


def _of(table, one, other):
    return float(table[CODES.index(one), CODES.index(other)])


def test_that_what_is_at_stake_is_the_same_both_ways_and_nothing_on_the_diagonal():
    factors = stakes(CODES)
    assert (factors == factors.T).all()
    assert (np.diag(factors) == 1).all()
    assert _of(factors, "BLA", "LYT") == _of(factors, "PMO", "BLA") == 2.0
    assert _of(factors, "BLA", "ART") == 1.0
    assert _of(factors, "PLM", "LYT") == _of(factors, "LYT", "HAC") == 1.5
    assert _of(factors, "NGB", "NGS") == 1.0


def test_that_a_class_the_scheme_does_not_know_costs_as_much_as_another_lineage():
    assert _of(cost_matrix(CODES), "OWN", "LYT") == 1.0
    assert _of(stakes(CODES), "OWN", "BLA") == 1.0


def test_that_a_blast_taken_for_a_lymphocyte_comes_before_a_band_taken_for_a_segmented_cell():
    odds = np.zeros((4, len(CODES)), np.float32)
    for row, (proposed, other, share) in enumerate(
        (("LYT", "BLA", 0.2), ("NGS", "NGB", 0.45), ("LYT", "PLM", 0.2), ("LYT", "LYT", 0.0))
    ):
        odds[row, CODES.index(proposed)] = 1 - share
        odds[row, CODES.index(other)] += share
    costs = expected_costs(odds, CODES, MARROW)
    assert costs.tolist() == pytest.approx([0.4, 0.1125, 0.3, 0.0])

"""The adjusted count is nearer to the truth than the proposals, and its intervals hold as they should."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from test_outlook import CODES, slide

from marrowdesk.core.adjusted import adjusted, mistakes_known
from marrowdesk.core.cell import Cell, Place, Prediction, Review, Verdict
from marrowdesk.core.intervals import clopper_pearson
from marrowdesk.core.outlook import Evidence
from marrowdesk.core.taxonomy import MARROW

COUNTED = CODES[:8]
SLIDES = 120


def true_percent(truth, code):
    counted = truth[truth < CODES.index("ART")]
    return 100 * float((counted == CODES.index(code)).mean())


def proposed_percent(evidence, code):
    """Count reviewed cells as they are and the others as proposed, as the count on the screen does."""
    counts = np.bincount(evidence.probabilities.argmax(1), minlength=len(CODES))
    counts += [evidence.reviewed.get(each, 0) for each in CODES]
    return 100 * counts[CODES.index(code)] / counts[: len(COUNTED)].sum()


@pytest.mark.parametrize("reviewed", [0, 80])
def test_that_it_is_nearer_to_the_truth_than_the_proposals(reviewed):
    rng = np.random.default_rng(41 + reviewed)
    errors = []
    for _ in range(SLIDES):
        evidence, truth, _ = slide(rng, 300, float(rng.uniform(0, 0.3)), reviewed, apart=2.2)
        found = adjusted(evidence, MARROW)
        for code in COUNTED:
            true = true_percent(truth, code)
            errors.append((found.of([code]).percent - true, proposed_percent(evidence, code) - true))
    ours, theirs = np.sqrt(np.mean(np.square(errors), axis=0))
    assert ours < 0.9 * theirs
    assert abs(np.mean(errors, axis=0)[0]) < 0.2


def test_that_the_intervals_hold_the_share_in_the_patient_as_often_as_they_say():
    rng = np.random.default_rng(7)
    held = []
    for _ in range(SLIDES):
        evidence, _, shares = slide(rng, 200, float(rng.uniform(0, 0.3)), 40, apart=2.6)
        found = adjusted(evidence, MARROW)
        whole = shares[: len(COUNTED)].sum()
        for at, code in enumerate(COUNTED):
            estimate = found.of([code])
            held.append(estimate.low <= 100 * shares[at] / whole <= estimate.high)
    assert 0.92 <= np.mean(held) <= 0.99


def test_that_reviewed_cells_count_as_they_are():
    rng = np.random.default_rng(3)
    evidence, truth, _ = slide(rng, 300, 0.2, reviewed=300)
    found = adjusted(evidence, MARROW)
    for code in COUNTED:
        assert found.of([code]).percent == pytest.approx(true_percent(truth, code))
        low, high = clopper_pearson(evidence.reviewed[code], sum(evidence.reviewed[each] for each in COUNTED))
        assert (found.of([code]).low, found.of([code]).high) == pytest.approx((100 * low, 100 * high))


def test_that_shares_of_all_classes_add_up_and_a_class_taken_out_leaves_the_rest():
    evidence, _, _ = slide(np.random.default_rng(5), 300, 0.1, 30)
    found = adjusted(evidence, MARROW)
    assert sum(found.of([code]).percent for code in MARROW.codes if MARROW[code].counted) == pytest.approx(
        100
    )
    white = found.without(["EBO"])
    assert white.of(["EBO"]).count == 0
    assert white.of(COUNTED).percent == pytest.approx(100)
    assert white.of(["BLA"]).percent > found.of(["BLA"]).percent


def test_that_the_same_evidence_gives_the_same_estimate():
    evidence, _, _ = slide(np.random.default_rng(6), 200, 0.1)
    assert adjusted(evidence, MARROW).of(["BLA"]) == adjusted(evidence, MARROW).of(["BLA"])


def test_that_a_count_without_cells_has_no_estimate():
    nothing = Evidence(CODES, np.empty(0, int), np.empty((0, len(CODES))), np.empty(0, bool), {})
    assert adjusted(nothing, MARROW).of(["BLA"]) is None


def _cell(number, model, reviewed=False):
    proposal = None if model is None else Prediction(model, ("BLA", "LYT"), np.array([0.4, 0.6], np.float32))
    decision = Review(Verdict.CONFIRMED, "LYT", "ab", datetime.now(UTC)) if reviewed else None
    return Cell(number, 1, Place(Path("a.png")), proposal, decision)


@pytest.mark.parametrize(
    ("models", "known"),
    [
        (["a"], True),
        (["a", "b"], False),  # one of them was never measured
        (["b"], False),
        ([None], False),  # nothing was proposed
        ([], False),  # nothing is left to adjust
    ],
)
def test_that_mistakes_are_known_where_one_measured_model_proposed_all_open_cells(models, known):
    open_cells = [_cell(at, model) for at, model in enumerate(models)]
    assert mistakes_known([_cell(99, "b", reviewed=True), *open_cells], {"a"}) == known

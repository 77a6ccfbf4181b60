"""What is said of the cells not reviewed is right as often as it says, on slides whose truth is known."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from marrowdesk.core.cell import Cell, Place, Prediction, Review, Verdict
from marrowdesk.core.counting import Threshold, thresholds
from marrowdesk.core.intervals import clopper_pearson
from marrowdesk.core.outlook import SIDES, Evidence, _sides, evidence_of, outlooks
from marrowdesk.core.taxonomy import MARROW

CODES = ("BLA", "PMO", "MYB", "NGS", "EOS", "MON", "EBO", "LYT", "ART", "NIF")
USUAL = np.array([0.02, 0.05, 0.10, 0.30, 0.03, 0.03, 0.22, 0.12, 0.08, 0.05])
_LIKE = {
    ("BLA", "PMO"): 0.65,
    ("BLA", "LYT"): 0.6,
    ("BLA", "MON"): 0.55,
    ("PMO", "MYB"): 0.6,
    ("NIF", "ART"): 0.6,
}
TWENTY = Threshold("blasts", ("BLA",), 20.0, "WHO")


def _means(apart: float = 3.4) -> np.ndarray:
    """Place the classes so that classes that look alike lie close; (K, K)."""
    means = np.eye(len(CODES)) * apart
    for (one, other), share in _LIKE.items():
        a, b = CODES.index(one), CODES.index(other)
        means[a, b] = means[b, a] = apart * share * 0.5
    return means


def slide(rng, cells: int, blasts: float, reviewed: int = 0, apart: float = 3.4):
    """Draw a slide whose classifier is calibrated for equally frequent classes.

    Returns:
        The evidence with the least certain cells reviewed, the true classes of all cells, and true shares.
    """
    shares = rng.dirichlet(60 * np.delete(USUAL, 0)) * (1 - blasts)
    shares = np.concatenate([[blasts], shares])
    truth = rng.choice(len(CODES), cells, p=shares)
    means = _means(apart)
    seen = means[truth] + rng.normal(size=(cells, len(CODES)))
    logits = seen @ means.T - (means**2).sum(1) / 2
    odds = np.exp(logits - logits.max(1, keepdims=True))
    odds /= odds.sum(1, keepdims=True)
    order = np.argsort(odds.max(1))
    done, left = order[:reviewed], order[reviewed:]
    counts = {
        CODES[at]: int(number) for at, number in enumerate(np.bincount(truth[done], minlength=len(CODES)))
    }
    evidence = Evidence(CODES, left, odds[left], np.zeros(len(left), bool), counts)
    return evidence, truth, shares


def true_side(truth, percent=20.0) -> str:
    counted = int((truth < CODES.index("ART")).sum())
    low, high = clopper_pearson(int((truth == 0).sum()), counted)
    return "below" if 100 * high < percent else "above" if 100 * low >= percent else "crosses"


def test_that_the_side_of_a_count_is_that_of_its_exact_interval():
    for total in (7, 100, 513):
        count = np.arange(total + 1)
        told = [SIDES[at] for at in _sides(count, np.full(total + 1, total), 20.0, 0.95)]
        for each in count.tolist():
            low, high = clopper_pearson(each, total)
            wanted = "below" if 100 * high < 20 else "above" if 100 * low >= 20 else "crosses"
            assert told[each] == wanted, (each, total)


def test_that_a_count_far_from_the_threshold_is_settled_before_any_review():
    evidence, _, _ = slide(np.random.default_rng(1), 400, 0.02)
    (outlook,) = outlooks(evidence, MARROW, [TWENTY])
    assert outlook.settled
    assert outlook.side == "below"
    assert outlook.decisive == ()


def test_that_all_cells_reviewed_leave_nothing_open():
    rng = np.random.default_rng(2)
    evidence, truth, _ = slide(rng, 300, 0.2, reviewed=300)
    (outlook,) = outlooks(evidence, MARROW, [TWENTY])
    assert outlook.sure == 1.0
    assert outlook.side == true_side(truth)
    low, high = clopper_pearson(evidence.reviewed["BLA"], int((truth < CODES.index("ART")).sum()))
    assert (outlook.low, outlook.high) == pytest.approx((100 * low, 100 * high))


def test_that_the_review_of_the_decisive_cells_settles_what_was_open():
    settled = opened = shorter = 0
    for seed in range(30):
        rng = np.random.default_rng(100 + seed)
        evidence, truth, _ = slide(rng, 400, float(rng.choice([0.16, 0.24])), apart=2.6)
        (before,) = outlooks(evidence, MARROW, [TWENTY])
        if before.settled:
            continue
        opened += 1
        assert set(before.decisive) <= set(evidence.ids.tolist())
        shorter += len(before.decisive) < len(evidence.ids) / 2
        named = np.isin(evidence.ids, before.decisive)
        found = np.bincount(truth[evidence.ids[named]], minlength=len(CODES))
        after = Evidence(
            CODES, evidence.ids[~named], evidence.probabilities[~named], evidence.unfamiliar[~named],
            {code: int(number) for code, number in zip(CODES, found, strict=True)},
        )  # fmt: skip
        settled += outlooks(after, MARROW, [TWENTY])[0].sure >= 0.9
    assert opened >= 8
    assert settled >= 0.75 * opened
    assert shorter >= 0.8 * opened


def test_that_a_class_the_classifier_does_not_know_is_never_called_settled():
    evidence, _, _ = slide(np.random.default_rng(3), 300, 0.02)
    blasts, plasma = outlooks(evidence, MARROW, [TWENTY, thresholds()[-1]])
    assert blasts.known
    assert not plasma.known
    assert not plasma.settled
    assert plasma.decisive == ()


def test_that_unfamiliar_cells_leave_the_side_more_open():
    evidence, _, _ = slide(np.random.default_rng(4), 400, 0.13)
    (sure,) = outlooks(evidence, MARROW, [TWENTY])
    strange = np.arange(len(evidence.ids)) % 3 == 0
    doubtful = Evidence(CODES, evidence.ids, evidence.probabilities, strange, evidence.reviewed)
    (less,) = outlooks(doubtful, MARROW, [TWENTY])
    assert less.high - less.low > sure.high - sure.low


def test_that_the_same_evidence_gives_the_same_result_and_no_cells_give_none():
    evidence, _, _ = slide(np.random.default_rng(5), 200, 0.18)
    assert outlooks(evidence, MARROW, thresholds()) == outlooks(evidence, MARROW, thresholds())
    nothing = Evidence(CODES, np.zeros(0, int), np.zeros((0, len(CODES))), np.zeros(0, bool), {})
    assert outlooks(nothing, MARROW, [TWENTY]) == ()


def _cell(number, code=None, odds=None, codes=CODES, doubt=0.1):
    at = datetime(2026, 1, 1, tzinfo=UTC)
    review = None if code is None else Review(Verdict.ASSIGNED, code, "AB", at)
    proposal = None if odds is None else Prediction("0" * 64, codes, np.float32(odds), doubt)
    return Cell(number, 1, Place(Path(f"{number}.png")), proposal, review)


def test_that_evidence_is_gathered_from_the_cells_of_a_case():
    odds, excluded = (
        np.eye(len(CODES))[0],
        Review(Verdict.EXCLUDED, None, "AB", datetime(2026, 1, 1, tzinfo=UTC)),
    )
    cells = [
        _cell(1, "PLM", odds),
        _cell(2, None, odds),
        _cell(3, None, odds, doubt=1.4),
        _cell(4),
        _cell(5, None, [0.5, 0.5], codes=("BLA", "LYT")),
        _cell(6, None, odds).with_review(excluded),
        _cell(7, None, odds),
    ]
    evidence = evidence_of(cells)
    assert evidence.codes == CODES
    assert evidence.ids.tolist() == [2, 3, 4, 5, 7]
    assert evidence.unfamiliar.tolist() == [False, True, True, True, False]
    assert evidence.reviewed == {"PLM": 1}


def test_that_a_case_without_proposals_has_no_outlook_and_one_fully_reviewed_has():
    assert outlooks(evidence_of([_cell(1), _cell(2)]), MARROW, [TWENTY]) == ()
    cells = [_cell(number, "BLA" if number % 2 else "NGS") for number in range(100)]
    (outlook,) = outlooks(evidence_of(cells), MARROW, [TWENTY])
    assert (outlook.side, outlook.sure, outlook.known) == ("above", 1.0, True)
    assert outlook.low < 50 < outlook.high


@pytest.mark.slow
def test_that_on_simulated_slides_the_stated_confidence_holds():
    """The claims hold as often as they say, over slides of all shares of blasts, half of them reviewed."""
    rng, slides = np.random.default_rng(6), 600
    right = said = covered = 0
    for _ in range(slides):
        blasts = float(rng.uniform(0, 0.4))
        evidence, truth, shares = slide(rng, 200, blasts, reviewed=int(rng.choice([0, 60])), apart=2.6)
        (outlook,) = outlooks(evidence, MARROW, [TWENTY], seed=int(rng.integers(1 << 30)))
        counted = shares[: CODES.index("ART")].sum()
        covered += outlook.low <= 100 * blasts / counted <= outlook.high
        if outlook.settled:
            said += 1
            right += outlook.side == true_side(truth)
    assert covered >= 0.93 * slides
    assert said > 0.4 * slides
    assert right >= 0.95 * said

"""A case counted with fewer classes: its proposals stand under them, and come back with the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from case_samples import case_of, decide

from marrowdesk.core.shipped_schemes import BLOOD_FIVE
from marrowdesk.core.taxonomy import MARROW
from marrowdesk.store.casefile import CaseFile
from marrowdesk.store.errors import CaseRecordRefused
from marrowdesk.store.values import ModelInfo, StoredPrediction

if TYPE_CHECKING:
    from pathlib import Path

WIDE = ModelInfo("ef" * 32, "wide model", "1.0", ("BLA", "NGB", "NGS"))


@pytest.fixture
def case(tmp_path: Path):
    with case_of(tmp_path / "sample.mdcase", 2) as opened:
        opened.add_model(WIDE)
        maps = np.stack([np.full((2, 2), value, np.float32) for value in (0, 2, 6)])
        odds = np.array([0.4, 0.3, 0.3], np.float32)
        opened.add_predictions(WIDE.sha256, [StoredPrediction(1, odds, 0.25, maps, (0, 0, 9, 9), odds)])
        yield opened


def test_that_proposals_and_maps_stand_under_the_classes_of_the_scheme(case):
    assert case.cells()[0].code == "BLA"
    case.set_scheme(BLOOD_FIVE)
    first = case.cells()[0]
    assert (first.code, first.prediction.codes) == ("NEU", ("BLA", "NEU"))
    assert first.prediction.probabilities.tolist() == pytest.approx([0.4, 0.6])
    attention = case.attention(1)
    assert attention.codes == ("BLA", "NEU")
    assert attention.maps[1] == pytest.approx(np.full((2, 2), 4.0), abs=0.05)


def test_that_nothing_of_the_proposal_is_lost_on_the_way_back(case):
    before = case.cells()[0].prediction
    case.set_scheme(BLOOD_FIVE)
    case.set_scheme(MARROW)
    after = case.cells()[0].prediction
    assert after.codes == before.codes
    np.testing.assert_array_equal(after.probabilities, before.probabilities)


def test_that_an_earlier_moment_is_shown_with_the_classes_of_then(case):
    case.sign("Ann", "{}")
    moment = case.signed.moment
    case.reopen("Ann", "other classes")
    case.set_scheme(BLOOD_FIVE)
    assert case.cells()[0].code == "NEU"
    assert case.cells(moment)[0].code == "BLA"


def test_that_a_decision_is_never_put_under_another_class(case):
    decide(case, case.cells()[:1], "NGB")
    with pytest.raises(CaseRecordRefused, match="gave cells the class NGB"):
        case.set_scheme(BLOOD_FIVE)
    assert case.scheme == MARROW


def test_that_the_classes_are_there_when_the_case_is_opened_again(case):
    case.set_scheme(BLOOD_FIVE)
    case.close()
    with CaseFile.open(case.path) as again:
        assert again.scheme == BLOOD_FIVE
        assert again.cells()[0].code == "NEU"

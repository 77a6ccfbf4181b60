"""What a model says about a cell comes out of a case again: proposals, maps, embeddings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from case_samples import MODEL, case_of, proposal

from marrowdesk.store.casefile import CaseFile
from marrowdesk.store.errors import CaseRecordRefused
from marrowdesk.store.values import ModelInfo

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sample.mdcase"


def test_that_the_latest_proposal_stands_and_shares_its_codes(path):
    other = ModelInfo("cd" * 32, "later model", "2.0", ("NGS", "BLA"))
    with case_of(path, 3) as case:
        case.add_predictions(MODEL.sha256, [proposal(1, "LYT"), proposal(2, "NGS")])
        case.add_model(other)
        later = replace(proposal(2), probabilities=np.array([0.25, 0.75]), doubt=float("nan"))
        case.add_predictions(other.sha256, [later])
        assert case.models() == [MODEL, other]
    with CaseFile.open(path) as case:
        first, second, third = case.cells()
    assert (first.prediction.code, first.prediction.model) == ("LYT", MODEL.sha256)
    assert first.prediction.doubt == 0.25
    assert (second.prediction.code, second.prediction.model) == ("BLA", other.sha256)
    assert np.isnan(second.prediction.doubt)
    assert not second.prediction.unfamiliar
    assert second.prediction.probabilities.dtype == np.float32
    assert second.prediction.probabilities.tolist() == [0.25, 0.75]
    assert third.prediction is None


def test_that_predictions_of_one_model_share_one_codes_tuple(path):
    with case_of(path, 40) as case:
        case.add_predictions(MODEL.sha256, [proposal(number) for number in range(1, 41)])
        cells = case.cells()
    assert len({id(cell.prediction.codes) for cell in cells}) == 1
    assert not any(cell.prediction.probabilities.flags.writeable for cell in cells)


def test_that_a_model_known_already_stays_as_it_is(path):
    with case_of(path, 1) as case:
        case.add_model(replace(MODEL, name="renamed"))
        assert case.models() == [MODEL]


def test_that_maps_window_and_embedding_come_back_nearly_exact(path):
    given = proposal(2, features=True)
    with case_of(path, 2) as case:
        case.add_predictions(MODEL.sha256, [proposal(1), given])
    with CaseFile.open(path) as case:
        assert case.attention(1) is None
        assert case.embedding(1) is None
        attention, embedding = case.attention(2), case.embedding(2)
    assert attention.codes == MODEL.codes
    assert attention.window == given.window
    assert attention.maps.dtype == np.float32
    for stored, real in zip(attention.maps, given.maps, strict=True):
        np.testing.assert_allclose(stored, real, atol=np.ptp(real) / 509)
    assert embedding.dtype == np.float32
    np.testing.assert_allclose(embedding, given.embedding, rtol=1e-3)


def test_that_a_flat_map_and_an_embedding_of_zeros_come_back(path):
    flat = replace(
        proposal(1), maps=np.full((3, 2, 5), -1.5, np.float32), embedding=np.zeros(4, np.float32), window=None
    )
    with case_of(path, 1) as case:
        case.add_predictions(MODEL.sha256, [flat])
        attention = case.attention(1)
        np.testing.assert_array_equal(attention.maps, flat.maps)
        assert attention.window is None
        assert case.embedding(1).tolist() == [0, 0, 0, 0]


def test_that_maps_of_an_older_proposal_are_not_shown_for_the_new_one(path):
    with case_of(path, 1) as case:
        case.add_predictions(MODEL.sha256, [proposal(1, features=True)])
        case.add_predictions(MODEL.sha256, [proposal(1, "BLA")])
        assert case.attention(1) is None
        assert case.embedding(1) is None
        assert case.cells()[0].prediction.code == "BLA"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"probabilities": np.ones(2, np.float32)}, "2,.* for 3 classes"),
        ({"probabilities": np.array([0.5, np.nan, 0.5])}, "probabilities .* not finite"),
        ({"maps": np.zeros((2, 4, 4), np.float32)}, "maps of shape"),
        ({"maps": np.full((3, 4, 4), np.inf, np.float32)}, "maps .* not finite"),
        ({"embedding": np.array([np.nan])}, "embedding .* not finite"),
    ],
)
def test_that_a_malformed_prediction_is_refused(path, wrong, message):
    with case_of(path, 1) as case:
        with pytest.raises(ValueError, match=message):
            case.add_predictions(MODEL.sha256, [replace(proposal(1), **wrong)])
        assert case.cells()[0].prediction is None


def test_that_predictions_of_unknown_models_and_cells_are_refused(path):
    with case_of(path, 1) as case:
        with pytest.raises(CaseRecordRefused, match="not known"):
            case.add_predictions("ef" * 32, [proposal(1)])
        with pytest.raises(CaseRecordRefused):
            case.add_predictions(MODEL.sha256, [proposal(1), proposal(2)])
        assert case.cells()[0].prediction is None
        case.add_predictions(MODEL.sha256, [proposal(1)])
        assert case.cells()[0].prediction.code == "LYT"

"""A training that starts from a bundle's weights."""

from __future__ import annotations

import pytest
from small_run import small_plan
from tiny_bundle import make_tiny_bundle

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.inference.bundle import load_tensors
from marrowdesk.training.start import start_state

PLAN = {"architecture": "regnetx_002", "codes": ("BLA", "LYT", "HAC")}


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    return make_tiny_bundle(tmp_path_factory.mktemp("models") / "tiny", codes=("LYT", "ART", "BLA"))


def test_that_the_body_is_the_bundles_and_known_classes_keep_their_rows(bundle):
    state, kept = start_state(bundle, small_plan(**PLAN)), load_tensors(bundle)
    assert state["stem.conv.weight"].numpy() == pytest.approx(kept["network.stem.conv.weight"])
    assert state["s1.b1.conv1.bn.running_var"].numpy() == pytest.approx(
        kept["network.s1.b1.conv1.bn.running_var"]
    )
    head = kept["network.head.fc.weight"]
    assert state["head.fc.weight"][0].numpy() == pytest.approx(head[2])
    assert state["head.fc.weight"][1].numpy() == pytest.approx(head[0])
    assert state["head.fc.bias"][1].numpy() == pytest.approx(kept["network.head.fc.bias"][0])


def test_that_a_class_the_bundle_does_not_predict_starts_from_chance(bundle):
    state, head = start_state(bundle, small_plan(**PLAN)), load_tensors(bundle)["network.head.fc.weight"]
    assert state["head.fc.weight"].shape == (3, head.shape[1])
    assert all(abs(state["head.fc.weight"][2].numpy() - row).max() > 0.01 for row in head)


@pytest.mark.parametrize(
    "other", [{"architecture": "regnetx_004"}, {"options": {"se_ratio": 0.25}}, {"attention": "eca"}]
)
def test_that_another_network_is_refused_by_name(bundle, other):
    with pytest.raises(MarrowdeskError, match=r"holds a regnetx_002 \{\}, not a regnetx_00"):
        start_state(bundle, small_plan(**{**PLAN, **other}))

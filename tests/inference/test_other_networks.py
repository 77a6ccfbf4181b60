"""The engine runs bundles of other networks than the shipped one: Swin, ResNeXt with attention and more."""

from __future__ import annotations

import numpy as np
import pytest
from painted import painted_cell
from small_networks import SMALL
from tiny_bundle import make_tiny_bundle

from marrowdesk.inference.bundle import load_tensors, write_card
from marrowdesk.inference.card import Architecture
from marrowdesk.inference.maps import placing
from marrowdesk.inference.network import as_input, build
from marrowdesk.inference.preprocess import Recipe, prepare
from marrowdesk.inference.torch_engine import TorchEngine, load_engine

CASES = {name: Architecture(name=timm, options=options) for name, (timm, options) in SMALL.items()}
CASES["cbam"] = CASES["regnetx_032"].model_copy(update={"attention": "cbam"})
CASES["resnext50"] = CASES["resnext50"].model_copy(update={"attention": "triplet"})
CASES["convnext"] = Architecture(name="convnext_atto", options={"depths": [1, 1, 1, 1]})
OFFSETS = {"swinv2_tiny": 0.0, "convnext": 0.0, "densenet121": 1.5}


@pytest.fixture(scope="module")
def images():
    return [painted_cell(150, 60, seed=1), painted_cell(120, 40, background=(250, 220, 190), seed=2)]


@pytest.fixture(scope="module", params=CASES)
def case(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("bundle") / request.param
    return request.param, make_tiny_bundle(folder, architecture=CASES[request.param])


def plain_network(bundle):
    """The network as it was exported, nothing folded, weights rounded as in the file."""
    import torch

    card = bundle.card.architecture
    network = build(card.name, card.options, len(bundle.codes), card.attention)
    tensors = load_tensors(bundle)
    state = network.state_dict()
    for name in state:
        if not name.endswith("num_batches_tracked"):
            state[name] = torch.from_numpy(tensors[f"network.{name}"]).float()
    network.load_state_dict(state)
    return network.eval()


def test_that_the_engine_gives_what_the_network_gives_with_a_map_of_every_class(case, images):
    import torch

    name, bundle = case
    card = bundle.card
    assert card.architecture.map_offset == OFFSETS.get(name, 15.5)
    batch = TorchEngine(bundle, "cpu", "float32").predict(images)
    crops = np.stack([prepare(image, Recipe(side=64))[0] for image in images])
    pixels = as_input(crops, card.preprocessing.mean, card.preprocessing.std)
    network = plain_network(bundle).double()
    features = network.forward_features(pixels.double()).detach().requires_grad_()
    logits = network.forward_head(features)
    # With random weights these networks blow rounding up: float32 lies up to 0.0011 from float64, by threads.
    assert batch.probabilities == pytest.approx(logits.softmax(1).detach().numpy(), abs=3e-3)
    assert np.abs(batch.probabilities[0] - batch.probabilities[1]).max() > 0.01
    place = placing(2, 64, card.architecture.map_offset)
    for at in (0, 4):
        (gradient,) = torch.autograd.grad(logits[:, at].sum(), features, retain_graph=True)
        rows = (1, 2) if name == "swinv2_tiny" else (2, 3)
        cam = (gradient.mean(rows, keepdim=True) * features).sum(({1, 2, 3} - set(rows)).pop()) * 4
        if name != "convnext":
            wanted = place @ cam.detach().numpy() @ place.T
            assert batch.maps[:, at] == pytest.approx(wanted, rel=5e-3, abs=2e-2)
    assert np.isfinite(batch.maps).all()
    assert np.isfinite(batch.doubt).all()


def test_that_swin_gives_nearly_the_same_in_half_precision(tmp_path, images):
    bundle = make_tiny_bundle(tmp_path / "swin", architecture=CASES["swinv2_tiny"])
    exact = TorchEngine(bundle, "cpu", "float32").predict(images)
    rough = TorchEngine(bundle, "cpu", "bfloat16").predict(images)
    assert rough.probabilities == pytest.approx(exact.probabilities, abs=0.1)


def test_that_a_bundle_never_asks_for_weights_of_elsewhere(tmp_path, images):
    bundle = make_tiny_bundle(tmp_path / "tiny")
    wanted = load_engine(bundle).predict(images).probabilities
    fetched = bundle.card.architecture.model_copy(update={"options": {"pretrained": True}})
    write_card(bundle.path, bundle.card.model_copy(update={"architecture": fetched}))
    assert load_engine(bundle.path).predict(images).probabilities == pytest.approx(wanted, abs=1e-6)

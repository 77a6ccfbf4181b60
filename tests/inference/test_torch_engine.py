"""The engine gives calibrated probabilities, doubt and activation maps in one forward pass."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import numpy as np
import pytest
from painted import painted_cell
from tiny_bundle import make_tiny_bundle

from marrowdesk.core.errors import BundleError
from marrowdesk.inference.bundle import load_tensors, write_card
from marrowdesk.inference.torch_engine import TorchEngine, load_engine


@pytest.fixture(scope="module")
def images():
    backgrounds = ((230, 225, 235), (250, 220, 190), (150, 150, 155))
    return [
        painted_cell(side, nucleus, background=background, seed=seed)
        for seed, (side, nucleus, background) in enumerate(
            zip((250, 180, 300, 120), (70, 60, 50, 44), (*backgrounds, backgrounds[0]), strict=True)
        )
    ]


def _plain_network(bundle):
    """Build the bundle's network straight from its weights, nothing folded."""
    import timm
    import torch

    network = timm.create_model(bundle.card.architecture.name, num_classes=len(bundle.codes))
    tensors = load_tensors(bundle)
    state = {name: torch.from_numpy(tensors[f"network.{name}"]).float() for name in network.state_dict()
             if not name.endswith("num_batches_tracked")}  # fmt: skip
    network.load_state_dict(state, strict=False)
    return network.eval()


def _pixels(bundle, images):
    from marrowdesk.inference.network import as_input
    from marrowdesk.inference.preprocess import Recipe, prepare

    card = bundle.card.preprocessing
    crops = np.stack([prepare(image, Recipe(side=64))[0] for image in images])
    return as_input(crops, card.mean, card.std)


def test_that_shapes_and_sums_are_what_the_protocol_says(tiny_engine, images):
    batch = tiny_engine.predict(images)
    classes = len(tiny_engine.codes)
    assert batch.probabilities.shape == (4, classes)
    assert batch.probabilities.sum(1) == pytest.approx(np.ones(4), abs=1e-5)
    assert batch.doubt.shape == (4,)
    assert batch.maps.shape == (4, classes, 4, 4)
    assert batch.windows.shape == (4, 4)
    assert batch.embeddings.shape == (4, 368)
    arrays = (batch.probabilities, batch.doubt, batch.maps, batch.windows, batch.embeddings)
    assert {each.dtype for each in arrays} == {np.dtype(np.float32)}


def test_that_the_engine_agrees_with_the_plain_network(tiny_bundle, tiny_engine, images):
    import torch

    with torch.inference_mode():
        logits = _plain_network(tiny_bundle)(_pixels(tiny_bundle, images))
    wanted = logits.softmax(1).numpy()
    assert tiny_engine.predict(images).probabilities == pytest.approx(wanted, abs=2e-3)


def test_that_the_map_of_every_class_is_grad_cam(tiny_bundle, tiny_engine, images):
    network = _plain_network(tiny_bundle)
    maps = tiny_engine.predict(images).maps
    for at in range(len(tiny_bundle.codes)):
        features = network.forward_features(_pixels(tiny_bundle, images))
        features.retain_grad()
        network.forward_head(features)[:, at].sum().backward()
        # Grad-CAM: channels weighted by their mean gradient; the mean holds the factor 1 / (h·w).
        weights = features.grad.mean((2, 3), keepdim=True)
        grad_cam = (weights * features).sum(1).detach().numpy() * features.shape[2] * features.shape[3]
        # Cells 0 and 1 look at pixels 0 and 32 of 64; the map is sampled at 8, 24, 40 and 56.
        place = (np.array([8, 24, 40, 56]) - 0.5) / 32
        first, second = np.maximum(1 - place, 0), 1 - np.abs(1 - place)
        down = grad_cam[:, :1] * first[:, None] + grad_cam[:, 1:] * second[:, None]
        placed = down[:, :, :1] * first + down[:, :, 1:] * second
        assert maps[:, at] == pytest.approx(placed, rel=2e-3, abs=2e-2)


def test_that_one_image_at_a_time_gives_what_a_batch_gives(tiny_engine, images):
    together = tiny_engine.predict(images).probabilities
    alone = np.concatenate([tiny_engine.predict([image]).probabilities for image in images])
    assert alone == pytest.approx(together, abs=1e-4)


def test_that_no_images_give_empty_results(tiny_engine):
    batch = tiny_engine.predict([])
    assert batch.probabilities.shape == (0, 9)
    assert batch.windows.shape == (0, 4)


def test_that_a_blank_field_is_unfamiliar(tiny_engine):
    batch = tiny_engine.predict([np.full((200, 260, 3), 240, np.uint8)])
    assert batch.doubt[0] > 1
    assert batch.windows[0].tolist() == [30, 0, 200, 200]


@pytest.mark.parametrize(("shape", "kind"), [((5, 5), np.uint8), ((5, 5, 3), float), ((0, 5, 3), np.uint8)])
def test_that_what_is_no_rgb_image_is_refused(tiny_engine, shape, kind):
    image = np.zeros(shape, kind)
    with pytest.raises(ValueError, match="must be"):
        tiny_engine.predict([image])


def test_that_a_class_left_to_the_reader_is_never_proposed(tmp_path, images):
    bundle = make_tiny_bundle(tmp_path / "tiny")
    proposals = set(load_engine(bundle).predict(images).probabilities.argmax(1).tolist())
    barred = {"proposed": False, "reason": "often wrong"}
    left = [
        each.model_copy(update=barred if each.output in proposals else {}) for each in bundle.card.classes
    ]
    write_card(bundle.path, bundle.card.model_copy(update={"classes": tuple(left)}))
    batch = load_engine(bundle.path).predict(images)
    assert not proposals & set(batch.probabilities.argmax(1).tolist())
    assert (batch.probabilities[:, sorted(proposals)] == 0).all()
    assert batch.probabilities.sum(1) == pytest.approx(np.ones(4), abs=1e-5)


def test_that_the_number_of_threads_of_the_program_is_left_alone(tiny_bundle, images):
    import torch

    before = torch.get_num_threads()
    load_engine(tiny_bundle).predict(images)
    assert torch.get_num_threads() == before


def test_that_the_engine_says_what_it_runs_on(tiny_bundle):
    told = TorchEngine(tiny_bundle, "cpu", "float32").device
    assert re.fullmatch(r"PyTorch [\d.]+\S*, float32, batch 32, \d+ threads?", told)


@pytest.mark.parametrize(
    ("part", "value", "told"),
    [
        ("preprocessing", {"method": "other"}, "prepares images by 'other'"),
        ("doubt", {"method": "other"}, "measures doubt by 'other'"),
        ("architecture", {"name": "regnetx_004"}, "do not fit"),
        ("architecture", {"name": "no_such_network"}, "no_such_network"),
        ("preprocessing", {"parameters": {"side": 64, "wings": 2}}, "not understood"),
    ],
)
def test_that_a_bundle_this_program_cannot_run_is_refused(tmp_path, part, value, told):
    bundle = make_tiny_bundle(tmp_path / "tiny")
    changed = getattr(bundle.card, part).model_copy(update=value)
    write_card(bundle.path, bundle.card.model_copy(update={part: changed}))
    with pytest.raises(BundleError, match=told):
        load_engine(bundle.path)


@pytest.mark.parametrize(("before", "after"), [(None, "PASSIVE"), ("ACTIVE", "ACTIVE")])
def test_that_torch_s_threads_do_not_spin_unless_the_person_wants_it(before, after):
    environment = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    if before:
        environment["OMP_WAIT_POLICY"] = before
    code = "import marrowdesk.inference, os; print(os.environ['OMP_WAIT_POLICY'])"
    told = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == after


def test_that_opencv_leaves_the_threads_to_the_batch_whose_cells_are_shared_out(tmp_path):
    import cv2

    before = cv2.getNumThreads()
    try:
        cv2.setNumThreads(2)
        TorchEngine(make_tiny_bundle(tmp_path / "tiny"))
        assert cv2.getNumThreads() == 1
    finally:
        cv2.setNumThreads(before)

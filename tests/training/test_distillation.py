"""A network that learns to say what another one says of the same views."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from small_run import CODES, painted_cells, small_plan, train
from tiny_bundle import make_tiny_bundle

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.inference.network import MEAN, STD, as_input, run
from marrowdesk.inference.preprocess import Recipe
from marrowdesk.training.commands.again import train_command
from marrowdesk.training.distillation import SOFTNESS, Mentor, followed_in, of_bundle

PLAN = {"codes": CODES, "steps": 24, "recipe": Recipe(side=64), "small": 64}


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    return make_tiny_bundle(tmp_path_factory.mktemp("models") / "tiny", codes=("LYT", "ART", "BLA"))


def _images(count: int = 6) -> torch.Tensor:
    return torch.randint(0, 256, (count, 64, 64, 3), generator=torch.Generator().manual_seed(1)).byte()


def test_that_the_distance_is_that_of_the_softened_probabilities_in_the_order_of_the_training(bundle):
    mentor, images = Mentor(of_bundle(bundle), small_plan(**PLAN), "cpu"), _images()
    logits, offsets = torch.tensor([[1.0, 0.0, -2.0]] * 6), np.array([0.5, 0.0, 0.0], np.float32)
    p = np.exp(mentor.says(images).numpy() / SOFTNESS)
    q = np.exp((logits.numpy() - offsets) / SOFTNESS)
    p, q = p / p.sum(1, keepdims=True), q / q.sum(1, keepdims=True)
    wanted = SOFTNESS**2 * (p * np.log(p / q)).sum(1).mean()
    assert float(mentor.distance(images, logits, offsets)) == pytest.approx(wanted, rel=1e-4)
    turned = Mentor(of_bundle(bundle), small_plan(**{**PLAN, "codes": ("LYT", "ART", "BLA")}), "cpu").says(
        images
    )
    assert torch.allclose(turned[:, [2, 0, 1]], mentor.says(images), atol=1e-5)


def test_that_two_networks_are_followed_by_the_mean_of_what_they_say(bundle, tmp_path):
    plan = small_plan(**PLAN)
    other = of_bundle(make_tiny_bundle(tmp_path / "other", codes=("LYT", "ART", "BLA"), seed=5))
    one, two, both = (
        Mentor(of_bundle(bundle), plan, "cpu").says(_images()),
        Mentor(other, plan, "cpu").says(_images()),
        Mentor(of_bundle(bundle), plan, "cpu", other).says(_images()),
    )
    assert not torch.allclose(one, two, atol=0.1)
    assert torch.allclose(both, torch.log_softmax((one + two) / 2, 1), atol=1e-5)
    assert torch.allclose(both.exp().sum(1), torch.ones(len(both)))


def test_that_a_view_of_another_size_is_shown_at_the_size_that_the_bundle_knows(bundle):
    plan = small_plan(**{**PLAN, "recipe": Recipe(side=96), "small": 48})
    flat = torch.full((2, 48, 48, 3), 130, dtype=torch.uint8)
    large = torch.full((2, 64, 64, 3), 130, dtype=torch.uint8)
    mentor = Mentor(of_bundle(bundle), plan, "cpu")
    assert torch.allclose(mentor.says(flat), mentor.says(large), atol=1e-4)


def test_that_a_network_comes_to_say_what_it_follows(bundle, tmp_path):
    followed = small_plan(**PLAN, distil=1.0, distil_from=bundle.sha256)
    mentor, cells = Mentor(of_bundle(bundle), followed, "cpu"), painted_cells()
    cells = replace(
        cells, store=replace(cells.store, crops=np.repeat(np.repeat(cells.store.crops, 2, 1), 2, 2))
    )
    alone = train(small_plan(**PLAN), tmp_path / "alone", cells=cells)
    taught = train(followed, tmp_path / "taught", cells=cells, mentor=mentor)
    apart = [_apart(each, mentor, cells) for each in (alone, taught)]
    assert apart[1] < 0.5 * apart[0]
    assert "--distil DISTIL --distil-share 1.0" in train_command(followed)
    with pytest.raises(MarrowdeskError, match=r"another plan \(distil, distil_from\)"):
        train(small_plan(**PLAN), tmp_path / "taught", cells=cells)


def _apart(training, mentor: Mentor, cells) -> float:
    crops = cells.store.crops[::7]
    border = (crops.shape[1] - 64) // 2
    inner = torch.from_numpy(crops[:, border : border + 64, border : border + 64].copy())
    with torch.no_grad():
        logits = training.optimisation._learner.eval()(inner).logits
    return float(mentor.distance(inner, logits, training.offsets))


def test_that_a_bundle_of_other_classes_or_of_another_view_is_refused(bundle):
    with pytest.raises(MarrowdeskError, match=r"does not name the classes that are trained: ART, NGS"):
        Mentor(of_bundle(bundle), small_plan(**{**PLAN, "codes": ("BLA", "LYT", "NGS")}), "cpu")
    with pytest.raises(MarrowdeskError, match="is shown cells in another way"):
        Mentor(of_bundle(bundle), small_plan(**{**PLAN, "recipe": Recipe(side=64, mask=0.5)}), "cpu")
    pale_and_tight = Recipe(side=64, glare=1.25, most=1.3, largest=0.6)
    Mentor(of_bundle(bundle), small_plan(**{**PLAN, "recipe": pale_and_tight}), "cpu")


def test_that_a_run_can_be_followed_as_it_is_once_it_has_come_to_its_end(tmp_path):
    plan = small_plan(**PLAN)
    cells = painted_cells()
    cells = replace(
        cells, store=replace(cells.store, crops=np.repeat(np.repeat(cells.store.crops, 2, 1), 2, 2))
    )
    train(plan, tmp_path / "run", until=16, cells=cells)
    with pytest.raises(MarrowdeskError, match="16 of its 24 steps"):
        followed_in(tmp_path / "run")
    done = train(plan, tmp_path / "run", cells=cells)
    followed = followed_in(tmp_path / "run")
    said = Mentor(followed, small_plan(**PLAN, distil=1.0), "cpu").says(_images())
    with torch.no_grad():
        own = run(done.optimisation.average, as_input(_images().numpy(), MEAN, STD)).logits
    wanted = torch.log_softmax(own - torch.from_numpy(done.offsets), 1)
    assert torch.allclose(said, wanted, atol=1e-4)
    other = train(small_plan(**PLAN, seed=2), tmp_path / "other", cells=cells)
    assert other.step == 24
    assert followed_in(tmp_path / "other").sha256 != followed.sha256

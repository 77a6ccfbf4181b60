"""The adversary learns to tell the sources; the features learn to hide them, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from small_run import painted_cells, small_plan, train

from marrowdesk.training.adversary import make_adversary, ramp, source_chances
from marrowdesk.training.batches import Batches
from marrowdesk.training.checkpoint import read_checkpoint
from marrowdesk.training.dataset import Sample
from marrowdesk.training.distributed import Group

SAMPLES = [
    *(Sample(f"{at}.jpg", "marrow", "LYT") for at in range(3)),
    Sample("3.jpg", "blood", "LYT"),
    Sample("4.jpg", "blood", "BAS"),
]
SOURCES = ["blood", "marrow"]


def test_that_the_adversary_is_told_which_sources_a_class_comes_from():
    chances = np.exp(source_chances(SAMPLES, SOURCES, np.full(5, 0.2)))
    assert chances[0] == pytest.approx([0.25, 0.75])
    assert chances[4] == pytest.approx([1.0, 0.0], abs=1e-9)
    # As they are drawn, not as they are there.
    odds = np.array([1, 1, 1, 3, 1]) / 7
    assert np.exp(source_chances(SAMPLES, SOURCES, odds))[0] == pytest.approx([0.5, 0.5])


def test_that_it_begins_silent_and_ends_at_its_full_strength():
    assert ramp(0.0) == 0.0
    assert ramp(1.0) == pytest.approx(1.0, abs=1e-4)
    assert ramp(0.1) == pytest.approx(2 / (1 + np.exp(-1)) - 1)


def test_that_only_the_features_gradient_is_turned_round():
    import torch

    torch.manual_seed(1)
    adversary = make_adversary(4, 2)
    given = torch.randn(6, 4, requires_grad=True)
    truth = torch.tensor([0, 1, 0, 1, 0, 1])

    def gradients(strength: float) -> tuple[torch.Tensor, torch.Tensor]:
        given.grad = None
        adversary.zero_grad()
        torch.nn.functional.cross_entropy(adversary(given, strength), truth).backward()
        return given.grad.clone(), adversary.layers[0].weight.grad.clone()

    back, own = gradients(-1.0)  # turned twice: the plain gradient
    turned, same = gradients(0.5)
    assert torch.allclose(turned, -0.5 * back)
    assert torch.equal(own, same)


def test_that_features_no_longer_tell_the_source_and_still_tell_the_class():
    import torch

    torch.manual_seed(1)
    classes, sources = torch.randint(0, 2, (2, 256))
    seen = torch.stack([classes, sources], 1).float() + 0.1 * torch.randn(256, 2)

    def apart(by: torch.Tensor, made: torch.Tensor) -> float:
        return float((made[by == 1].mean(0) - made[by == 0].mean(0)).norm())

    def learned(strength: float) -> tuple[float, float]:
        """Give how many cells are classed rightly, and how far the sources are apart to the classes."""
        torch.manual_seed(2)
        features, head, adversary = torch.nn.Linear(2, 2), torch.nn.Linear(2, 2), make_adversary(2, 2)
        torch.nn.init.eye_(features.weight)  # at first the features tell both, equally well
        every = [*features.parameters(), *head.parameters(), *adversary.parameters()]
        optimizer = torch.optim.SGD(every, lr=0.05)
        entropy = torch.nn.functional.cross_entropy
        for _ in range(1000):
            made = features(seen)
            loss = entropy(head(made), classes) + entropy(adversary(made, strength), sources)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        right = float((head(made).argmax(1) == classes).float().mean())
        made = made.detach()
        return right, apart(sources, made) / apart(classes, made)

    plain, against = learned(0.0), learned(1.0)
    assert plain[0] > 0.95
    assert against[0] > 0.95
    assert against[1] < 0.3 * plain[1]


def test_that_a_batch_names_the_sources_only_to_an_adversary():
    cells = painted_cells()
    plain = Batches(small_plan(), cells.store, cells.at, None, Group())
    assert (plain.names, plain.make(0).sources, plain.make(0).chances) == ([], None, None)
    against = Batches(small_plan(adversary=0.3), cells.store, cells.at, None, Group())
    batch = against.make(0)
    assert against.names == ["one", "two"]
    assert np.exp(batch.chances.numpy()) == pytest.approx(np.full((8, 2), 0.5))
    assert set(batch.sources.tolist()) == {0, 1}


def test_that_a_run_with_an_adversary_resumes_with_what_it_has_learned(tmp_path):
    import torch

    plan = small_plan(steps=4, adversary=0.5)
    train(plan, tmp_path / "stopped", until=2)
    train(plan, tmp_path / "stopped")
    train(plan, tmp_path / "whole")
    train(small_plan(steps=4), tmp_path / "without")
    stopped, whole, without = (read_checkpoint(tmp_path / each) for each in ("stopped", "whole", "without"))
    for part in ("network", "adversary"):
        for name, value in whole[part].items():
            assert torch.allclose(stopped[part][name].float(), value.float(), rtol=1e-4, atol=1e-5)
    assert without["adversary"] is None
    assert any(not torch.equal(whole["network"][name], value) for name, value in without["network"].items())

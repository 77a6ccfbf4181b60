"""The class prior of each source, inside the loss."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from small_run import painted_cells, small_plan

from marrowdesk.inference.network import MEAN, STD, as_input, run
from marrowdesk.training.batches import Batches
from marrowdesk.training.dataset import Sample
from marrowdesk.training.distributed import Group
from marrowdesk.training.optimisation import Optimisation
from marrowdesk.training.priors import source_log_priors

SAMPLES = [
    *(Sample(f"{at}.jpg", "marrow", "BLA") for at in range(3)),
    Sample("4.jpg", "marrow", "LYT"),
    *(Sample(f"{at}.jpg", "blood", "LYT") for at in range(2)),
]
EVEN = np.full(6, 1 / 6)


def test_that_each_cell_gets_the_class_shares_of_its_source():
    priors = np.exp(source_log_priors(SAMPLES, ["BLA", "LYT"], 0.0, EVEN))
    assert priors[:4] == pytest.approx(np.tile([0.75, 0.25], (4, 1)))
    assert priors[4:] == pytest.approx(np.tile([0.0, 1.0], (2, 1)), abs=1e-6)


def test_that_smoothing_gives_a_class_that_a_source_never_shows_its_share():
    # 2 cells of blood: 0.1 of their mean per class, 0.1 · 2/2, is added to each class.
    priors = np.exp(source_log_priors(SAMPLES, ["BLA", "LYT"], 0.1, EVEN * 6))
    assert priors[4] == pytest.approx([0.1 / 2.2, 2.1 / 2.2])
    assert priors[0] == pytest.approx([3.2 / 4.4, 1.2 / 4.4])


def test_that_the_prior_is_that_of_the_cells_as_they_are_drawn():
    odds = np.array([1, 1, 1, 3, 1, 1]) / 8
    assert np.exp(source_log_priors(SAMPLES, ["BLA", "LYT"], 0.0, odds))[0] == pytest.approx([0.5, 0.5])


def test_that_a_batch_carries_the_priors_of_its_cells():
    cells = painted_cells()
    few = [at for at in cells.at if cells.store.samples[at].file.split("_")[0] != "two/ART/ART"]
    batches = Batches(small_plan(prior=0.05), cells.store, few, None, Group())
    batch = batches.make(0)
    art = np.exp(batch.priors.numpy()[:, 2])
    assert batch.priors.shape == (8, 3)
    assert np.exp(batch.priors.numpy()).sum(1) == pytest.approx(np.ones(8))
    # "two" shows no artefacts, so the smoothing is all they have there: (0.05 / 3) / 1.05.
    assert set(art.round(3)) == {np.float32(0.333), np.float32(0.016)}


def test_that_the_loss_is_that_of_the_logits_with_the_priors_added():
    import torch

    cells, plan = painted_cells(), small_plan(prior=0.05, loss="cross_entropy", smoothing=0.0)
    batches = Batches(plan, cells.store, [at for at in cells.at if at % 3], None, Group())
    optimisation, batch = Optimisation(plan, batches.counts, 0, None, Group()), batches.make(0)
    network = copy.deepcopy(optimisation.network).train()
    with torch.no_grad():
        shares = (run(network, as_input(batch.images.numpy(), MEAN, STD)).logits + batch.priors).softmax(1)
    expected = -shares[torch.arange(8), batch.labels].log().mean()
    assert float(optimisation.update(batch, 0)) == pytest.approx(float(expected), rel=1e-4)

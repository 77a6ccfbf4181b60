"""The loss against values worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from marrowdesk.training.losses import class_weights, cost_matrix, cost_sensitive


def test_that_rarer_classes_weigh_more_by_the_root_and_no_more_than_the_cap():
    # Inverse roots 0.1 and 0.2 have the mean 0.15.
    assert class_weights(np.array([100, 25])) == pytest.approx([2 / 3, 4 / 3])
    assert class_weights(np.array([10_000, 10_000, 10_000, 1]), cap=2.0).max() == 2.0


def test_that_neighbouring_stages_cost_less_than_another_lineage():
    codes = ("BLA", "PMO", "MYB", "EOS", "LYT", "ART")
    costs = cost_matrix(codes)
    assert costs[1].tolist() == pytest.approx([0.25, 0.0, 0.25, 1.0, 1.0, 0.7])
    assert (costs == costs.T).all()


def test_that_the_loss_is_the_weighted_entropy_plus_the_expected_cost():
    import torch

    odds = [[0.7, 0.2, 0.1], [0.1, 0.6, 0.3]]
    logits = torch.tensor([[math.log(each) for each in row] for row in odds])
    costs = np.array([[0, 0.5, 1], [0.5, 0, 1], [1, 1, 0]], np.float32)
    loss = cost_sensitive(np.array([1.0, 2.0, 1.0], np.float32), costs, share=0.5, smoothing=0.0)
    first = -math.log(0.7) + 0.5 * (0.2 * 0.5 + 0.1 * 1)
    second = 2 * -math.log(0.6) + 0.5 * (0.1 * 0.5 + 0.3 * 1)
    assert float(loss(logits, torch.tensor([0, 1]))) == pytest.approx((first + second) / 2)


def test_that_the_gradient_is_the_one_worked_out_by_hand():
    import torch

    odds = np.array([0.7, 0.2, 0.1])
    costs = np.array([[0, 0.5, 1], [0.5, 0, 1], [1, 1, 0]], np.float32)
    logits = torch.tensor(np.log(odds)[None], dtype=torch.float32, requires_grad=True)
    loss = cost_sensitive(np.array([1.5, 1, 1], np.float32), costs, share=0.5, smoothing=0.0)
    loss(logits, torch.tensor([0])).backward()
    # d CE / dz = p - onehot; d Σ M p / dz_j = p_j (M_j - Σ M p).
    expected = 0.2 * 0.5 + 0.1
    wanted = 1.5 * (odds - [1, 0, 0]) + 0.5 * odds * (costs[0] - expected)
    assert logits.grad[0].numpy() == pytest.approx(wanted, abs=1e-6)

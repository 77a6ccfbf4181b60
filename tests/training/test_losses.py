"""The losses against values and gradients worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.training.losses import (
    LOSSES,
    OPTIONS,
    class_weights,
    cost_matrix,
    cost_sensitive,
    make_loss,
    posterior_offsets,
)

CODES = ("BLA", "PMO", "EOS")
COUNTS = np.array([1600, 100, 16])
ODDS = [[0.7, 0.2, 0.1], [0.1, 0.6, 0.3]]
LABELS = [0, 1]


def logits_of(odds, **options):
    import torch

    return torch.tensor([[math.log(each) for each in row] for row in odds], **options)


def value(name, odds=ODDS, labels=LABELS, counts=COUNTS, **options):
    import torch

    logits = logits_of(odds, dtype=torch.float64)
    return float(make_loss(name, counts, CODES, options)(logits, torch.tensor(labels)))


def gradient(name, odds, label, **options):
    import torch

    logits = logits_of([odds], dtype=torch.float64, requires_grad=True)
    make_loss(name, COUNTS, CODES, options)(logits, torch.tensor([label])).backward()
    return logits.grad[0].numpy()


def test_that_rarer_classes_weigh_more_by_the_root_and_no_more_than_the_cap():
    # Inverse roots 0.1 and 0.2 have the mean 0.15.
    assert class_weights(np.array([100, 25])) == pytest.approx([2 / 3, 4 / 3])
    assert class_weights(np.array([10_000, 10_000, 10_000, 1]), cap=2.0).max() == 2.0


def test_that_neighbouring_stages_cost_less_than_another_lineage():
    codes = ("BLA", "PMO", "MYB", "EOS", "LYT", "ART")
    costs = cost_matrix(codes)
    assert costs[1].tolist() == pytest.approx([0.25, 0.0, 0.25, 1.0, 1.0, 0.7])
    assert (costs == costs.T).all()


def test_that_cross_entropy_is_the_mean_surprise_at_the_true_classes():
    assert value("cross_entropy", smoothing=0) == pytest.approx(-(math.log(0.7) + math.log(0.6)) / 2)


def test_that_smoothing_spreads_its_share_of_a_label_over_all_classes():
    # 0.3 of the label spread over three: the true class keeps 0.8, the others get 0.1 each.
    first = -(0.8 * math.log(0.7) + 0.1 * math.log(0.2) + 0.1 * math.log(0.1))
    second = -(0.1 * math.log(0.1) + 0.8 * math.log(0.6) + 0.1 * math.log(0.3))
    assert value("cross_entropy", smoothing=0.3) == pytest.approx((first + second) / 2)


def test_that_the_cost_sensitive_loss_is_the_weighted_entropy_plus_the_expected_cost():
    import torch

    costs = np.array([[0, 0.5, 1], [0.5, 0, 1], [1, 1, 0]], np.float32)
    loss = cost_sensitive(np.array([1.0, 2.0, 1.0], np.float32), costs, share=0.5, smoothing=0.0)
    first = -math.log(0.7) + 0.5 * (0.2 * 0.5 + 0.1 * 1)
    second = 2 * -math.log(0.6) + 0.5 * (0.1 * 0.5 + 0.3 * 1)
    assert float(loss(logits_of(ODDS), torch.tensor(LABELS))) == pytest.approx((first + second) / 2)


def test_that_the_cost_sensitive_loss_weighs_by_the_root_of_the_counts_and_by_lineage():
    # Inverse roots 1/40, 1/10, 1/4 have the mean 1/8; blasts and promyelocytes are one step apart.
    first = 0.2 * -math.log(0.7) + 0.25 * 0.2 + 1.0 * 0.1
    second = 0.8 * -math.log(0.6) + 0.25 * 0.1 + 1.0 * 0.3
    assert value("cost_sensitive", smoothing=0) == pytest.approx((first + second) / 2)


def test_that_the_focal_loss_weighs_the_surprise_by_the_missing_probability():
    first, second = 0.3**2 * -math.log(0.7), 0.4**2 * -math.log(0.6)
    assert value("focal") == pytest.approx((first + second) / 2)
    assert value("focal", power=0.5) == pytest.approx((0.2 * first + 0.8 * second) / 2)


def test_that_the_class_balanced_loss_weighs_by_the_effective_number_of_images():
    # With beta 1/2, one, two and three images are worth 1, 1.5 and 1.75: inverse 1, 2/3, 4/7, mean 47/63.
    weights = [63 / 47, 42 / 47, 36 / 47]
    wanted = (weights[0] * -math.log(0.7) + weights[1] * -math.log(0.6)) / 2
    counts = np.array([1, 2, 3])
    assert value("class_balanced", counts=counts, beta=0.5, smoothing=0) == pytest.approx(wanted)


def test_that_ldam_lowers_the_true_class_by_its_margin():
    # The fourth root of 16/1600 and 16/100: margins 0.5·0.3162 and 0.5·0.6325, times 2.
    kept = [math.exp(-((16 / 1600) ** 0.25)), math.exp(-((16 / 100) ** 0.25))]
    first = -math.log(0.7 * kept[0] / (0.7 * kept[0] + 0.3))
    second = -math.log(0.6 * kept[1] / (0.6 * kept[1] + 0.4))
    assert value("ldam", scale=2) == pytest.approx((first + second) / 2)


def test_that_ldam_without_a_choice_asks_fifteen_of_the_rarest_class():
    # Even odds, the true class lowered by 30 · 0.5: log(1 + 2 e^15).
    even = [[1 / 3] * 3]
    assert value("ldam", even, [2]) == pytest.approx(math.log(1 + 2 * math.exp(15)), rel=1e-6)


def test_that_the_gradients_of_the_weighted_entropies_are_those_worked_out_by_hand():
    odds, true = np.array([0.7, 0.2, 0.1]), np.array([1, 0, 0])
    assert gradient("cross_entropy", odds, 0, smoothing=0) == pytest.approx(odds - true)
    assert gradient("cross_entropy", odds, 0, smoothing=0.3) == pytest.approx(odds - [0.8, 0.1, 0.1])
    # d Σ M p / dz_j = p_j (M_j − Σ M p).
    costs = np.array([0, 0.25, 1])
    wanted = 0.2 * (odds - true) + 0.5 * odds * (costs - costs @ odds)
    assert gradient("cost_sensitive", odds, 0, share=0.5, smoothing=0) == pytest.approx(wanted)
    # Effective numbers with beta 1/2 are 2, 2 and nearly 2.
    assert gradient("class_balanced", odds, 0, beta=0.5, smoothing=0) == pytest.approx(odds - true, abs=1e-4)


def test_that_the_gradient_of_the_focal_loss_is_the_one_worked_out_by_hand():
    odds, p = np.array([0.7, 0.2, 0.1]), 0.2
    factor = (1 - p) ** 1.5 - 1.5 * p * (1 - p) ** 0.5 * math.log(p)
    wanted = 0.8 * factor * (odds - [0, 1, 0])
    assert gradient("focal", odds, 1, gamma=1.5, power=0.5) == pytest.approx(wanted)


def test_that_the_gradient_of_ldam_is_that_of_the_lowered_odds():
    lowered = np.array([0.7, 0.2 * math.exp(-((16 / 100) ** 0.25)), 0.1])
    wanted = lowered / lowered.sum() - [0, 1, 0]
    assert gradient("ldam", [0.7, 0.2, 0.1], 1, scale=2) == pytest.approx(wanted)


@pytest.mark.parametrize("name", LOSSES)
def test_that_gradients_are_those_of_small_steps(name):
    import torch

    torch.manual_seed(0)
    logits = torch.randn(5, 3, dtype=torch.float64, requires_grad=True)
    loss = make_loss(name, COUNTS, CODES, {"power": 0.5} if name == "focal" else {})
    assert torch.autograd.gradcheck(lambda each: loss(each, torch.tensor([0, 1, 2, 0, 2])), logits)


@pytest.mark.parametrize(
    ("name", "options", "counts"),
    [
        ("focal", {"gamma": 0}, COUNTS),
        ("class_balanced", {"smoothing": 0}, np.array([40, 40, 40])),
        ("class_balanced", {"smoothing": 0, "beta": 0}, COUNTS),
        ("ldam", {"margin": 0, "scale": 1}, COUNTS),
        ("ldam", {"margin": 0, "scale": 30}, COUNTS),
        ("cost_sensitive", {"share": 0, "power": 0, "smoothing": 0}, COUNTS),
    ],
)
def test_that_each_loss_falls_back_to_cross_entropy(name, options, counts):
    assert value(name, counts=counts, **options) == pytest.approx(value("cross_entropy", smoothing=0))


def test_that_without_weights_and_costs_the_smoothed_entropy_is_left():
    assert value("cost_sensitive", share=0, power=0) == pytest.approx(value("cross_entropy"))
    assert value("class_balanced", beta=0) == pytest.approx(value("cross_entropy"))


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("label", [0, 1])
def test_that_extreme_logits_keep_loss_and_gradient_finite(name, label):
    import torch

    options = [{}, {"gamma": 0.5}, {"gamma": 0}] if name == "focal" else [{}]
    for each in options:
        logits = torch.tensor([[1e4, -1e4, 0.0]], requires_grad=True)
        loss = make_loss(name, COUNTS, CODES, each)(logits, torch.tensor([label]))
        loss.backward()
        assert torch.isfinite(loss)
        assert torch.isfinite(logits.grad).all()


@pytest.mark.parametrize("name", LOSSES)
def test_that_half_precision_logits_give_the_loss_of_their_wide_copies(name):
    import torch

    loss, labels = make_loss(name, COUNTS, CODES, {}), torch.tensor(LABELS)
    for dtype in (torch.float16, torch.bfloat16):
        narrow = (40 * logits_of(ODDS)).to(dtype)
        found = loss(narrow, labels)
        assert found.dtype is torch.float32
        assert float(found) == float(loss(narrow.float(), labels))


@pytest.mark.parametrize("name", LOSSES)
def test_that_a_loss_follows_its_logits_to_another_device(name):
    import torch

    logits, labels = torch.zeros(2, 3, device="meta"), torch.zeros(2, dtype=torch.long, device="meta")
    assert make_loss(name, COUNTS, CODES, {})(logits, labels).device.type == "meta"


def test_that_an_unknown_loss_or_option_is_refused_with_what_there_is():
    with pytest.raises(MarrowdeskError, match=r"no loss 'dice'.*cross_entropy, cost_sensitive, focal"):
        make_loss("dice", COUNTS, CODES, {})
    with pytest.raises(MarrowdeskError, match=r"'ldam' has no option 'gamma'.*margin, scale"):
        posterior_offsets("ldam", COUNTS, {"gamma": 2})


@pytest.mark.parametrize(
    ("name", "option", "number"),
    [
        ("class_balanced", "beta", 1.0),
        ("focal", "gamma", -1),
        ("ldam", "scale", math.nan),
        ("focal", "cap", 0),
        ("cross_entropy", "smoothing", 1),
    ],
)
def test_that_a_number_out_of_range_is_refused(name, option, number):
    with pytest.raises(MarrowdeskError, match=rf"'{option}'.*cannot be.*at least"):
        make_loss(name, COUNTS, CODES, {option: number})


def test_that_every_loss_has_its_line_and_its_options_and_neither_can_be_changed():
    assert list(LOSSES) == list(OPTIONS)
    with pytest.raises(TypeError):
        LOSSES["dice"] = "another"
    with pytest.raises(TypeError):
        OPTIONS["focal"]["gamma"] = None

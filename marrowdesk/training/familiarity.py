"""Fitting the measure of doubt on cells, on cells varied, on what is no cell, and on cells kept back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from marrowdesk.inference.doubt import JoinedSpace, unit_length
from marrowdesk.training.augment import Strength, varied
from marrowdesk.training.exposure import foreign_crops

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from marrowdesk.inference.preprocess import Recipe
    from marrowdesk.training.dataset import Store

VARIED = 1600
"""Most training cells that are shown varied."""

FOREIGN = 80
"""Most images of each foreign kind; fewer where there are few cells."""

_FEWEST = 20
_STRENGTH, _FACTORS = Strength(stain=0.3, mixing=0.15, tight=0.3), (0.6, 1.6)
"""How strongly cells are varied: in colour more than while training, for another laboratory's stain is no
reason to doubt that a cell is one; nor is an image that is cut tight around it."""

_RIDGE = 0.01
"""Added to every variance, as a share of their mean, so that no axis counts for too much."""

_DECAY = 1e-3
_ROUNDS = 150
_TYPICAL, _RARE = 0.5, 0.96


@dataclass(frozen=True, slots=True)
class Evidence:
    """Embeddings to fit the measure of doubt on; all of one network.

    Attributes:
        cells: (N, D) of training cells.
        groups: (N,) class and source of each, any labels.
        varied: (V, D) of training cells varied in stain, scale and sharpness, as other laboratories would.
        varied_groups: (V,) class and source of each, labels of ``groups``.
        foreign: (F, D) of images that show no cell as it should be.
        held: (H, D) of cells kept back from the training.
    """

    cells: np.ndarray
    groups: np.ndarray
    varied: np.ndarray
    varied_groups: np.ndarray
    foreign: np.ndarray
    held: np.ndarray


def gather_evidence(
    look: Callable[[np.ndarray], np.ndarray],
    store: Store,
    trained: Sequence[int],
    recipe: Recipe,
    cells: np.ndarray,
    held: np.ndarray,
    seed: int = 3,
) -> Evidence:
    """Show the network varied training cells and what is no cell, beside what it has seen.

    Args:
        look: gives embeddings (N, D) of prepared crops (N, S, S, 3) uint8.
        store: prepared crops.
        trained: places in the store of the cells that the network was trained on.
        recipe: how cells are prepared.
        cells: embeddings of the cells ``trained``, in their order.
        held: embeddings of cells kept back.
        seed: source of chance.
    """
    rng = np.random.default_rng(seed)
    groups = np.array([f"{store.samples[at].code} {store.samples[at].source}" for at in trained])
    chosen = np.sort(rng.permutation(len(trained))[:VARIED])
    crops = [np.asarray(store.crops[trained[each]]) for each in chosen]
    strengths = [_STRENGTH.scaled(each) for each in rng.uniform(*_FACTORS, len(crops))]
    side, border = recipe.side, (store.crops.shape[1] - recipe.side) // 2
    changed = [varied(crop, side, side, each, rng) for crop, each in zip(crops, strengths, strict=True)]
    plain = np.stack(crops)[:, border : border + side, border : border + side]
    count = min(FOREIGN, max(_FEWEST, len(trained) // 10))
    foreign = look(foreign_crops(plain, recipe, count, seed))
    return Evidence(cells, groups, look(np.stack(changed)), groups[chosen], foreign, held)


def fit_doubt(evidence: Evidence, axes: int = 128) -> JoinedSpace:
    """Fit the measure; takes seconds for 15,000 embeddings of 1,000 numbers.

    Args:
        evidence: what to fit it on.
        axes: number of axes that keep a variance of their own, at most D - 1.
    """
    cells, varied = unit_length(evidence.cells), unit_length(evidence.varied)
    names, at = np.unique(evidence.groups, return_inverse=True)
    means = np.stack([cells[at == index].mean(0) for index in range(len(names))])
    around = varied - means[np.searchsorted(names, evidence.varied_groups)]
    whiten, rest = _principal(np.concatenate([cells - means[at], around]), axes)
    weights, bias = _separate(np.concatenate([cells, varied]), unit_length(evidence.foreign))
    middle = cells.mean(0)
    whole = (middle, means - middle, whiten, rest, weights, bias, np.array([[0.0, 1.0], [0.0, 1.0]]))
    space = JoinedSpace(*(np.asarray(each, np.float32) for each in whole))
    marks = np.quantile(space.measures(evidence.held), (_TYPICAL, _RARE), axis=1).T
    return JoinedSpace(*(np.asarray(each, np.float32) for each in (*whole[:-1], marks)))


def _principal(residuals: np.ndarray, axes: int) -> tuple[np.ndarray, float]:
    """Give the axes (D, P) of :class:`JoinedSpace` and the variance of the rest."""
    spread = residuals.T @ residuals / len(residuals)
    variances, vectors = np.linalg.eigh(spread.astype(np.float64))
    variances = np.maximum(variances, 0.0) + _RIDGE * variances.mean() + 1e-12
    kept = min(axes, len(variances) - 1)
    rest = float(variances[:-kept].mean())
    return vectors[:, -kept:] * np.sqrt(np.maximum(1 / rest - 1 / variances[-kept:], 0.0)), rest


def _separate(cells: np.ndarray, foreign: np.ndarray) -> tuple[np.ndarray, float]:
    """Fit a linear score (D,) and its bias that parts cells from what is none: logistic regression, L-BFGS.

    Both sides count alike, however many there are.
    """
    import torch

    points = np.concatenate([cells, foreign])
    middle, spread = cells.mean(0), cells.std(0) + 0.05 * float(points.std())
    scaled = torch.from_numpy(((points - middle) / spread).astype(np.float32))
    truth = torch.cat([torch.zeros(len(cells)), torch.ones(len(foreign))])
    share = torch.cat([torch.full((len(each),), 0.5 / len(each)) for each in (cells, foreign)])
    weights = torch.zeros(scaled.shape[1], requires_grad=True)
    bias = torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights, bias], max_iter=_ROUNDS, line_search_fn="strong_wolfe")

    def cost() -> torch.Tensor:
        optimizer.zero_grad()
        score = scaled @ weights + bias
        loss = torch.nn.functional.binary_cross_entropy_with_logits(score, truth, share, reduction="sum")
        total: torch.Tensor = loss + _DECAY * (weights**2).sum()
        total.backward()
        return total

    optimizer.step(cost)
    found = weights.detach().numpy() / spread
    return found, float(bias.detach()[0]) - float(found @ middle)

"""Fitting the last layer of a run anew, with the cells' weights and priors that its plan says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from marrowdesk.training.priors import source_log_priors
from marrowdesk.training.refit import refit_head, source_directions
from marrowdesk.training.sampling import log_shift, odds_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marrowdesk.training.plan import Plan
    from marrowdesk.training.samples import Sample


@dataclass(frozen=True, slots=True)
class HeadFit:
    """How the last layer is fitted anew.

    Attributes:
        prior: smoothing of the sources' class priors; None to leave them out.
        blind: directions in which the sources of a class differ that it does not look along.
        share: its part in the layer that ships, above 0 and up to 1; the rest is the layer as it was trained.
        views: varied views of each training cell that it is fitted on, besides the plain one.
    """

    prior: float | None
    blind: int = 0
    share: float = 1.0
    views: int = 0


def fit_head(
    views: Sequence[np.ndarray], samples: Sequence[Sample], plan: Plan, fit: HeadFit
) -> tuple[np.ndarray, np.ndarray]:
    """Fit a head on the features of training cells.

    Args:
        views: (N, D) embeddings of the cells, once for each way they are shown.
        samples: the N cells.
        plan: of the training.
        fit: how it is fitted.

    Returns:
        Weights (K, D) and biases (K,), float32; what drawing some classes more often puts on the logits is
        taken off, as it is for a layer that stays as trained.
    """
    labels = np.array([plan.codes.index(each.code) for each in samples])
    odds = odds_of(samples, plan.sampling, plan.balance)
    priors = (
        np.zeros((len(samples), len(plan.codes)), np.float32)
        if fit.prior is None
        else source_log_priors(samples, plan.codes, fit.prior, odds)
    )
    many = len(views)
    shown, truth = np.concatenate(views), np.tile(labels, many)
    sources = np.tile(np.array([each.source for each in samples]), many)
    weights, biases = refit_head(
        shown,
        truth,
        np.tile(priors, (many, 1)),
        np.tile(odds, many) / many,
        nuisances=source_directions(shown, truth, sources, fit.blind) if fit.blind else None,
    )
    # The prior is that of the cells drawn: with it in the loss, the drawing leaves nothing on the logits.
    shift = log_shift(samples, plan.codes, odds) if fit.prior is None else np.float32(0)
    return weights, biases - shift

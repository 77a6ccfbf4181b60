"""Fitting the last layer anew on unvaried cells, once the features are learned."""

from __future__ import annotations

import numpy as np

_ROUNDS = 100


def refit_head(
    embeddings: np.ndarray,
    labels: np.ndarray,
    log_priors: np.ndarray,
    odds: np.ndarray,
    decay: float = 1e-2,
) -> tuple[np.ndarray, np.ndarray]:
    """Fit a linear head on fixed features to its optimum (L-BFGS).

    The representation is best learned with strong variation and a weighted loss, the classifier on top of it
    is not (Kang et al. 2020, "Decoupling representation and classifier for long-tailed recognition"). The
    loss is cross-entropy with the class prior of each cell's source added to the logits (see
    :mod:`marrowdesk.training.priors`), so the logits it leaves are those of equally frequent classes.

    Args:
        embeddings: (N, D) features of the training cells as the program will show them.
        labels: (N,) index of the class, 0 … K-1.
        log_priors: (N, K) logarithm of the class prior of each cell's source; zeros for none.
        odds: (N,) weight of each cell, sum 1.
        decay: share of the squared length of the weights, features scaled to standard deviation 1.

    Returns:
        Weights (K, D) and biases (K,), float32, for the features as they were given.
    """
    import torch

    middle, spread = embeddings.mean(0), embeddings.std(0) + 1e-6
    cells = torch.from_numpy(((embeddings - middle) / spread).astype(np.float32))
    truth, share = torch.from_numpy(labels.astype(np.int64)), torch.from_numpy(odds.astype(np.float32))
    prior = torch.from_numpy(log_priors.astype(np.float32))
    weights = torch.zeros(cells.shape[1], prior.shape[1], requires_grad=True)
    biases = torch.zeros(prior.shape[1], requires_grad=True)
    optimizer = torch.optim.LBFGS([weights, biases], max_iter=_ROUNDS, line_search_fn="strong_wolfe")

    def cost() -> torch.Tensor:
        optimizer.zero_grad()
        logits = cells @ weights + biases + prior
        entropy = torch.nn.functional.cross_entropy(logits, truth, reduction="none")
        total = (share * entropy).sum() + decay * (weights**2).sum()
        total.backward()
        return total

    optimizer.step(cost)
    found = weights.detach().numpy().T / spread
    return found.astype(np.float32), (biases.detach().numpy() - found @ middle).astype(np.float32)

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
    nuisances: np.ndarray | None = None,
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
        nuisances: (J, D) orthonormal directions, in features scaled to standard deviation 1, that the head
            must not look along; see :func:`source_directions`.

    Returns:
        Weights (K, D) and biases (K,), float32, for the features as they were given.
    """
    import torch

    middle, spread = embeddings.mean(0), embeddings.std(0) + 1e-6
    scaled = ((embeddings - middle) / spread).astype(np.float32)
    if nuisances is not None:  # weights along what is nowhere any more stay zero: the decay sees to it
        scaled = scaled - (scaled @ nuisances.T) @ nuisances
    cells = torch.from_numpy(scaled)
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


def source_directions(
    embeddings: np.ndarray, labels: np.ndarray, sources: np.ndarray, count: int, fewest: int = 100
) -> np.ndarray:
    """Find the directions of feature space in which the sources of a class lie apart most.

    Nuisance attribute projection (Solomonoff, Campbell and Boardman 2005, for voices over other telephones):
    of each class that comes from several sources, the middles of its sources are compared with their common
    middle; the leading right singular vectors of all these differences say how laboratories differ, whatever
    the cell.

    Args:
        embeddings: (N, D) features.
        labels: (N,) index of the class.
        sources: (N,) names of the sources.
        count: directions wanted.
        fewest: cells of a class that a source must have to be compared.

    Returns:
        (J, D) orthonormal float32, in features scaled to standard deviation 1; J is ``count`` or, where there
        are fewer differences than that, their number.
    """
    scaled = (embeddings - embeddings.mean(0)) / (embeddings.std(0) + 1e-6)
    apart: list[np.ndarray] = []
    for label in np.unique(labels):
        of_class = labels == label
        names = [each for each in np.unique(sources) if (of_class & (sources == each)).sum() >= fewest]
        if len(names) > 1:
            middles = np.stack([scaled[of_class & (sources == each)].mean(0) for each in names])
            apart.extend(middles - middles.mean(0))
    if not apart or count <= 0:
        return np.empty((0, embeddings.shape[1]), np.float32)
    _, strength, directions = np.linalg.svd(np.stack(apart), full_matrices=False)
    return np.asarray(directions[: min(count, int((strength > 1e-6 * strength[0]).sum()))], np.float32)

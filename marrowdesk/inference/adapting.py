"""Another last layer for a bundle's network: fitted to cells of one laboratory, judged on others of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize
from threadpoolctl import threadpool_limits

from marrowdesk.core.errors import BundleError, Cancelled
from marrowdesk.inference.calibration import calibration_error, fit_temperature, probabilities

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator, Mapping

    from marrowdesk.inference.bundle import Bundle

AXES = 128
"""Directions of the features along which the last layer may change: those in which the cells vary most."""

PENALTIES = (10_000.0, 1000.0, 100.0, 10.0, 1.0, 0.1)
"""Strengths of the penalty to choose from, in cells, the strongest first."""

FOLDS = 5
_INNER_FOLDS = 3
_BIAS_PENALTY = 1.0  # in cells: a stain that moves all cells alike is undone by the biases alone
_STILL = np.float32(0.01)
"""Share of the mean spread that a feature is scaled by at the least: one that stands still says nothing, and
weights of a hundred times the size would not fit into the half precision of the file."""
_NEVER = -1e4  # the logit of a class that is never proposed
_SMOOTHING = 1.0  # cells added to every class, in cells of the mean class
_ROUNDS = 40


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """What a laboratory's readers decided.

    Attributes:
        embeddings: (N, D) float32, pooled features of the base's network.
        labels: (N,) index of the class among the network's outputs.
        groups: (N,) number of the case that each cell comes from.
    """

    embeddings: np.ndarray
    labels: np.ndarray
    groups: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """A last layer whose logits are calibrated as they stand: probabilities are their softmax.

    Attributes:
        weights: (K, D) float32.
        biases: (K,) float32.
    """

    weights: np.ndarray
    biases: np.ndarray

    def logits(self, embeddings: np.ndarray) -> np.ndarray:
        """Give the logits of embeddings (N, D): (N, K) float32."""
        return np.asarray(embeddings @ self.weights.T + self.biases, np.float32)

    def proposals(self, embeddings: np.ndarray) -> np.ndarray:
        """Give the class that is proposed for each of the embeddings (N, D): (N,) indices."""
        return np.asarray(self.logits(embeddings).argmax(1))

    def probabilities(self, embeddings: np.ndarray) -> np.ndarray:
        """Give the probabilities of embeddings (N, D): (N, K) float32."""
        return probabilities(self.logits(embeddings), np.zeros(len(self.biases)), 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A base and what was fitted to a laboratory, on the same cells, each judged while it was kept back.

    Attributes:
        labels: (N,) index of the reader's class.
        base: (N, K) float32 probabilities of the base.
        adapted: (N, K) float32 probabilities of layers that were fitted without the cell.
        groups: (N,) number of the case.
        by_case: whether whole cases were kept back.
        layers: those that were fitted, each without a fold of the cells.
        folds: (N,) which of the layers was fitted without the cell.
    """

    labels: np.ndarray
    base: np.ndarray
    adapted: np.ndarray
    groups: np.ndarray
    by_case: bool
    layers: tuple[Layer, ...]
    folds: np.ndarray

    @property
    def base_right(self) -> np.ndarray:
        """(N,) whether the base names the cell as the reader does."""
        return np.asarray(self.base.argmax(1) == self.labels)

    @property
    def adapted_right(self) -> np.ndarray:
        """(N,) whether the adapted layer names the cell as the reader does."""
        return np.asarray(self.adapted.argmax(1) == self.labels)

    def calibration_errors(self) -> tuple[float, float]:
        """Give the expected calibration error of the base and of the adapted layer."""
        base = calibration_error(self.base.max(1), self.base_right)
        return base, calibration_error(self.adapted.max(1), self.adapted_right)


def last_layer(bundle: Bundle, tensors: Mapping[str, np.ndarray]) -> tuple[str, Layer]:
    """Find a bundle's last layer, its class weights and temperature worked in: it is calibrated as it stands.

    Args:
        bundle: the bundle.
        tensors: of its weight file.

    Returns:
        The name of the layer in the weight file, without ``.weight`` and ``.bias``, and the layer.

    Raises:
        BundleError: the file has no layer of that shape, or several.
    """
    classes, width = len(bundle.codes), len(tensors["doubt.middle"]) if "doubt.middle" in tensors else None
    found = [
        name.removesuffix(".weight")
        for name, value in tensors.items()
        if name.startswith("network.") and name.endswith(".weight") and value.ndim == 2
        and value.shape[0] == classes and width in (None, value.shape[1])
        and f"{name.removesuffix('.weight')}.bias" in tensors
    ]  # fmt: skip
    if len(found) != 1:
        raise BundleError(
            f"The model {bundle.card.name} has no last layer that could be fitted anew.",
            "Adapt the model that ships with the program.",
        )
    calibration = bundle.card.calibration
    weights = tensors[f"{found[0]}.weight"].astype(np.float32)
    biases = tensors[f"{found[0]}.bias"].astype(np.float32) - np.array(calibration.log_weights, np.float32)
    layer = Layer(weights / calibration.temperature, biases / calibration.temperature)
    layer.biases[[each.code not in bundle.proposed for each in bundle.card.outputs]] = _NEVER
    return found[0], layer


def judge(
    base: Layer, cells: Cells, by_case: bool, cancel: threading.Event
) -> Iterator[tuple[int, int] | Judged]:
    """Compare the base with layers fitted to the laboratory, on cells that these have not seen.

    Cross-validation: whole cases are kept back where there are enough of them, for the cells of one slide
    are alike. The penalty and the temperature are chosen among the other cells each time.

    Args:
        base: the shipped layer.
        cells: of the laboratory.
        by_case: whether whole cases are kept back.
        cancel: set to stop.

    Yields:
        How many layers are fitted, of how many; last of all what came out.

    Raises:
        Cancelled: ``cancel`` was set.
    """
    folds = _by_case(cells.groups, FOLDS) if by_case else _by_class(cells.labels, FOLDS)
    names = np.unique(folds)
    adapted = np.empty((len(cells), len(base.biases)), np.float32)
    layers = []
    for done, each in enumerate(names):
        _stop_if(cancel)
        yield done, len(names) + 1
        kept_back = folds == each
        layer, _ = fit(base, _part(cells, ~kept_back), cancel)
        layers.append(layer)
        adapted[kept_back] = layer.probabilities(cells.embeddings[kept_back])
    shipped, at = base.probabilities(cells.embeddings), np.searchsorted(names, folds)
    yield Judged(cells.labels, shipped, adapted, cells.groups, by_case, tuple(layers), at)


def fit(base: Layer, cells: Cells, cancel: threading.Event) -> tuple[Layer, float]:
    """Fit a last layer to cells, with the penalty that serves cells of them that are kept back best.

    Args:
        base: the shipped layer; what the cells say nothing about stays as it is.
        cells: at least one of two classes.
        cancel: set to stop.

    Returns:
        The layer and the strength of the penalty.

    Raises:
        Cancelled: ``cancel`` was set.
    """
    # One thread: the products are small, and threads that wait for each other while other programs take turns
    # on the processors make them twenty times slower.
    with threadpool_limits(1, "blas"):
        return _fitted(base, cells, cancel)


def _fitted(base: Layer, cells: Cells, cancel: threading.Event) -> tuple[Layer, float]:
    space = _Space.of(cells.embeddings)
    seen, plain = space.seen(cells.embeddings), base.logits(cells.embeddings)
    folds = _by_class(cells.labels, _INNER_FOLDS)
    logits = np.empty((len(PENALTIES), *plain.shape), np.float32)
    for each in np.unique(folds):
        rest = folds != each
        change = None
        for at, penalty in enumerate(PENALTIES):
            _stop_if(cancel)
            change = _change(seen[rest], plain[rest], cells.labels[rest], penalty, change)
            logits[at, ~rest] = plain[~rest] + _moved(seen[~rest], change)
    costs = [_surprise(each, cells.labels) for each in logits]
    best = int(np.argmin(costs))
    change = _change(seen, plain, cells.labels, PENALTIES[best])
    temperature = fit_temperature(logits[best], cells.labels, np.zeros(len(base.biases)))
    return space.layer(base, change, temperature), PENALTIES[best]


@dataclass(frozen=True, slots=True, eq=False)
class _Space:
    """Features scaled to standard deviation 1, along the axes of the greatest spread."""

    middle: np.ndarray
    spread: np.ndarray
    axes: np.ndarray

    @classmethod
    def of(cls, embeddings: np.ndarray) -> _Space:
        middle, spread = embeddings.mean(0), embeddings.std(0)
        spread = np.maximum(spread, _STILL * np.sqrt((spread**2).mean()) + np.float32(1e-6))
        scaled = (embeddings - middle) / spread
        width = embeddings.shape[1]
        count = min(AXES, len(embeddings), width)
        _, axes = np.linalg.eigh(scaled.T @ scaled)  # scipy's keeps the interpreter's lock: a window stops
        return cls(middle, spread, np.ascontiguousarray(axes[:, width - count :], np.float32))

    def seen(self, embeddings: np.ndarray) -> np.ndarray:
        """Give the coordinates (N, P) with a column of ones."""
        along = ((embeddings - self.middle) / self.spread) @ self.axes
        return np.hstack([along, np.ones((len(along), 1), np.float32)]).astype(np.float32)

    def layer(self, base: Layer, change: np.ndarray, temperature: float) -> Layer:
        """Put a change (P + 1, K) and a temperature into the layer."""
        moved = (self.axes @ change[:-1]).T / self.spread
        biases = base.biases + change[-1] - moved @ self.middle
        weights = (base.weights + moved) / temperature
        return Layer(weights.astype(np.float32), (biases / temperature).astype(np.float32))


def _moved(seen: np.ndarray, change: np.ndarray) -> np.ndarray:
    return np.asarray(seen @ change, np.float32)


def _change(
    seen: np.ndarray, plain: np.ndarray, labels: np.ndarray, penalty: float, start: np.ndarray | None = None
) -> np.ndarray:
    """Find the change of a layer with the least cost on some cells.

    The cost is the cross-entropy with the classes' shares among the cells added to the logits (Menon et al.
    2021, "Long-tail learning via logit adjustment"): what is fitted is what cells look like, not how often
    a class came, which is another matter on the next slide. To it comes the squared length of the change,
    so that few cells change little, that of the biases at a small, fixed weight: maximum a posteriori
    adaptation (Chelba and Acero 2006, "Adaptation of maximum entropy capitalizer: little data can help a
    lot").

    Args:
        seen: (N, P + 1) coordinates, the last one 1.
        plain: (N, K) logits of the base.
        labels: (N,) classes.
        penalty: factor of the squared length of the weights, beside the sum over the cells.
        start: where to begin.

    Returns:
        (P + 1, K) float32.
    """
    classes, rows = plain.shape[1], np.arange(len(labels))
    share = np.full((seen.shape[1], 1), penalty / len(labels), np.float32)
    share[-1] = _BIAS_PENALTY / len(labels)
    offset = plain + _log_shares(labels, classes)
    shape = (seen.shape[1], classes)
    # Cross-entropy bends along an axis by half its spread at the most (Böhning 1992): scaled by that, a few
    # rounds are enough.
    scale = 1 / np.sqrt(0.5 * (seen**2).mean(0)[:, None] + 2 * share).astype(np.float32)

    def cost(flat: np.ndarray) -> tuple[float, np.ndarray]:
        change = flat.reshape(shape).astype(np.float32) * scale
        logits = offset + seen @ change
        logits -= logits.max(1, keepdims=True)
        odds = np.exp(logits)
        sums = odds.sum(1)
        entropy = float(np.mean(np.log(sums) - logits[rows, labels]))
        odds /= sums[:, None]
        odds[rows, labels] -= 1
        slope = seen.T @ odds / np.float32(len(labels)) + 2 * share * change
        return entropy + float((share * change**2).sum()), (slope * scale).astype(np.float64).ravel()

    begin = np.zeros(shape) if start is None else start / scale
    found = minimize(cost, begin.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": _ROUNDS})
    return np.asarray(found.x.reshape(shape) * scale, np.float32)


def _log_shares(labels: np.ndarray, classes: int) -> np.ndarray:
    """Give the logarithm of the classes' shares, evened out.

    With the shares as they are, a class of which five cells came would be proposed as readily as one of five
    hundred, which names the many wrongly; without them the few are never proposed.
    """
    counts = np.bincount(labels, minlength=classes) + _SMOOTHING * len(labels) / classes
    return np.asarray(np.log(counts / counts.sum()), np.float32)


def _surprise(logits: np.ndarray, labels: np.ndarray) -> float:
    """Give the mean of -log p of the readers' classes, the classes' shares known."""
    known = np.asarray(logits + _log_shares(labels, logits.shape[1]), np.float32)
    top = known.max(1)
    sums = np.log(np.exp(known - top[:, None]).sum(1))
    return float(np.mean(top + sums - known[np.arange(len(labels)), labels]))


def _by_class(labels: np.ndarray, folds: int) -> np.ndarray:
    """Share cells out evenly, class by class: the fold (N,) of each; the same for the same cells."""
    at = np.empty(len(labels), int)
    rng = np.random.default_rng(0)
    for each in np.unique(labels):
        inside = rng.permutation(np.flatnonzero(labels == each))
        at[inside] = (np.arange(len(inside)) + rng.integers(folds)) % folds
    return at


def _by_case(groups: np.ndarray, folds: int) -> np.ndarray:
    """Share whole cases out, the largest first, always to the fold that has the fewest cells."""
    names, counts = np.unique(groups, return_counts=True)
    at, filled = np.empty(len(groups), int), np.zeros(min(folds, len(names)), int)
    for each in np.argsort(-counts, kind="stable"):
        least = int(filled.argmin())
        at[groups == names[each]] = least
        filled[least] += counts[each]
    return at


def _part(cells: Cells, chosen: np.ndarray) -> Cells:
    return Cells(cells.embeddings[chosen], cells.labels[chosen], cells.groups[chosen])


def _stop_if(cancel: threading.Event) -> None:
    if cancel.is_set():
        raise Cancelled("Fitting was stopped.", "No model was kept.")

"""Proposals under a scheme that tells fewer classes apart than the classifier does, or finds some rarer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from marrowdesk.core.taxonomy import MARROW

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marrowdesk.core.cell import Prediction
    from marrowdesk.core.taxonomy import Scheme


class Placing:
    """Puts proposals of the classifier's classes under the classes of a scheme that take them.

    The classifier takes all its classes for equally common. Where a scheme knows one to be rarer, its
    probability is weighed by that prior and all are made to sum to 1 again (Bayes' rule; Saerens, Latinne and
    Decaestecker, Neural Computation 2002). What is kept in a case are always the classifier's own classes and
    probabilities; another scheme shows them otherwise.
    """

    def __init__(self, scheme: Scheme) -> None:
        self._scheme = scheme
        self._known: dict[tuple[str, ...], tuple[tuple[str, ...], np.ndarray]] = {}

    def prediction(self, found: Prediction) -> Prediction:
        """Give a proposal weighed by the priors, with the probabilities of classes under one summed."""
        if self._scheme.as_proposed:
            return found
        codes, placed = self.probabilities(found.codes, found.probabilities)
        placed.setflags(write=False)
        return replace(found, codes=codes, probabilities=placed)

    def probabilities(self, codes: tuple[str, ...], odds: np.ndarray) -> tuple[tuple[str, ...], np.ndarray]:
        """Give the probabilities of the scheme's classes.

        Args:
            codes: the K classes of the classifier.
            odds: (…, K) their probabilities, which sum to 1.

        Returns:
            The J codes of the scheme and float32 (…, J), which sum to 1.
        """
        names, taken = self._taken(codes)
        weighed = odds @ taken
        return names, (weighed / weighed.sum(-1, keepdims=True)).astype(np.float32)

    def label(self, code: str | None) -> str | None:
        """Give the class under which a label stands."""
        return None if code is None else self._scheme.place(code)

    def maps(
        self, codes: Sequence[str], maps: np.ndarray, probabilities: np.ndarray
    ) -> tuple[tuple[str, ...], np.ndarray]:
        """Give activation maps of the scheme's classes.

        A map is the class-weighted sum of the last features; that of classes together is their mean, weighed
        by their probabilities: the gradient of the logarithm of the sum of their exponentials.

        Args:
            codes: the K classes of the classifier.
            maps: (K, h, w).
            probabilities: (K,) of the proposal.

        Returns:
            The J codes of the scheme and float32 (J, h, w).
        """
        if self._scheme.as_proposed:
            return tuple(codes), maps
        names, taken = self._taken(tuple(codes))
        weights = taken * np.maximum(probabilities, 1e-12)[:, None]
        weights /= weights.sum(0)
        return names, np.tensordot(weights.T, maps, axes=1).astype(np.float32)

    def _taken(self, codes: tuple[str, ...]) -> tuple[tuple[str, ...], np.ndarray]:
        """Give the J codes of the scheme, and (K, J) the prior of each class where it is taken, else 0."""
        if codes not in self._known:
            placed = [self._scheme.place(code) for code in codes]
            names = tuple(dict.fromkeys(placed))
            taken = np.zeros((len(codes), len(names)))
            for row, (code, name) in enumerate(zip(codes, placed, strict=True)):
                taken[row, names.index(name)] = self._scheme.prior(code)
            self._known[codes] = names, taken
        return self._known[codes]


def shipped_class(code: str, scheme: Scheme) -> str | None:
    """Give the one shipped class that a reader's label stands for.

    Args:
        code: the label, of the scheme.
        scheme: the classes that the case is counted with, perhaps of the laboratory's own.

    Returns:
        A code of the 21 shipped classes; None where the label stands for several of them, or for none.
    """
    if code in scheme and scheme[code].takes:
        return None
    if code in MARROW:
        return code
    found = MARROW.for_folder(scheme[code].name) if code in scheme else None
    return None if found is None else found.code

"""Proposals under a scheme that tells fewer classes apart than the classifier does."""

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

    What is kept in a case are always the classifier's own classes; another scheme shows them otherwise.
    """

    def __init__(self, scheme: Scheme) -> None:
        self._scheme = scheme
        self._known: dict[tuple[str, ...], tuple[tuple[str, ...], np.ndarray]] = {}

    def prediction(self, found: Prediction) -> Prediction:
        """Give a proposal with the probabilities of classes that stand under one summed."""
        if not self._scheme.groups:
            return found
        codes, at = self._places(found.codes)
        sums = np.bincount(at, weights=found.probabilities, minlength=len(codes)).astype(np.float32)
        sums.setflags(write=False)
        return replace(found, codes=codes, probabilities=sums)

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
        if not self._scheme.groups:
            return tuple(codes), maps
        names, at = self._places(tuple(codes))
        weights = np.zeros((len(names), len(at)), np.float32)
        weights[at, np.arange(len(at))] = np.maximum(probabilities, 1e-12)
        weights /= weights.sum(1, keepdims=True)
        return names, np.tensordot(weights, maps, axes=1).astype(np.float32)

    def _places(self, codes: tuple[str, ...]) -> tuple[tuple[str, ...], np.ndarray]:
        if codes not in self._known:
            placed = [self._scheme.place(code) for code in codes]
            names = tuple(dict.fromkeys(placed))
            self._known[codes] = names, np.array([names.index(each) for each in placed], np.intp)
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

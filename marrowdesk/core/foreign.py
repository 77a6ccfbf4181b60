"""Whether slides look like none that the classifier learned from: far too many cells are unfamiliar to it."""

from __future__ import annotations

from marrowdesk.core.intervals import clopper_pearson

USUAL = 0.05
"""Share of cells that the classifier calls unfamiliar where it was trained, about: less of all kept back, for
the threshold of doubt is set so, and some more of marrow alone (its card tells)."""

_TIMES = 3.0
"""How many times as many tell another laboratory."""

_FEWEST = 20
"""Cells that tell something of a slide, at the least."""


def looks_foreign(measured: int, unfamiliar: int) -> bool:
    """Tell whether far more cells are unfamiliar than where the classifier was trained.

    The lower limit of the exact 95 % interval of the share must lie above three times the usual one; fewer
    than 20 cells prove nothing.

    Args:
        measured: cells whose doubt was measured, reviewed or not, >= 0.
        unfamiliar: those of them that the classifier calls unfamiliar.
    """
    return measured >= _FEWEST and clopper_pearson(unfamiliar, measured)[0] > _TIMES * USUAL

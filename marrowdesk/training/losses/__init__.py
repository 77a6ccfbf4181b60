"""The losses a network can be trained with, chosen by name."""

from marrowdesk.core.mistakes import cost_matrix
from marrowdesk.training.losses.choice import LOSSES, OPTIONS, make_loss, posterior_offsets
from marrowdesk.training.losses.entropy import cost_sensitive
from marrowdesk.training.losses.weights import class_weights

__all__ = [
    "LOSSES",
    "OPTIONS",
    "class_weights",
    "cost_matrix",
    "cost_sensitive",
    "make_loss",
    "posterior_offsets",
]

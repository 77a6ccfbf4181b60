"""Which networks, losses and kinds of attention a study compares, and in what order."""

from __future__ import annotations

import difflib
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.inference.attention import NAMES as ATTENTIONS
from marrowdesk.training.architectures import PRESETS, chosen
from marrowdesk.training.losses import LOSSES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

ARCHITECTURES = tuple(preset.name for preset in PRESETS)
PARTS = ("architectures", "losses", "attention")


@dataclass(frozen=True, slots=True)
class Combination:
    """One network with one loss and one kind of attention.

    Attributes:
        architecture: name of a preset, or of a network of timm.
        loss: name of the loss.
        attention: name of the attention; "none" leaves the network as it is.
    """

    architecture: str
    loss: str
    attention: str

    def __str__(self) -> str:
        return f"{self.architecture}, {self.loss}, {self.attention}"

    def folder(self, seed: int) -> str:
        """Name the folder of its run with a seed."""
        return f"{self.architecture}-{self.loss}-{self.attention}-seed{seed}"


@dataclass(frozen=True, slots=True)
class Part:
    """Combinations that differ in one thing: one table of the study.

    Attributes:
        title: for people.
        varied: field of the combination that differs.
        combinations: what is compared, at least one.
    """

    title: str
    varied: str
    combinations: tuple[Combination, ...]

    @property
    def fixed(self) -> dict[str, str]:
        """What all combinations have in common, by the field's name."""
        fields = asdict(self.combinations[0])
        return {name: value for name, value in fields.items() if name != self.varied}

    def takes(self, other: Combination) -> bool:
        """Whether another combination can stand in the same table."""
        return all(getattr(other, name) == value for name, value in self.fixed.items())

    def joined_by(self, others: Collection[Combination]) -> Part:
        """Give the part with those of other combinations that can stand in the same table, in usual order."""
        more = sorted((each for each in others if each not in self.combinations), key=str)
        every = (*self.combinations, *(each for each in more if self.takes(each)))
        return replace(self, combinations=tuple(sorted(every, key=_rank)))


def make_grid(
    architectures: Sequence[str] = ARCHITECTURES,
    losses: Sequence[str] = tuple(LOSSES),
    attentions: Sequence[str] = ATTENTIONS,
) -> dict[str, Part]:
    """Lay out the grid of Hu et al. 2025: networks, then losses on one of them, then attention on both.

    Networks are compared with cross-entropy and without attention. Losses are compared on regnetx_032, kinds
    of attention on regnetx_032 with the cost-sensitive loss, as the study recommends; where these are not
    among what is asked for, on the first that is.

    Args:
        architectures: names of networks, of presets or of timm.
        losses: names of losses.
        attentions: names of kinds of attention.

    Returns:
        The parts by their names (:data:`PARTS`), in order.

    Raises:
        MarrowdeskError: there is no such network, loss or attention, or nothing to compare.
    """
    names = [_preset(each) for each in dict.fromkeys(architectures)]
    for kind, given in (("network", names), ("loss", losses), ("attention", attentions)):
        if not given:
            raise MarrowdeskError(
                f"No {kind} is named.", f"Name at least one {kind}, or leave the option out."
            )
    _check("loss", losses, LOSSES)
    _check("attention", attentions, ATTENTIONS)
    _check_architectures(names)
    network, loss = _recommended("regnetx_032", names), _recommended("cost_sensitive", losses)
    return {
        "architectures": Part(
            "Networks", "architecture", _all(Combination(each, "cross_entropy", "none") for each in names)
        ),
        "losses": Part("Losses", "loss", _all(Combination(network, each, "none") for each in losses)),
        "attention": Part(
            "Attention", "attention", _all(Combination(network, loss, each) for each in attentions)
        ),
    }


def _all(combinations: Iterable[Combination]) -> tuple[Combination, ...]:
    return tuple(dict.fromkeys(combinations))


def _preset(name: str) -> str:
    """Give a preset's name for timm's name of it, so that no network is trained under two names."""
    return next((preset.name for preset in PRESETS if name == preset.timm), name)


def _recommended(name: str, among: Sequence[str]) -> str:
    return name if name in among else among[0]


def _rank(each: Combination) -> tuple[int, ...]:
    orders = (ARCHITECTURES, tuple(LOSSES), ATTENTIONS)
    names = (each.architecture, each.loss, each.attention)
    return tuple(
        order.index(name) if name in order else len(order) for order, name in zip(orders, names, strict=True)
    )


def _check(kind: str, names: Sequence[str], known: Collection[str]) -> None:
    for name in names:
        if name not in known:
            raise MarrowdeskError(f"There is no {kind} called {name!r}.", f"Choose from {', '.join(known)}.")


def _check_architectures(names: Sequence[str]) -> None:
    import timm

    for name in names:
        if not timm.is_model(chosen(name)[0]):
            near = difflib.get_close_matches(name, [*ARCHITECTURES, *timm.list_models()], 3)
            raise MarrowdeskError(
                f"There is no network called {name!r}.",
                f"Presets are {', '.join(ARCHITECTURES)}"
                + (
                    f"; names of timm like it: {', '.join(near)}."
                    if near
                    else "; any name of timm works too."
                ),
            )

"""What is compared: a laboratory left out, a guard against learning the slide left away, fewer cells."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from marrowdesk.core.errors import MarrowdeskError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from marrowdesk.training.plan import Plan

SOURCES, GUARDS, CELLS = "sources", "guards", "cells"
PARTS = {
    SOURCES: "Each source left out in turn",
    GUARDS: "Guards against learning the slide, left away or changed",
    CELLS: "Fewer training cells",
}
"""Names of the parts, with their titles."""

WHOLE = "the whole recipe"


@dataclass(frozen=True, slots=True)
class Variant:
    """One run of the comparison.

    Attributes:
        part: the part it belongs to.
        name: what it leaves out or changes, unique in its part.
        without: source that is kept back as a whole; empty for none.
        guard: name of the change of the plan, of :data:`CHANGES`; empty for none.
        most: training cells of each class and source at the most; None for all.
    """

    part: str
    name: str
    without: str = ""
    guard: str = ""
    most: int | None = None

    @property
    def folder(self) -> str:
        """Name of its run's folder; runs that stand in several parts are done once."""
        words = (
            f"without-{self.without}" if self.without else "",
            self.guard.replace(" ", "-"),
            "" if self.most is None else f"{self.most}-cells",
        )
        return "_".join(word for word in words if word) or "whole"

    def plan(self, plan: Plan) -> Plan:
        """Give the plan of its run, made from that of the whole recipe."""
        return CHANGES[self.guard](plan) if self.guard else plan


CHANGES: dict[str, Callable[[Plan], Plan]] = {
    "no prior": lambda plan: replace(plan, prior=None),
    "no borrowing": lambda plan: replace(plan, strength=replace(plan.strength, recolour=0.0, surround=0.0)),
    "no recolouring": lambda plan: replace(plan, strength=replace(plan.strength, recolour=0.0)),
    "no surroundings": lambda plan: replace(plan, strength=replace(plan.strength, surround=0.0)),
    "plain drawing": lambda plan: replace(plan, sampling="plain"),
    "half the variation": lambda plan: replace(plan, strength=plan.strength.scaled(0.5)),
    "one and a half times the variation": lambda plan: replace(plan, strength=plan.strength.scaled(1.5)),
    "no adversary": lambda plan: replace(plan, adversary=0.0),
    "cross-entropy": lambda plan: replace(plan, loss="cross_entropy"),
}
"""What can be changed in the recipe, by the name that the tables use."""


def lay_out(sources: Sequence[str], numbers: Sequence[int], parts: Sequence[str]) -> list[Variant]:
    """List the runs of some parts.

    Args:
        sources: all sources of the data.
        numbers: how many cells of each class and source to train on, besides all, for the part ``cells``.
        parts: names of parts, of :data:`PARTS`.

    Raises:
        MarrowdeskError: there is but one source, which cannot be left out.
    """
    variants: list[Variant] = []
    if SOURCES in parts:
        if len(sources) < 2:
            raise MarrowdeskError(
                f"The data have one source only ({', '.join(sources)}); it cannot be left out.",
                "Give data of another laboratory too, or leave the part 'sources' out.",
            )
        variants.append(Variant(SOURCES, WHOLE))
        variants += [Variant(SOURCES, f"without {each}", without=each) for each in sources]
    if GUARDS in parts:
        variants.append(Variant(GUARDS, WHOLE))
        variants += [Variant(GUARDS, each, guard=each) for each in CHANGES]
    if CELLS in parts:
        variants += [Variant(CELLS, f"{each}", most=each) for each in sorted(set(numbers))]
        variants.append(Variant(CELLS, "all"))
    return variants


def chosen_of(variants: Sequence[Variant], names: Sequence[str] | None) -> list[Variant]:
    """Choose variants by their names; all of them where none is named.

    Raises:
        MarrowdeskError: there is no variant of a name.
    """
    known = [each.name for each in variants]
    for name in names or ():
        if name not in known:
            raise MarrowdeskError(
                f"There is no run called {name!r} in this comparison.", f"Choose of: {', '.join(known)}."
            )
    return [each for each in variants if not names or each.name in names]

"""The course of a study: every combination run once, a line each; what is finished is not repeated."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.training.study.results import read_result
from marrowdesk.training.study.runs import carry_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from marrowdesk.training.study.cells import StudyCells
    from marrowdesk.training.study.grid import Combination, Part
    from marrowdesk.training.study.results import Result
    from marrowdesk.training.study.runs import Means
    from marrowdesk.training.study.settings import Settings

RUNS = "runs"


@dataclass(slots=True)
class Study:
    """A study while it is carried out.

    Attributes:
        folder: where it is kept; each run has a folder of its own below it.
        settings: what all runs have in common.
        cells: what to train and measure on.
        means: what to run it with.
        say: takes the line that tells how a run ended.
        failures: why a combination has no result, in a sentence.
        spent: seconds that each run took, of those carried out now.
    """

    folder: Path
    settings: Settings
    cells: StudyCells
    means: Means
    say: Callable[[str], None] = print
    failures: dict[Combination, str] = field(default_factory=dict)
    spent: list[float] = field(default_factory=list)

    def follow(self, parts: Iterable[Part], repeat: int) -> bool:
        """Run every combination of some parts, one that stands in several of them once.

        Args:
            parts: what to compare.
            repeat: runs of each combination, with seeds that follow each other.

        Returns:
            False where it was stopped before its end.
        """
        combinations = dict.fromkeys(each for part in parts for each in part.combinations)
        # All of the grid with one seed before the next: stopped half-way, it is a whole study of fewer seeds.
        runs = [(each, self.settings.seed + turn) for turn in range(repeat) for each in combinations]
        for number, (combination, seed) in enumerate(runs, start=1):
            told = f"[{number}/{len(runs)}] {combination}, seed {seed}"
            try:
                said = self._one(combination, seed, runs[number:])
            except (MarrowdeskError, RuntimeError) as error:
                said = f"failed: {_reason(error)}"
                self.failures[combination] = _reason(error)
            if not said:
                return False
            self.say(f"{told}: {said}")
        return True

    def _one(self, combination: Combination, seed: int, rest: Sequence[tuple[Combination, int]]) -> str:
        """Carry out a run, or read it where it is finished; say how it ended, nothing if it was stopped."""
        run = self.folder / RUNS / combination.folder(seed)
        result = read_result(run)
        if result is not None:
            return f"{_scores(result)}; finished before"
        since = time.monotonic()
        plan = self.settings.plan(combination, self.cells.codes, seed)
        result = carry_out(combination, plan, self.cells, run, self.means)
        if result is None:
            return ""
        self.spent.append(time.monotonic() - since)
        return f"{_scores(result)}{self._left(rest)}"

    def _left(self, rest: Sequence[tuple[Combination, int]]) -> str:
        """Say how long the rest takes if its runs take as long as those before did on average."""
        runs = sum(read_result(self.folder / RUNS / each.folder(seed)) is None for each, seed in rest)
        seconds = runs * sum(self.spent) / len(self.spent)
        if not runs:
            return ""
        if seconds < 90:
            return f"; about {seconds:.0f} s left"
        return (
            f"; about {seconds / 60:.0f} min left"
            if seconds < 5400
            else f"; about {seconds / 3600:.1f} h left"
        )


def _reason(error: Exception) -> str:
    """Give an error as one line, without its hint."""
    said = error.message if isinstance(error, MarrowdeskError) else f"{type(error).__name__}: {error}"
    return " ".join(said.split())


def _scores(result: Result) -> str:
    f1 = result.scores["macro F1"]
    return (
        f"macro F1 {f1['value']:.3f} ({f1['95 % from']:.3f}–{f1['95 % to']:.3f}), "
        f"{result.training_speed:.0f} images/s, {result.seconds:.0f} s"
    )

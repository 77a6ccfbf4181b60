"""The learning curve of a bundle's last layer, fitted on shares of the training cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from marrowdesk.inference.calibration import probabilities
from marrowdesk.training.heads import fit_head
from marrowdesk.training.judged import Judged
from marrowdesk.training.metrics import mean_recall, measured

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from marrowdesk.training.heads import HeadFit
    from marrowdesk.training.plan import Plan
    from marrowdesk.training.samples import Sample


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Cells as a network sees them.

    Attributes:
        samples: N cells of classes that the network has an output for.
        embeddings: (N, D) float32, its features.
    """

    samples: Sequence[Sample]
    embeddings: np.ndarray

    def only(self, at: np.ndarray) -> Seen:
        """Keep some of the cells; ``at`` are indices."""
        return Seen([self.samples[each] for each in at], self.embeddings[at])


@dataclass(frozen=True, slots=True)
class Point:
    """A point of the curve.

    Attributes:
        share: of the training cells of each class and source, in (0, 1].
        draw: number of the draw, from 0.
        cells: how many cells the layer was fitted on.
        recalls: mean recall over the classes of each source, on cells kept back.
    """

    share: float
    draw: int
    cells: int
    recalls: Mapping[str, float]


def drawn(samples: Sequence[Sample], share: float, seed: int) -> np.ndarray:
    """Draw a share of the cells of each class and source, one at the least; indices in rising order."""
    groups: dict[tuple[str, str], list[int]] = {}
    for at, each in enumerate(samples):
        groups.setdefault((each.source, each.code), []).append(at)
    rng = np.random.default_rng(seed)
    chosen = [
        rng.choice(own, max(1, round(share * len(own))), replace=False) for _, own in sorted(groups.items())
    ]
    return np.sort(np.concatenate(chosen))


def head_curve(
    trained: Seen, tested: Seen, plan: Plan, fit: HeadFit, shares: Sequence[float], draws: int
) -> Iterator[Point]:
    """Fit the layer on each share of the training cells, so many times, and measure it.

    Args:
        trained: the cells to fit on.
        tested: cells kept back; those of a class that their source did not teach are left out.
        plan: of the training that made the features.
        fit: how the layer is fitted.
        shares: each in (0, 1].
        draws: how often a share is drawn; the whole is fitted once.

    Yields:
        The points, in the order of the shares.
    """
    pairs = {(each.source, each.code) for each in trained.samples}
    for share in shares:
        for draw in range(draws if share < 1 else 1):
            part = trained.only(drawn(trained.samples, share, draw))
            weights, biases = fit_head([part.embeddings], part.samples, plan, fit)
            judged = _judged(tested, plan, tested.embeddings @ weights.T + biases)
            own = judged.only(measured(judged, pairs))
            recalls = {
                name: mean_recall(own.only(own.sources == name)) for name in sorted(set(own.sources.tolist()))
            }
            yield Point(share, draw, len(part.samples), recalls)


def _judged(tested: Seen, plan: Plan, logits: np.ndarray) -> Judged:
    odds = probabilities(logits, np.zeros(len(plan.codes)), 1.0)
    labels, sources = (
        np.array([getattr(each, name) for each in tested.samples], str) for name in ("code", "source")
    )
    return Judged(plan.codes, odds, np.zeros(len(labels), np.float32), labels, sources)


def curve_page(points: Sequence[Point], notes: Sequence[str], command: str) -> str:
    """Write the curve as Markdown: the mean of each share's draws, with the least and the largest of them."""
    sources = list(points[0].recalls)
    lines = [f"| share | training cells | {' | '.join(sources)} |", f"|---:|---:|{'---:|' * len(sources)}"]
    for share in dict.fromkeys(each.share for each in points):
        own = [each for each in points if each.share == share]
        cells = round(np.mean([each.cells for each in own]))
        means = [_mean([each.recalls[name] for each in own]) for name in sources]
        lines.append(f"| {share:.0%} | {cells:,} | {' | '.join(means)} |")
    parts = [
        "# Learning curve of the last layer",
        "\n".join(lines),
        "\n".join(f"- {each}" for each in notes),
        f"```\n{command}\n```",
    ]
    return "\n\n".join(parts) + "\n"


def _mean(values: Sequence[float]) -> str:
    told = f"{np.mean(values):.3f}"
    return told if len(values) == 1 else f"{told} ({min(values):.3f}–{max(values):.3f})"

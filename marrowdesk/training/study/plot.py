"""Macro F1 over speed as a picture: a panel a table, a disc a combination, as large as its network."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np

from marrowdesk.atomic import write_atomically
from marrowdesk.training.checkpoint import writing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from marrowdesk.training.study.grid import Part
    from marrowdesk.training.study.table import Row

_COLOURS = ("#1f5fa8", "#c2571a", "#2e7d4f")
_AREA = 9.0
"""Area of a disc, square points a million parameters."""


def draw(path: Path, tables: Sequence[tuple[Part, Sequence[Row]]]) -> None:
    """Draw each table's finished rows: across images/s of the network alone, upward macro F1.

    Args:
        path: the PNG to write.
        tables: at least one with a finished row.

    Raises:
        MarrowdeskError: the picture cannot be written.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    panels = [(part, done) for part, rows in tables if (done := [row for row in rows if row.results])]
    figure = Figure(figsize=(1 + 4.9 * len(panels), 4.4), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    ends = [
        row.score("macro F1", end) for _, done in panels for row in done for end in ("95 % from", "95 % to")
    ]
    axes[0].set_ylim(*_room(min(ends), max(ends)))
    axes[0].set_ylabel("macro F1, 95 % interval")
    for axis, (part, done), colour in zip(axes, panels, _COLOURS, strict=False):
        _panel(axis, part, done, colour)
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=110)
    with writing(path):
        write_atomically(path, picture.getvalue())


def _room(low: float, high: float) -> tuple[float, float]:
    margin = 0.08 * max(high - low, 0.05)
    return low - margin, high + margin


def _panel(axis: Any, part: Part, rows: Sequence[Row], colour: str) -> None:
    across = [row.classifying_speed for row in rows]
    upward = [row.score("macro F1") for row in rows]
    spread = [[abs(row.score("macro F1", f"95 % {end}") - at) for row, at in zip(rows, upward, strict=True)]
              for end in ("from", "to")]  # fmt: skip
    millions = [row.mean(lambda each: each.parameters / 1e6) for row in rows]
    axis.errorbar(across, upward, yerr=spread, fmt="none", ecolor=colour, alpha=0.35)
    axis.scatter(
        across,
        upward,
        s=[_AREA * each for each in millions],
        color=colour,
        alpha=0.75,
        edgecolor="white",
        zorder=3,
    )
    axis.set_title(f"{part.title} ({', '.join(part.fixed.values())})", fontsize=9)
    axis.set_xlabel("images/s classifying; area: parameters", fontsize=9)
    axis.set_xlim(0, 1.1 * max(across))
    axis.grid(alpha=0.3)
    names = [
        f"{getattr(row.combination, part.varied)}, {size:.1f} M"
        for row, size in zip(rows, millions, strict=True)
    ]
    _name(axis, list(zip(names, across, upward, strict=True)))


def _name(axis: Any, points: Sequence[tuple[str, float, float]]) -> None:
    """Write the names in a column beside the panel, in the order of their discs, each joined to its own."""
    low, high = axis.get_ylim()
    ordered = sorted(points, key=lambda point: point[2])
    places = _apart([(y - low) / (high - low) for _, _, y in ordered], min(0.07, 1 / len(ordered)))
    for (name, x, y), place in zip(ordered, places, strict=True):
        axis.annotate(
            name,
            xy=(x, y),
            xytext=(1.03, place),
            textcoords="axes fraction",
            va="center",
            fontsize=8,
            arrowprops={"arrowstyle": "-", "color": "#888888", "linewidth": 0.6},
            annotation_clip=False,
        )


def _apart(wanted: Sequence[float], least: float) -> list[float]:
    """Move places on a scale of 0 to 1, given in rising order, until each is ``least`` from the next."""
    places = list(np.clip(wanted, 0, 1))
    for at in range(1, len(places)):
        places[at] = max(places[at], places[at - 1] + least)
    limit = 1.0
    for at in reversed(range(len(places))):
        places[at] = min(places[at], limit)
        limit = places[at] - least
    return places

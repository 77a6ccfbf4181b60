"""Plots of an evaluation as inline SVG, coloured by the page they stand in."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_LEFT, _TOP, _WIDE, _HIGH = 52, 12, 340, 250
"""Place and size of the plotted square, px."""


def _line(x0: float, y0: float, x1: float, y1: float, kind: str) -> str:
    return f'<line class="{kind}" x1="{x0:.1f}" y1="{y0:.1f}" x2="{x1:.1f}" y2="{y1:.1f}"/>'


def _words(x: float, y: float, words: str, anchor: str = "middle", kind: str = "") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _dot(x: float, y: float, radius: int) -> str:
    return f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="{radius}"/>'


def _drawing(width: float, height: float, title: str, parts: Sequence[str]) -> str:
    return (
        f'<svg role="img" aria-label="{escape(title)}" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}"><title>{escape(title)}</title>{"".join(parts)}</svg>'
    )


def figure(drawing: str, caption: str) -> str:
    """Put a drawing above its caption."""
    return f"<figure>{drawing}<figcaption>{escape(caption)}</figcaption></figure>"


def _x(share: float) -> float:
    return _LEFT + _WIDE * share


def _y(share: float) -> float:
    return _TOP + _HIGH * (1 - share)


def _axes(across: str, up: str, top: float = 1.0) -> list[str]:
    """Axes from 0 to 1 across and from 0 to ``top`` upward, with their names."""
    parts = [f'<rect class="axis" x="{_LEFT}" y="{_TOP}" width="{_WIDE}" height="{_HIGH}"/>']
    for share in np.linspace(0, 1, 6):
        parts += [
            _line(_x(share), _y(0), _x(share), _y(0) + 4, "axis"),
            _words(_x(share), _y(0) + 18, f"{share:.1f}"),
        ]
        parts += [_line(_x(0) - 4, _y(share), _x(0), _y(share), "axis")]
        parts += [_words(_x(0) - 8, _y(share) + 4, f"{share * top:.2f}", "end")]
    parts.append(_words(_x(0.5), _y(0) + 36, across))
    middle = _y(0.5)
    parts.append(f'<g transform="translate(12 {middle}) rotate(-90)">{_words(0, 0, up)}</g>')
    return parts


def reliability_plot(bars: Sequence[Mapping[str, float]]) -> str:
    """Draw the share of right proposals over the confidence; below it how many cells each bar holds."""
    title = "Reliability: share of right proposals over confidence"
    parts = _axes("confidence of the proposal", "share right")
    most = max(bar["cells"] for bar in bars)
    foot = _y(0) + 96
    for bar in bars:
        left, right = _x(bar["from"]) + 1, _x(bar["to"]) - 1
        told = (
            f"<title>{bar['cells']} cells of confidence {bar['from']:.2f} to {bar['to']:.2f}, on average "
            f"{bar['mean confidence']:.3f}: {bar['share right']:.3f} right</title>"
        )
        for top, bottom in ((_y(bar["share right"]), _y(0)), (foot - 44 * bar["cells"] / most, foot)):
            parts.append(
                f'<rect class="bar" x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" '
                f'height="{bottom - top:.1f}">{told}</rect>'
            )
        parts.append(_dot(_x(bar["mean confidence"]), _y(bar["share right"]), 3))
    parts += [_line(_x(0), _y(0), _x(1), _y(1), "ideal"), _line(_x(0), foot, _x(1), foot, "axis")]
    parts.append(_words(_x(0) - 8, foot, "cells", "end"))
    return _drawing(_LEFT + _WIDE + 18, foot + 6, title, parts)


def coverage_plot(coverage: Sequence[float], error: Sequence[float]) -> str:
    """Draw the error rate among the most confident cells over their share of all cells."""
    top = max(0.1, float(np.ceil(max(error) * 10) / 10))
    parts = _axes("share of the cells, the most confident first", "error rate", top)
    points = " ".join(f"{_x(x):.1f},{_y(y / top):.1f}" for x, y in zip(coverage, error, strict=True))
    half = _y(error[-1] / 2 / top)
    parts += [_line(_x(0), half, _x(1), half, "ideal"), _line(_x(0.9), _y(0), _x(0.9), _y(1), "ideal")]
    parts.append(_words(_x(0) + 6, half - 5, "half of the error at 100 %", "start"))
    parts.append(f'<polyline class="curve" points="{points}"/>')
    return _drawing(_LEFT + _WIDE + 18, _y(0) + 46, "Error rate over coverage", parts)


def ratio_plot(ratios: Mapping[str, float]) -> str:
    """Draw how many cells are proposed for each one there is, on a logarithmic scale from a quarter to four.

    Args:
        ratios: predicted/true by the name of the class; what lies beyond the scale is drawn at its end.
    """
    left, step = 220, 22
    foot = _TOP + step * len(ratios)

    def x(ratio: float) -> float:
        return left + 320 * (float(np.clip(np.log2(max(ratio, 1e-9)), -2, 2)) + 2) / 4

    parts = []
    for at, label in ((0.25, "¼"), (0.5, "½"), (1.0, "1"), (2.0, "2"), (4.0, "4")):
        parts.append(_line(x(at), _TOP, x(at), foot, "ideal" if at == 1 else "axis"))
        parts.append(_words(x(at), foot + 16, label))
    for row, (name, ratio) in enumerate(ratios.items()):
        y = _TOP + step * (row + 0.5)
        parts.append(_words(left - 10, y + 4, name, "end", "name"))
        parts.append(_line(x(1), y, x(ratio), y, "curve"))
        parts.append(_dot(x(ratio), y, 4))
        parts.append(_words(left + 332, y + 4, f"{ratio:.2f}", "start", "name"))
    parts.append(_words(left + 160, foot + 34, "proposed cells for each true one"))
    return _drawing(left + 380, foot + 42, "Predicted over true count of each class", parts)

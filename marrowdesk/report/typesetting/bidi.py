"""The order of mixed left-to-right and right-to-left text (Unicode Standard Annex 9, implicit rules).

Explicit embeddings, overrides and isolates are passed over: in a report they could only disguise what was
typed. Marks (LRM, RLM, ALM) work. Rule names (W1, N0, L2 ...) are those of the annex.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING
from unicodedata import bidirectional

if TYPE_CHECKING:
    from collections.abc import Sequence

_STRONG = {"L": "L", "R": "R", "AL": "R"}
_NEUTRAL = {"B", "S", "WS", "ON"}
_EXPLICIT = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI", "BN"}
_BRACKETS = dict(zip("([{〈《「『【〔（［｛", ")]}〉》」』】〕）］｝", strict=True))
# Everything with a right-to-left or Arabic-number class lies here; other text needs no work at all.
_MAYBE_RTL = re.compile(
    "[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]"
)


def levels(text: str) -> tuple[int, list[int]]:
    """Give the base level of a paragraph and the level of each of its characters.

    Even levels run left to right, odd ones right to left.

    Args:
        text: one paragraph, without line breaks.

    Returns:
        The base level (0 or 1) and one level a character, in [0, 2].
    """
    if not _MAYBE_RTL.search(text):
        return 0, [0] * len(text)
    classes = [bidirectional(char) or "L" for char in text]
    base = next((0 if each == "L" else 1 for each in classes if each in _STRONG), 0)
    kept = [at for at, each in enumerate(classes) if each not in _EXPLICIT]
    types = [classes[at] for at in kept]
    _resolve_weak(types, base)
    _resolve_brackets(types, [text[at] for at in kept], base)
    _resolve_neutral(types, base)
    found = [base] * len(text)
    for at, kind in zip(kept, types, strict=True):
        found[at] = _level(kind, base)
    for at, each in enumerate(classes):  # what is passed over goes with the character before it
        if each in _EXPLICIT and at:
            found[at] = found[at - 1]
    return base, found


def visual_order(found: Sequence[int]) -> list[int]:
    """Give the indices of items with these levels in their order from left to right (rule L2)."""
    order = list(range(len(found)))
    for level in range(max(found, default=0), 0, -1):
        start = 0
        for above, group in groupby(order, key=lambda at: found[at] >= level):
            stop = start + len(list(group))
            if above:
                order[start:stop] = order[start:stop][::-1]
            start = stop
    return order


def _level(kind: str, base: int) -> int:
    if base == 0:
        return {"L": 0, "R": 1}.get(kind, 2)
    return 1 if kind == "R" else 2


def _resolve_weak(types: list[str], base: int) -> None:
    """Rules W1 to W7, in place."""
    side = "R" if base else "L"
    strong = previous = side
    for at, kind in enumerate(types):
        if kind == "NSM":  # W1
            kind = previous
        elif kind == "EN" and strong == "AL":  # W2
            kind = "AN"
        previous = kind
        if kind in _STRONG:
            strong = kind
        types[at] = "R" if kind == "AL" else kind  # W3
    for at in range(1, len(types) - 1):  # W4
        before, after = types[at - 1], types[at + 1]
        if before == after and (
            (types[at] in ("ES", "CS") and before == "EN") or (types[at] == "CS" and before == "AN")
        ):
            types[at] = before
    _resolve_terminators(types)
    strong = side
    for at, kind in enumerate(types):  # W7
        if kind == "EN" and strong == "L":
            types[at] = "L"
        elif kind in _STRONG:
            strong = kind


def _resolve_terminators(types: list[str]) -> None:
    """Rules W5 and W6, in place."""
    at = 0
    for kind, group in groupby(list(types)):
        stop = at + len(list(group))
        if kind == "ET":
            beside = types[at - 1 : at] + types[stop : stop + 1]
            types[at:stop] = ["EN" if "EN" in beside else "ON"] * (stop - at)
        elif kind in ("ES", "CS"):
            types[at:stop] = ["ON"] * (stop - at)
        at = stop


def _side(kind: str) -> str:
    return "R" if kind in ("R", "EN", "AN") else kind


def _resolve_brackets(types: list[str], chars: Sequence[str], base: int) -> None:
    """Rule N0, in place."""
    embedding = "R" if base else "L"
    for start, stop in sorted(_pairs(types, chars)):
        inside = {_side(kind) for kind in types[start + 1 : stop]} & {"L", "R"}
        if not inside:
            continue
        chosen = embedding
        if embedding not in inside:
            before = (_side(kind) for kind in reversed(types[:start]))
            chosen = next((side for side in before if side in ("L", "R")), embedding)
        for bracket in (start, stop):
            at = bracket
            types[at] = chosen
            while at + 1 < len(chars) and bidirectional(chars[at + 1]) == "NSM":  # marks on the bracket
                at += 1
                types[at] = chosen


def _pairs(types: Sequence[str], chars: Sequence[str]) -> list[tuple[int, int]]:
    stack: list[tuple[str, int]] = []
    found = []
    for at, char in enumerate(chars):
        if types[at] != "ON":
            continue
        if char in _BRACKETS and len(stack) < 63:
            stack.append((_BRACKETS[char], at))
            continue
        depth = next((n for n in range(len(stack) - 1, -1, -1) if stack[n][0] == char), None)
        if depth is not None:
            found.append((stack[depth][1], at))
            del stack[depth:]
    return found


def _resolve_neutral(types: list[str], base: int) -> None:
    """Rules N1 and N2, in place."""
    embedding = "R" if base else "L"
    at = 0
    for neutral, group in groupby(list(types), key=lambda kind: kind in _NEUTRAL):
        stop = at + len(list(group))
        if neutral:
            before = _side(types[at - 1]) if at else embedding
            after = _side(types[stop]) if stop < len(types) else embedding
            types[at:stop] = [before if before == after else embedding] * (stop - at)
        at = stop

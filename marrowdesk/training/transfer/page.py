"""The tables of the comparison, as Markdown for people and JSON for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from marrowdesk.atomic import write_atomically
from marrowdesk.training.checkpoint import writing
from marrowdesk.training.transfer.variants import PARTS, SOURCES, WHOLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from marrowdesk.training.transfer.variants import Variant

    Recalls = Mapping[str, Mapping[str, Mapping[str, Any]]]
    Row = tuple[Variant, Mapping[str, Any]]

_ALONE = "classes known from elsewhere only"


def write_transfer(folder: Path, rows: Sequence[Row], notes: Sequence[str]) -> None:
    """Write ``transfer.md`` and ``transfer.json``.

    Args:
        folder: folder of the comparison.
        rows: the finished variants with their results.
        notes: sentences that say what was done.

    Raises:
        MarrowdeskError: they cannot be written.
    """
    told = [
        {"part": variant.part, "variant": variant.name, "folder": variant.folder, **result}
        for variant, result in rows
    ]
    files = {
        "transfer.md": page(rows, notes),
        "transfer.json": json.dumps({"notes": list(notes), "runs": told}, indent=1) + "\n",
    }
    for name, text in files.items():
        with writing(folder / name):
            write_atomically(folder / name, text.encode())


def page(rows: Sequence[Row], notes: Sequence[str]) -> str:
    """Write the comparison as Markdown."""
    parts = ["# What carries over"]
    for part, title in PARTS.items():
        own = [row for row in rows if row[0].part == part]
        if own:
            parts += [f"## {title}", _means(own)]
            if part == SOURCES:
                parts += ["Recall of each class in a source that was left out, and with it:", _classes(own)]
    commands = dict.fromkeys(str(result["command"]) for _, result in rows)
    parts += ["## What was done", "\n".join(f"- {each}" for each in notes)]
    parts += ["Made by:", "\n".join(["```", *commands, "```"])]
    return "\n\n".join(parts) + "\n"


def _means(rows: Sequence[Row]) -> str:
    """Tabulate mean recalls: of each source, and of the classes that a source did not teach."""
    sources = sorted({source for _, result in rows for source in result["recalls"]})
    heads = ["", "training cells", *sources, *(f"{each}: {_ALONE}" for each in sources)]
    columns = [
        [_mean(result["recalls"], source, trained) for _, result in rows]
        for trained in (True, False)
        for source in sources
    ]
    kept = [at for at, column in enumerate(columns) if any(column)]
    heads = [*heads[:2], *(heads[2 + at] for at in kept)]
    lines = [_line(heads), "|---|" + "---:|" * (len(heads) - 1)]
    for at, (variant, result) in enumerate(rows):
        lines.append(_line([variant.name, f"{result['trained']:,}", *(columns[each][at] for each in kept)]))
    return "\n".join(lines)


def _mean(recalls: Recalls, source: str, trained: bool) -> str:
    """Average the recalls of a source over the classes it taught, or those it did not; with the cells."""
    own = [each for each in recalls.get(source, {}).values() if each["trained"] == trained]
    if not own:
        return ""
    mean = sum(each["right"] / each["cells"] for each in own) / len(own)
    return f"{mean:.3f} ({len(own)} classes, {sum(each['cells'] for each in own):,} cells)"


def _classes(rows: Sequence[Row]) -> str:
    """Tabulate, for each class of a source left out, its recall there without and with that source."""
    whole = next((result["recalls"] for variant, result in rows if variant.name == WHOLE), {})
    lines = [_line(["source", "class", "cells", "recall, left out", "recall, held-out cells of it"])]
    lines.append("|---|---|---:|---:|---:|")
    for variant, result in rows:
        if not variant.without:
            continue
        for code, each in result["recalls"].get(variant.without, {}).items():
            known = whole.get(variant.without, {}).get(code)
            lines.append(_line([variant.without, code, f"{each['cells']:,}", _share(each), _share(known)]))
    return "\n".join(lines)


def _share(each: Mapping[str, Any] | None) -> str:
    return f"{each['right'] / each['cells']:.3f}" if each else ""


def _line(words: Iterable[str]) -> str:
    return f"| {' | '.join(words)} |"

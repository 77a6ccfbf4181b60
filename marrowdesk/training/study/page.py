"""A study's results as files: Markdown for people, CSV and JSON for programs, and a plot."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from marrowdesk.atomic import write_atomically
from marrowdesk.training.agreement import WELL_FILLED
from marrowdesk.training.checkpoint import writing
from marrowdesk.training.study.plot import draw
from marrowdesk.training.study.table import as_csv, as_records, markdown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from marrowdesk.training.samples import Sample
    from marrowdesk.training.study.cells import StudyCells
    from marrowdesk.training.study.grid import Part
    from marrowdesk.training.study.results import Result
    from marrowdesk.training.study.settings import Settings
    from marrowdesk.training.study.table import Row

    Table = tuple[Part, Sequence[Row]]

PLOT = "study.png"

_ORIGIN = (
    "The study that is run again here (Hu et al., PLoS ONE 2025, doi 10.1371/journal.pone.0313277) used the "
    "public bone-marrow set of 21 classes, and reports for regnetx_032 with cost-sensitive loss and "
    "squeeze-and-excitation macro precision 0.682, recall 0.637 and F1 0.652. Three of its networks, four of "
    "its losses and six of its kinds of attention are not known to us; `marrowdesk networks` says which were "
    "taken, and why."
)


@dataclass(frozen=True, slots=True)
class About:
    """What a reader needs to judge a study besides its numbers.

    Attributes:
        settings: what all runs have in common.
        cells: what was trained and measured on.
        trained: how many cells there were to train on, before they were thinned out.
        held: how many cells there were that were kept back.
    """

    settings: Settings
    cells: StudyCells
    trained: int
    held: int


def write_study(folder: Path, tables: Sequence[Table], about: About) -> None:
    """Write ``study.md``, ``study.csv``, ``study.json`` and ``study.png``.

    Args:
        folder: folder of the study.
        tables: each part that has rows, with its rows; at least one.
        about: what was done.

    Raises:
        MarrowdeskError: they cannot be written.
    """
    records, results = as_records(tables), _results(tables)
    told = {
        "tables": records,
        "settings": asdict(about.settings),
        "cells": _counts(about),
        "notes": _notes(about, results),
        "runs": [asdict(each) for each in results],
    }
    files = {
        "study.md": study_page(tables, about),
        "study.csv": as_csv(records),
        "study.json": json.dumps(told, indent=1) + "\n",
    }
    for name, text in files.items():
        with writing(folder / name):
            write_atomically(folder / name, text.encode())
    if results:
        draw(folder / PLOT, tables)


def study_page(tables: Sequence[Table], about: About) -> str:
    """Write the study as Markdown."""
    results = _results(tables)
    classes = len(set(about.cells.blank.labels.tolist()))
    parts = ["# Networks, losses and attention compared"]
    for part, rows in tables:
        parts += [f"## {part.title}", _fixed(part), markdown(part, rows, classes)]
    parts.append("The best value of a column is bold. In brackets: 95 % interval.")
    if results:
        parts.append(f"![macro F1 over speed]({PLOT})")
    parts += ["## What was done", "\n".join(f"- {each}" for each in _notes(about, results))]
    if commands := list(dict.fromkeys(each.command for each in results)):
        parts += ["Made by:", "\n".join(["```", *commands, "```"])]
    return "\n\n".join([*parts, "## Cells", _cells(about)]) + "\n"


def _results(tables: Sequence[Table]) -> list[Result]:
    """List the results of all tables in the order in which they were finished, each once."""
    found = {id(each): each for _, rows in tables for row in rows for each in row.results}
    return sorted(found.values(), key=lambda each: each.finished)


def _fixed(part: Part) -> str:
    told = {"architecture": "network", "loss": "loss", "attention": "attention"}
    return "; ".join(f"{told[name]}: {value}" for name, value in part.fixed.items()) + "."


def _notes(about: About, results: Sequence[Result]) -> list[str]:
    """Say everything that one needs to judge how far the numbers carry."""
    settings, cells = about.settings, about.cells
    trained, measured = len(cells.training.at), len(cells.training.held)
    seeds = sorted({each.seed for each in results})
    return [
        f"Trained on {trained:,} of {about.trained:,} cells of {len(cells.codes)} classes; measured on "
        f"{measured:,} of {about.held:,} cells that were kept back (`held_out.csv`), which no run saw. "
        f"{_balance(cells.trained())} {_filled(cells.measured())}",
        f"Each run from scratch, without weights of another data set: {settings.steps} steps of "
        f"{settings.batch} images, {settings.steps * settings.batch / trained:.1f} passes over them; AdamW "
        f"with cosine schedule, largest rate {settings.rate:g} for all networks alike; input of "
        f"{settings.side} px; variation of the images {settings.strength:g} times the usual.",
        f"Seeds: {', '.join(map(str, seeds)) or 'none'}. Runs of one seed see the same images in the same "
        "order, and draw their first weights from that seed. Scores are averages over the seeds.",
        'Scores are those of the classes a network proposes as its loss taught it; "loss undone" takes off '
        "what class weights put on its logits, as the program does with a bundle.",
        "Intervals are from drawing the measured cells anew. They do not hold the chance in training: where "
        'there are several seeds, "± between seeds" tells it.',
        "Speeds are the best that a network reached, whatever its loss, on batches that lie ready; where one "
        "thread computes, by its processor time, which other work on the machine does not lengthen. Seconds "
        "are those of the training steps by the clock, with the making of the batches and what else the "
        f"machine did. On {_machines(results)}. {_days(results)}",
        _ORIGIN,
    ]


def _balance(trained: Sequence[Sample]) -> str:
    counts = Counter(each.code for each in trained).most_common()
    (most, high), (least, low) = counts[0], counts[-1]
    if high == low:
        return f"Every class is trained on {high} cells."
    return f"The largest class trained on has {high} cells ({most}), the smallest {low} ({least})."


def _filled(measured: Sequence[Sample]) -> str:
    counts = Counter(each.code for each in measured)
    many = sum(number >= WELL_FILLED for number in counts.values())
    return f"Classes with {WELL_FILLED} measured cells or more: {many} of {len(counts)}."


def _machines(results: Sequence[Result]) -> str:
    names = list(dict.fromkeys(each.machine for each in results))
    told = "; ".join(names) or "none"
    return told if len(names) < 2 else f"{told}: several, speeds of different ones cannot be compared"


def _days(results: Sequence[Result]) -> str:
    days = sorted({each.finished[:10] for each in results})
    return f"Runs of {' to '.join(dict.fromkeys([days[0], days[-1]]))}." if days else ""


def _counts(about: About) -> dict[str, dict[str, dict[str, int]]]:
    """Count the cells of each class and source, trained and measured."""
    counted: dict[str, dict[str, dict[str, int]]] = {code: {} for code in about.cells.codes}
    for what, samples in (("trained", about.cells.trained()), ("measured", about.cells.measured())):
        for (code, source), number in sorted(Counter((each.code, each.source) for each in samples).items()):
            counted[code].setdefault(source, {"trained": 0, "measured": 0})[what] = number
    return counted


def _cells(about: About) -> str:
    counted = _counts(about)
    sources = sorted({source for of in counted.values() for source in of})
    heads = " | ".join(f"{source}: trained | measured" for source in sources)
    lines = [f"| class | {heads} |", f"|---|{'---:|---:|' * len(sources)}"]
    for code, of in counted.items():
        numbers = [of.get(source, {}).get(what, 0) for source in sources for what in ("trained", "measured")]
        lines.append(f"| {code} | {' | '.join(str(each) if each else '' for each in numbers)} |")
    return "\n".join(lines)

"""``marrowdesk evaluate``: measure a model bundle on labelled cells."""

from __future__ import annotations

import json
import shlex
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.core.shipped_schemes import SCHEMES
from marrowdesk.training.commands.kinds import whole
from marrowdesk.training.commands.options import HELD_OUT, Defaults, add_data, read_cells, read_samples, tell
from marrowdesk.training.metrics import DETAIL
from marrowdesk.training.shifts import PER_CLASS

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from marrowdesk.inference.bundle import Bundle
    from marrowdesk.training.commands.options import Parsers
    from marrowdesk.training.evaluate import Cells
    from marrowdesk.training.samples import Sample


def add_command(subparsers: Parsers) -> None:
    """Add ``evaluate`` and its options."""
    parser = subparsers.add_parser(
        "evaluate",
        help="measure a model bundle on labelled cells",
        description="Measure a bundle on held-out cells, decoded and classified as the program does it.",
        formatter_class=Defaults,
    )
    add_data(parser)
    add = parser.add_argument
    add("--bundle", type=Path, required=True, metavar="FOLDER", help="folder of the bundle")
    add("--all", action="store_true", help="measure all cells: the training saw none of them")
    add(
        "--scheme",
        choices=tuple(SCHEMES),
        help="measure what the program shows under a scheme, with its classes and priors; the bundle's own "
        "classes where left out",
    )
    add(
        "--shifts",
        type=whole(),
        nargs="?",
        const=PER_CLASS,
        metavar="CELLS",
        help=f"also measure {PER_CLASS}, or so many, cells of each class and source on changed images",
    )
    add("--json", type=Path, metavar="FILE", help="write the results, curves and matrices too, to this file")
    add("--page", type=Path, metavar="FILE", help="write the results to this file as a page to read (HTML)")
    add("--cells", type=Path, metavar="FILE", help="write what was proposed for each cell to this file (CSV)")
    add("--keep", action="store_true", help="write the results into the bundle's card")
    add(
        "--engines",
        action="store_true",
        help="measure what OpenVINO and fewer bits change, and nothing else; with --keep, the program uses "
        "fewer bits where the card then allows it",
    )
    parser.set_defaults(handler=measure)


def measure(arguments: argparse.Namespace) -> int:
    """Run ``marrowdesk evaluate``."""
    from marrowdesk.inference.bundle import load_bundle
    from marrowdesk.inference.torch_engine import load_engine
    from marrowdesk.training.evaluate import evaluate, for_card, keep_results, stress
    from marrowdesk.training.judged import write_cells

    _check(arguments)
    bundle = load_bundle(arguments.bundle)
    cells = _cells(arguments, bundle)
    if arguments.engines:
        return _compare(arguments, bundle, cells)
    engine = load_engine(bundle)
    results, judged = evaluate(engine, cells)
    tell(results[DETAIL]["unreadable images"])
    if arguments.shifts is not None:
        results["shifts"] = stress(engine, cells, judged, arguments.shifts)
    # Printed before anything is written: where that fails, what minutes went into is told all the same.
    print(json.dumps(for_card(results), indent=1), flush=True)
    if arguments.cells is not None:
        write_cells(arguments.cells, judged)
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    if arguments.page is not None:
        arguments.page.write_text(_page(arguments, bundle, results), encoding="utf-8")
    if arguments.keep:
        keep_results(bundle, results)
    return 0


def _compare(arguments: argparse.Namespace, bundle: Bundle, cells: Cells) -> int:
    from marrowdesk.training.engines import compare_engines, keep_precisions

    rows = compare_engines(bundle, cells)
    print(json.dumps(rows, indent=1), flush=True)
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    if arguments.keep:
        keep_precisions(bundle, rows)
    return 0


def _check(arguments: argparse.Namespace) -> None:
    """Refuse what cannot be done before minutes are spent on the rest."""
    for file in (arguments.json, arguments.page, arguments.cells):
        if file is not None and not file.absolute().parent.is_dir():
            raise MarrowdeskError(f"There is no folder {file.parent} for {file.name}.", "Make it first.")
        if file is not None and file.is_dir():
            raise MarrowdeskError(f"{file} is a folder.", "Name a file to write.")
    if arguments.keep and arguments.scheme is not None:
        raise MarrowdeskError(
            "The card tells of the bundle's own classes, not of those of a scheme.",
            "Leave --keep or --scheme away.",
        )
    others = [name for name in ("page", "cells", "shifts", "scheme") if getattr(arguments, name) is not None]
    if arguments.engines and others:
        raise MarrowdeskError(
            f"--engines measures nothing else, but --{others[0]} is asked for.", "Evaluate without --engines."
        )


def _cells(arguments: argparse.Namespace, bundle: Bundle) -> Cells:
    from marrowdesk.training.evaluate import held_out_cells

    scheme = SCHEMES[arguments.scheme] if arguments.scheme else None
    chosen = arguments.held_out is not None or arguments.leave_out or arguments.fold is not None
    if arguments.all and chosen:
        raise MarrowdeskError("--all leaves nothing to choose.", "Give it without the options of a split.")
    if arguments.all:
        samples = read_samples(arguments)
        held = {each.file for each in samples}
    else:
        samples, held = read_cells(arguments, arguments.bundle)
        if not chosen:
            return held_out_cells(samples, held, scheme=scheme)
    taught = _taught(bundle, samples, set() if arguments.all else held, arguments.fold)
    if flattering := {each.file for each in taught} & held:
        told = (
            f"{len(flattering)} of the {len(held)} cells to measure are of sources that the bundle was "
            "trained on, and not among those that its training kept back: it may have learned them by heart."
        )
        if arguments.keep:
            raise MarrowdeskError(told, "Leave --keep away: the card tells what was measured on other cells.")
        tell([told])
    return held_out_cells(samples, held, taught, scheme)


def _taught(bundle: Bundle, samples: Sequence[Sample], told: set[str], fold: int | None) -> list[Sample]:
    """Give the cells of sources that a bundle was trained on, but for those that its training kept back.

    Where the bundle does not name these, they are those that the person tells. Earlier exports put a whole
    file of folds there; which of them it was, only the person knows.
    """
    from marrowdesk.training.split_file import has_folds, read_split

    sources = {each.name for each in bundle.card.data}
    path = bundle.path / HELD_OUT
    if not path.is_file():
        spared = told
    elif has_folds(path):
        spared = told if fold is None else read_split(path, fold)
    else:
        spared = read_split(path)
    return [each for each in samples if each.source in sources and each.file not in spared]


def _page(arguments: argparse.Namespace, bundle: Bundle, results: dict[str, Any]) -> str:
    from marrowdesk.training.evaluation_page import evaluation_page

    name = f"{bundle.card.name} {bundle.card.revision}"
    about = {
        "bundle": name,
        "weights": f"sha256 {bundle.sha256}",
        "data": ", ".join(arguments.data),
        "cells": _which(arguments),
        "classes": SCHEMES[arguments.scheme].name if arguments.scheme else "the bundle's own",
        "command": f"marrowdesk {shlex.join(sys.argv[1:])}",
        "measured with": results["measured with"],
        "measured on": f"{datetime.now().astimezone():%Y-%m-%d %H:%M %Z}",
    }
    return evaluation_page(results, f"Evaluation of {name}", about)


def _which(arguments: argparse.Namespace) -> str:
    if arguments.all:
        return "all"
    if arguments.leave_out:
        return f"all of {', '.join(arguments.leave_out)}"
    fold = "" if arguments.fold is None else f", fold {arguments.fold}"
    return f"kept back by {arguments.held_out or arguments.bundle / HELD_OUT}{fold}"

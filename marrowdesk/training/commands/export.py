"""``marrowdesk export``: make a model bundle of a training run."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.training.bundle_recipe import RECIPE
from marrowdesk.training.checkpoint import CHECKPOINT, averaged_sha256, read_checkpoint
from marrowdesk.training.commands.again import (
    BESIDE,
    START,
    RunRecord,
    commands_of,
    export_command,
    followed_by,
    note_of,
    recipe_command,
    train_command,
)
from marrowdesk.training.commands.kinds import SHOWN, lift, share, whole
from marrowdesk.training.commands.options import HELD_OUT, Defaults, add_data, open_cells, read_cells
from marrowdesk.training.plan import plan_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from marrowdesk.inference.preprocess import Recipe
    from marrowdesk.training.commands.again import Record
    from marrowdesk.training.commands.options import Parsers
    from marrowdesk.training.heads import HeadFit
    from marrowdesk.training.plan import Plan
    from marrowdesk.training.samples import Sample


_SHOWN = ("most", "largest")
"""What may be prepared otherwise than in the training, hardly any of whose images are cut tight."""


def add_command(subparsers: Parsers) -> None:
    """Add ``export`` and its options."""
    parser = subparsers.add_parser(
        "export",
        help="make a model bundle of a training run",
        description="Make a bundle of a training run: half-precision weights, calibration, doubt and card.",
        formatter_class=Defaults,
    )
    add_data(parser)
    parser.add_argument("--run", type=Path, required=True, help="folder of the training run")
    parser.add_argument("--out", type=Path, required=True, help="folder of the bundle, named like the model")
    parser.add_argument("--revision", default="1.0.0", help="revision of the bundle")
    parser.add_argument(
        "--head",
        choices=("refitted", "kept"),
        default="refitted",
        help="fit the last layer anew on unvaried cells, or keep it as it was trained",
    )
    parser.add_argument(
        "--head-prior",
        type=share,
        help="for a refitted head: smoothing of each source's class prior, as --prior of train "
        "(default: as the run was trained)",
    )
    parser.add_argument(
        "--head-views",
        type=whole(0),
        default=0,
        help="for a refitted head: varied views of each training cell to fit it on, besides the plain one",
    )
    parser.add_argument(
        "--head-blind",
        type=whole(0),
        default=0,
        help="for a refitted head: so many directions, in which the sources of a class differ most, it does "
        "not look along",
    )
    parser.add_argument(
        "--head-share",
        type=share,
        default=1.0,
        help="for a refitted head: its share in the one that ships, to 1; the rest is the head as trained",
    )
    parser.add_argument(
        "--lift",
        type=lift,
        action="append",
        metavar="CODE=LOGITS",
        help="add so much to the logit of a class: it is then proposed more often, as one should be whose "
        "cells the sources show less often than a laboratory will; may be repeated",
    )
    for name in _SHOWN:
        parser.add_argument(
            f"--{name}",
            type=SHOWN[name],
            help=f"show tight images otherwise than in the training, see --{name} of train (default: as "
            "trained)",
        )
    parser.add_argument(
        "--start",
        type=Path,
        help="folder of the bundle that the run started from: the card then tells the commands that made it",
    )
    parser.add_argument(
        "--distil", type=Path, help="likewise, folder of the bundle or run that it learned to agree with"
    )
    parser.add_argument(
        "--distil-beside", type=Path, help="likewise, folder of the second one that it learned to agree with"
    )
    parser.set_defaults(handler=export, recipe=None)


def export(arguments: argparse.Namespace) -> int:
    """Run ``marrowdesk export``."""
    from marrowdesk.training.export import export_run, read_plan
    from marrowdesk.training.split_file import write_split

    samples, held = read_cells(arguments, arguments.run)
    _check_split(arguments.run, samples, held)
    plan = read_plan(arguments.run)
    shown, lifts = shown_as(arguments, plan), lifts_of(arguments, plan)
    store = open_cells(arguments, samples, shown)
    classes, name = len(plan.codes), arguments.out.resolve().name
    fit = head_fit(arguments, plan)
    again = export_command(name, arguments.revision, fit, lifts, shown.shown_otherwise(plan.recipe))
    earlier = _earlier(arguments, plan)
    first = "".join(f"{commands_of(each, called)}\n" for called, each in earlier.items())
    told = {
        "name": name,
        "revision": arguments.revision,
        "summary": f"Proposes up to {classes} classes of marrow and blood cells, May-Gruenwald-Giemsa stain.",
        "command": f"{first}{train_command(plan)}\n{again}",
        "recipe": recipe_command(name) if arguments.recipe else "",
        "notes": [note_of(each, called) for called, each in earlier.items()],
        "held_out": HELD_OUT,
        "head": fit,
        "lifts": lifts,
        "shown": shown,
    }
    bundle = export_run(arguments.run, store, held, arguments.out, told)
    if (arguments.run / HELD_OUT).is_file():
        _put(arguments.run / HELD_OUT, arguments.out / HELD_OUT)
    else:
        write_split(arguments.out / HELD_OUT, samples, held)
    if arguments.recipe:
        _put(arguments.recipe, arguments.out / RECIPE)
    print(f"{bundle.path}: {len(bundle.proposed)} classes, sha256 {bundle.sha256}")
    return 0


def _check_split(run: Path, samples: Sequence[Sample], held: set[str]) -> None:
    """See that those cells are kept back that the training kept back.

    Raises:
        MarrowdeskError: others are; a bundle would be sure of cells that it learned by heart.
    """
    from marrowdesk.training.split_file import read_split

    files = {each.file for each in samples}
    if (run / HELD_OUT).is_file() and read_split(run / HELD_OUT) & files != held & files:
        raise MarrowdeskError(
            f"The run {run} was trained with other cells kept back.",
            f"Leave --held-out and --leave-out away: {HELD_OUT} in its folder names them.",
        )


def head_fit(arguments: argparse.Namespace, plan: Plan) -> HeadFit | None:
    """Give how the last layer is to be fitted anew; None where it stays as it was trained."""
    from marrowdesk.training.heads import HeadFit

    if arguments.head == "kept":
        return None
    prior = plan.prior if arguments.head_prior is None else arguments.head_prior
    return HeadFit(prior, arguments.head_blind, arguments.head_share, arguments.head_views)


def shown_as(arguments: argparse.Namespace, plan: Plan) -> Recipe:
    """Give how the bundle is to be shown cells: as in the training, but for what is asked for otherwise."""
    asked = {name: getattr(arguments, name) for name in _SHOWN}
    return replace(plan.recipe, **{name: value for name, value in asked.items() if value is not None})


def lifts_of(arguments: argparse.Namespace, plan: Plan) -> dict[str, float]:
    """Give what is added to the logits of classes.

    Raises:
        MarrowdeskError: the run has no such class, or one is named twice.
    """
    found: dict[str, float] = {}
    for code, logits in arguments.lift or []:
        if code not in plan.codes or code in found:
            what = "twice" if code in found else "which the run was not trained on"
            raise MarrowdeskError(
                f"--lift names the class {code!r}, {what}.", f"The run's classes are {', '.join(plan.codes)}."
            )
        found[code] = logits
    return found


def _put(file: Path, there: Path) -> None:
    """Copy a file, unless it is the same one."""
    if not there.exists() or not file.samefile(there):
        shutil.copyfile(file, there)


def _earlier(arguments: argparse.Namespace, plan: Plan) -> dict[str, Record]:
    """Give how that was made which a run went back to, as far as it was named, by what the card calls it.

    Raises:
        MarrowdeskError: the run went back to another one.
    """
    found = {}
    for option, name, sha256, did in (
        ("distil_beside", BESIDE, plan.distil_beside, "follow"),
        ("distil", followed_by(plan), plan.distil_from, "follow"),
        ("start", START, plan.start, "start from"),
    ):
        folder = getattr(arguments, option)
        if folder is None:
            continue
        record, own = _record(folder)
        if own != sha256:
            raise MarrowdeskError(
                f"The run did not {did} the weights of {folder}.",
                f"The right ones have the sha256 {sha256}."
                if sha256
                else f"Leave --{option.replace('_', '-')} out: it had none to {did}.",
            )
        found[name] = record  # told once where it started from what it followed
    return found


def _record(folder: Path) -> tuple[Record, str]:
    """Give how a bundle or run was made, and the hash of its weights."""
    from marrowdesk.inference.bundle import load_bundle
    from marrowdesk.training.export import note_on

    if not (folder / CHECKPOINT).is_file():
        bundle = load_bundle(folder)
        return bundle.card.training, bundle.sha256
    kept = read_checkpoint(folder)
    plan = plan_of(kept["plan"])
    command = train_command(plan)
    return RunRecord(command, kept["plan"], note_on(plan, kept["changes"], command)), averaged_sha256(kept)

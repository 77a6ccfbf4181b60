"""``marrowdesk study``: compare networks, losses and kinds of attention, as the study did."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from marrowdesk.inference.attention import NAMES as ATTENTIONS
from marrowdesk.training.commands.kinds import number, whole
from marrowdesk.training.commands.options import (
    HELD_OUT,
    Defaults,
    add_data,
    asked_for,
    open_cells,
    read_samples,
    tell,
)
from marrowdesk.training.dataset import FEWEST
from marrowdesk.training.hardware import DEVICES, PRECISIONS
from marrowdesk.training.losses import LOSSES
from marrowdesk.training.study.grid import ARCHITECTURES, PARTS

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from marrowdesk.training.commands.options import Parsers
    from marrowdesk.training.samples import Sample
    from marrowdesk.training.study.course import Study
    from marrowdesk.training.study.grid import Part
    from marrowdesk.training.study.page import About

_DONE, _SOME_FAILED, _STOPPED = 0, 3, 130

_DESCRIPTION = """\
Compare networks (with cross-entropy, without attention), then losses on the recommended network, then kinds
of attention on the recommended network and loss: regnetx_032 and cost_sensitive, or the first that is named
where these are not. Every combination is trained from scratch in a folder of its own and measured on the
cells kept back; study.md, study.csv, study.json and study.png tell what came out. A study that was stopped or
killed goes on where it stood: give the same command again. The exit code is 3 where a combination could not
be trained."""


def add_command(subparsers: Parsers) -> None:
    """Add ``study`` and its options."""
    parser = subparsers.add_parser(
        "study",
        help="compare networks, losses and kinds of attention",
        description=_DESCRIPTION,
        formatter_class=Defaults,
    )
    _add_cells(parser.add_argument_group("data"))
    _add_grid(parser.add_argument_group("what is compared"))
    _add_training(parser.add_argument_group("training"))
    _add_run(parser.add_argument_group("run"))
    parser.set_defaults(handler=study)


def _add_cells(group: argparse._ArgumentGroup) -> None:
    add_data(group)
    add = group.add_argument
    add(
        "--fewest",
        type=whole(0),
        default=FEWEST,
        help="a new split keeps back whole what has fewer images",
    )
    few = "of each class of each source, in three runs of consecutive images; all where it is left out"
    add("--cells-per-class", type=whole(), metavar="N", help=f"train on at most N cells {few}")
    add("--held-per-class", type=whole(), metavar="N", help=f"measure on at most N cells {few}")


def _add_grid(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    usual = {"--architectures": ARCHITECTURES, "--losses": LOSSES, "--attention": ATTENTIONS}
    for option, names in usual.items():
        add(
            option,
            type=_names,
            default=",".join(names),
            metavar="A,B",
            help="names, with commas between them",
        )
    add("--part", action="append", choices=PARTS, help="only this part of the study; may be repeated")


def _add_training(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--steps", type=whole(), default=1700, help="optimisation steps of each run")
    add("--batch", type=whole(), default=64, help="images a step")
    add("--side", type=whole(16), default=128, help="side of the networks' input, px")
    add("--rate", type=number(0, above=True), default=2e-3, help="largest learning rate")
    add("--strength", type=number(0), default=1.0, help="how strongly cells are varied, 1 for the usual")
    add("--seed", type=whole(0), default=1, help="seed of every source of chance")
    add(
        "--repeat",
        type=whole(),
        default=1,
        metavar="R",
        help="runs of each combination, with R seeds in a row",
    )


def _add_run(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    # The cells are settled as for a run of `train`, whose options call the folder so.
    add("--out", dest="run", type=Path, required=True, metavar="FOLDER", help="folder of the study")
    add("--save-every", type=whole(), default=100, help="steps between checkpoints")
    add("--keep-weights", action="store_true", help="keep the checkpoint of each run, to export it")
    add("--device", choices=DEVICES, default="auto", help="where to train; auto takes a GPU if there is one")
    add("--precision", choices=PRECISIONS, default="auto", help="number format of the networks")


def _names(words: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.strip() for each in words.split(",") if each.strip()))


def study(arguments: argparse.Namespace) -> int:
    """Run ``marrowdesk study``."""
    from marrowdesk.training.hardware import choose_device
    from marrowdesk.training.stopping import asked_to_stop
    from marrowdesk.training.study.course import Study
    from marrowdesk.training.study.grid import make_grid
    from marrowdesk.training.study.runs import Means

    grid = make_grid(arguments.architectures, arguments.losses, arguments.attention)
    asked = [name for name in PARTS if name in (arguments.part or PARTS)]
    device, command = choose_device(arguments.device), f"marrowdesk {shlex.join(sys.argv[1:])}"
    about = _about(arguments)
    with asked_to_stop() as stop:
        means = Means(device, arguments.save_every, arguments.keep_weights, command, stop)
        work = Study(arguments.run, about.settings, about.cells, means)
        whole = work.follow([grid[name] for name in asked], arguments.repeat)
    _write(work, grid, asked, about)
    if not whole:
        print("Stopped; what is finished is kept. Give the same command again to go on.", file=sys.stderr)
        return _STOPPED
    return _SOME_FAILED if work.failures else _DONE


def _about(arguments: argparse.Namespace) -> About:
    """Settle the cells and what all runs have in common; a study that goes on must have the same of both."""
    from marrowdesk.inference.preprocess import Recipe
    from marrowdesk.training.samples import fingerprint
    from marrowdesk.training.split_file import write_split
    from marrowdesk.training.study.cells import study_cells, thin_out
    from marrowdesk.training.study.page import About
    from marrowdesk.training.study.settings import Settings, settle

    samples, held = _split(arguments)
    training = [each for each in samples if each.file not in held]
    back = [each for each in samples if each.file in held]
    few = [
        *thin_out(training, arguments.cells_per_class, arguments.seed),
        *thin_out(back, arguments.held_per_class, arguments.seed),
    ]
    same = ("steps", "batch", "side", "rate", "strength", "precision", "seed")
    settings = Settings(**{name: getattr(arguments, name) for name in same}, cells=fingerprint(few, held))
    settle(arguments.run, settings)
    write_split(arguments.run / HELD_OUT, samples, held)
    cells = study_cells(open_cells(arguments, few, Recipe(side=arguments.side)), held)
    print(
        f"{len(cells.training.at)} cells to train on, {len(cells.training.held)} to measure, "
        f"{len(cells.codes)} classes",
        flush=True,
    )
    return About(settings, cells, len(training), len(back))


def _split(arguments: argparse.Namespace) -> tuple[list[Sample], set[str]]:
    """Read the cells, and which of them are kept back: as asked for, else as the study did, else anew."""
    from marrowdesk.training.split_file import check_fit, read_split
    from marrowdesk.training.splits import hold_out

    samples = read_samples(arguments)
    path, held = asked_for(arguments, samples)
    if held is None:
        path = arguments.run / HELD_OUT
        held = read_split(path) if path.exists() else hold_out(samples, fewest=arguments.fewest)
    tell(check_fit(path, samples, held))
    return samples, held


def _write(work: Study, grid: Mapping[str, Part], asked: Sequence[str], about: About) -> None:
    """Write the tables: of the parts asked for, and of others that were finished in this folder before."""
    from marrowdesk.training.study.course import RUNS
    from marrowdesk.training.study.page import write_study
    from marrowdesk.training.study.results import read_results
    from marrowdesk.training.study.table import rows_of

    results = read_results(work.folder / RUNS)
    finished = {each.combination for each in results}
    tables = []
    for name, part in grid.items():
        whole = part.joined_by(finished)
        rows = rows_of(whole, results, work.failures)
        # A part that was not asked for may share its one row with one that was; that is no comparison.
        if rows and (name in asked or len(rows) > 1):
            tables.append((whole, rows))
    if tables:
        write_study(work.folder, tables, about)
        print(f"{work.folder / 'study.md'}: {sum(len(rows) for _, rows in tables)} rows")

"""``marrowdesk transfer``: what a training recipe is worth in a laboratory it has not seen."""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from marrowdesk.training.augment import Strength
from marrowdesk.training.commands.kinds import number, part, share, whole
from marrowdesk.training.commands.options import Defaults, add_data, open_cells, settle_split
from marrowdesk.training.commands.train_options import network_options, start_of_options
from marrowdesk.training.dataset import FEWEST
from marrowdesk.training.hardware import DEVICES, PRECISIONS
from marrowdesk.training.transfer.variants import CHANGES, PARTS, WHOLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marrowdesk.training.commands.options import Parsers
    from marrowdesk.training.plan import Plan
    from marrowdesk.training.start import Start
    from marrowdesk.training.study.runs import Means
    from marrowdesk.training.transfer.runs import Material
    from marrowdesk.training.transfer.variants import Variant

_STOPPED = 130

_DESCRIPTION = """\
Train the recipe again and again, from chance or from given weights: with each source left out in turn, with
each of its guards against learning the slide left away, and on fewer cells. Each run is measured on the
cells kept back and on all of the source left out; classes that a source has but did not teach are told apart.
transfer.md and transfer.json tell what came out. A comparison that was stopped or killed goes on where it
stood: give the same command again."""


def add_command(subparsers: Parsers) -> None:
    """Add ``transfer`` and its options."""
    parser = subparsers.add_parser(
        "transfer",
        help="measure what a training recipe is worth in a laboratory it has not seen",
        description=_DESCRIPTION,
        formatter_class=Defaults,
    )
    add_data(parser)
    add = parser.add_argument
    add("--out", dest="run", type=Path, required=True, metavar="FOLDER", help="folder of the comparison")
    add("--part", action="append", choices=PARTS, help="only this part; may be repeated")
    add(
        "--only",
        action="append",
        metavar="NAME",
        help="only this run, by the name that the tables use; may be repeated",
    )
    add(
        "--cells",
        type=_numbers,
        default="40,80,160,320",
        metavar="N,N",
        help="for the part cells: training cells of each class and source, besides all",
    )
    add(
        "--fewest",
        type=whole(0),
        default=FEWEST,
        help="a new split keeps back whole what has fewer images",
    )
    add("--architecture", default="regnetx_032", help="name of a preset or of any network of timm")
    add("--option", action="append", metavar="NAME=VALUE", help="as for train; may be repeated")
    add("--start", type=Path, help="as for train: what the weights of each run start from, instead of chance")
    add("--steps", type=whole(), default=600, help="optimisation steps of each run")
    add("--batch", type=whole(), default=64, help="images a step")
    add("--side", type=whole(16), default=64, help="side of the network's input, px")
    add("--small", type=whole(16), default=64, help="side of the input in the first part of each run, px")
    add("--small-part", type=part, default=0.0, help="how long that part is, as a share of all steps")
    add("--rate", type=number(0, above=True), default=2e-3, help="largest learning rate")
    add("--prior", type=share, default=0.005, help="as for train; a guard")
    add("--adversary", type=number(0), default=0.3, help="as for train; a guard")
    add("--recolour", type=part, default=Strength().recolour, help="as for train; a guard")
    add("--surround", type=part, default=Strength().surround, help="as for train; a guard")
    add(
        "--change",
        action="append",
        choices=CHANGES,
        metavar="NAME",
        help=f"change the recipe so in every run; may be repeated; one of: {', '.join(CHANGES)}",
    )
    add("--seed", type=whole(0), default=1, help="seed of every source of chance")
    add("--save-every", type=whole(), default=100, help="steps between checkpoints")
    add("--device", choices=DEVICES, default="auto", help="where to train")
    add("--precision", choices=PRECISIONS, default="auto", help="number format of the networks")
    parser.set_defaults(handler=transfer, attention="none")


def _numbers(words: str) -> tuple[int, ...]:
    numbers = [each.strip() for each in words.split(",") if each.strip()]
    if not numbers or not all(each.isdecimal() and int(each) > 0 for each in numbers):
        raise argparse.ArgumentTypeError(f"{words!r} is no list of whole numbers from 1 on, such as 40,80")
    return tuple(map(int, numbers))


def transfer(arguments: argparse.Namespace) -> int:
    """Run ``marrowdesk transfer``."""
    from marrowdesk.inference.preprocess import Recipe
    from marrowdesk.training.hardware import choose_device
    from marrowdesk.training.stopping import asked_to_stop
    from marrowdesk.training.study.runs import Means
    from marrowdesk.training.transfer.page import write_transfer
    from marrowdesk.training.transfer.runs import Material
    from marrowdesk.training.transfer.variants import chosen_of, lay_out

    samples, held = settle_split(arguments)
    material = Material(open_cells(arguments, samples, Recipe(side=arguments.side)), held, arguments.seed)
    parts = arguments.part or list(PARTS)
    laid_out = lay_out(sorted({each.source for each in samples}), arguments.cells, parts)
    variants = chosen_of(laid_out, arguments.only)
    command = f"marrowdesk {shlex.join(sys.argv[1:])}"
    start = start_of_options(arguments)
    with asked_to_stop() as stop:
        means = Means(choose_device(arguments.device), arguments.save_every, False, command, stop, start)
        rows = _followed(variants, arguments, material, means)
    if rows:
        write_transfer(arguments.run, rows, _notes(arguments, start))
    if len(rows) < len(variants):
        print("Stopped; what is finished is kept. Give the same command again to go on.", file=sys.stderr)
        return _STOPPED
    print(arguments.run / "transfer.md")
    return 0


def _followed(
    variants: Sequence[Variant], arguments: argparse.Namespace, material: Material, means: Means
) -> list[tuple[Variant, dict[str, Any]]]:
    """Carry the variants out, a line each; those that are finished are read."""
    from marrowdesk.training.transfer.runs import carry_out, codes_of, read_result

    rows: list[tuple[Variant, dict[str, Any]]] = []
    for place, variant in enumerate(variants, start=1):
        folder = arguments.run / "runs" / variant.folder
        plan = variant.plan(_plan(arguments, codes_of(material.of(variant)), means.start))
        result = read_result(folder, plan, material)
        if result is None:
            result = carry_out(variant, plan, material, folder, means)
        if result is None:
            break
        rows.append((variant, result))
        print(f"[{place}/{len(variants)}] {PARTS[variant.part]}: {variant.name}", flush=True)
    return rows


def _plan(arguments: argparse.Namespace, codes: tuple[str, ...], start: Start | None) -> Plan:
    """Give the plan of the whole recipe, with what is changed in every run."""
    from dataclasses import replace

    from marrowdesk.inference.preprocess import Recipe
    from marrowdesk.training.architectures import chosen
    from marrowdesk.training.plan import Plan
    from marrowdesk.training.start import start_fields

    architecture, options = chosen(arguments.architecture, network_options(arguments))
    plan = Plan(
        architecture=architecture,
        options=options,
        codes=codes,
        steps=arguments.steps,
        batch=arguments.batch,
        rate=arguments.rate,
        cost=0.3,
        smoothing=0.0,
        prior=arguments.prior,
        adversary=arguments.adversary,
        teacher=0.0,
        small=arguments.small,
        small_part=arguments.small_part,
        precision=arguments.precision,
        seed=arguments.seed,
        **start_fields(start),
        strength=replace(Strength(), recolour=arguments.recolour, surround=arguments.surround),
        recipe=Recipe(side=arguments.side),
    )
    for each in arguments.change or ():
        plan = CHANGES[each](plan)
    return plan


def _notes(arguments: argparse.Namespace, start: Start | None) -> list[str]:
    images = arguments.steps * arguments.batch
    small = (
        f"{arguments.small} px for {arguments.small_part:.0%} of them, then at "
        if arguments.small_part
        else ""
    )
    trained = ", ".join([arguments.architecture, *(arguments.change or [WHOLE])])
    begun = "chance" if start is None else f"the weights with the sha256 {start.sha256[:12]}"
    return [
        f"Each run from {begun}: {arguments.steps} steps of {arguments.batch} images ({images:,} in all) at "
        f"{small}{arguments.side} px, seed {arguments.seed}; {trained}.",
        "Mean recall over the classes of a source, each class weighing the same. Where a source was left out "
        "nothing of it was shown to the network; all its cells of classes known from elsewhere are measured.",
        "One run a line: differences of some hundredths are within what another seed would give.",
    ]

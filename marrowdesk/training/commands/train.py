"""``marrowdesk train``: train a network on labelled cells, or go on with a run that was stopped."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.core.taxonomy import MARROW
from marrowdesk.training.commands.options import open_cells, read_cells, settle_split, tell_cells
from marrowdesk.training.commands.train_options import (
    TrainHelp,
    add_options,
    loss_settings,
    network_options,
    start_of_options,
)

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    import numpy as np

    from marrowdesk.inference.preprocess import Recipe
    from marrowdesk.training.augment import Strength
    from marrowdesk.training.commands.options import Parsers
    from marrowdesk.training.dataset import Store
    from marrowdesk.training.distillation import Followed
    from marrowdesk.training.distributed import Group
    from marrowdesk.training.loop import Cells, Progress, Training
    from marrowdesk.training.plan import Plan
    from marrowdesk.training.start import Start

_STOPPED = 130

_EXAMPLES = """\
a run that was stopped or killed goes on from its last checkpoint: give the same command again.

the classifier that ships is made from the data by one command; beside a recipe, only the cells, the folders
and what suits the machine may be told (--device, --precision, --workers, --save-every, --validate-every):
  marrowdesk train --recipe models/marrow-regnetx-032-se/recipe.toml --data DATA --run runs/NAME --out BUNDLE

several GPUs, or processes on one CPU, train one network together under torchrun; a batch is shared
out between them, so their number changes nothing but the speed and the batch statistics:
  torchrun --standalone --nproc-per-node 2 -m -- marrowdesk train --data DATA --run runs/NAME
"""


def add_command(subparsers: Parsers) -> None:
    """Add ``train`` and its options."""
    parser = subparsers.add_parser(
        "train",
        help="train a network on labelled cells",
        description="Train a network on labelled cells; or, with --recipe, carry out all stages of a recipe, "
        "up to the measured bundle.",
        epilog=_EXAMPLES,
        formatter_class=TrainHelp,
    )
    add_options(parser)
    parser.set_defaults(handler=train)


def train(arguments: argparse.Namespace) -> int:
    """Run ``marrowdesk train``."""
    from marrowdesk.training.distributed import joined

    if arguments.recipe is not None:
        from marrowdesk.training.commands.recipe import carry_out

        return carry_out(arguments)
    if arguments.out is not None:
        raise MarrowdeskError(
            "--out is for a recipe, which ends with a bundle.",
            "Give --recipe too, or make the bundle with `marrowdesk export`.",
        )
    if "distil_share" in arguments.given and arguments.distil is None:
        raise MarrowdeskError(
            "--distil-share says how much a network follows another, and none is named.",
            "Name its folder with --distil, or leave --distil-share out.",
        )
    if arguments.distil_beside is not None and arguments.distil is None:
        raise MarrowdeskError(
            "--distil-beside names a second network to follow, and no first one is named.",
            "Name the first with --distil.",
        )
    with joined(arguments.device) as group:
        return _carried_out(arguments, group)


def _carried_out(arguments: argparse.Namespace, group: Group) -> int:
    """Train as one of a group; give the exit code."""
    from marrowdesk.training.loop import Rhythm
    from marrowdesk.training.stopping import asked_to_stop

    training = _training(arguments, group)
    rhythm = Rhythm(save=arguments.save_every, validate=arguments.validate_every)
    with asked_to_stop(patient=group.size > 1) as stop:
        _follow(training, training.run(rhythm, stop, arguments.workers), group)
    if training.step == training.plan.steps:
        return 0
    if group.first:
        print(
            f"Stopped after step {training.step} of {training.plan.steps}; the checkpoint in "
            f"{arguments.run} holds it. Give the same command again to go on.",
            file=sys.stderr,
        )
    return _STOPPED


def _follow(training: Training, steps: Iterator[Progress], group: Group) -> None:
    """Show a bar while the training runs, in the first process."""
    from tqdm import tqdm

    bar = tqdm(
        total=training.plan.steps,
        initial=training.step,
        desc="training",
        unit="step",
        disable=not group.first,
    )
    with bar:
        for progress in steps:
            told = {"loss": f"{progress.loss:.3f}", "images_per_second": f"{progress.images_per_second:.0f}"}
            told.update({name: f"{value:.3f}" for name, value in progress.measured.items()})
            bar.set_postfix(told, refresh=False)
            bar.update(progress.step - bar.n)


def _training(arguments: argparse.Namespace, group: Group) -> Training:
    """Read the cells, the first process before the others, and make the run."""
    from marrowdesk.training.distillation import Mentor, followed_in
    from marrowdesk.training.loop import Training

    recipe = recipe_of_options(arguments)
    with group.in_turn():
        samples, held = settle_split(arguments) if group.first else read_cells(arguments, arguments.run)
        if group.first:
            tell_cells(samples, held)
        store = open_cells(arguments, samples, recipe)
        targets = _targets(arguments, store, recipe)
    cells = _cells(store, held, targets)
    start = start_of_options(arguments)
    followed, beside = (
        followed_in(each) if each else None for each in (arguments.distil, arguments.distil_beside)
    )
    plan = plan_of_options(arguments, cells, recipe, start, followed, beside)
    mentor = Mentor(followed, plan, group.device, beside) if followed else None
    state = start.state(plan) if start else None
    return Training(plan, cells, arguments.run, state, group, arguments.sync_norm, mentor)


def recipe_of_options(arguments: argparse.Namespace) -> Recipe:
    """Give how the options ask for the cells to be prepared."""
    from marrowdesk.inference.preprocess import SHOWN, Recipe

    return Recipe(side=arguments.side, **{name: getattr(arguments, name) for name in SHOWN})


def _cells(store: Store, held: set[str], targets: np.ndarray | None) -> Cells:
    from marrowdesk.training.loop import Cells

    back = [sample.file in held for sample in store.samples]
    return Cells(
        store,
        at=[each for each, kept in enumerate(back) if not kept],
        held=[each for each, kept in enumerate(back) if kept],
        targets=targets,
    )


def plan_of_options(
    arguments: argparse.Namespace,
    cells: Cells,
    recipe: Recipe,
    start: Start | None = None,
    followed: Followed | None = None,
    beside: Followed | None = None,
) -> Plan:
    """Make the plan that the options ask for.

    Args:
        arguments: the options.
        cells: what is trained on.
        recipe: how they are prepared.
        start: what the weights start from; chance when None.
        followed: the network that ``--distil`` names.
        beside: the network that ``--distil-beside`` names.
    """
    from marrowdesk.training.architectures import chosen
    from marrowdesk.training.plan import Plan
    from marrowdesk.training.start import start_fields

    codes = {cells.store.samples[each].code for each in cells.at}
    architecture, options = chosen(arguments.architecture, network_options(arguments))
    return Plan(
        architecture=architecture,
        options=options,
        codes=tuple(code for code in MARROW.codes if code in codes),
        attention=arguments.attention,
        steps=arguments.steps,
        batch=arguments.batch,
        schedule=arguments.schedule,
        rate=arguments.rate,
        loss=arguments.loss,
        **loss_settings(arguments),
        prior=arguments.prior,
        adversary=arguments.adversary,
        teacher=0.0 if arguments.teacher == "none" else 1.0,
        distil=arguments.distil_share if followed else 0.0,
        distil_from=followed.sha256 if followed else "",
        distil_beside=beside.sha256 if beside else "",
        sampling=arguments.sampling,
        balance=arguments.balance,
        small=arguments.small,
        small_part=arguments.small_part,
        precision=arguments.precision,
        seed=arguments.seed,
        **start_fields(start),
        strength=_strength(arguments),
        recipe=recipe,
    )


def _strength(arguments: argparse.Namespace) -> Strength:
    from marrowdesk.training.augment import Strength

    own = {name: getattr(arguments, name) for name in ("eosin", "blue", "veil", "tight")}
    given = {name: value for name, value in own.items() if value is not None}
    lent = {"recolour": arguments.recolour, "surround": arguments.surround}
    return replace(Strength().scaled(arguments.strength), **lent, **given)


def _targets(arguments: argparse.Namespace, store: Store, recipe: Recipe) -> np.ndarray | None:
    from marrowdesk.training.teacher import teacher_file, teacher_targets

    if arguments.teacher == "none":
        return None
    return teacher_targets(store, recipe, teacher_file(arguments.teacher), arguments.run.parent / "cache")

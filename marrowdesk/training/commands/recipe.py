"""``marrowdesk train --recipe``: all stages of a recipe, one after the other, up to the measured bundle."""

from __future__ import annotations

import argparse
import json
import os
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from marrowdesk.atomic import write_atomically
from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.training.bundle_recipe import CHANCE, PACKAGE, RECIPE, read_recipe, words_of
from marrowdesk.training.checkpoint import writing
from marrowdesk.training.commands import evaluate, export, train
from marrowdesk.training.commands.options import HELD_OUT, settle_split
from marrowdesk.training.samples import fingerprint

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from marrowdesk.training.bundle_recipe import BundleRecipe, Stage

FINISHED = "finished.json"
"""Lists the steps of a recipe's run that are done, in their order, with the mark of its cells."""

_CELLS = ("data", "held_out", "leave_out", "folds", "fold", "fewest")
_FOLDERS = ("recipe", "run", "out")
_MACHINE = ("device", "precision", "workers", "save_every", "validate_every")
"""What may be said beside a recipe: which cells, where, and on what machine; and by the recipe never."""


@dataclass(frozen=True, slots=True)
class Step:
    """One command of a recipe's run.

    Attributes:
        name: what it does, unique in the run.
        words: the command and its options.
        machine: options that suit this machine; another time they may be others.
        bundle: folder of the bundle that it makes; None where it makes none.
    """

    name: str
    words: tuple[str, ...]
    machine: tuple[str, ...] = ()
    bundle: Path | None = None

    @property
    def there(self) -> bool:
        """Whether what it made, if it was carried out, is still there."""
        return self.bundle is None or (self.bundle / "card.json").is_file()


def carry_out(arguments: argparse.Namespace) -> int:
    """Carry a recipe out from where it stood; give the exit code of the last command that ran.

    Raises:
        MarrowdeskError: the recipe or an option beside it is not understood, the folder holds a run of
            another recipe, or a command fails.
    """
    recipe = read_recipe(arguments.recipe)
    check_beside(arguments)
    steps = lay_out(recipe, arguments)
    parsed = [parse(recipe, each) for each in steps]
    _remember(arguments, recipe)
    mark = fingerprint(*settle_split(arguments))
    done, last = _finished(arguments.run, mark), _last_bundle(recipe, arguments)
    for at, (step, options) in enumerate(zip(steps, parsed, strict=True)):
        told = f"[{at + 1}/{len(steps)}] {step.name}"
        if done[at : at + 1] == [step.name] and step.there:
            print(f"{told}: done before", flush=True)
            continue
        print(f"{told}: marrowdesk {shlex.join([*step.words, *step.machine])}", flush=True)
        if step.bundle == last:
            options.recipe = arguments.recipe
        if code := int(options.handler(options)):
            return code
        done = [*done[:at], step.name]
        _keep(arguments.run / FINISHED, (json.dumps({"cells": mark, "done": done}, indent=1) + "\n").encode())
    return 0


def check_beside(arguments: argparse.Namespace) -> None:
    """See that nothing is said beside a recipe that the recipe itself says.

    Raises:
        MarrowdeskError: such an option is given, or several processes were started.
    """
    allowed = {*_CELLS, *_FOLDERS, *_MACHINE}
    if clash := sorted(arguments.given - allowed):
        raise MarrowdeskError(
            f"{_option(clash[0])} is for the recipe {arguments.recipe} to say.",
            "Leave it out, or change it in a copy of the recipe.",
        )
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        raise MarrowdeskError(
            "A recipe is carried out by one process, but torchrun started several.",
            "Start it without torchrun, or carry out its stages with single commands.",
        )


def lay_out(recipe: BundleRecipe, arguments: argparse.Namespace) -> list[Step]:
    """List the commands that a recipe asks for, with the folders and the cells of this run.

    Raises:
        MarrowdeskError: a stage says what is not for it to say.
    """
    cells = tuple(f"--data={each}" for each in arguments.data)
    split = (*cells, f"--held-out={arguments.run / HELD_OUT}")
    steps: list[Step] = []
    results: dict[str, Path] = {}
    for number, stage in enumerate(recipe.stages, start=1):
        check_stage(stage)
        folder = arguments.run / f"{number}-{stage.name}"
        run = f"--run={folder}"
        out, told = arguments.run / "bundles" / stage.name, f"export {stage.name}"
        if stage is recipe.stages[-1]:
            out = _last_bundle(recipe, arguments)
            told = f"{told} to {out.resolve()}"
        before, beside = _before(stage, results)
        training = ("train", *split, run, *words_of(stage.train), *before, *beside)
        exporting = ("export", *split, run, f"--out={out}", f"--revision={recipe.revision}")
        steps.append(Step(f"train {stage.name}", training, tuple(_machine(arguments))))
        if stage.export is None:
            results[stage.name] = folder
            continue
        words = (*exporting, *words_of(stage.export), *_bundle_of(before), *beside)
        steps.append(Step(told, words, bundle=out))
        results[stage.name] = out
    bundle = ("evaluate", *cells, f"--bundle={out}", "--keep")
    return [
        *steps,
        Step(f"measure {recipe.name}", bundle),
        Step(f"measure {recipe.name} with fewer bits", (*bundle, "--engines")),
    ]


def _before(stage: Stage, results: Mapping[str, Path]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the options that name what a stage starts from, and what it follows.

    Args:
        stage: the stage.
        results: folders of the bundles of the stages before it, or of their runs, in their order.
    """
    name = stage.start or next(reversed(results), CHANCE)
    start = () if name == CHANCE else (f"--start={results.get(name, PACKAGE)}",)
    followed = (("distil", stage.follow), ("distil-beside", stage.beside))
    return start, tuple(f"--{option}={results[each]}" for option, each in followed if each)


def _bundle_of(start: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out a start that no command of this project made: the export has nothing to tell of it."""
    return () if start == (f"--start={PACKAGE}",) else start


def _last_bundle(recipe: BundleRecipe, arguments: argparse.Namespace) -> Path:
    path: Path = arguments.out or arguments.run / "bundles" / recipe.name
    return path


def _machine(arguments: argparse.Namespace) -> list[str]:
    return [f"{_option(each)}={getattr(arguments, each)}" for each in _MACHINE if each in arguments.given]


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


class _Strict(argparse.ArgumentParser):
    """Raises what it does not understand, instead of ending the program; options go by their whole names."""

    def __init__(self, **told: Any) -> None:
        super().__init__(**{**told, "allow_abbrev": False})

    def error(self, message: str) -> NoReturn:
        raise argparse.ArgumentError(None, message)


def parse(recipe: BundleRecipe, step: Step) -> argparse.Namespace:
    """Parse a step as its command would be, by the command's own parser.

    Raises:
        MarrowdeskError: the recipe gives an option that its command lacks, a value it does not take, or one
            that is not for a recipe to say.
    """
    parser = _Strict()
    subparsers = parser.add_subparsers()
    for command in (train, export, evaluate):
        command.add_command(subparsers)
    try:
        return parser.parse_args([*step.words, *step.machine])
    except argparse.ArgumentError as error:
        raise MarrowdeskError(
            f"The recipe of {recipe.name} cannot be carried out ({step.name}): {error}.",
            f"See `marrowdesk {step.words[0]} --help`.",
        ) from error


def check_stage(stage: Stage) -> None:
    """See that a stage says nothing that is not for a recipe to say.

    Raises:
        MarrowdeskError: it does.
    """
    told_beside = ("start", "distil", "distil_beside", "revision", "sync_norm")
    own = {_option(each) for each in (*_CELLS, *_FOLDERS, *_MACHINE, *told_beside)}
    for options in (stage.train, stage.export or {}):
        for name in options:
            if f"--{name}" in own:
                raise MarrowdeskError(
                    f"The stage {stage.name} says {name}, which is not for a stage to say.",
                    "Leave it out: cells, folders and machine are told on the command line, what a stage "
                    "starts from and follows beside its name (start, follow, beside).",
                )


def _remember(arguments: argparse.Namespace, recipe: BundleRecipe) -> None:
    """Put the recipe into the run's folder, or see that it is the one that the run was begun with.

    Raises:
        MarrowdeskError: it is another, or cannot be written.
    """
    kept = arguments.run / RECIPE
    if kept.exists():
        if read_recipe(kept) != recipe:
            raise MarrowdeskError(
                f"The run {arguments.run} was begun with another recipe ({kept}).",
                "Give that one to go on with it, or another folder to --run.",
            )
        return
    _keep(kept, arguments.recipe.read_bytes())


def _finished(run: Path, mark: str) -> Sequence[str]:
    """List the steps that are done, with the same cells; older files are the bare list of the steps.

    Raises:
        MarrowdeskError: the file is damaged, or they were done with other cells.
    """
    path = run / FINISHED
    if not path.exists():
        return []
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        steps, cells = (told["done"], told["cells"]) if isinstance(told, dict) else (told, mark)
        done = [str(each) for each in steps]
    except (ValueError, TypeError, KeyError) as error:
        raise MarrowdeskError(
            f"{path} is not understood: {error}.", "Delete it: what is done is then found out again."
        ) from error
    if cells != mark:
        raise MarrowdeskError(
            f"The run {run} was begun with other cells, other labels or others kept back.",
            "Give the data it was begun with, or another folder to --run.",
        )
    return done


def _keep(path: Path, content: bytes) -> None:
    with writing(path):
        write_atomically(path, content)

"""A recipe: the stages of training and export that make one bundle, in a file that people read and write."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from marrowdesk.core.errors import MarrowdeskError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    Options = Mapping[str, "int | float | str | list[int | float | str]"]

RECIPE = "recipe.toml"
"""Name of the recipe beside the card of a bundle that was made by one."""

CHANCE, PACKAGE = "chance", "package"
"""What the weights of a stage can start from besides an earlier stage: nothing, or what a package holds."""

_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]*")
_KINDS: dict[type, str] = {str: "text", list: "list", dict: "table"}
_EXAMPLE = "models/marrow-regnetx-032-se/recipe.toml is an example."


@dataclass(frozen=True, slots=True)
class Stage:
    """A training and, unless a later one only follows it, the export of what it learned.

    Attributes:
        name: short name of the stage, unique in its recipe.
        train: options of ``marrowdesk train``, by their long names; a list repeats the option.
        export: options of ``marrowdesk export``, likewise; None where no bundle is made of it.
        start: what its weights start from: name of an earlier stage, :data:`CHANCE` or :data:`PACKAGE`; empty
            for the stage before, or for chance where there is none.
        follow: name of an earlier stage whose network it learns to agree with; empty for none.
        beside: name of another one; it then learns to agree with the mean of both; empty for none.
    """

    name: str
    train: Options
    export: Options | None
    start: str = ""
    follow: str = ""
    beside: str = ""


@dataclass(frozen=True, slots=True)
class BundleRecipe:
    """How a bundle is made from labelled cells.

    Attributes:
        name: of the bundle.
        revision: of the bundle.
        stages: carried out in this order.
    """

    name: str
    revision: str
    stages: tuple[Stage, ...]


def read_recipe(path: Path) -> BundleRecipe:
    """Read a recipe.

    Raises:
        MarrowdeskError: the file cannot be read, is no TOML, or is not laid out like a recipe.
    """
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise MarrowdeskError(f"The recipe {path} cannot be read: {error.strerror}.", _EXAMPLE) from error
    except ValueError as error:
        raise MarrowdeskError(f"The recipe {path} is not understood: {error}.", _EXAMPLE) from error
    try:
        _keys("the recipe", told, {"name", "revision", "stage"})
        stages = tuple(_stage(each) for each in _filled("stage", told["stage"], list))
        recipe = BundleRecipe(_named(told["name"]), _filled("revision", told["revision"], str), stages)
        _distinct(recipe)
        _in_order(recipe)
    except _Unfit as error:
        raise MarrowdeskError(f"The recipe {path} is not understood: {error}.", _EXAMPLE) from error
    return recipe


class _Unfit(Exception):
    """Says what of a recipe is not as it must be."""


def _stage(told: Any) -> Stage:
    stage = _filled("stage", told, dict)
    _keys("a stage", stage, {"name", "train"}, {"export", "start", "follow", "beside"})
    name = _named(stage["name"])
    export = _options(name, "export", stage["export"]) if "export" in stage else None
    further = {key: _named(stage[key]) for key in ("start", "follow", "beside") if key in stage}
    return Stage(name, _options(name, "train", stage["train"]), export, **further)


def _options(stage: str, command: str, told: Any) -> Options:
    if not isinstance(told, dict):
        raise _Unfit(f"{command} of the stage {stage} is no table of options")
    for name, value in told.items():
        words = value if isinstance(value, list) else [value]
        if not words or not all(type(word) in (int, float, str) for word in words):
            raise _Unfit(
                f"{name} of the stage {stage} is neither a number nor a text nor a list of them: {value!r}"
            )
    return told


def _keys(of: str, told: Mapping[str, Any], wanted: set[str], possible: Collection[str] = ()) -> None:
    if missing := wanted - told.keys():
        raise _Unfit(f"{of} lacks {', '.join(sorted(missing))}")
    if unknown := told.keys() - wanted - set(possible):
        raise _Unfit(f"{of} has no place for {', '.join(sorted(unknown))}")


def _filled(name: str, told: Any, kind: type) -> Any:
    if not isinstance(told, kind) or not told:
        raise _Unfit(f"{name} is empty or no {_KINDS[kind]}")
    return told


def _named(told: Any) -> str:
    name = str(_filled("name", told, str))
    if not _NAME.fullmatch(name):
        raise _Unfit(f"the name {name!r} holds more than small letters, digits, hyphens and dots")
    return name


def _distinct(recipe: BundleRecipe) -> None:
    """See that no two bundles of the recipe have one name."""
    names = [recipe.name, CHANCE, PACKAGE, *(each.name for each in recipe.stages)]
    if twice := sorted({each for each in names if names.count(each) > 1}):
        raise _Unfit(f"the name {twice[0]} is there twice")


def _in_order(recipe: BundleRecipe) -> None:
    """See that stages go on from, and follow, what is there by then."""
    earlier: dict[str, bool] = {}
    for stage in recipe.stages:
        for what, name, possible in (
            ("starts from", stage.start, (*earlier, CHANCE, PACKAGE)),
            ("follows", stage.follow, earlier),
            ("follows", stage.beside, earlier),
        ):
            if name and name not in possible:
                raise _Unfit(f"the stage {stage.name} {what} {name}, which is no stage before it")
        if stage.beside and not stage.follow:
            raise _Unfit(f"the stage {stage.name} follows {stage.beside} beside none")
        start = stage.start or next(reversed(earlier), CHANCE)
        if not earlier.get(start, True):
            raise _Unfit(f"the stage {stage.name} starts from {start}, which has no export")
        earlier[stage.name] = stage.export is not None
    if recipe.stages[-1].export is None:
        raise _Unfit(f"the last stage {recipe.stages[-1].name} has no export")


def words_of(options: Options) -> list[str]:
    """Write options as words of a command line."""
    return [
        f"--{name}={word}"
        for name, value in options.items()
        for word in (value if isinstance(value, list) else [value])
    ]

"""The commands that make a run and its bundle again, written from what the run depended on."""

from __future__ import annotations

import json
import re
import shlex
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from marrowdesk.inference.preprocess import Recipe
from marrowdesk.training.augment import Strength
from marrowdesk.training.bundle_recipe import RECIPE
from marrowdesk.training.plan import plan_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from marrowdesk.training.heads import HeadFit
    from marrowdesk.training.plan import Plan

START = "START"
"""Stands for the folder of the bundle, or the file, that a run started from; only its hash is known."""

DISTIL = "DISTIL"
"""Stands for the folder of the bundle or run that a run followed; only its hash is known."""

BESIDE = "BESIDE"
"""Stands likewise for the second one that it followed."""


def train_command(plan: Plan) -> str:
    """Write the ``marrowdesk train`` command of a plan; DATA and runs/NAME stand for the reader's folders."""
    told = {
        "architecture": plan.architecture,
        "attention": plan.attention,
        "side": plan.recipe.side,
        "small": plan.small,
        "small-part": plan.small_part,
        "loss": plan.loss,
        "sampling": plan.sampling,
        "balance": plan.balance,
        "steps": plan.steps,
        "batch": plan.batch,
        "schedule": plan.schedule,
        "rate": plan.rate,
        "strength": round(plan.strength.scale / Strength().scale, 6),
        "recolour": plan.strength.recolour,
        "surround": plan.strength.surround,
        "precision": plan.precision,
        "seed": plan.seed,
    }
    own = plan.loss_arguments()
    told |= {flag: own[name] for flag, name in (("cost", "share"), ("smoothing", "smoothing")) if name in own}
    further = [f"--loss-option {name}={value}" for name, value in plan.loss_options.items()]
    usual = Strength().scaled(plan.strength.scale / Strength().scale)
    for name in ("eosin", "blue", "veil", "tight"):
        if abs(getattr(plan.strength, name) - getattr(usual, name)) > 1e-9:
            told[name] = getattr(plan.strength, name)
    told |= plan.recipe.shown_otherwise(Recipe())
    if plan.prior is not None:
        told["prior"] = plan.prior
    if plan.adversary:
        told["adversary"] = plan.adversary
    if plan.distil_from:
        told |= {"distil": followed_by(plan), "distil-share": plan.distil}
    if plan.distil_beside:
        told["distil-beside"] = BESIDE
    told["teacher"] = "package" if plan.teacher else "none"
    if plan.start:
        told["start"] = START
    network = [
        f"--option {shlex.quote(f'{name}={json.dumps(value)}')}" for name, value in plan.options.items()
    ]
    words = [f"--{name} {value}" for name, value in told.items()]
    return " ".join(["marrowdesk train --data DATA --run runs/NAME", *network, *words, *further])


def followed_by(plan: Plan) -> str:
    """Give what stands for what a run followed: START, where it is the one that it started from."""
    return START if plan.follows_start else DISTIL


def export_command(
    name: str,
    revision: str,
    fit: HeadFit | None,
    lifts: Mapping[str, float] | None = None,
    shown: Mapping[str, float] | None = None,
) -> str:
    """Write the ``marrowdesk export`` command of a bundle.

    Args:
        name: of the bundle.
        revision: of the bundle.
        fit: how its last layer is fitted anew; None where it is kept as it was trained.
        lifts: what is added to the logits of classes.
        shown: numbers of the preparation in which it differs from the training.
    """
    words = ["marrowdesk export --data DATA --run runs/NAME", f"--out models/{name} --revision {revision}"]
    words.append("--head kept" if fit is None else "--head refitted")
    if fit is not None:
        words += [f"--head-prior {fit.prior}"] if fit.prior is not None else []
        words += [f"--head-views {fit.views}"] if fit.views else []
        words += [f"--head-blind {fit.blind}"] if fit.blind else []
        words += [f"--head-share {fit.share}"] if fit.share != 1 else []
    words += [f"--lift {code}={logits:g}" for code, logits in (lifts or {}).items()]
    words += [f"--{number} {value}" for number, value in (shown or {}).items()]
    return " ".join(words)


def recipe_command(name: str) -> str:
    """Write the one ``marrowdesk train`` command that makes a bundle by the recipe beside its card."""
    recipe = f"models/{name}/{RECIPE}"
    return f"marrowdesk train --recipe {recipe} --data DATA --run runs/NAME --out models/{name}"


class Record(Protocol):
    """What a card, or a run, keeps of how it was made: commands, the plan of the last of them, and a note."""

    @property
    def command(self) -> str:
        """The commands, a line each; the last is an export, or a training where nothing was exported."""

    @property
    def plan(self) -> Mapping[str, Any]:
        """Fields of the plan of the last training."""

    @property
    def note(self) -> str:
        """What the commands alone do not repeat."""


class RunRecord(NamedTuple):
    """What is known of a run that was not exported."""

    command: str
    plan: Mapping[str, Any]
    note: str


def commands_of(record: Record, name: str) -> str:
    """Write the commands that make what a run went on from or followed.

    Args:
        record: how that was made.
        name: stands for its folder and run, :data:`START`, :data:`DISTIL` or :data:`BESIDE`. What its record
            calls so is ``BEFORE-START`` and the like here, or ``DISTIL-START``, or ``BESIDE-START``.
    """
    told = _renamed(record.command, name).splitlines()
    own = _renamed(train_command(plan_of(record.plan)), name)
    if not told[-1].startswith("marrowdesk export"):
        return "\n".join([*told[:-1], own.replace("runs/NAME", name)])
    lines = [*told[:-2], own, re.sub(r"--out \S+", f"--out {name}", told[-1])]
    return "\n".join(line.replace("runs/NAME", f"runs/{name}") for line in lines)


def note_of(record: Record, name: str) -> str:
    """Give what the commands of such a thing alone do not repeat, in the same words as its record."""
    return f"Of {name}: {_renamed(record.note, name)}" if record.note else ""


def _renamed(text: str, name: str) -> str:
    prefix = "BEFORE" if name == START else name
    return re.sub(rf"\b[A-Z-]*(?:{START}|{DISTIL}|{BESIDE})\b", lambda found: f"{prefix}-{found[0]}", text)

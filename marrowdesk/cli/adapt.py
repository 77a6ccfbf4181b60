"""The command ``marrowdesk adapt``: learn from what a laboratory's readers decided."""

from __future__ import annotations

import argparse
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from marrowdesk.core.errors import MarrowdeskError

if TYPE_CHECKING:
    from collections.abc import Generator

    from marrowdesk.services.adapted_models import Gain, KeptModel
    from marrowdesk.services.adapting import Adapted, Step

Result = TypeVar("Result")

DONE, NOT_BETTER = 0, 3

_HELP = """\
Fits a new last layer of the classifier to the reviewed cells of cases, compares it with the shipped one on
cells kept back from fitting, and keeps it under a name where it is better. No case is changed. The cells
must have been classified by the shipped model, or by one adapted from it.
"""

_EXAMPLES = """\
examples:
  marrowdesk adapt cases/*.mdcase                          only compares
  marrowdesk adapt cases/*.mdcase --name "Our stain"       keeps it where it is better
  marrowdesk adapt --list                                  what is kept, and where
  marrowdesk count slides/2031-A --model FOLDER            counts with it

The exit code is 3 where it is not better.
"""


def add_command(commands: Any) -> None:
    """Add ``adapt`` to the sub-commands of an argparse parser."""
    adapt = commands.add_parser(
        "adapt", help="fit the classifier to one laboratory", description=_HELP, epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    adapt.add_argument("cases", nargs="*", type=Path, metavar="CASE", help="case files with reviewed cells")
    adapt.add_argument("--name", default="", help="what the model is called; nothing is kept without a name")
    adapt.add_argument("--model", type=Path, metavar="FOLDER", help="another bundle than the shipped one")
    adapt.add_argument("--list", action="store_true", help="list the models that are kept, and nothing else")
    adapt.set_defaults(handler=run)


def run(options: argparse.Namespace) -> int:
    """Fit, compare and keep; give the exit code.

    Raises:
        MarrowdeskError: no case is given, there is too little to learn from, or it cannot be kept.
    """
    if options.list:
        return _list()
    if not options.cases:
        raise MarrowdeskError("No case is given.", "Name case files (.mdcase), or give --list.")
    adapted = _adapted(options)
    for line in _lines(adapted):
        print(line)
    if not adapted.better:
        print("Not better: nothing is kept.")
        return NOT_BETTER
    if not options.name:
        print("Better. Give --name to keep it.")
        return DONE
    from marrowdesk.services.adapted_models import keep

    adapted = _proved(adapted)
    print(f"Better. Kept as {_told(keep(adapted, options.name))}")
    return DONE


def _adapted(options: argparse.Namespace) -> Adapted:
    from marrowdesk.inference.bundle import load_bundle
    from marrowdesk.services.adapting import adapt

    base = None if options.model is None else load_bundle(options.model)
    return _shown(adapt(options.cases, threading.Event(), base))


def _proved(adapted: Adapted) -> Adapted:
    """Try whether it may run in fewer bits, and say what came of it."""
    from marrowdesk.services.engines import wished
    from marrowdesk.services.proving import prove

    proof = _shown(prove(adapted, wished(), threading.Event()))
    if proof is not None:
        print(proof.sentence)
    return replace(adapted, proof=proof)


def _shown(steps: Generator[Step, None, Result]) -> Result:
    """Work to the end, with its progress on a terminal; give what came out."""
    while True:
        try:
            step = next(steps)
        except StopIteration as end:
            found: Result = end.value
            return found
        if sys.stderr.isatty():
            print(f"\r{step.stage} {step.done}/{step.total}  ", end="", file=sys.stderr, flush=True)


def _list() -> int:
    from marrowdesk.services.adapted_models import models_here
    from marrowdesk.store.paths import adapted_models_path

    kept, broken = models_here()
    for each in kept:
        print(_told(each))
    for other in broken:
        print(f"{other.path}: {other.why} It cannot be used: delete the folder.", file=sys.stderr)
    if not kept:
        print(f"No adapted model lies in {adapted_models_path()}.")
    return DONE


def _told(kept: KeptModel) -> str:
    return (
        f"{kept.name}, version {kept.version}, made {kept.made:%Y-%m-%d} of {kept.base} "
        f"{kept.base_revision} from {kept.cells:,} cells of {_cases(kept.cases)}, {_points(kept.gain)}: "
        f"{kept.path}"
    )


def _lines(adapted: Adapted) -> list[str]:
    judged = "cases" if adapted.by_case else "cells"
    before, after = adapted.calibration
    gain, recall_gain = _points(adapted.gain), _points(adapted.recall_gain)
    return [
        f"{adapted.cells:,} cells of {_cases(adapted.cases)}, judged {adapted.folds} times on {judged} kept "
        "back",
        f"{'':32}{'shipped':>9}{'adapted':>9}  difference",
        _row("named as the readers do", adapted.shipped, adapted.adapted) + f"  {gain}",
        _row("mean over the classes", *adapted.recalls) + f"  {recall_gain}",
        f"{'expected calibration error':32}{before:9.3f}{after:9.3f}",
        *(_row(f"{each.name}, {each.cells}", each.shipped, each.adapted) for each in adapted.classes),
        *adapted.left_out,
    ]


def _row(name: str, shipped: float, adapted: float) -> str:
    return f"{name:32}{shipped:9.1%}{adapted:9.1%}"


def _points(gain: Gain) -> str:
    return f"{gain.value:+.1f} points (95 %: {gain.low:+.1f} to {gain.high:+.1f})"


def _cases(count: int) -> str:
    return "1 case" if count == 1 else f"{count} cases"

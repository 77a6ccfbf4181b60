"""The fastest way to run a network on this machine: measured once, in a few seconds, and remembered."""

from __future__ import annotations

import contextlib
import json
import platform
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from marrowdesk import __version__
from marrowdesk.atomic import write_atomically
from marrowdesk.inference.engine import Setup
from marrowdesk.inference.libraries import installed
from marrowdesk.inference.precision import proved

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marrowdesk.inference.around import EngineHere
    from marrowdesk.inference.bundle import Bundle

_SECONDS = 3.0
"""After so long no more threads and batches are tried with an engine: the best so far is taken."""
_EACH = 0.3
"""Seconds that one way is run for, at least once."""
_BATCHES = (32,)
"""Batches that are tried beside that of :data:`_TRIAL`."""
_TRIAL = 16
_MOST_REMEMBERED = 24
_WALL, _WORK = 0, 1
"""Places in :class:`Cost`."""
_ALONE = 0.75
"""Share of the time of its threads that an engine computes, at least, where it has the machine for itself."""
_CLEARLY = 1.05
"""How much faster than the one before a way must be: measurements scatter, and float32 is the reference."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A way to run a network, and why.

    Attributes:
        setup: the way.
        note: why it is not the usual engine; empty where it is.
    """

    setup: Setup
    note: str = ""


class Cost(NamedTuple):
    """What one cell costs.

    Attributes:
        wall: seconds, of the best round: other programs may have taken their turn in the others.
        work: seconds of all processors together; other programs hardly change it.
    """

    wall: float
    work: float


def fastest(engine: EngineHere, precisions: Sequence[str], most: int) -> Cost:
    """Measure an engine's number formats, then threads, then batches, and tune it to the fastest.

    Formats and batches are compared by their work, for the machine may be busy with something else just now.

    Args:
        engine: to measure.
        precisions: formats that it may use here, float32 first.
        most: threads that it may use.

    Returns:
        What a cell costs as it is tuned.
    """
    start = time.perf_counter()
    best = replace(engine.setup, precision=precisions[0], threads=most, batch=_TRIAL)
    least = _cost(engine, best)

    def take(other: Setup, by: int) -> None:
        nonlocal best, least
        cost = _cost(engine, other)
        if cost[by] * _CLEARLY < least[by]:
            best, least = other, cost

    for precision in precisions[1:]:
        take(replace(best, precision=precision), _WORK)
    # Two threads of one core share its arithmetic: half of them may be as fast. Where other programs keep the
    # machine busy just now, the fewer always win: nothing is learned then.
    alone = least.work > _ALONE * most * least.wall
    if most > 1 and alone and time.perf_counter() - start < _SECONDS:
        take(replace(best, threads=(most + 1) // 2), _WALL)
    for batch in _BATCHES:
        if time.perf_counter() - start < _SECONDS:
            take(replace(best, batch=batch), _WORK)
    engine.tune(best)
    return least


def _cost(engine: EngineHere, setup: Setup) -> Cost:
    engine.tune(setup)
    crops = engine.noise(setup.batch)
    engine.said(crops[:2])  # the first run makes buffers
    rounds: list[float] = []
    start, work = time.perf_counter(), time.process_time()
    while not rounds or sum(rounds) < _EACH:
        engine.said(crops)
        rounds.append(time.perf_counter() - start - sum(rounds))
    spent = (time.process_time() - work) / len(rounds)
    return Cost(min(rounds) / setup.batch, spent / setup.batch)


def key_of(bundle: Bundle, wish: str, most: int) -> str:
    """Name what a choice depends on: the machine, the weights, the versions, what was asked for."""
    pairs = ((each.engine, each.precision) for each in bundle.card.precisions)
    formats = sorted(" ".join(pair) for pair in pairs if proved(bundle.card, *pair))
    told = (
        processor(),
        f"{most} threads",
        wish,
        bundle.sha256,
        *formats,
        f"marrowdesk {__version__}",
        *(f"{each} {installed(each)}" for each in ("torch", "openvino")),
    )
    return "; ".join(told)


def processor() -> str:
    """Give the processor's name, as far as the system tells it."""
    with contextlib.suppress(OSError, UnicodeDecodeError, StopIteration):
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return f"{platform.machine()} {platform.processor()}"


def remembered(file: Path | None, key: str) -> Chosen | None:
    """Read a choice; None where there is none, or nothing that can be read."""
    try:
        kept = _read(file)[key]
        return Chosen(Setup(**kept["setup"]), str(kept["note"]))
    except (KeyError, TypeError):
        return None


def remember(file: Path | None, key: str, chosen: Chosen) -> None:
    """Keep a choice, with the latest others; a file that cannot be written does no harm."""
    if file is None:
        return
    others = {name: value for name, value in _read(file).items() if name != key}
    latest = dict(list(others.items())[1 - _MOST_REMEMBERED :])
    with contextlib.suppress(OSError):
        write_atomically(file, (json.dumps({**latest, key: asdict(chosen)}, indent=1) + "\n").encode())


def _read(file: Path | None) -> dict[str, Any]:
    if file is None:
        return {}
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}

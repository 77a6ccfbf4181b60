"""What is asked of the engine on this computer: what the person set, and where measured choices are kept."""

from __future__ import annotations

from dataclasses import replace

from marrowdesk.inference.loading import Wish
from marrowdesk.store.errors import SettingsError
from marrowdesk.store.paths import engine_choices_path, networks_path
from marrowdesk.store.settings import load_settings


def wished(engine: str | None = None, threads: int | None = None) -> Wish:
    """Give the wish for an engine.

    Args:
        engine: one of :data:`~marrowdesk.inference.loading.ENGINES`; as it is set when None.
        threads: that compute at most; all processors when None.
    """
    if engine is None:
        try:
            engine = load_settings().engine
        except SettingsError:  # told where the settings are shown; the standard ones hold
            engine = "auto"
    return Wish(engine, threads, networks_path(), engine_choices_path())


def wished_beside_a_window() -> Wish:
    """Give the wish for an engine beside a window: torch leaves one processor to it, OpenVINO takes all.

    Threads of torch wait for each other many times a layer. Where a window, decoders and other programs take
    turns on the last processor, each wait lasts a turn: on two busy processors two threads of torch classify
    19 cells a second, one thread 60. Those of OpenVINO do not: in turns, beside the window, two were 1.1 and
    1.5 times as fast as one, on a slow evening and a fast one, and 1.2 times beside another busy program,
    and the window waited no longer. The engine's process has a lower priority than the window.
    """
    return replace(wished(), beside=True)

"""Which options a person gave, as against those left at their defaults."""

from __future__ import annotations

import argparse
from typing import Any


def note_given(parser: argparse.ArgumentParser) -> None:
    """Let a parser's arguments hold, as ``given``, the names of the options that were given.

    Call it before the options are added.
    """
    parser.set_defaults(given=frozenset())
    kinds: dict[str | None, type[argparse.Action]] = {
        None: argparse._StoreAction,
        "store": argparse._StoreAction,
        "append": argparse._AppendAction,
        "store_true": argparse._StoreTrueAction,
    }
    for name, kind in kinds.items():
        parser.register("action", name, _noting(kind))


def _noting(kind: type[argparse.Action]) -> type[argparse.Action]:
    class Noting(kind):  # type: ignore[misc,valid-type]
        def __call__(
            self,
            parser: argparse.ArgumentParser,
            namespace: argparse.Namespace,
            values: Any,
            option_string: str | None = None,
        ) -> None:
            super().__call__(parser, namespace, values, option_string)
            namespace.given = namespace.given | {self.dest}

    return Noting

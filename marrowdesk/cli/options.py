"""Options that several commands share, and checks of single values."""

from __future__ import annotations

import argparse

from marrowdesk.core.counting import ME_RULES, CountingRules
from marrowdesk.core.reference import REFERENCE_SETS


def positive(text: str) -> int:
    """Read a whole number above 0.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return int(text)


def add_rules(how: argparse._ArgumentGroup) -> None:
    """Add what a count is made by."""
    how.add_argument(
        "--references", choices=tuple(REFERENCE_SETS), default="bain-1996", help="set of reference ranges"
    )
    how.add_argument("--sex", choices=("F", "M"), default="", help="sex of the patient, for the ranges")
    how.add_argument("--me", choices=tuple(ME_RULES), default="icsh", help="definition of the M:E ratio")
    how.add_argument("--target", type=positive, default=500, help="cells wanted (default: 500)")


def rules_of(options: argparse.Namespace) -> CountingRules:
    """Give the rules that :func:`add_rules` asked for."""
    return CountingRules(
        target=options.target,
        me_rule=ME_RULES[options.me],
        references=REFERENCE_SETS[options.references],
        sex=options.sex,
    )

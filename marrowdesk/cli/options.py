"""Options that several commands share, and checks of single values."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, get_args

from marrowdesk.core.counting import EQUIVALENTS, ME_RULES
from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.core.rule_choice import RuleChoice
from marrowdesk.report.options import Language, PageSize, PrintOptions, Template
from marrowdesk.store.references import known_sets, own_sets

if TYPE_CHECKING:
    from collections.abc import Mapping


def positive(text: str) -> int:
    """Read a whole number above 0.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return int(text)


def add_paper(how: argparse._ArgumentGroup) -> None:
    """Add how a report is printed."""
    usual = PrintOptions()
    how.add_argument(
        "--template",
        choices=get_args(Template),
        default=usual.template,
        help=f"which report (default: {usual.template}); blood counts white cells alone in every form",
    )
    how.add_argument(
        "--page", choices=get_args(PageSize), default=usual.page, help=f"paper (default: {usual.page})"
    )
    how.add_argument(
        "--language",
        choices=get_args(Language),
        default=usual.language,
        help=f"of the report (default: {usual.language})",
    )


def paper_of(options: argparse.Namespace) -> PrintOptions:
    """Give what :func:`add_paper` asked for."""
    return PrintOptions(options.template, options.page, options.language)


def add_rules(how: argparse._ArgumentGroup) -> None:
    """Add what a count is made by."""
    how.add_argument(
        "--references",
        metavar="NAME",
        help="set of reference ranges, shipped or your own; the usual one of marrow or blood where left out",
    )
    how.add_argument(
        "--sex", choices=("F", "M"), default="", help="sex for the ranges, where the header does not say it"
    )
    how.add_argument("--me", choices=tuple(ME_RULES), default="icsh", help="definition of the M:E ratio")
    how.add_argument(
        "--blast-equivalent",
        action="append",
        choices=EQUIVALENTS,
        default=[],
        help="class that counts with the blasts at the thresholds; may be repeated",
    )
    how.add_argument(
        "--non-erythroid", action="store_true", help="give blasts as a share of all but erythroid cells too"
    )
    how.add_argument(
        "--target", type=positive, help="cells wanted (default: 500 of a marrow, 200 of a blood film)"
    )


def tell_contradiction(choice: RuleChoice, fields: Mapping[str, str]) -> None:
    """Say on the error stream that ``--sex`` is not what the header of a case says, where that is so."""
    if choice.contradicted(fields):
        said = fields["sex"]
        print(
            f"marrowdesk: the header says {said!r} for the sex: its ranges hold, not those of --sex "
            f"{choice.sex}.",
            file=sys.stderr,
        )


def choice_of(options: argparse.Namespace) -> RuleChoice:
    """Give what :func:`add_rules` asked for.

    Raises:
        MarrowdeskError: there are no reference ranges of that name, or one's own cannot be read.
    """
    choice = RuleChoice(
        me_rule=ME_RULES[options.me],
        sex=options.sex,
        blast_equivalents=tuple(code for code in EQUIVALENTS if code in options.blast_equivalent),
        non_erythroid=options.non_erythroid,
    )
    if options.target is not None:
        choice = replace(choice, target=options.target, blood_target=options.target)
    if options.references is None:
        return choice
    known = known_sets(own_sets())
    if options.references not in known:
        raise MarrowdeskError(
            f"There are no reference ranges called {options.references!r}.", f"Choose of: {', '.join(known)}."
        )
    chosen = known[options.references]
    return replace(choice, marrow=chosen, blood=chosen)

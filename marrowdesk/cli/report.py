"""The command ``marrowdesk report``: the reports of many cases, and a worklist of them."""

from __future__ import annotations

import argparse
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from marrowdesk.cli.exchange import exit_code
from marrowdesk.cli.options import add_paper, add_rules, choice_of, paper_of, tell_contradiction
from marrowdesk.core.errors import MarrowdeskError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marrowdesk.core.rule_choice import RuleChoice

_HELP = """\
Writes the report of each case as a PDF into a folder, and on request a worklist: a table with one row a case
that says how far it is, who signed it, which thresholds it crosses. Cases are only read, whoever has them
open; a signed one is reported as it was signed. One that cannot be read is told, and the others go on.
"""

_EXAMPLES = """\
examples:
  marrowdesk report cases --out today
  marrowdesk report 2031.mdcase 2032.mdcase --out today --worklist today/worklist.xlsx
  marrowdesk report cases --worklist worklist.csv
"""


def add_command(commands: Any) -> None:
    """Add ``report`` to the sub-commands of an argparse parser."""
    parser = commands.add_parser(
        "report", help="write the reports of cases, and a worklist", description=_HELP, epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument(
        "cases", nargs="+", type=Path, metavar="CASE", help="case files, or folders of case files"
    )
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="where the reports go; must be there")
    parser.add_argument("--worklist", type=Path, metavar="FILE", help="the table, as .csv or .xlsx")
    add_paper(parser.add_argument_group("how they are printed"))
    add_rules(parser.add_argument_group("how an unsigned case is counted"))
    parser.add_argument("--quiet", action="store_true", help="print nothing but errors")
    parser.set_defaults(handler=run)


def run(options: argparse.Namespace) -> int:
    """Write reports and worklist; give the exit code.

    Raises:
        MarrowdeskError: nothing was asked for, or nothing could be written at all.
    """
    from marrowdesk.services.batch import case_files

    if options.out is None and options.worklist is None:
        raise MarrowdeskError("Nothing is to be written.", "Give --out FOLDER, --worklist FILE, or both.")
    paths, choice = case_files(options.cases), choice_of(options)
    if len(paths) == 1 and options.sex:
        _tell_contradiction(paths[0], choice)
    failed = set()
    if options.out is not None:
        failed |= _write_reports(paths, options, choice)
    if options.worklist is not None:
        failed |= _write_worklist(paths, options, choice)
    return exit_code(len(paths), len(failed))


def _tell_contradiction(path: Path, choice: RuleChoice) -> None:
    from marrowdesk.store.casefile import CaseFile

    with suppress(MarrowdeskError), CaseFile.open_copy(path) as case:  # one that cannot be read is told below
        if case.signed is None:
            tell_contradiction(choice, case.fields())


def _write_reports(paths: Sequence[Path], options: argparse.Namespace, choice: RuleChoice) -> set[Path]:
    from marrowdesk.services.batch import reports

    failed = set()
    for each in reports(paths, options.out, choice, paper_of(options), threading.Event()):
        if each.error is not None:
            print(f"marrowdesk: {each.case.name}: {each.error}", file=sys.stderr)
            failed.add(each.case)
        elif not options.quiet:
            print(f"Written  {each.written}", flush=True)
    return failed


def _write_worklist(paths: Sequence[Path], options: argparse.Namespace, choice: RuleChoice) -> set[Path]:
    from marrowdesk.services.worklist import entries, save

    listed = list(entries(paths, choice, threading.Event(), template=options.template))
    save(listed, options.worklist)
    if not options.quiet:
        print(f"Written  {options.worklist}")
    broken = [each for each in listed if each.error]
    for each in broken:
        if options.out is None:  # else it was told already
            print(f"marrowdesk: {each.path.name}: {each.error}", file=sys.stderr)
    return {each.path for each in broken}

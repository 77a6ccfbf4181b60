"""``marrowdesk data``: tell what labelled cells hold before anything is trained on them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.training.commands.options import Defaults, add_data, asked_for

if TYPE_CHECKING:
    import argparse

    from marrowdesk.training.commands.options import Parsers

DONE, SOME_UNREADABLE = 0, 3


def add_command(subparsers: Parsers) -> None:
    """Add ``data`` and its options."""
    parser = subparsers.add_parser(
        "data",
        help="tell what labelled cells hold: counts, sizes, copies, broken images",
        description="Decode every labelled cell once, and tell counts per class and source, picture sizes, "
        "copies (also with contradicting labels), and what cannot be read. The exit code is 3 where "
        "something cannot be read or was left out.",
        formatter_class=Defaults,
    )
    add_data(parser)
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the report to this file")
    parser.set_defaults(handler=tell_data)


def tell_data(arguments: argparse.Namespace) -> int:
    """Run ``marrowdesk data``."""
    from marrowdesk.training.data_page import report_lines
    from marrowdesk.training.data_report import report_data
    from marrowdesk.training.reading import read_labelled
    from marrowdesk.training.split_file import check_fit

    if arguments.json is not None and arguments.json.is_dir():
        raise MarrowdeskError(f"{arguments.json} is a folder.", "Name a file for --json.")
    cells = read_labelled(arguments.data)
    name, held = asked_for(arguments, cells.samples)
    notes = () if held is None else check_fit(name, cells.samples, held)
    report = report_data(cells, held or ())
    for line in (*report_lines(cells.samples, report, held), *notes):
        print(line)
    if arguments.json is not None:
        _write(arguments.json, json.dumps(report.as_json(), indent=1) + "\n")
    return SOME_UNREADABLE if report.unreadable or report.left_out else DONE


def _write(path: Path, text: str) -> None:
    from marrowdesk.atomic import write_atomically

    try:
        write_atomically(path, text.encode())
    except OSError as error:
        raise MarrowdeskError(
            f"The report {path} cannot be written: {error.strerror}.", "Name a file in a folder of your own."
        ) from error

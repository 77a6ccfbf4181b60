"""The command ``marrowdesk exchange``: hand counts to other programs."""

from __future__ import annotations

import argparse
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from marrowdesk.cli.options import add_paper, add_rules, choice_of, paper_of, tell_contradiction
from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.reach import is_folder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from marrowdesk.core.rule_choice import RuleChoice
    from marrowdesk.services.exchange import Sent

DONE, ALL_FAILED, SOME_FAILED = 0, 1, 3

FORMS = ("xlsx", "csv", "json", "fhir", "hl7", "geojson", "images")

_HELP = """\
Writes cases in a form that another program reads. Patients, slides and files go under aliases unless names
are asked for; what leaves is printed before it is written. A case is only read, whoever has it open; a signed
one leaves as it was signed.

  xlsx     a workbook: differential, cells, decisions, report
  csv      one row a cell
  json     the whole report with its cells, by resources/schemas/marrowdesk-report-1.schema.json
  fhir     a bundle of FHIR R4: report, one observation a class, specimen, device, the PDF
  hl7      a message ORU^R01 of HL7 v2.5.1, with the PDF
  geojson  a folder for QuPath: cells that are boxes in larger images, one file an image
  images   a folder of the reviewed cells in class folders, with a manifest that marrowdesk train reads
"""

_EXAMPLES = """\
examples:
  marrowdesk exchange 2031.mdcase --form fhir --out /mnt/laboratory/in --language de
  marrowdesk exchange 2031.mdcase --form xlsx --out 2031.xlsx --with-names
  marrowdesk exchange cases --form images --out training
"""


def add_command(commands: Any) -> None:
    """Add ``exchange`` to the sub-commands of an argparse parser."""
    parser = commands.add_parser(
        "exchange", help="write cases for other programs", description=_HELP, epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument(
        "cases", nargs="+", type=Path, metavar="CASE", help="case files, or folders of case files"
    )
    parser.add_argument("--form", choices=FORMS, required=True, help="what is written")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="PATH",
        help="a folder that is there, for example one that a laboratory system watches; or the file, of one "
        "case and a form of one file",
    )  # fmt: skip
    parser.add_argument("--with-names", action="store_true", help="with the names of patients and files")
    add_paper(parser.add_argument_group("how the PDF in fhir and hl7 is printed"))
    add_rules(parser.add_argument_group("how an unsigned case is counted"))
    parser.add_argument("--quiet", action="store_true", help="print nothing but errors")
    parser.set_defaults(handler=run)


def run(options: argparse.Namespace) -> int:
    """Write the cases; give the exit code.

    Raises:
        MarrowdeskError: nothing could be written at all; the message says why.
    """
    from marrowdesk.services.batch import case_files

    paths = case_files(options.cases)
    if len(paths) > 1 and not is_folder(options.out):
        raise MarrowdeskError(
            f"{len(paths)} cases are to be written, and {options.out} is no folder that is there.",
            "Name a folder; each case gets a name of its own in it.",
        )
    choice, left_out, failed, written = choice_of(options), False, 0, dict[Path, Path]()
    for path in paths:
        try:
            sent = _send(path, options, choice, written, alone=len(paths) == 1)
        except MarrowdeskError as error:
            print(f"marrowdesk: {path.name}: {error}", file=sys.stderr)
            failed += 1
            continue
        written[sent.path] = path
        left_out |= bool(sent.left_out)
        for each in sent.left_out:
            print(f"{path.name}: {each}", file=sys.stderr)
    return exit_code(len(paths), failed, incomplete=left_out)


def exit_code(cases: int, failed: int, *, incomplete: bool = False) -> int:
    """Give the exit code of many cases: whether all were done, some, or none."""
    if failed == cases:
        return ALL_FAILED
    return SOME_FAILED if failed or incomplete else DONE


def _send(
    path: Path, options: argparse.Namespace, choice: RuleChoice, written: Mapping[Path, Path], *, alone: bool
) -> Sent:
    from marrowdesk.services.delivery import copies
    from marrowdesk.services.exchange import send, target_of
    from marrowdesk.services.parcel import Form, describe, pack
    from marrowdesk.store.casefile import CaseFile

    with CaseFile.open_copy(path) as case:
        if alone and case.signed is None:
            tell_contradiction(choice, case.fields())
        parcel = pack(
            case,
            choice.rules(case.scheme.specimen, case.fields()),
            Form(options.form),
            named=options.with_names,
            template=options.template,
        )
    target = target_of(parcel, options.out)
    if target in written:
        raise copies(target, written[target], path)
    if not options.quiet:
        _tell([f"{path.name} leaves as {options.form}:", *(f"  {each}" for each in describe(parcel).lines())])
    steps = send(parcel, options.out, threading.Event(), paper_of(options))
    while True:
        try:
            next(steps)
        except StopIteration as end:
            sent: Sent = end.value
            break
    if not options.quiet:
        _tell([f"Written  {sent.path}", ""])
    return sent


def _tell(lines: Sequence[str]) -> None:
    print("\n".join(lines), flush=True)

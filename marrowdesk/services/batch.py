"""The same for many cases: one that fails is told, and the others go on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from marrowdesk.core.errors import Cancelled, MarrowdeskError
from marrowdesk.core.sex import sex_of
from marrowdesk.reach import is_folder, is_missing
from marrowdesk.report.exchange.text import file_name
from marrowdesk.services.delivery import copies, deliver, require_folder
from marrowdesk.services.reporting import snapshot
from marrowdesk.store.casefile import SUFFIX, CaseFile

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from marrowdesk.core.counting import CountingRules
    from marrowdesk.core.reference import Sex
    from marrowdesk.core.rule_choice import RuleChoice
    from marrowdesk.report.options import PrintOptions

ReadSex = Callable[[str], "Sex"]
"""Reads the sex from what was typed into the header."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one case.

    Attributes:
        case: its file.
        written: what was written; None where that failed.
        error: why it failed; None where it did not.
    """

    case: Path
    written: Path | None = None
    error: MarrowdeskError | None = None


def case_files(given: Sequence[Path]) -> list[Path]:
    """Give the case files that are meant, each once: those named, and those directly in the folders named.

    One that cannot be reached is among them: whoever opens it is told, and the others go on.

    Raises:
        MarrowdeskError: a path does not exist, or a folder holds no case.
    """
    found: dict[Path, None] = {}
    for each in given:
        if is_missing(each):
            raise MarrowdeskError(f"{each} does not exist.", "Check the name, or the drive it lies on.")
        inside = sorted(each.glob(f"*{SUFFIX}")) if is_folder(each) else [each]
        if not inside:
            raise MarrowdeskError(f"The folder {each} holds no case ({SUFFIX}).", "Name another one.")
        found.update(dict.fromkeys(path.absolute() for path in inside))
    return list(found)


def reports(
    cases: Sequence[Path],
    folder: Path,
    choice: RuleChoice,
    options: PrintOptions,
    cancel: threading.Event,
    read_sex: ReadSex = sex_of,
    *,
    as_counted: bool = False,
) -> Iterator[Outcome]:
    """Write the report of each case into a folder, as it is now or as it was signed.

    Cases are read from copies, whoever has them open.

    Args:
        cases: case files.
        folder: where; must be there.
        choice: target, ranges and definitions, for what is not signed.
        options: how the reports are printed.
        cancel: set to stop between two cases; what was written stays.
        read_sex: reads the sex from the header.
        as_counted: print no marrow as a blood film, whatever the template: nobody chose it for these cases.

    Raises:
        Cancelled: ``cancel`` was set.
        ReportError: the folder is not there.
    """
    require_folder(folder)
    written: dict[Path, Path] = {}
    for path in cases:
        if cancel.is_set():
            raise Cancelled("Writing reports was stopped.", "Those that were written stay.")
        try:
            with CaseFile.open_copy(path) as case:
                target = folder / _name(case)
                if target in written:
                    raise copies(target, written[target], path)
                rules = choice.rules(case.scheme.specimen, case.fields(), read_sex)
                yield Outcome(path, _report(case, target, rules, options, as_counted))
                written[target] = path
        except MarrowdeskError as error:
            yield Outcome(path, error=error)


def _name(case: CaseFile) -> str:
    return f"{file_name(case.title, 'case')}-{case.identity.hex[:8]}.pdf"  # two cases may have one title


def _report(
    case: CaseFile, target: Path, rules: CountingRules, options: PrintOptions, as_counted: bool
) -> Path:
    from marrowdesk.report.pdf import pdf_bytes

    report = snapshot(case, rules).report
    if as_counted:
        options = options.for_specimen(report.differential.specimen)
    return deliver(target, pdf_bytes(report, options))

"""Look through many cases without touching them: one entry a case, a broken one with its error."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.core.sex import sex_of
from marrowdesk.report.exchange.worklist import Entry, State, worklist_csv, worklist_xlsx
from marrowdesk.report.words import ENGLISH
from marrowdesk.services.delivery import deliver
from marrowdesk.services.reporting import snapshot
from marrowdesk.store.casefile import CaseFile
from marrowdesk.store.holding import held_by_another

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from marrowdesk.core.counting import CountingRules
    from marrowdesk.core.differential import Differential
    from marrowdesk.core.rule_choice import RuleChoice
    from marrowdesk.report.document import Report
    from marrowdesk.report.options import Template
    from marrowdesk.services.batch import ReadSex
    from marrowdesk.store.values import Signature


def entries(
    paths: Sequence[Path],
    choice: RuleChoice,
    cancel: threading.Event,
    read_sex: ReadSex = sex_of,
    template: Template = "marrow",
) -> Iterator[Entry]:
    """Read cases one after the other; each is read from a copy, whoever has it open.

    Args:
        paths: case files.
        choice: target, ranges and definitions, for what is not signed.
        cancel: set to stop.
        read_sex: reads the sex from the header.
        template: how the cases are printed; as blood films, their white cells alone are counted.
    """
    for path in paths:
        if cancel.is_set():
            return
        yield entry(path, choice, read_sex, template)


def entry(path: Path, choice: RuleChoice, read_sex: ReadSex = sex_of, template: Template = "marrow") -> Entry:
    """Read one case; one that cannot be read says why."""
    holder = held_by_another(path)
    held_by = holder.words if holder is not None else ""
    try:
        with CaseFile.open_copy(path) as case:
            rules = choice.rules(case.scheme.specimen, case.fields(), read_sex)
            return _entry(path, case, rules, held_by, template)
    except MarrowdeskError as error:
        return Entry(path, State.BROKEN, path.stem, held_by=held_by, error=error.message)


def save(listed: Sequence[Entry], path: Path) -> Path:
    """Write a worklist; the ending says whether it is a CSV or a workbook.

    Raises:
        MarrowdeskError: the ending is another one, or the file cannot be written.
    """
    ending = path.suffix.lower()
    if ending == ".csv":
        return deliver(path, worklist_csv(listed))
    if ending == ".xlsx":
        return deliver(path, worklist_xlsx(listed, datetime.now(UTC)))
    raise MarrowdeskError(f"{path} ends neither in .csv nor in .xlsx.", "Give it one of these endings.")


def _entry(path: Path, case: CaseFile, rules: CountingRules, held_by: str, template: Template) -> Entry:
    signatures = case.signatures()
    changed_at = max((case.created, *(act.at for act in case.acts()[-1:]), *_times(signatures)))
    if not case.progress()[0] and not case.presses():
        accession = case.fields().get("accession", "")
        return Entry(path, State.OPEN, case.title, accession, held_by, changed_at=changed_at)
    report = snapshot(case, rules, with_pictures=False, template=template).report
    found = report.differential
    return Entry(
        path=path,
        state=_state(report, signatures),
        title=report.title,
        accession=report.header.accession,
        held_by=held_by,
        counted=found.counted,
        total=found.total,
        reviewed=found.reviewed,
        version=report.version,
        signed_by=report.signed.reader if report.signed else "",
        signed_at=report.signed.at if report.signed else None,
        changed_at=changed_at,
        thresholds=_thresholds(found),
        flags=_flags(report),
    )


def _times(signatures: Sequence[Signature]) -> Iterator[datetime]:
    for each in signatures:
        yield each.at
        if each.reopened is not None:
            yield each.reopened.at


def _state(report: Report, signatures: Sequence[Signature]) -> State:
    if report.signed is None:
        return State.REOPENED if signatures else State.OPEN
    return State.SIGNED if report.amends is None else State.AMENDED


def _thresholds(found: Differential) -> tuple[str, ...]:
    """Say the thresholds that the count does not lie below: "blasts above 5 %, crosses 10 and 20 %"."""
    marks = [mark for mark in found.marks if mark.side != "below"]
    return tuple(
        f"{name} {ENGLISH.sides(list(group))}"
        for name, group in groupby(marks, key=lambda mark: mark.threshold.name)
    )


def _flags(report: Report) -> tuple[str, ...]:
    found = report.differential
    alerts = [(each.cell_class.name, each.reviewed + each.left) for each in found.alerts()]
    counts = (
        *alerts,
        ("not identifiable", found.unresolved),
        ("unfamiliar, not reviewed", found.unfamiliar),
        ("images unreadable", report.problems),
        ("repeated cells", report.repeated),
        ("below the target", max(found.rules.target - found.counted, 0)),
    )
    return tuple(f"{name}: {count}" for name, count in counts if count)

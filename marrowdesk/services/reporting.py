"""Freeze a case into a report, and write it as PDF, CSV and JSON."""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from marrowdesk import __version__
from marrowdesk.core.amendment import Version, changed
from marrowdesk.core.cell import Cell
from marrowdesk.core.counting import CountingRules
from marrowdesk.core.differential import differential
from marrowdesk.core.errors import ImageUnreadable, MarrowdeskError
from marrowdesk.core.manual import FIELD, TOGETHER, counts_of, manual_tally, together
from marrowdesk.core.repeated import counted_again
from marrowdesk.core.tally import Tally
from marrowdesk.imaging.decode import read_place
from marrowdesk.report import pictures
from marrowdesk.report.document import (
    Amends,
    ManualCount,
    Method,
    ModelUsed,
    PastState,
    Picture,
    Report,
    ReportFields,
    Signed,
    SlideUsed,
)
from marrowdesk.report.film import as_printed
from marrowdesk.report.options import PrintOptions
from marrowdesk.report.tables import DECISION_COLUMNS, csv_bytes
from marrowdesk.services.adjusting import adjusted_count, doubt_found
from marrowdesk.services.delivery import check_targets, deliver
from marrowdesk.services.letterhead import logo_of

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from marrowdesk.core.taxonomy import Scheme
    from marrowdesk.inference.card import ModelCard
    from marrowdesk.report.options import Template
    from marrowdesk.store.casefile import CaseFile
    from marrowdesk.store.values import Act, Signature


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """A case at one moment, ready to be written in any form.

    Attributes:
        report: what the report says.
        cells: all cells of that moment, for the lists.
    """

    report: Report
    cells: tuple[Cell, ...]


def snapshot(
    case: CaseFile,
    rules: CountingRules,
    *,
    reader: str = "",
    with_pictures: bool = True,
    version: int | None = None,
    after: int | None = None,
    cards: Sequence[ModelCard] | None = None,
    template: Template = "marrow",
) -> Snapshot:
    """Freeze a case: the cells are read once, and everything in the report comes from them.

    What a signed version says is what was signed: its cells, header and rules, its reader and time.

    Args:
        case: the case.
        rules: target, ranges and definitions, for what is not signed.
        reader: who signs; empty for a line to be filled in by hand.
        with_pictures: whether representative cells are shown, but for those whose file is gone or another.
        version: number of a signed version; None for the case as it is now, signed or not.
        after: number of an act; the case is then shown as it was after that, whatever is signed.
        cards: the models whose mistakes may be known; those that ship with the program when None.
        template: how it is printed; of a blood film every form counts white cells alone.

    Raises:
        MarrowdeskError: the case holds no cells, there is no such version or act, or what was signed is not
            in the file any more as it was.
    """
    act = None if after is None else _act(case, after)
    signature, before = (None, None) if act else _version(case, version)
    moment = case.after_act(act.number) if act else signature.moment if signature else None
    if signature is not None:
        rules, reader = CountingRules.from_json(signature.rules), signature.reader
    cells, scheme = tuple(case.cells(moment)), case.scheme_at(moment)
    by_eye, fields = counts_of(case.presses(moment)), case.fields(moment)
    if not cells and not by_eye:
        raise MarrowdeskError("The case holds no cells to report.", "Open a folder of cell images first.")
    included = fields.get(FIELD) == TOGETHER
    tally = together(Tally.of(cells), by_eye.values() if included else ())
    used = {cell.prediction.model for cell in cells if cell.prediction is not None}
    report = Report(
        title=case.title,
        header=ReportFields.from_mapping(fields),
        differential=differential(tally, scheme, rules),
        method=Method(
            tuple(
                ModelUsed(each.name, each.version, each.sha256, each.origin)
                for each in case.models()
                if each.sha256 in used
            ),
            __version__,
        ),
        slides=_slides(case, cells, scheme, rules),
        made_at=(signature.at if signature else datetime.now(UTC)).astimezone(),
        past=PastState(act.number, act.at.astimezone(), act.reader) if act else None,
        reader=reader,
        pictures=_pictures(pictures.choose(cells, scheme)) if with_pictures else (),
        problems=len(case.problems()),
        repeated=_repeated(case, cells),
        manual=_manual(by_eye, included, scheme, rules) if by_eye else None,
        signed=_signed(signature) if signature else None,
        amends=_amends(case, before, Version(cells, by_eye, fields, scheme, rules)) if before else None,
        logo=logo_of(fields),
        adjusted=adjusted_count(cells, by_eye.values() if included else (), scheme, rules, cards),
        doubt=doubt_found(cells),
    )
    return Snapshot(as_printed(report, template), cells)


def _manual(
    by_eye: Mapping[int, Counter[str]], included: bool, scheme: Scheme, rules: CountingRules
) -> ManualCount:
    return ManualCount(
        tuple((smear, differential(manual_tally(each), scheme, rules)) for smear, each in by_eye.items()),
        differential(together(Tally(), by_eye.values()), scheme, rules),
        included,
    )


def _repeated(case: CaseFile, cells: Iterable[Cell]) -> int:
    """Count the cells of a moment that show the very image of an earlier one and are counted once more."""
    return len(counted_again(cells, case.alike()))


def _act(case: CaseFile, number: int) -> Act:
    found = next((each for each in case.acts() if each.number == number), None)
    if found is None:
        raise MarrowdeskError(
            f"The journal of the case {case.path} has no act {number}.", "Choose one of its acts."
        )
    return found


def decisions(case: CaseFile, path: Path) -> Path:
    """Write every decision ever made in a case as CSV, one row a cell of each act; times are UTC.

    Raises:
        ReportError: the file cannot be written.
        CaseFileError: the case cannot be read.
    """
    names = {cell.id: cell.name for cell in case.cells()}
    return deliver(path, csv_bytes(DECISION_COLUMNS, decision_rows(case, names)))


def decision_rows(case: CaseFile, names: Mapping[int, str]) -> Iterator[tuple[Any, ...]]:
    """Give every decision ever made in the columns of :data:`DECISION_COLUMNS`; times are UTC.

    Args:
        case: the case.
        names: what each cell is called, by its number.
    """
    for each in case.journal():
        yield (
            each.batch, each.at.isoformat(timespec="milliseconds"), each.reader, each.text, each.undoes,
            each.cell_id, names.get(each.cell_id, ""), each.from_verdict, each.from_code,
            each.to_verdict, each.to_code, each.model, each.program,
        )  # fmt: skip


def _slides(
    case: CaseFile, cells: Sequence[Cell], scheme: Scheme, rules: CountingRules
) -> tuple[SlideUsed, ...]:
    """Give the smears, each with its own count where there are several."""
    tallies: defaultdict[int, Tally] = defaultdict(Tally)
    for cell in cells:
        tallies[cell.slide].add(cell)
    several = len(tallies) > 1
    return tuple(
        SlideUsed(
            each.id,
            each.name,
            each.folder,
            tallies[each.id].total,
            differential(tallies[each.id], scheme, rules) if several else None,
        )
        for each in case.slides()
    )


def _version(case: CaseFile, version: int | None) -> tuple[Signature | None, Signature | None]:
    """Give the signature of what is to be reported, None where it is not signed, and the one before it."""
    signatures = case.signatures()
    if version is None:
        standing = bool(signatures) and signatures[-1].reopened is None
        version = len(signatures) if standing else len(signatures) + 1
    elif not 1 <= version <= len(signatures):
        raise MarrowdeskError(f"The case {case.path} has no signed version {version}.")
    signature = signatures[version - 1] if version <= len(signatures) else None
    if signature is not None and not case.unaltered(signature):
        raise MarrowdeskError(
            f"Version {version} of the case {case.path} is not what {signature.reader} signed: "
            "the file was altered by another program.",
            "Put an earlier copy of the case back.",
        )
    return signature, signatures[version - 2] if version > 1 else None


def _signed(signature: Signature) -> Signed:
    return Signed(
        signature.reader,
        signature.role,
        signature.at.astimezone(),
        signature.state,
        signature.hindrances,
        signature.reason,
    )


def _amends(case: CaseFile, before: Signature, now: Version) -> Amends:
    ended, moment = before.reopened, before.moment
    assert ended is not None  # the tables number a version only when the one before was reopened
    replaced = Version(
        case.cells(moment),
        counts_of(case.presses(moment)),
        case.fields(moment),
        case.scheme_at(moment),
        CountingRules.from_json(before.rules),
    )
    return Amends(
        before.version,
        before.reader,
        before.at.astimezone(),
        ended.reader,
        ended.at.astimezone(),
        ended.reason,
        changed(replaced, now),
    )


def _pictures(cells: Sequence[Cell]) -> tuple[Picture, ...]:
    with ThreadPoolExecutor(2, thread_name_prefix="picture") as pool:
        return tuple(picture for picture in pool.map(_picture, cells) if picture is not None)


def _picture(cell: Cell) -> Picture | None:
    try:
        return pictures.picture(cell, read_place(cell.place))
    except ImageUnreadable:
        # The count does not rest on the picture; a cell whose file was moved is told when the case is opened.
        # A file that took the place of the one that was read shows another cell, and is not printed either.
        return None


def export(
    frozen: Snapshot,
    *,
    pdf: Path | None = None,
    csv: Path | None = None,
    json: Path | None = None,
    options: PrintOptions = PrintOptions(),  # noqa: B008 - frozen
) -> list[Path]:
    """Write a snapshot in the forms asked for; each file appears whole or not at all.

    Returns:
        The files written.

    Raises:
        ReportError: a file cannot be written, or a case or an image would go for it; the message names it.
    """
    from marrowdesk.report.pdf import pdf_bytes  # loads reportlab and its fonts
    from marrowdesk.report.tables import cells_csv, report_json

    forms: tuple[tuple[Path | None, Callable[[], bytes]], ...] = (
        (pdf, lambda: pdf_bytes(frozen.report, options)),
        (csv, lambda: cells_csv(frozen.cells, frozen.report.slides)),
        (json, lambda: report_json(frozen.report, frozen.cells)),
    )
    check_targets([path for path, _ in forms if path is not None])
    return [deliver(path, make()) for path, make in forms if path is not None]

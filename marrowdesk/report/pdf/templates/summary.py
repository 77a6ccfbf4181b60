"""One page, A4 or Letter: the differential, its ratios and thresholds, the conclusion and the signature.

What does not fit is cut, and a sentence says what, and that the whole report has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marrowdesk.report.pdf.conclusion import Marked
from marrowdesk.report.pdf.differential import about_numbers, differential_of
from marrowdesk.report.pdf.fields import FieldGrid
from marrowdesk.report.pdf.layout import Element, Stack, Text
from marrowdesk.report.pdf.letterhead import Letterhead
from marrowdesk.report.pdf.method import method_line
from marrowdesk.report.pdf.notices import KeyFigures, Notices, sentences
from marrowdesk.report.pdf.pagination import AtBottom, Placed, paginate
from marrowdesk.report.pdf.ratios import ratios_section
from marrowdesk.report.pdf.signature import signature_here
from marrowdesk.report.pdf.styles import GAP, NOTE, VALUE
from marrowdesk.report.pdf.templates.marrow import ASPIRATE, CLINICAL, LINES
from marrowdesk.report.rows import lineage_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marrowdesk.report.pdf.edition import Edition
    from marrowdesk.report.rows import PrintedRow

_LEFT_OUT = (*CLINICAL, *ASPIRATE, *LINES, "comment")
_MOST_NOTICES, _MOST_APART = 7, 6


@dataclass(frozen=True, slots=True)
class _Tightness:
    """How much room the parts are given.

    Attributes:
        classes: whether single classes have lines; else lineages alone.
        notice: most lines of a notice.
        figures: whether the key figures stand above the notices; the method tells them too.
    """

    classes: bool
    notice: int
    figures: bool = True


_TIGHTNESS = (_Tightness(True, 3), _Tightness(False, 3), _Tightness(False, 1, figures=False))


def pages(edition: Edition, width: float, height: float) -> list[list[Placed]]:
    """Lay the summary out on one page, as wide open as the conclusion allows.

    Args:
        edition: what is printed.
        width: room on the page in points.
        height: room on the page in points.
    """
    for tightness in _TIGHTNESS:
        page, whole = _page(edition, width, height, tightness)
        if whole:
            break
    return paginate(page, width, height, height)[:1]


def _page(edition: Edition, width: float, height: float, tightness: _Tightness) -> tuple[list[Element], bool]:
    """Give the parts of the page, and whether all of the conclusion fits."""
    parts, cut = _above(edition, width, tightness)
    foot, cut_below = _foot(edition, width)
    cut += cut_below
    said = edition.report.header.conclusion.strip()
    room = height - _height([*parts, foot], width)
    conclusion = Text(said, VALUE)
    taken = Stack([Marked(conclusion)], edition.heading("Conclusion"), GAP) if said else None
    note = _note(edition, cut)
    whole = _height([taken, note], width) <= room
    if not whole and taken is not None:
        note = _note(edition, [*cut, edition.say("Conclusion")])
        frame = _height([Stack([Marked(Text("", VALUE))], edition.heading("Conclusion"), GAP), note], width)
        most = int((room - frame) / VALUE.leading) + 1  # the frame holds one line already
        shown = Text(said, VALUE, most=max(1, most))
        taken = Stack([Marked(shown)], edition.heading("Conclusion"), GAP)
    return [*parts, *(each for each in (taken, note) if each is not None), foot], whole


def _height(parts: Sequence[Element | None], width: float) -> float:
    return sum(each.height(width) + each.gap for each in parts if each is not None)


def _above(edition: Edition, width: float, tightness: _Tightness) -> tuple[list[Element], list[str]]:
    """Give what stands above the conclusion, and the names of what is cut in it."""
    letterhead, grid = Letterhead(edition, width), FieldGrid(edition, width, whole=False)
    cut = [label for label, _ in (*letterhead.cut_off, *grid.cut_off)]
    parts: list[Element] = [letterhead, grid, *([KeyFigures(edition)] if tightness.figures else [])]
    if said := sentences(edition):
        frame = Notices(said[:_MOST_NOTICES], tightness.notice)
        parts.append(frame)
        if frame.cuts(width) or len(said) > _MOST_NOTICES:
            cut.append(edition.say("notices"))
    rows: Sequence[PrintedRow] = edition.rows
    if not tightness.classes:
        rows = lineage_rows(edition.report.differential, edition.words)
        cut.append(edition.say("single classes"))
    if len(edition.report.differential.apart) > _MOST_APART:
        cut.append(edition.say("Outside the differential"))
    parts += [differential_of(edition, rows, about_numbers(edition)), ratios_section(edition, _MOST_APART)]
    return parts, cut


def _foot(edition: Edition, width: float) -> tuple[Element, list[str]]:
    """Give signature and method at the bottom of the page, and the names of what is cut in them."""
    *above, lines = signature_here(edition, width)
    method = Text(method_line(edition), NOTE, gap=4, most=2)
    cut = [edition.say("Read by")] if above else []
    cut += [] if method.fits(width) else [edition.say("Method")]
    return AtBottom(Stack([lines, method]), gap=6), cut


def _note(edition: Edition, cut: Sequence[str]) -> Element | None:
    """Say what is cut or left out; nothing where nothing is."""
    header, words = edition.report.header, edition.words
    left = [edition.label(name) for name in _LEFT_OUT if getattr(header, name).strip()]
    told = []
    if cut:
        told.append(
            edition.say("Cut to fit on one page, in full in the whole report: {}.").format(words.listed(cut))
        )
    if left:
        told.append(edition.say("Only in the whole report: {}.").format(words.listed(left)))
    return Text(words.sentences(told), NOTE, gap=6) if told else None

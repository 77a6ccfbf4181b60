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
from marrowdesk.report.pdf.pagination import Placed, paginate
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
_MOST_APART = 6
_FEW_LINES = 3
"""Lines of a conclusion for which the page is made as tight as it can be."""


@dataclass(frozen=True, slots=True)
class _Tightness:
    """How much room the parts are given.

    Attributes:
        classes: whether single classes have lines; else lineages alone.
        notices: most notices.
        lines: most lines of a notice.
        figures: whether the key figures stand above the notices; the method tells them too.
    """

    classes: bool
    notices: int
    lines: int
    figures: bool


_TIGHTNESS = (
    _Tightness(True, 9, 3, True),
    _Tightness(False, 9, 3, True),
    _Tightness(False, 8, 1, False),
    _Tightness(False, 6, 1, False),
)


def pages(edition: Edition, width: float, height: float) -> list[list[Placed]]:
    """Lay the summary out on one page, as wide open as the conclusion allows.

    Args:
        edition: what is printed.
        width: room on the page in points.
        height: room on the page in points.
    """
    foot, cut = _foot(edition, width)
    room = height - foot.height(width) - GAP / 2
    for tightness in _TIGHTNESS:
        above, cut_above = _above(edition, width, tightness)
        told, lines = _conclusion(edition, width, room - _height(above, width), [*cut_above, *cut])
        if lines is None or (lines >= _FEW_LINES and not tightness.figures):
            break
    (page, *_) = paginate([*above, *told], width, room, room)
    return [[*page, Placed(foot, height - foot.height(width))]]


def _conclusion(
    edition: Edition, width: float, room: float, cut: Sequence[str]
) -> tuple[list[Element], int | None]:
    """Give the conclusion and what is said of what is cut, and how many lines are shown; None for all."""
    said, heading = edition.report.header.conclusion.strip(), edition.heading("Conclusion")

    def parts(most: int | None, cut: Sequence[str]) -> list[Element]:
        shown = [Stack([Marked(Text(said, VALUE, most=most))], heading, GAP)] if said else []
        return [*shown, *_note(edition, cut)]

    whole = parts(None, cut)
    if not said or _height(whole, width) <= room:
        return whole, None
    cut = [*cut, edition.say("Conclusion")]
    spare = room - _height(parts(1, cut), width)
    lines = 1 + max(0, int(spare / VALUE.leading))
    return parts(lines, cut), lines if spare >= 0 else 0


def _height(parts: Sequence[Element], width: float) -> float:
    return sum(each.height(width) + each.gap for each in parts)


def _above(edition: Edition, width: float, tightness: _Tightness) -> tuple[list[Element], list[str]]:
    """Give what stands above the conclusion, and the names of what is cut in it."""
    letterhead, grid = Letterhead(edition, width), FieldGrid(edition, width, whole=False)
    cut = [label for label, _ in (*letterhead.cut_off, *grid.cut_off)]
    parts: list[Element] = [letterhead, grid, *([KeyFigures(edition)] if tightness.figures else [])]
    if said := sentences(edition):
        frame = Notices(said[: tightness.notices], tightness.lines)
        parts.append(frame)
        if frame.cuts(width) or len(said) > tightness.notices:
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
    return Stack([lines, method]), cut


def _note(edition: Edition, cut: Sequence[str]) -> list[Element]:
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
    return [Text(words.sentences(told), NOTE, gap=6)] if told else []

"""What stands on every page: whose report it is, the research-use sentence, and page x of y."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marrowdesk import RESEARCH_USE
from marrowdesk.report.pdf.styles import (
    BODY,
    LABEL,
    MARGIN_BOTTOM,
    MARGIN_SIDE,
    MARGIN_TOP,
    NOTE,
    RULE,
)
from marrowdesk.report.typesetting.lines import set_line

if TYPE_CHECKING:
    from marrowdesk.report.pdf.edition import Edition
    from marrowdesk.report.pdf.paper import Paper

RUNNING_HEAD = 24.0
"""Room the running head takes on all pages but the first."""

_NUMBER = 92.0
"""Room for the number of the page."""
_LINE = 9.5


def _research_use(edition: Edition, width: float) -> list[str]:
    """Give the sentence in the language with the English one beside it, or below where there is no room."""
    english = edition.report.research_use
    said = edition.say(RESEARCH_USE)
    if said == RESEARCH_USE:
        return [english]
    both = f"{said} · {english}"
    return [both] if set_line(both, True).width * NOTE.size <= width - _NUMBER else [said, english]


def margin_bottom(edition: Edition, width: float) -> float:
    """Give the room that the foot takes on a page whose lines are ``width`` points wide."""
    return MARGIN_BOTTOM + _LINE * (len(_research_use(edition, width)) - 1)


def draw_frame(paper: Paper, edition: Edition, page: int, pages: int) -> None:
    """Draw running head and foot of a page, counted from 1."""
    if page > 1:
        _draw_head(paper, edition)
    width = paper.width - 2 * MARGIN_SIDE
    top = margin_bottom(edition, width) - 14
    right = MARGIN_SIDE + width
    paper.rule(MARGIN_SIDE, top, width, RULE, 0.6)
    y = top - 12
    numbered = edition.say("Page {page} of {pages}").format(page=page, pages=pages)
    number = paper.text(numbered, right, y, NOTE.strong(), "right")
    for sentence in _research_use(edition, width):
        paper.text(sentence, MARGIN_SIDE, y, NOTE.strong(), width=width - number - 12)
        y -= _LINE
    y -= 10 - _LINE
    program = f"MarrowDesk {edition.report.method.program_version}"
    taken = paper.text(program, right, y, LABEL, "right")
    paper.text(_states(edition), MARGIN_SIDE, y, LABEL, width=width - taken - 12)


def _states(edition: Edition) -> str:
    """Name the case, and say in which state it is, where that is not the usual one."""
    report = edition.report
    states = []
    if report.amends and report.signed:
        states.append(edition.say("AMENDED, version {}").format(report.version))
    if report.past:
        states.append(edition.say("earlier state, act {}").format(report.past.act))
    if report.preliminary:
        states.append(edition.say("PRELIMINARY") if report.amends else edition.say("preliminary"))
    if report.amends and not report.signed:
        replaced = edition.say("reopened, not signed; is to replace version {}")
        states.append(replaced.format(report.amends.version))
    # The state stands before a name of any length: it is never cut off.
    return " · ".join([*states, edition.say("Case {}").format(report.title)])


def _draw_head(paper: Paper, edition: Edition) -> None:
    """Say whose page it is: a long name is cut off before the numbers that tell patients apart."""
    header = edition.report.header
    width = paper.width - 2 * MARGIN_SIDE
    y = paper.height - MARGIN_TOP - 4
    left = MARGIN_SIDE + paper.text(edition.title, MARGIN_SIDE, y, BODY.strong()) + 20
    right = MARGIN_SIDE + width
    numbers = [text.strip() for text in (header.patient_id, header.birth_date, header.accession)]
    if known := " · ".join(text for text in numbers if text):
        right -= paper.text(known, right, y, BODY, "right", width=(right - left) * 0.7) + 10
    paper.text(header.patient_name, right, y, BODY.strong(), "right", width=right - left)
    paper.rule(MARGIN_SIDE, y - 6, width, RULE, 0.6)

"""What stands on every page: whose report it is, the research-use sentence, and page x of y."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marrowdesk.report.pdf.masthead import DOCUMENT_NAME
from marrowdesk.report.pdf.styles import (
    BODY,
    LABEL,
    MARGIN_BOTTOM,
    MARGIN_SIDE,
    MARGIN_TOP,
    NOTE,
    RULE,
)

if TYPE_CHECKING:
    from marrowdesk.report.document import Report
    from marrowdesk.report.pdf.paper import Paper

RUNNING_HEAD = 24.0
"""Room the running head takes on all pages but the first."""


def draw_frame(paper: Paper, report: Report, page: int, pages: int) -> None:
    """Draw running head and foot of a page, counted from 1."""
    if page > 1:
        _draw_head(paper, report)
    width = paper.width - 2 * MARGIN_SIDE
    top = MARGIN_BOTTOM - 14
    right = MARGIN_SIDE + width
    paper.rule(MARGIN_SIDE, top, width, RULE, 0.6)
    number = paper.text(f"Page {page} of {pages}", right, top - 12, NOTE.strong(), "right")
    paper.text(report.research_use, MARGIN_SIDE, top - 12, NOTE.strong(), width=width - number - 12)
    program = f"MarrowDesk {report.method.program_version}"
    taken = paper.text(program, right, top - 22, LABEL, "right")
    states = [f"Case {report.title}"]
    if report.amends:
        states.append(f"AMENDED, version {report.version}")
    if report.past:
        states.append(f"earlier state, act {report.past.act}")
    if report.preliminary:
        states.append("preliminary")
    title = " · ".join(states)
    paper.text(title, MARGIN_SIDE, top - 22, LABEL, width=width - taken - 12)


def _draw_head(paper: Paper, report: Report) -> None:
    """Say whose page it is: a long name is cut off before the numbers that tell patients apart."""
    header = report.header
    width = paper.width - 2 * MARGIN_SIDE
    y = paper.height - MARGIN_TOP - 4
    left = MARGIN_SIDE + paper.text(DOCUMENT_NAME, MARGIN_SIDE, y, BODY.strong()) + 20
    right = MARGIN_SIDE + width
    numbers = [text.strip() for text in (header.patient_id, header.birth_date, header.accession)]
    if known := " · ".join(text for text in numbers if text):
        right -= paper.text(known, right, y, BODY, "right", width=(right - left) * 0.7) + 10
    paper.text(header.patient_name, right, y, BODY.strong(), "right", width=right - left)
    paper.rule(MARGIN_SIDE, y - 6, width, RULE, 0.6)

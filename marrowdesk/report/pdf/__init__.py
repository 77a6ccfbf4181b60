"""A report as a PDF: one document a template, made of shared parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marrowdesk.report.options import PrintOptions
from marrowdesk.report.pdf.archive import About
from marrowdesk.report.pdf.edition import Edition, edition_of
from marrowdesk.report.pdf.frame import RUNNING_HEAD, draw_frame, margin_bottom
from marrowdesk.report.pdf.paper import Paper
from marrowdesk.report.pdf.styles import MARGIN_SIDE, MARGIN_TOP
from marrowdesk.report.pdf.templates import blood, marrow, summary
from marrowdesk.report.typesetting.lines import one_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from marrowdesk.report.document import Report
    from marrowdesk.report.options import PageSize, Template
    from marrowdesk.report.pdf.pagination import Placed

_MM = 72 / 25.4
_SIZES: dict[PageSize, tuple[float, float]] = {"A4": (210 * _MM, 297 * _MM), "Letter": (612.0, 792.0)}
_TEMPLATES: dict[Template, Callable[[Edition, float, float], list[list[Placed]]]] = {
    "marrow": marrow.pages,
    "summary": summary.pages,
    "blood": blood.pages,
}


def pdf_bytes(report: Report, options: PrintOptions = PrintOptions()) -> bytes:  # noqa: B008 - frozen
    """Write a report as a PDF/A-2b; the same report and options give the same bytes.

    Args:
        report: what is said.
        options: how it is printed.

    Returns:
        The file. Its metadata name the program and the kind of document; the patient only by choice, and
        never the case.

    Raises:
        ReportError: the logo cannot be read.
    """
    edition = edition_of(report, options)
    size = _SIZES[options.page]
    width = size[0] - 2 * MARGIN_SIDE
    height = size[1] - MARGIN_TOP - margin_bottom(edition, width)
    pages = _TEMPLATES[options.template](edition, width, height)
    paper = Paper(size, report.made_at, edition.words.catalogue.tag)
    paper.describe(_about(edition))
    for number, placed in enumerate(pages, 1):
        top = size[1] - MARGIN_TOP - (RUNNING_HEAD if number > 1 else 0)
        for each in placed:
            each.element.draw(paper, MARGIN_SIDE, top - each.down, width)
        draw_frame(paper, edition, number, len(pages))
        paper.next_page()
    return paper.finish()


def _about(edition: Edition) -> About:
    report, header = edition.report, edition.report.header
    title = edition.title
    if edition.options.patient_in_metadata:
        known = (header.patient_name, header.patient_id, header.birth_date)
        title = " · ".join([title, *(said for text in known if (said := one_line(text)))])
    return About(title, one_line(report.research_use), f"MarrowDesk {report.method.program_version}")

"""A report as a PDF: first page for filing and signing, then chart, cells and method."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marrowdesk.report.document import header_labels
from marrowdesk.report.options import PrintOptions
from marrowdesk.report.pdf.chart import BarChart
from marrowdesk.report.pdf.frame import RUNNING_HEAD, draw_frame
from marrowdesk.report.pdf.gallery import gallery
from marrowdesk.report.pdf.layout import Beside, Element, PageBreak, Placed, Stack, paginate
from marrowdesk.report.pdf.masthead import DOCUMENT_NAME, long_field, masthead
from marrowdesk.report.pdf.method import method_section
from marrowdesk.report.pdf.paper import Paper
from marrowdesk.report.pdf.ratios import ratios_section
from marrowdesk.report.pdf.signature import signature_section
from marrowdesk.report.pdf.smears import manual_section, smears_section
from marrowdesk.report.pdf.styles import GAP, MARGIN_BOTTOM, MARGIN_SIDE, MARGIN_TOP
from marrowdesk.report.pdf.table import differential_section
from marrowdesk.report.rows import printed_rows

if TYPE_CHECKING:
    from marrowdesk.report.document import Report

_NARRATIVE = (
    "blood_film", "cellularity", "erythropoiesis", "myelopoiesis", "megakaryocytes", "lymphocytes",
    "plasma_cells", "other_cells", "iron", "other_studies", "conclusion", "comment",
)  # fmt: skip
_MM = 72 / 25.4
_SIZES = {"A4": (210 * _MM, 297 * _MM), "Letter": (612.0, 792.0)}
_CHART_SHARE = 0.62
_BETWEEN = 24.0
_SLOTS = (10, 12)


def pdf_bytes(report: Report, options: PrintOptions = PrintOptions()) -> bytes:  # noqa: B008 - frozen
    """Write a report as a PDF; the same report and options give the same bytes.

    Args:
        report: what is said.
        options: how it is printed.

    Returns:
        The file. Its metadata name the program and the kind of document, never a patient or case.
    """
    size = _SIZES[options.page]
    width = size[0] - 2 * MARGIN_SIDE
    height = size[1] - MARGIN_TOP - MARGIN_BOTTOM
    pages = _pages(report, width, height)
    paper = Paper(size, report.made_at)
    paper.describe(DOCUMENT_NAME, report.research_use, f"MarrowDesk {report.method.program_version}")
    for number, placed in enumerate(pages, 1):
        top = size[1] - MARGIN_TOP - (RUNNING_HEAD if number > 1 else 0)
        for each in placed:
            each.element.draw(paper, MARGIN_SIDE, top - each.down, width)
        draw_frame(paper, report, number, len(pages))
        paper.next_page()
    return paper.finish()


def _pages(report: Report, width: float, height: float) -> list[list[Placed]]:
    """Lay the report out: signed on the first page where all that is signed fits there, else on the last.

    Pictures are made a little smaller where that saves a page.
    """
    first = [*masthead(report, width), differential_section(report), ratios_section(report)]
    labels = {each.name: each.label for each in header_labels()}
    first += [
        long_field(labels[name], text)
        for name in _NARRATIVE
        if (text := getattr(report.header, name)).strip()
    ]
    signature = signature_section(report, width)
    on_first = len(paginate([*first, *signature], width, height, height - RUNNING_HEAD)) == 1
    versions = []
    for slots in _SLOTS:
        second = _second(report, width, slots)
        order = [*first, *signature, PageBreak(), *second] if on_first else [*first, *second, *signature]
        versions.append(paginate(order, width, height, height - RUNNING_HEAD))
    return min(versions, key=len)


def _second(report: Report, width: float, slots: int) -> list[Element]:
    """Give what follows the signature; the method stands beside the chart where it is not much higher."""
    chart = Stack([BarChart(printed_rows(report.differential))], "Differential with intervals and ranges")
    method = method_section(report)
    pictures = gallery(report, width, slots)
    rest = [*smears_section(report), *manual_section(report), *([] if pictures is None else [pictures])]
    room = (width - _BETWEEN) * (1 - _CHART_SHARE)
    if method.height(room) > 1.25 * chart.height(width):
        return [chart, *rest, method]
    return [Beside([(chart, _CHART_SHARE), (method, 1 - _CHART_SHARE)], _BETWEEN, GAP), *rest]

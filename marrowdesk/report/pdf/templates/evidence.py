"""What follows the signature in a whole report: chart, smears, manual count, cells and method."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marrowdesk.report.pdf.chart import BarChart
from marrowdesk.report.pdf.frame import RUNNING_HEAD
from marrowdesk.report.pdf.gallery import gallery
from marrowdesk.report.pdf.layout import Beside, Element, Stack
from marrowdesk.report.pdf.method import method_section
from marrowdesk.report.pdf.pagination import PageBreak, Placed, paginate
from marrowdesk.report.pdf.signature import signature_here, signature_section
from marrowdesk.report.pdf.smears import manual_section, smears_section
from marrowdesk.report.pdf.styles import GAP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marrowdesk.report.pdf.edition import Edition

_CHART_SHARE = 0.62
_BETWEEN = 24.0
_SLOTS = (10, 12)


def signed_then_evidence(
    edition: Edition, signed: Sequence[Element], width: float, height: float
) -> list[list[Placed]]:
    """Lay out what is signed, the signature, and what the count rests on.

    Where all that is signed fits on the first page, the signature stands at its foot and the rest begins a
    new page; else the signature follows the conclusion and the rest follows the signature. Pictures are made
    a little smaller where that saves a page.

    Args:
        edition: what is printed.
        signed: everything before the signature.
        width: room on a page in points.
        height: room on the first page in points.
    """
    whole = [*signed, *signature_section(edition, width)]
    if len(paginate(whole, width, height, height - RUNNING_HEAD)) == 1:
        whole.append(PageBreak())
    else:
        whole = [*signed, *signature_here(edition, width)]
    versions = [
        paginate([*whole, *_evidence(edition, width, slots)], width, height, height - RUNNING_HEAD)
        for slots in _SLOTS
    ]
    return min(versions, key=len)


def _evidence(edition: Edition, width: float, slots: int) -> list[Element]:
    """Give the parts; the method stands beside the chart where it is not much higher."""
    chart = Stack([BarChart(edition)], edition.heading("Differential with intervals and ranges"), GAP)
    method = method_section(edition)
    pictures = gallery(edition, width, slots)
    rest = [*smears_section(edition), *manual_section(edition), *([] if pictures is None else [pictures])]
    room = (width - _BETWEEN) * (1 - _CHART_SHARE)
    if method.height(room) > 1.25 * chart.height(width):
        return [chart, *rest, method]
    return [Beside([(chart, _CHART_SHARE), (method, 1 - _CHART_SHARE)], _BETWEEN, GAP), *rest]

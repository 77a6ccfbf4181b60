"""The whole marrow report, in the order of the ICSH (Lee 2008): what is signed, then what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marrowdesk.report.pdf.conclusion import conclusion
from marrowdesk.report.pdf.differential import differential_section
from marrowdesk.report.pdf.fields import section
from marrowdesk.report.pdf.head import head
from marrowdesk.report.pdf.notices import KeyFigures, notices
from marrowdesk.report.pdf.ratios import ratios_section
from marrowdesk.report.pdf.templates.evidence import signed_then_evidence

if TYPE_CHECKING:
    from marrowdesk.report.pdf.edition import Edition
    from marrowdesk.report.pdf.pagination import Placed

CLINICAL = ("indication", "blood_film")
ASPIRATE = ("aspirate", "cellularity")
LINES = (
    "erythropoiesis", "myelopoiesis", "megakaryocytes", "lymphocytes", "plasma_cells", "other_cells", "iron",
    "other_studies",
)  # fmt: skip


def pages(edition: Edition, width: float, height: float) -> list[list[Placed]]:
    """Lay the report out.

    Args:
        edition: what is printed.
        width: room on a page in points.
        height: room on the first page in points.
    """
    signed = [
        *head(edition, width),
        *section(edition, "Clinical details and aspirate", (*CLINICAL, *ASPIRATE)),
        KeyFigures(edition),
        *notices(edition),
        differential_section(edition),
        ratios_section(edition),
        *section(edition, "Morphology and further studies", LINES),
        *conclusion(edition),
    ]
    return signed_then_evidence(edition, signed, width, height)

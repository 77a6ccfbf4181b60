"""How a report is printed: which template, paper, language and columns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from marrowdesk.core.taxonomy import Specimen

Template = Literal["marrow", "summary", "blood"]
PageSize = Literal["A4", "Letter"]
Language = Literal["en", "de", "zh"]
Column = Literal["predicted", "reviewed", "adjusted"]


@dataclass(frozen=True, slots=True)
class PrintOptions:
    """What a person chooses for the paper; it changes nothing in what was reviewed.

    Attributes:
        template: ``marrow`` for the whole report with all sections, ``summary`` for one page, ``blood`` for
            the differential of a blood film, which counts white cells alone (:mod:`marrowdesk.report.film`).
        page: the paper.
        language: of everything that the program itself says.
        columns: what stands beside the counts: cells as proposed, cells a reader decided on, and the count
            adjusted for the known confusion of the model. The last two are left out where all cells were
            reviewed: they are the count itself.
        patient_in_metadata: whether the document's metadata name the patient.
    """

    template: Template = "marrow"
    page: PageSize = "A4"
    language: Language = "en"
    columns: frozenset[Column] = frozenset({"predicted", "reviewed"})
    patient_in_metadata: bool = False

    def for_specimen(self, specimen: Specimen) -> PrintOptions:
        """Give the options for a case that nobody chose the template for: no marrow is printed as a film."""
        if self.template == "blood" and specimen != "blood":
            return replace(self, template="marrow")
        return self

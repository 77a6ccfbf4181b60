"""A report as it is printed: in one language, as one kind of document, with the columns chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marrowdesk.core.blood import RedCells, blood_count
from marrowdesk.report.document import header_labels
from marrowdesk.report.film import as_printed
from marrowdesk.report.pdf.layout import Heading
from marrowdesk.report.rows import PrintedRow, blood_rows, printed_rows
from marrowdesk.report.words import Words

if TYPE_CHECKING:
    from marrowdesk.core.adjusted import Adjusted
    from marrowdesk.report.document import Report
    from marrowdesk.report.options import PrintOptions


@dataclass(frozen=True, slots=True, eq=False)
class Edition:
    """What every part of the document is made from.

    Attributes:
        report: what is said; of a blood film with white cells alone in its differentials.
        options: how it is printed.
        words: the language.
        title: the kind of document.
        counted: how the cells are called that the differential counts.
        rows: the lines of the differential.
        red: nucleated red cells of a blood film, which is never printed as a marrow; None for a marrow.
    """

    report: Report
    options: PrintOptions
    words: Words
    title: str
    counted: str
    rows: tuple[PrintedRow, ...]
    red: RedCells | None = None

    def say(self, text: str) -> str:
        """Give a text of the program in the language."""
        return self.words.say(text)

    def heading(self, text: str) -> Heading:
        """Give the heading of a section in the language."""
        return Heading(self.words.say(text), self.words.say("(continued)"))

    def label(self, name: str) -> str:
        """Give the label of a header field in the language."""
        return self.words.say(_LABELS[name])

    @property
    def ranges(self) -> bool:
        """Whether reference ranges are printed."""
        return any(each.range is not None for each in self.rows)

    @property
    def predicted(self) -> bool:
        """Whether the proposals have a column."""
        return "predicted" in self.options.columns and bool(self.report.method.models)

    @property
    def reviewed(self) -> bool:
        """Whether the reviewed cells have a column; where all are reviewed, they are the count itself."""
        return "reviewed" in self.options.columns and self.report.unreviewed > 0

    @property
    def adjusted(self) -> Adjusted | None:
        """What the adjusted column holds; None where there is none."""
        return self.report.adjusted if "adjusted" in self.options.columns else None


_LABELS = {each.name: each.label for each in header_labels()}


def labels() -> dict[str, str]:
    """Give the English label of each header field by its name."""
    return dict(_LABELS)


def edition_of(report: Report, options: PrintOptions) -> Edition:
    """Prepare a report for its template."""
    words = Words(options.language)
    report = as_printed(report, options.template)
    if report.differential.specimen != "blood":
        rows = tuple(printed_rows(report.differential, words))
        title, counted = words.say("Bone marrow differential count"), words.say("Nucleated cells counted")
        return Edition(report, options, words, title, counted, rows)
    title, counted = words.say("Differential count of a blood film"), words.say("White cells counted")
    rows = tuple(blood_rows(report.differential, words))
    return Edition(report, options, words, title, counted, rows, blood_count(report.differential).red)

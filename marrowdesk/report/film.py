"""A report as that of a blood film: white cells alone in every count, nucleated red cells apart."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from marrowdesk.core.blood import blood_count
from marrowdesk.core.taxonomy import Lineage

if TYPE_CHECKING:
    from marrowdesk.report.document import Report
    from marrowdesk.report.options import Template


def as_printed(report: Report, template: Template) -> Report:
    """Give a report with the counts that a template prints, so that every form of it says the same.

    Args:
        report: the report of a marrow, or of a blood film, which is never printed as a marrow.
        template: how it is printed; a film counts white cells alone, whatever classes it was counted with.
    """
    return report_of_film(report) if "blood" in (template, report.differential.specimen) else report


def report_of_film(report: Report) -> Report:
    """Give a report whose counts are those of white cells alone; one that has them already stays as it is."""
    red = {
        row.cell_class.code
        for row in report.differential.rows
        if row.cell_class and row.lineage is Lineage.ERYTHROID
    }
    manual = report.manual
    if manual is not None:
        smears = tuple((number, blood_count(found).white) for number, found in manual.smears)
        manual = replace(manual, smears=smears, whole=blood_count(manual.whole).white)
    return replace(
        report,
        differential=blood_count(report.differential).white,
        adjusted=None if report.adjusted is None else report.adjusted.without(red),
        manual=manual,
        slides=tuple(
            replace(each, differential=each.differential and blood_count(each.differential).white)
            for each in report.slides
        ),
    )

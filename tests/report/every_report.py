"""Every kind of document there is, written once for all tests that look at it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from report_samples import ALL_COLUMNS, EVERY_CLASS, NORMAL, whole

from marrowdesk.report.options import Language, PageSize, PrintOptions, Template
from marrowdesk.report.pdf import pdf_bytes

if TYPE_CHECKING:
    from marrowdesk.report.document import Report

TEMPLATES: tuple[Template, ...] = ("marrow", "summary", "blood")
LANGUAGES: tuple[Language, ...] = ("en", "de", "zh")
PAPERS: tuple[PageSize, ...] = ("A4", "Letter")
EVERY_KIND = [(t, lang, page) for t in TEMPLATES for lang in LANGUAGES for page in PAPERS]


@cache
def full_report(kind: str) -> Report:
    """Give a report with everything in it, of a usual marrow or of every class there is."""
    return whole(NORMAL if kind == "usual" else EVERY_CLASS)


@cache
def written(kind: str, template: Template, language: Language, page: PageSize) -> bytes:
    """Write the report of a kind, once."""
    return pdf_bytes(full_report(kind), PrintOptions(template, page, language, ALL_COLUMNS))

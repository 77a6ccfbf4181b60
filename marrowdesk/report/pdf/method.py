"""How the count was made: slides, model with its full hash, program, and how much a reader has seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marrowdesk.report.pdf.layout import Element, Stack, Text
from marrowdesk.report.pdf.styles import GAP, LABEL, Style
from marrowdesk.report.words import cells, of

if TYPE_CHECKING:
    from marrowdesk.report.document import ModelUsed, Report

_TEXT = Style(7.4)
_HASH_GROUP = 16


def _entry(label: str, *texts: str) -> Element:
    return Stack([Text(label, LABEL), *(Text(text, _TEXT, most=3) for text in texts)], gap=4.0)


def _model(model: ModelUsed) -> Element:
    """Give name, version and the whole hash, in groups so that it can be compared by eye."""
    groups = [model.sha256[start : start + _HASH_GROUP] for start in range(0, len(model.sha256), _HASH_GROUP)]
    return _entry("Classifier", f"{model.name} {model.version}", "SHA-256 " + " ".join(groups))


def method_section(report: Report) -> Element:
    """Give the method block."""
    found = report.differential
    lines: list[Element] = [
        _entry("Smears", *(f"{each.name}: {cells(each.cells)}" for each in report.slides)),
        *(_model(each) for each in report.method.models),
    ]
    if not report.method.models:
        lines.append(_entry("Classifier", "None: every class was given by a reader."))
    lines.append(_entry("Reviewed by a reader", f"{of(found.reviewed, found.total)} cells"))
    lines.append(
        _entry("Proposals changed or excluded", f"{of(found.changed, found.reviewed)} reviewed cells")
    )
    if found.unfamiliar:
        lines.append(_entry("Unfamiliar to the classifier", f"{cells(found.unfamiliar)} not yet reviewed"))
    if found.compared:
        lines.append(_entry("Agreement with folder labels", f"{of(found.agreeing, found.compared)} cells"))
    if report.problems:
        lines.append(_entry("Images that could not be read", f"{report.problems}, not counted"))
    if found.rules.references.source:
        lines.append(_entry("Reference ranges", found.rules.references.source))
    lines.append(_entry("Program", f"MarrowDesk {report.method.program_version}"))
    return Stack(lines, "Method", GAP)

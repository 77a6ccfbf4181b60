"""A report as tables: CSV with one row a cell, JSON with the differential, its method and the cells."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from marrowdesk.core.cell import Cell
    from marrowdesk.core.differential import Apart, Differential, Row, ThresholdMark
    from marrowdesk.report.document import Amends, ManualCount, Method, PastState, Report, Signed, SlideUsed

JSON_FORMAT, JSON_VERSION = "marrowdesk-report", 1
JSON_SCHEMA = f"urn:marrowdesk:report:{JSON_VERSION}"
"""The ``$id`` of the schema in ``resources/schemas`` that the JSON keeps to."""

CELL_COLUMNS = (
    "id", "slide", "file", "page", "box_x", "box_y", "box_width", "box_height",
    "proposed_class", "confidence", "doubt", "model", "reviewed_class", "state", "reader", "reviewed_at",
    "counted_as", "reference_label",
)  # fmt: skip
"""The columns of the CSV and the names in the JSON's ``cells``, in order."""

DECISION_COLUMNS = (
    "act", "at", "reader", "text", "takes_back", "cell", "file", "from", "from_class", "to", "to_class",
    "model", "program",
)  # fmt: skip
"""The columns of the decisions as CSV, in order."""

# What a spreadsheet runs as a formula (OWASP, CSV injection), at the start of a text or of what it may take
# for a cell of its own: where the computer's list separator is the semicolon, quotes do not hold a text
# together. Spaces and quotes before it do not help; a spreadsheet drops them.
_FORMULA = re.compile(
    r"""(?:^|(?<=[;\t\r\n]))(?=[^\S\t\r\n"']*(?:["'][^\S\t\r\n"']*)*[=+\-@＝＋－＠])|^(?=[\t\r\n])"""
)


def cell_record(cell: Cell, slides: Sequence[SlideUsed]) -> dict[str, Any]:
    """Give what is known of one cell by the names of :data:`CELL_COLUMNS`; None where nothing is.

    ``page`` counts from 1; ``box_*`` are pixels, None for a whole image; ``confidence`` is in [0, 1];
    ``doubt`` above 1 means unfamiliar; ``reviewed_at`` is ISO 8601 in UTC; ``counted_as`` is the class that
    the differential counts the cell under, None for excluded and unclassified cells.

    Args:
        cell: the cell.
        slides: the slides of the report; files are named as seen from their folders.
    """
    slide = next((each for each in slides if each.number == cell.slide), None)
    box, proposal, review = cell.place.box, cell.prediction, cell.review
    doubt = None if proposal is None or math.isnan(proposal.doubt) else round(proposal.doubt, 4)
    values = (
        cell.id, slide.name if slide else None, slide.file_of(cell) if slide else cell.place.path.name,
        cell.place.page + 1, *((box.x, box.y, box.width, box.height) if box else (None,) * 4),
        proposal.code if proposal else None, round(proposal.confidence, 4) if proposal else None, doubt,
        proposal.model if proposal else None, review.code if review else None, cell.state.value,
        review.reader if review else None, review.at.isoformat(timespec="seconds") if review else None,
        cell.code, cell.reference,
    )  # fmt: skip
    return dict(zip(CELL_COLUMNS, values, strict=True))


def cells_csv(cells: Iterable[Cell], slides: Sequence[SlideUsed]) -> bytes:
    """Write one row a cell, in the form of :func:`csv_bytes`."""
    return csv_bytes(CELL_COLUMNS, (cell_record(cell, slides).values() for cell in cells))


def csv_bytes(columns: Iterable[str], rows: Iterable[Iterable[Any]]) -> bytes:
    """Write a table, comma-separated, UTF-8 with a byte-order mark so that Excel reads it rightly.

    A text that a spreadsheet would run as a formula gets an apostrophe before it: the one alteration there
    is. CSV has no way to say that something is a text; a tab or a space would be seen as little and stop
    other programs from finding the text, and ``="…"`` is a formula itself. The apostrophe can be taken off
    again without doubt, for a text that has one there already gets a second. Workbooks (XLSX) and JSON do
    know texts, and alter nothing.
    """
    written = io.StringIO(newline="")
    table = csv.writer(written)
    table.writerow(columns)
    for row in rows:
        table.writerow([_harmless(value) for value in row])
    # File names that are no valid text (Linux allows them) come out as visible escapes.
    return written.getvalue().encode("utf-8-sig", "backslashreplace")


def report_json(report: Report, cells: Iterable[Cell]) -> bytes:
    """Write the report and its cells as JSON text in UTF-8; percentages are in [0, 100], absent is null."""
    text = json.dumps(
        {
            "$schema": JSON_SCHEMA,
            "format": JSON_FORMAT,
            "version": JSON_VERSION,
            "title": report.title,
            "made_at": report.made_at.isoformat(timespec="seconds"),
            "reader": report.reader,
            "preliminary": report.preliminary,
            "report_version": report.version,
            "manual": _manual(report.manual) if report.manual else None,
            "signed": _signed(report.signed) if report.signed else None,
            "past": _past(report.past) if report.past else None,
            "amends": _amends(report.amends) if report.amends else None,
            "research_use": report.research_use,
            "header": asdict(report.header),
            "method": _method(report.method),
            "slides": [_slide(each) for each in report.slides],
            "problems": report.problems,
            "differential": {**_differential(report.differential), "repeated": report.repeated},
            "cells": [cell_record(cell, report.slides) for cell in cells],
        },
        ensure_ascii=False,
        allow_nan=False,
        indent=1,
    )
    return (text + "\n").encode("utf-8", "backslashreplace")


def _method(method: Method) -> dict[str, Any]:
    told = asdict(method)
    for model, used in zip(told["models"], method.models, strict=True):
        if used.origin is not None:
            model["origin"]["made"] = used.origin.made.isoformat(timespec="seconds")
    return told


def _harmless(value: Any) -> Any:
    return _FORMULA.sub("'", value) if isinstance(value, str) else value


def _manual(manual: ManualCount) -> dict[str, Any]:
    smears = [{"smear": number, "differential": _differential(found)} for number, found in manual.smears]
    return {"included": manual.included, "smears": smears, "all": _differential(manual.whole)}


def _signed(signed: Signed) -> dict[str, Any]:
    against = [{"kind": kind, "count": count} for kind, count in signed.hindrances]
    return {**asdict(signed), "at": signed.at.isoformat(timespec="seconds"), "hindrances": against}


def _past(past: PastState) -> dict[str, Any]:
    return {**asdict(past), "at": past.at.isoformat(timespec="seconds")}


def _amends(amends: Amends) -> dict[str, Any]:
    found = amends.changed
    return {
        **asdict(amends),
        "at": amends.at.isoformat(timespec="seconds"),
        "reopened_at": amends.reopened_at.isoformat(timespec="seconds"),
        "changed": {
            "cells": found.cells,
            "classes": [_difference(*each) for each in found.classes],
            "fields": found.fields,
            "manual": [
                {"smear": smear, **_difference(name, before, after)}
                for smear, name, before, after in found.manual
            ],
            "rules": found.rules,
        },
    }


def _difference(name: str, before: int, after: int) -> dict[str, Any]:
    return {"name": name, "before": before, "after": after}


def _slide(slide: SlideUsed) -> dict[str, Any]:
    return {
        "number": slide.number,
        "name": slide.name,
        "folder": slide.folder.name,
        "cells": slide.cells,
        "differential": _differential(slide.differential) if slide.differential else None,
    }


def _differential(found: Differential) -> dict[str, Any]:
    rules = found.rules
    held = rules.held
    return {
        "specimen": found.specimen,
        "counted": found.counted,
        "target": rules.target,
        "total": found.total,
        "reviewed": found.reviewed,
        "counted_reviewed": found.counted_reviewed,
        "judged": found.judged,
        "changed": found.changed,
        "unresolved": found.unresolved,
        "unfamiliar": found.unfamiliar,
        "compared": found.compared,
        "agreeing": found.agreeing,
        "confidence_level": rules.confidence,
        "references": {
            "name": rules.references.name,
            "source": rules.references.source,
            "sex": rules.sex,
            "age": rules.age,
            "held": bool(held.entries or held.me_ratio),
            "age_unclear": rules.age_unclear,
        },
        "classes": [_row(each) for each in found.rows],
        "lineages": [_row(each) for each in found.groups],
        "sums": [_row(each) for each in found.sums],
        "apart": [_apart(each) for each in found.apart],
        "me_ratio": asdict(found.me_ratio) if found.me_ratio else None,
        "maturation_index": asdict(found.maturation) if found.maturation else None,
        "thresholds": [_threshold(each) for each in found.marks],
        "blasts_of_non_erythroid_cells": asdict(found.non_erythroid) if found.non_erythroid else None,
    }


def _row(row: Row) -> dict[str, Any]:
    code = {"code": row.cell_class.code} if row.cell_class else {}
    lineage = {"lineage": row.lineage.value} if row.lineage else {}
    return {
        **code, "name": row.name, **lineage, **asdict(row.share), "predicted": row.predicted,
        "predicted_percent": row.predicted_percent, "reviewed": row.reviewed,
        "range": asdict(row.range) if row.range else None, "mark": row.mark,
    }  # fmt: skip


def _apart(apart: Apart) -> dict[str, Any]:
    code = apart.cell_class.code if apart.cell_class else None
    return {"code": code, "name": apart.name, "count": apart.count, "per_hundred": apart.per_hundred}


def _threshold(mark: ThresholdMark) -> dict[str, Any]:
    return {**asdict(mark.threshold), "side": mark.side, "share": asdict(mark.share)}

"""Takes names of patients out of what leaves the program: fields, titles, files, free texts."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from marrowdesk.report.document import Amends, ReportFields, Signed
from marrowdesk.report.exchange.content import by_file
from marrowdesk.report.tables import DECISION_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from marrowdesk.core.cell import Cell
    from marrowdesk.report.document import SlideUsed
    from marrowdesk.report.exchange.content import Content

_Reasoned = TypeVar("_Reasoned", Signed, Amends)

KEPT_FIELDS = ("institution", "accession", "sex", "collected", "site", "aspirate")
"""Header fields that leave without names. Whatever a reader writes in sentences may name a patient, and
nobody looks it through before it leaves: it goes with names, or not at all."""

_NAMING = ("patient_name", "patient_id", "birth_date")
_SHORTEST = 3  # letters; "Li" would be found in half of all words


def without_names(content: Content) -> Content:
    """Give the content under aliases.

    Cells, slides and files are numbered in the order of the case, so that the laboratory can tell at home
    which is which. Readers keep their names: they answer for the count.
    """
    report = content.report
    said = _naming_words(report.header)
    slides = tuple(_slide(each) for each in report.slides)
    cells = _cells(content, slides)
    return replace(
        content,
        report=replace(
            report,
            title=alias(content),
            header=_header(report.header, said),
            slides=slides,
            signed=_cleared(report.signed, said) if report.signed else None,
            amends=_cleared(report.amends, said) if report.amends else None,
        ),
        cells=cells,
        decisions=_decisions(content.decisions, {cell.id: cell.name for cell in cells}),
        named=False,
    )


def alias(content: Content) -> str:
    """Give what a case is called without its title."""
    return f"case-{content.identity.hex[:8]}"


def _naming_words(header: ReportFields) -> tuple[str, ...]:
    """Give the words that name the patient, folded."""
    told = " ".join(getattr(header, name) for name in _NAMING)
    return tuple({word.casefold() for word in re.findall(r"\w+", told) if len(word) >= _SHORTEST})


def _names(text: str, said: tuple[str, ...]) -> bool:
    folded = text.casefold()
    return any(word in folded for word in said)


def _header(header: ReportFields, said: tuple[str, ...]) -> ReportFields:
    kept = {name: getattr(header, name) for name in KEPT_FIELDS}
    others = {each.name: "" for each in fields(ReportFields) if each.name not in kept}
    return replace(header, **others, **{k: "" if _names(text, said) else text for k, text in kept.items()})


def _cleared(act: _Reasoned, said: tuple[str, ...]) -> _Reasoned:
    """Take the reason off that a reader wrote, where it names the patient."""
    return replace(act, reason="…") if _names(act.reason, said) else act


def _slide(slide: SlideUsed) -> SlideUsed:
    name = f"smear {slide.number}"
    return replace(slide, name=name, folder=Path(name))


def _cells(content: Content, slides: tuple[SlideUsed, ...]) -> tuple[Cell, ...]:
    numbers = by_file(content.cells)
    folders = {each.number: each.folder for each in slides}

    def renamed(cell: Cell) -> Cell:
        folder = folders.get(cell.slide, Path(f"smear {cell.slide}"))
        path = folder / f"image-{numbers[cell.place.path]:05d}"
        return replace(cell, place=replace(cell.place, path=path))

    return tuple(renamed(cell) for cell in content.cells)


def _decisions(rows: tuple[tuple[Any, ...], ...], names: Mapping[int, str]) -> tuple[tuple[Any, ...], ...]:
    cell, file = DECISION_COLUMNS.index("cell"), DECISION_COLUMNS.index("file")
    return tuple((*row[:file], names.get(row[cell], ""), *row[file + 1 :]) for row in rows)

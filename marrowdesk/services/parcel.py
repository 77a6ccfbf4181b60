"""A count made ready for another program: gathered once, and told before anything is written."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.report.document import header_labels
from marrowdesk.report.exchange.aliases import alias, without_names
from marrowdesk.report.exchange.class_folders import labelled
from marrowdesk.report.exchange.content import Content
from marrowdesk.report.exchange.geojson import in_boxes
from marrowdesk.report.exchange.text import file_name
from marrowdesk.services.reporting import decision_rows, snapshot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from marrowdesk.core.cell import Place
    from marrowdesk.core.counting import CountingRules
    from marrowdesk.report.options import Template
    from marrowdesk.store.casefile import CaseFile


class Form(enum.StrEnum):
    """The forms in which a count leaves the program.

    Attributes:
        XLSX: a workbook: differential, cells, decisions, report.
        CSV: one row a cell.
        JSON: the whole report with its cells, by a published schema.
        FHIR: a bundle of FHIR R4.
        HL7: a message ORU^R01 of HL7 v2.5.1.
        GEOJSON: cells in larger images, for QuPath; a folder.
        IMAGES: reviewed cells in class folders, with a manifest; a folder.
    """

    XLSX = "xlsx"
    CSV = "csv"
    JSON = "json"
    FHIR = "fhir"
    HL7 = "hl7"
    GEOJSON = "geojson"
    IMAGES = "images"

    @property
    def ending(self) -> str:
        """What its files end with; of a folder, what stands behind its name."""
        return _ENDINGS[self]

    @property
    def folder(self) -> bool:
        """Whether it is a folder of files."""
        return self in (Form.GEOJSON, Form.IMAGES)

    @property
    def with_paper(self) -> bool:
        """Whether the report on paper is in it."""
        return self in (Form.FHIR, Form.HL7)


_ENDINGS = {
    Form.XLSX: ".xlsx", Form.CSV: ".csv", Form.JSON: ".json", Form.FHIR: ".fhir.json", Form.HL7: ".hl7",
    Form.GEOJSON: " QuPath", Form.IMAGES: " images",
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Parcel:
    """A case made ready to leave in one form.

    Attributes:
        form: the form.
        content: what is in it; under aliases, unless names were asked for.
        places: where each cell really lies, by its number; never written.
    """

    form: Form
    content: Content
    places: Mapping[int, Place]

    @property
    def name(self) -> str:
        """What its file or folder is called, without the ending; two cases never have the same."""
        short = alias(self.content)
        if not self.content.named:
            return short
        return f"{file_name(self.content.report.title, 'unnamed')}-{short.removeprefix('case-')}"


@dataclass(frozen=True, slots=True)
class Leaving:
    """What would leave the computer; shown before anything is written.

    Attributes:
        form: the form.
        title: what the case is called in it.
        cells: how many cells are listed.
        images: how many images of cells are in it.
        names: whether names of patients, files and slides are in it.
        readers: whether names of readers are in it.
        fields: labels of the header fields that are filled in and go along.
        paper: whether the report on paper is in it.
    """

    form: Form
    title: str
    cells: int
    images: int
    names: bool
    readers: bool
    fields: tuple[str, ...]
    paper: bool

    def lines(self) -> list[str]:
        """Say it in plain words, a line each."""
        yes = {True: "yes", False: "no"}
        return [
            f"Case                {self.title}",
            f"Cells listed        {self.cells or 'none, only what was counted'}",
            f"Images of cells     {self.images or 'no'}",
            f"Names of patients   {yes[self.names]}",
            f"Names of readers    {yes[self.readers]}",
            f"Fields of the head  {', '.join(self.fields) or 'none'}",
            f"Report as PDF       {yes[self.paper]}",
        ]


def pack(
    case: CaseFile,
    rules: CountingRules,
    form: Form,
    *,
    named: bool = False,
    reader: str = "",
    template: Template = "marrow",
) -> Parcel:
    """Gather a case as it is now, or as it was signed.

    Args:
        case: the case; a copy that is only read will do.
        rules: target, ranges and definitions, for what is not signed.
        form: the form; only those with the report on paper need pictures of cells.
        named: whether patients, files and slides keep their names.
        reader: who signs; empty for nobody yet.
        template: how the report on paper is printed; of a blood film white cells alone are counted.

    Raises:
        MarrowdeskError: there is nothing to send in this form, or what was signed was altered.
    """
    frozen = snapshot(case, rules, reader=reader, with_pictures=form.with_paper, template=template)
    places = {cell.id: cell.place for cell in frozen.cells}
    names = {cell.id: cell.name for cell in frozen.cells}
    decisions = tuple(decision_rows(case, names)) if form is Form.XLSX else ()
    content = Content(frozen.report, frozen.cells, case.scheme, decisions, case.identity)
    _require_something(content, form)
    return Parcel(form, content if named else without_names(content), places)


def _require_something(content: Content, form: Form) -> None:
    title = content.report.title
    if form is Form.GEOJSON and not in_boxes(content):
        raise MarrowdeskError(
            f"In the case {title!r} each cell is an image of its own; none lies in a larger image.",
            "QuPath shows cells in their larger image. Export class folders for images of single cells.",
        )
    if form is Form.IMAGES and not labelled(content):
        raise MarrowdeskError(
            f"No cell of the case {title!r} was given a class by a reader.",
            "Review cells first: a proposal is no label.",
        )


def describe(parcel: Parcel) -> Leaving:
    """Say what would leave."""
    form, content = parcel.form, parcel.content
    header = () if form in (Form.CSV, Form.GEOJSON, Form.IMAGES) else header_labels()
    counts = {
        Form.GEOJSON: len(in_boxes(content)), Form.IMAGES: len(labelled(content)), Form.FHIR: 0, Form.HL7: 0,
    }  # fmt: skip
    images = counts[Form.IMAGES] if form is Form.IMAGES else 0
    return Leaving(
        form=form,
        title=content.report.title,
        cells=counts.get(form, len(content.cells)),
        images=len(content.report.pictures) if form.with_paper else images,
        names=content.named,
        readers=not form.folder,
        fields=tuple(each.label for each in header if getattr(content.report.header, each.name).strip()),
        paper=form.with_paper,
    )

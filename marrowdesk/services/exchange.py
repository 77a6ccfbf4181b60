"""Hand a count to another program: write a parcel in its form, whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marrowdesk.core.errors import Cancelled, ImageUnreadable, MarrowdeskError
from marrowdesk.reach import is_folder
from marrowdesk.report.exchange import class_folders as folders
from marrowdesk.report.exchange.geojson import geojson_files, in_boxes
from marrowdesk.report.options import PrintOptions
from marrowdesk.report.tables import cells_csv, report_json
from marrowdesk.services.delivery import deliver, delivered_folder, free_name, require_folder
from marrowdesk.services.parcel import Form, Parcel

if TYPE_CHECKING:
    import threading
    from collections.abc import Generator
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Step:
    """How far the writing is."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Sent:
    """What was written.

    Attributes:
        path: the file or folder.
        left_out: why cells are missing in it, a sentence each.
    """

    path: Path
    left_out: tuple[str, ...] = ()


def target_of(parcel: Parcel, out: Path) -> Path:
    """Give the file or folder that is written.

    Args:
        parcel: what is sent.
        out: a folder that is there, in which a name is found; or, for a form of one file, the file.

    Raises:
        ReportError: the folder is not there.
    """
    if not is_folder(out):
        require_folder(out if parcel.form.folder else out.absolute().parent)
        return out
    path = out / f"{parcel.name}{parcel.form.ending}"
    return free_name(path) if parcel.form.folder else path


def send(
    parcel: Parcel,
    out: Path,
    cancel: threading.Event,
    options: PrintOptions = PrintOptions(),  # noqa: B008 - frozen
) -> Generator[Step, None, Sent]:
    """Write a parcel; it appears whole or not at all.

    Args:
        parcel: what is sent.
        out: as for :func:`target_of`.
        cancel: set to stop; nothing is left behind then.
        options: how the report on paper is printed.

    Raises:
        Cancelled: ``cancel`` was set.
        ReportError: it cannot be written; the message names what and why.
    """
    target = target_of(parcel, out)
    if parcel.form is Form.IMAGES:
        return (yield from _send_images(parcel, target, cancel))
    if parcel.form is Form.GEOJSON:
        return (yield from _send_geojson(parcel, target, cancel))
    yield Step(0, 1)
    content = _file(parcel, options)
    _go_on(cancel)
    deliver(target, content)
    yield Step(1, 1)
    return Sent(target)


def _file(parcel: Parcel, options: PrintOptions) -> bytes:
    """Write a form of one file; the libraries of a form are loaded when it is asked for."""
    content, form = parcel.content, parcel.form
    if form is Form.CSV:
        return cells_csv(content.cells, content.report.slides)
    if form is Form.JSON:
        return report_json(content.report, content.cells)
    if form is Form.XLSX:
        from marrowdesk.report.exchange.spreadsheet import xlsx_bytes

        return xlsx_bytes(content)
    from marrowdesk.report.pdf import pdf_bytes

    paper = pdf_bytes(content.report, options)
    if form is Form.FHIR:
        from marrowdesk.report.exchange.fhir import fhir_bytes

        return fhir_bytes(content, paper)
    from marrowdesk.report.exchange.hl7 import hl7_bytes

    return hl7_bytes(content, paper)


def _send_geojson(parcel: Parcel, target: Path, cancel: threading.Event) -> Generator[Step, None, Sent]:
    total = len({(cell.place.path, cell.place.page) for cell in in_boxes(parcel.content)})
    with delivered_folder(target) as draft:
        for done, (name, content) in enumerate(geojson_files(parcel.content), 1):
            _go_on(cancel)
            (draft / name).write_bytes(content)
            yield Step(done, total)
    return Sent(target)


def _send_images(parcel: Parcel, target: Path, cancel: threading.Event) -> Generator[Step, None, Sent]:
    total = len(folders.labelled(parcel.content))
    files: dict[int, str] = {}
    left_out: list[str] = []
    with delivered_folder(target) as draft:
        written = folders.image_files(parcel.content, parcel.places)
        for done, (cell, name, image) in enumerate(written, 1):
            _go_on(cancel)
            if isinstance(image, ImageUnreadable):
                left_out.append(f"Cell {cell.id}: {image}")
            else:
                (draft / name).parent.mkdir(exist_ok=True)
                (draft / name).write_bytes(image)
                files[cell.id] = name
            yield Step(done, total)
        if not files:
            raise MarrowdeskError(
                f"None of the {total} images can be read. {left_out[0]}",
                "Open the case in the window and say where its images lie now.",
            )
        (draft / folders.MANIFEST).write_bytes(folders.manifest_bytes(parcel.content, files))
    return Sent(target, tuple(left_out))


def _go_on(cancel: threading.Event) -> None:
    if cancel.is_set():
        raise Cancelled("The export was stopped.", "Nothing was written.")

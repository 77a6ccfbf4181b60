"""Without names nothing that leaves names a patient, in whatever form; files have names that do no harm."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from exchange_samples import AMENDS, PDF, SIGNED, boxed, content_of, everywhere
from hostile import HOSTILE
from pdf_reading import page_texts
from report_samples import prediction, review

from marrowdesk.core.cell import Box, Cell, Place
from marrowdesk.report.document import ReportFields, SlideUsed
from marrowdesk.report.exchange.aliases import KEPT_FIELDS, alias, without_names
from marrowdesk.report.exchange.fhir import fhir_bytes
from marrowdesk.report.exchange.geojson import geojson_files
from marrowdesk.report.exchange.hl7 import hl7_bytes
from marrowdesk.report.exchange.spreadsheet import xlsx_bytes
from marrowdesk.report.exchange.text import file_name
from marrowdesk.report.pdf import pdf_bytes
from marrowdesk.report.tables import cells_csv, report_json

NAME = "Mustermann"


def named_everywhere():
    """Give a content in which the patient's name stands wherever a person or a microscope can put it."""
    folder = Path(f"/slides/{NAME} Erika")
    found = [
        Cell(
            at, 1, Place(folder / f"{NAME}_{at}.png", box=Box(at, 1, 9, 9)), prediction("LYT"), review("LYT")
        )
        for at in (1, 2, 3)
    ]
    header = replace(everywhere(f"of {NAME.upper()} here"), patient_name=f"Erika {NAME}", patient_id="99")
    signed = replace(SIGNED, reason=f"{NAME} waits")
    amends = replace(AMENDS, reason=f"{NAME} called")
    content = content_of(found, title=f"{NAME}, E", header=header, signed=signed, amends=amends)
    slides = (SlideUsed(1, f"{NAME} smear", folder, 3),)
    return replace(content, report=replace(content.report, slides=slides))


def forms(content):
    paper = pdf_bytes(content.report)
    yield "csv", cells_csv(content.cells, content.report.slides)
    yield "json", report_json(content.report, content.cells)
    yield "fhir", fhir_bytes(content, PDF)
    yield "hl7", hl7_bytes(content, PDF)
    yield "geojson", b"".join(name.encode() + data for name, data in geojson_files(content))
    yield "pdf", paper + "".join(page_texts(paper)).encode()
    with zipfile.ZipFile(io.BytesIO(xlsx_bytes(content))) as book:
        yield "xlsx", b"".join(book.read(name) for name in book.namelist())


def test_that_no_form_holds_a_name_unless_it_was_asked_for():
    content = named_everywhere()
    for form, written in forms(without_names(content)):
        assert NAME.casefold() not in written.decode("utf-8", "replace").casefold(), form
    kept = {form for form, written in forms(content) if NAME in written.decode("utf-8", "replace")}
    assert kept == {"csv", "json", "fhir", "hl7", "geojson", "pdf", "xlsx"}


def test_that_without_names_only_the_fields_that_are_told_leave():
    header = replace(everywhere("text"), patient_name="Erika", patient_id="4711", birth_date="1961")
    content = without_names(content_of(header=header))
    left = {name for name in ReportFields.__slots__ if getattr(content.report.header, name)}
    assert left == set(KEPT_FIELDS)


def test_that_a_kept_field_that_names_the_patient_is_left_empty():
    header = ReportFields(
        patient_name="Li Mustermann", accession="MUSTERMANN-1", site="iliac crest", sex="Li"
    )
    kept = without_names(content_of(header=header)).report.header
    assert (kept.accession, kept.site, kept.sex) == ("", "iliac crest", "Li")


def test_that_aliases_tell_cells_and_images_apart_and_are_the_same_each_time():
    content = content_of(boxed())
    first, again = without_names(content), without_names(content)
    paths = [cell.place.path for cell in first.cells]
    assert paths == [cell.place.path for cell in again.cells]
    assert len(set(paths)) == len({cell.place.path for cell in content.cells}) == 2
    assert [cell.id for cell in first.cells] == [cell.id for cell in content.cells]
    assert [cell.place.box for cell in first.cells] == [cell.place.box for cell in content.cells]
    assert first.report.title == alias(content) == "case-12345678"
    assert first.report.differential == content.report.differential


@pytest.mark.parametrize("kind", list(HOSTILE))
def test_that_a_file_name_leads_nowhere_else(kind, tmp_path):
    name = file_name(HOSTILE[kind], "case")
    assert name
    assert not set(name) & set('/\\:*?"<>|\0\n')
    assert not name.startswith(".")
    path = tmp_path / f"{name}.txt"
    path.write_text("x")
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("text", ["..", ".", "", "   ", "///", "\u202e"])
def test_that_a_text_of_which_no_name_is_left_has_another(text):
    assert file_name(text, "case") == "case"


@pytest.mark.parametrize("text", ["CON", "nul.txt", "Com1"])
def test_that_no_file_is_named_like_a_device_of_windows(text):
    assert file_name(text, "case") == f"_{text}"

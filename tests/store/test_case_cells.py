"""What goes into a case comes out again: cells, slides, problems, fields."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from case_samples import case_of, new_cell, write_images

from marrowdesk.core.cell import Box, Place
from marrowdesk.core.taxonomy import MARROW, CellClass, CountRole, Lineage
from marrowdesk.store.casefile import CaseFile
from marrowdesk.store.errors import CaseRecordRefused, SlideFolderMismatch
from marrowdesk.store.values import Problem

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sample.mdcase"


def test_that_cells_come_back_in_order_with_slide_place_and_reference(path, tmp_path):
    first, second = tmp_path / "one", tmp_path / "two"
    with CaseFile.create(path, MARROW, "two smears") as case:
        smear = case.add_slide("smear 1", first)
        other = case.add_slide("smear 2", second)
        added = case.add_cells(
            smear.id,
            [
                new_cell(first / "NGS" / "b.jpg", reference="NGS"),
                new_cell(first / "a.tif", page=3),
                new_cell(first / "field.png", box=Box(5, 6, 70, 80)),
            ],
        )
        added += case.add_cells(other.id, [new_cell(second / "a.tif")])
    with CaseFile.open(path) as case:
        cells = case.cells()
        assert cells == added
        assert case.slides() == [smear, other]
    assert [cell.id for cell in cells] == [1, 2, 3, 4]
    assert [cell.slide for cell in cells] == [smear.id, smear.id, smear.id, other.id]
    assert [cell.reference for cell in cells] == ["NGS", None, None, None]
    assert [cell.place for cell in cells] == [
        Place(first / "NGS" / "b.jpg"),
        Place(first / "a.tif", 3),
        Place(first / "field.png", 0, Box(5, 6, 70, 80)),
        Place(second / "a.tif"),
    ]


def test_that_a_folder_read_twice_adds_only_what_is_new(path, tmp_path):
    folder = tmp_path / "slide"
    write_images(folder, ["a.png", "b.png"])
    with CaseFile.create(path, MARROW, "again") as case:
        slide = case.add_slide("slide", folder)
        once = [new_cell(folder / "a.png"), new_cell(folder / "b.png"), new_cell(folder / "b.png")]
        assert len(case.add_cells(slide.id, once)) == 2
        (folder / "b.png").write_bytes(b"another picture under the same name")
        again = [
            new_cell(folder / "a.png"),
            new_cell(folder / "b.png"),
            new_cell(folder / "a.png", box=Box(0, 0, 9, 9)),
            new_cell(folder / "a.png", box=Box(1, 0, 9, 9)),
            new_cell(folder / "a.png", box=Box(1, 0, 9, 9)),
            new_cell(folder / "a.png", page=1),
        ]
        assert [cell.id for cell in case.add_cells(slide.id, again)] == [3, 4, 5, 6]
        assert case.add_slide("the same folder", folder) == slide
        assert len(case.cells()) == 6


def test_that_cells_of_an_unknown_slide_are_refused(path, tmp_path):
    with CaseFile.create(path, MARROW, "none") as case:
        with pytest.raises(CaseRecordRefused, match="no slide 7"):
            case.add_cells(7, [new_cell(tmp_path / "a.png")])
        with pytest.raises(CaseRecordRefused):
            case.add_problems(7, [Problem(tmp_path / "a.png", "broken")])


@pytest.mark.parametrize(
    "name",
    [
        "Müller/骨髄 №1 ☂.png",
        "a;b?c#d%20e&f.png",
        "/".join(["folder name " * 15] * 8) + "/x.png",
        "'\"--.png",
    ],
)
def test_that_any_image_name_comes_back_as_it_was(path, tmp_path, name):
    if sys.platform == "win32" and set(name) & set('?"'):
        pytest.skip("Windows has no such names")
    folder = tmp_path / "Präparat 骨髄"
    with CaseFile.create(path, MARROW, "names") as case:
        slide = case.add_slide("slide", folder)
        case.add_cells(slide.id, [new_cell(folder / name)])
        assert case.cells()[0].place.path == folder / name


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has file names that are no valid Unicode")
def test_that_an_image_name_that_is_no_valid_unicode_comes_back(tmp_path):
    folder = tmp_path / os.fsdecode(b"old \xe4 folder")
    write_images(folder, [os.fsdecode(b"M\xfcller.png")])
    (image,) = folder.iterdir()
    with CaseFile.create(folder / "case.mdcase", MARROW, "latin-1") as case:
        slide = case.add_slide("slide", folder)
        case.add_cells(slide.id, [new_cell(image)])
        case.add_problems(slide.id, [Problem(image, "broken")])
        assert case.cells()[0].place.path.read_bytes() == image.read_bytes()
        assert case.problems()[0].path == image
        assert case.slides()[0].folder == folder
        assert case.images_missing() == []


@pytest.mark.parametrize("name", ["Fall ü 骨髄.mdcase", "what?.mdcase", "100% #1 &mode=ro.mdcase"])
def test_that_a_case_may_have_any_file_name(tmp_path, name):
    if sys.platform == "win32" and "?" in name:
        pytest.skip("Windows has no such names")
    with CaseFile.create(tmp_path / name, MARROW, "named") as case:
        case.set_field("site", "sternum")
    with CaseFile.open(tmp_path / name) as case:
        assert case.fields() == {"site": "sternum"}
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == [name]


def test_that_a_moved_slide_folder_is_found_again_by_content(path, tmp_path):
    old, new = tmp_path / "slide", tmp_path / "archive" / "slide"
    names = ["BLA/1.png", "LYT/2.png", "3.png"]
    write_images(old, names)
    elsewhere = tmp_path / "elsewhere.png"
    write_images(tmp_path, ["elsewhere.png"])
    with CaseFile.create(path, MARROW, "moved") as case:
        slide = case.add_slide("slide", old)
        case.add_cells(slide.id, [new_cell(old / name) for name in names] + [new_cell(elsewhere)])
        assert case.images_missing() == []
        new.parent.mkdir()
        shutil.move(old, new)
        assert case.images_missing() == [old / name for name in names]
        result = case.relocate(slide.id, new)
        assert (result.found, result.missing, result.altered) == (4, (), ())
        assert case.images_missing(slide.id) == []
    with CaseFile.open(path) as case:
        assert case.slides()[0].folder == new
        assert [cell.place.path for cell in case.cells()] == [new / name for name in names] + [elsewhere]


def test_that_relocation_tells_missing_and_altered_images_apart(path, tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    write_images(old, ["1.png", "2.png", "3.png"])
    with CaseFile.create(path, MARROW, "moved") as case:
        slide = case.add_slide("slide", old)
        case.add_cells(slide.id, [new_cell(old / f"{number}.png") for number in (1, 2, 3)])
        shutil.move(old, new)
        (new / "2.png").unlink()
        (new / "3.png").write_bytes(b"another cell")
        result = case.relocate(slide.id, new)
    assert (result.found, result.missing, result.altered) == (1, (new / "2.png",), (new / "3.png",))


def test_that_a_folder_with_other_images_of_the_same_names_is_refused(path, tmp_path):
    old, wrong = tmp_path / "old", tmp_path / "wrong"
    write_images(old, ["1.png", "2.png"])
    with CaseFile.create(path, MARROW, "moved") as case:
        slide = case.add_slide("slide", old)
        case.add_cells(slide.id, [new_cell(old / "1.png"), new_cell(old / "2.png")])
        wrong.mkdir()
        (wrong / "1.png").write_bytes(b"another patient")
        with pytest.raises(SlideFolderMismatch, match="none of the 2 images") as caught:
            case.relocate(slide.id, wrong)
        assert str(old) in caught.value.hint
        assert case.slides()[0].folder == old


def test_that_a_hash_of_the_wrong_length_is_refused(path, tmp_path):
    with case_of(path, 0) as case, pytest.raises(ValueError, match="64 hexadecimal"):
        case.add_cells(1, [replace(new_cell(tmp_path / "a.png"), sha256="abc")])


def test_that_problems_are_listed_once_and_forgotten_before_reading_again(path, tmp_path):
    cut = Problem(tmp_path / "cut.jpg", "The file is cut off.", "Copy it again.")
    empty = Problem(tmp_path / "empty.png", "The file is empty.")
    with case_of(path, 0) as case:
        case.add_problems(1, [cut, empty])
        case.add_problems(1, [empty, cut])
        assert case.problems() == [cut, empty]
    with CaseFile.open(path) as case:
        assert case.problems() == [cut, empty]
        case.forget_problems(1)
        assert case.problems() == []


def test_that_the_latest_value_of_a_field_stands(path):
    with case_of(path, 0) as case:
        case.set_field("patient", "first")
        case.set_field("site", "sternum")
        case.set_field("patient", "佐藤 花子")
        assert case.fields() == {"patient": "佐藤 花子", "site": "sternum"}


def test_that_scheme_and_title_come_back(path):
    strange = CellClass("XYZ", "strange cell", Lineage.OTHER, CountRole.COUNTED, "9", "#123456")
    own = replace(MARROW, classes=(*MARROW.classes, strange))
    CaseFile.create(path, own, "Fall 骨髄").close()
    with CaseFile.open(path) as case:
        assert case.scheme == own
        assert case.title == "Fall 骨髄"
        assert case.path == path

"""Images in the case itself: packed, unpacked elsewhere, and nothing written outside of the folder."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest
from case_samples import new_cell, write_images

from marrowdesk.core.errors import Cancelled, CaseFileError
from marrowdesk.core.taxonomy import MARROW
from marrowdesk.store.casefile import CaseFile

NAMES = ["BLA/1.png", "BLA/2.png", "LYT/1.png", "top.png"]


@pytest.fixture
def slide_folder(tmp_path):
    folder = tmp_path / "slide"
    write_images(folder, NAMES)
    return folder


@pytest.fixture
def case(tmp_path, slide_folder):
    with CaseFile.create(tmp_path / "case.mdcase", MARROW, "sample") as case:
        slide = case.add_slide("slide", slide_folder)
        case.add_cells(slide.id, [new_cell(slide_folder / name) for name in NAMES])
        yield case


def _pack(case):
    return list(case.pack(threading.Event()))[-1]


def test_that_packed_images_come_back_in_another_folder_with_their_content(case, slide_folder, tmp_path):
    assert case.packed() == (4, 0)
    assert _pack(case) == (4, [])
    assert case.packed() == (4, 4)
    shutil.rmtree(slide_folder)
    found = case.unpack(case.slides()[0], tmp_path / "elsewhere")
    assert (found.found, found.missing, found.altered) == (4, (), ())
    assert [each.place.path for each in case.cells()] == [tmp_path / "elsewhere" / name for name in NAMES]
    assert (tmp_path / "elsewhere" / "BLA" / "2.png").read_bytes() == b"image BLA/2.png"
    assert case.images_missing() == []


def test_that_packing_goes_on_where_it_was_stopped_and_leaves_out_what_is_missing_or_altered(
    case, slide_folder
):
    stop = threading.Event()
    steps = case.pack(stop)
    next(steps)
    stop.set()
    with pytest.raises(Cancelled):
        next(steps)
    assert case.packed() == (4, 1)
    (slide_folder / NAMES[1]).unlink()
    (slide_folder / NAMES[2]).write_bytes(b"another one")
    assert _pack(case) == (4, [slide_folder / NAMES[1], slide_folder / NAMES[2]])
    assert case.packed() == (4, 2)


def test_that_a_file_of_the_same_name_is_not_overwritten(case, slide_folder, tmp_path):
    _pack(case)
    other = tmp_path / "elsewhere"
    (other / "BLA").mkdir(parents=True)
    (other / NAMES[0]).write_bytes(b"mine")
    found = case.unpack(case.slides()[0], other)
    assert (other / NAMES[0]).read_bytes() == b"mine"
    assert (found.found, found.altered) == (3, (other / NAMES[0],))


def test_that_nothing_is_written_outside_of_the_folder(tmp_path):
    outside = tmp_path / "outside"
    write_images(outside, ["a.png"])
    (tmp_path / "slide").mkdir()
    with CaseFile.create(tmp_path / "case.mdcase", MARROW, "sample") as case:
        slide = case.add_slide("slide", tmp_path / "slide")
        case.add_cells(slide.id, [new_cell(outside / "a.png")])  # kept as an absolute path
        _pack(case)
        (outside / "a.png").unlink()
        with pytest.raises(CaseFileError, match="is packed"):
            case.unpack(slide, tmp_path / "elsewhere")
    assert not (outside / "a.png").exists()
    assert not (tmp_path / "elsewhere").exists()


def test_that_a_signed_case_may_be_packed_and_stays_what_was_signed(case):
    signed = case.sign("Ann", "{}")
    _pack(case)
    assert case.packed() == (4, 4)
    assert case.unaltered(signed)


def test_that_without_packed_images_there_is_nothing_to_unpack(case, tmp_path):
    with pytest.raises(CaseFileError, match="No image of the slide 'slide' is packed"):
        case.unpack(case.slides()[0], tmp_path / "elsewhere")
    assert case.slides()[0].folder == Path(tmp_path / "slide")

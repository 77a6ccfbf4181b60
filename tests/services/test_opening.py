"""Opening: which case, which cells, what is listed as unreadable, and going on where it stopped."""

import shutil
import threading
from itertools import islice

import numpy as np
import pytest
from PIL import Image

from marrowdesk.core.errors import Cancelled, CaseFileError, MarrowdeskError
from marrowdesk.imaging.kept import KeptImages
from marrowdesk.imaging.thumbnail import thumbnail
from marrowdesk.services import opening
from marrowdesk.services.opening import case_for, open_slides
from marrowdesk.store.backup import back_up
from marrowdesk.store.errors import CaseFileIsCopy


def draw(path, seed=0, size=(48, 40)):
    """Write one small image of noise."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 255, (size[1], size[0], 3), np.uint8)
    Image.fromarray(pixels).save(path)
    return path


def read(case, paths):
    """Read paths into a case to the end."""
    return list(open_slides(case, paths, threading.Event()))


@pytest.fixture
def slide(tmp_path):
    folder = tmp_path / "slide 7"
    for number in range(30):
        draw(folder / f"cell_{number}.png", number)
    return folder


def test_that_a_folder_becomes_a_case_with_a_cell_an_image(slide):
    with case_for([slide]) as case:
        steps = read(case, [slide])
        assert case.title == "slide 7"
        assert [cell.place.path.name for cell in case.cells()][:3] == [
            "cell_0.png",
            "cell_1.png",
            "cell_2.png",
        ]
        assert sum(len(step.cells) for step in steps) == len(case.cells()) == 30
        assert steps[-1].files == 30
        assert all(cell.place.box is None for cell in case.cells())


class Kept:
    """Takes thumbnails of 32 pixels as long as it has not three."""

    def __init__(self):
        self.pictures = {}

    def wanted(self):
        return 32 if len(self.pictures) < 3 else 0

    def offer(self, place, side, picture):
        assert picture.shape == (side, side, 3)
        self.pictures[place] = picture


@pytest.mark.parametrize("ending", ["png", "tif", "bmp", "jpg"])
def test_that_thumbnails_given_while_reading_are_those_decoded_later_byte_for_byte(tmp_path, ending):
    folder, kept = tmp_path / "slide", Kept()
    for number in range(6):
        draw(folder / f"{number}.{ending}", number, (48, 40))
    with case_for([folder]) as case:
        list(open_slides(case, [folder], threading.Event(), kept))
        assert len(case.cells()) == 6
    # a JPEG is decoded small for less, and to other pixels
    assert len(kept.pictures) == (0 if ending == "jpg" else 3)
    for place, picture in kept.pictures.items():
        assert np.array_equal(picture, thumbnail(place, 32))


def test_that_each_page_of_a_file_gives_its_thumbnail(tmp_path):
    pages = [Image.fromarray(np.full((40, 40, 3), shade, np.uint8)) for shade in (40, 140, 240)]
    folder, kept = tmp_path / "slide", Kept()
    folder.mkdir()
    pages[0].save(folder / "pages.tif", save_all=True, append_images=pages[1:])
    with case_for([folder]) as case:
        list(open_slides(case, [folder], threading.Event(), kept))
    assert [int(picture[16, 16, 0]) for picture in kept.pictures.values()] == [40, 140, 240]
    assert [place.page for place in kept.pictures] == [0, 1, 2]


def test_that_the_same_folder_leads_to_the_same_case_and_adds_only_what_is_new(slide):
    with case_for([slide]) as case:
        read(case, [slide])
    draw(slide / "late.png", 99)
    with case_for([slide]) as again:
        steps = read(again, [slide])
        assert [cell.place.path.name for step in steps for cell in step.cells] == ["late.png"]
        assert len(again.cells()) == 31
        assert len(again.slides()) == 1


def test_that_twenty_broken_files_are_listed_and_the_rest_is_counted(slide):
    good = (slide / "cell_1.png").read_bytes()
    for number in range(20):
        damaged = {0: b"", 1: b"not an image", 2: good[: len(good) // 2]}[number % 3]
        (slide / f"broken_{number}.png").write_bytes(damaged)
    with case_for([slide]) as case:
        read(case, [slide])
        assert len(case.cells()) == 30
        problems = case.problems()
        assert len({problem.path.name for problem in problems}) == 20
        assert all(problem.reason and problem.path.name in problem.reason for problem in problems)


def test_that_a_file_that_was_mended_comes_in_and_is_no_problem_any_more(slide):
    (slide / "late.png").write_bytes(b"")
    with case_for([slide]) as case:
        read(case, [slide])
        assert len(case.problems()) == 1
        draw(slide / "late.png", 77)
        read(case, [slide])
        assert len(case.cells()) == 31
        assert case.problems() == []


def test_that_class_folders_become_reference_labels_and_never_proposals(tmp_path):
    draw(tmp_path / "set" / "BLA" / "0001-1000" / "x.png", 1)
    draw(tmp_path / "set" / "LYT" / "y.png", 2)
    draw(tmp_path / "set" / "unsorted" / "z.png", 3)
    with case_for([tmp_path / "set"]) as case:
        read(case, [tmp_path / "set"])
        assert {cell.place.path.name: cell.reference for cell in case.cells()} == {
            "x.png": "BLA", "y.png": "LYT", "z.png": None,
        }  # fmt: skip
        assert all(cell.prediction is None and cell.code is None for cell in case.cells())


def test_that_pages_of_a_tiff_are_cells_of_their_own(tmp_path):
    pages = [Image.new("RGB", (20 + page, 20), (page * 40, 0, 90)) for page in range(3)]
    (tmp_path / "s").mkdir()
    pages[0].save(tmp_path / "s" / "stack.tif", save_all=True, append_images=pages[1:])
    with case_for([tmp_path / "s"]) as case:
        read(case, [tmp_path / "s"])
        assert [cell.place.page for cell in case.cells()] == [0, 1, 2]


def test_that_two_folders_opened_together_are_two_slides_of_one_case(slide, tmp_path):
    other = tmp_path / "slide 8"
    draw(other / "a.png", 500)
    with case_for([slide, other]) as case:
        assert case.title == f"{slide.name} +1"  # printed in every language
        read(case, [slide, other])
        assert [each.name for each in case.slides()] == ["slide 7", "slide 8"]
        assert {cell.slide for cell in case.cells()} == {each.id for each in case.slides()}
        path = case.path
    with case_for([other, slide]) as again:
        assert again.path == path


@pytest.mark.parametrize("order", [1, -1])
def test_that_a_folder_and_one_inside_it_are_counted_once(tmp_path, order):
    for number in range(3):
        draw(tmp_path / "t" / "BLA" / f"{number}.png", number)
    for number in range(2):
        draw(tmp_path / "t" / "LYT" / f"{number}.png", 10 + number)
    (tmp_path / "t" / "BLA" / "broken.png").write_bytes(b"")
    paths = [tmp_path / "t", tmp_path / "t" / "BLA"][::order]
    with case_for(paths) as case:
        for files in (6, 1):  # and again when it is opened anew: the broken one is looked at once more
            assert read(case, paths)[-1].files == files
            assert len(case.cells()) == len({cell.place.path for cell in case.cells()}) == 5
            assert len(case.problems()) == 1


def test_that_single_files_are_a_case_without_their_neighbours(slide):
    chosen = [slide / "cell_3.png", slide / "cell_9.png"]
    with case_for(chosen) as case:
        read(case, chosen)
        assert [cell.place.path.name for cell in case.cells()] == ["cell_3.png", "cell_9.png"]
    with case_for([slide]) as whole:
        assert whole.cells() == []


def test_that_a_cancelled_opening_keeps_what_was_read_and_goes_on_later(tmp_path):
    folder = tmp_path / "many"
    for number in range(90):
        draw(folder / f"{number}.png", number, (8, 8))
    cancel = threading.Event()
    with case_for([folder]) as case:
        steps = open_slides(case, [folder], cancel)
        list(islice(steps, 1))
        cancel.set()
        with pytest.raises(Cancelled):
            list(steps)
        kept = len(case.cells())
        assert 0 < kept < 90
        read(case, [folder])
        assert len(case.cells()) == 90


@pytest.fixture
def looked(monkeypatch):
    """Let a clock go on by 0.125 s with each file that is looked at, and give what was looked at."""
    seen, real = [], opening.probe

    def probe(path, look=None):
        seen.append(path)
        return real(path, look)

    monkeypatch.setattr(opening, "probe", probe)
    monkeypatch.setattr(opening, "monotonic", lambda: len(seen) * 0.125)
    return seen


def test_that_large_images_are_told_after_a_moment_and_not_sixteen_at_once(slide, looked):
    with case_for([slide]) as case:
        steps = open_slides(case, [slide], threading.Event())
        assert len(next(steps).cells) == len(looked) == 3
        assert {len(step.cells) for step in steps} == {3}
        assert len(case.cells()) == 30


def test_that_reading_stops_before_the_next_file_and_keeps_those_before_it(slide, monkeypatch):
    cancel, real, seen = threading.Event(), opening.probe, []

    def probe(path, look=None):
        seen.append(path)
        if len(seen) == 5:
            cancel.set()  # the person presses Stop while the fifth is decoded
        return real(path)

    monkeypatch.setattr(opening, "probe", probe)
    with case_for([slide]) as case:
        steps = open_slides(case, [slide], cancel)
        assert len(next(steps).cells) == 5
        with pytest.raises(Cancelled):
            next(steps)
        assert (len(seen), len(case.cells())) == (5, 5)
        read(case, [slide])  # and it goes on there
        assert len(case.cells()) == 30


def test_that_reading_stops_before_the_next_page(tmp_path):
    pages = [Image.fromarray(np.full((40, 40, 3), shade, np.uint8)) for shade in range(0, 200, 10)]
    (tmp_path / "s").mkdir()
    pages[0].save(tmp_path / "s" / "stack.tif", save_all=True, append_images=pages[1:])
    cancel, taken = threading.Event(), []

    class Stopping(KeptImages):
        def keep(self, place, image):
            taken.append(place.page)
            cancel.set()

    with case_for([tmp_path / "s"]) as case:
        with pytest.raises(Cancelled):
            list(open_slides(case, [tmp_path / "s"], cancel, kept=Stopping()))
        assert (taken, case.cells()) == ([0], [])
        read(case, [tmp_path / "s"])
        assert len(case.cells()) == 20


def test_that_what_does_not_exist_is_named(tmp_path):
    with pytest.raises(MarrowdeskError, match="nowhere"):
        case_for([tmp_path / "nowhere"])


@pytest.mark.parametrize("name", ["2031.mdcase", "2031.MDCASE"])  # older file systems write it so
def test_that_a_case_file_is_opened_by_its_own_name(slide, tmp_path, name):
    file = tmp_path / name
    with case_for([slide], file=file) as case:
        read(case, [slide])
    with case_for([file]) as again:
        assert again.path == file
        assert len(again.cells()) == 30


def test_that_a_file_that_is_no_case_is_refused_by_name(tmp_path):
    (tmp_path / "x.mdcase").write_text("hello")
    with pytest.raises(CaseFileError, match=r"x\.mdcase"):
        case_for([tmp_path / "x.mdcase"])


def test_that_an_earlier_copy_is_not_written_into_but_is_a_case_of_its_own_elsewhere(slide, tmp_path):
    with case_for([slide]) as case:
        read(case, [slide])
        copy = back_up(case.path).path
    for name in (None, copy):
        with pytest.raises(CaseFileIsCopy, match="is an earlier copy of") as caught:
            case_for([copy] if name is None else [slide], file=name)
        assert str(case.path) in caught.value.message
        assert "Earlier copies" in caught.value.hint
    own = tmp_path / copy.name
    shutil.copy(copy, own)
    with case_for([own]) as case:
        assert not case.read_only
        assert len(case.cells()) == 30

"""A slide folder under another path: its case is found, offered or followed, never silently begun anew."""

import shutil
import threading
from datetime import UTC, datetime

import numpy as np
import pytest
from PIL import Image

from marrowdesk.core import edits
from marrowdesk.services import moved
from marrowdesk.services.moved import SlideMoved
from marrowdesk.services.opening import case_for, folders_to_read, open_slides
from marrowdesk.store.casefile import CaseFile
from marrowdesk.store.paths import case_path_for, cases_path


def draw(folder, first, count=1):
    """Write images of noise, each number another one."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(first, first + count):
        pixels = np.random.default_rng(number).integers(0, 255, (24, 24, 3), np.uint8)
        Image.fromarray(pixels).save(folder / f"cell_{number % 100:03}.png")
    return folder


def read(case, paths):
    list(open_slides(case, paths, threading.Event()))


def reviewed_case(*paths, file=None, cells=4):
    """Open folders or images, decide on the first cells, close the case, and give its file."""
    with case_for(list(paths), file=file) as case:
        read(case, list(paths))
        if cells:
            case.record(edits.assign(case.cells()[:cells], "BLA", "Blast", "Ann", datetime.now(UTC)))
        return case.path


def found_again(path, *folders):
    with CaseFile.open(path, hold=True) as case:
        for slide, folder in zip(case.slides(), folders, strict=True):
            case.relocate(slide.id, folder)


@pytest.fixture
def slide(tmp_path):
    return draw(tmp_path / "stick" / "slide 7", 0, 4)


@pytest.fixture
def elsewhere(tmp_path):
    """Give where the slide lies when the stick has another letter."""
    return tmp_path / "stick1" / "slide 7"


@pytest.fixture
def followed(slide, elsewhere):
    """Give a reviewed case that found its slide elsewhere again, where one more image lies since."""
    path = reviewed_case(slide)
    slide.parent.rename(elsewhere.parent)
    found_again(path, elsewhere)
    draw(elsewhere, 50)
    return path


def test_that_a_case_whose_folder_was_found_again_looks_there_for_images_added_since(followed, elsewhere):
    path = followed
    with case_for([path]) as case:
        read(case, folders_to_read(case, [path]))
        assert case.progress() == (5, 4)
        assert [each.folder for each in case.slides()] == [elsewhere]


def test_that_a_case_of_single_images_that_were_found_again_stays_without_their_neighbours(slide, elsewhere):
    path = reviewed_case(slide / "cell_001.png", slide / "cell_002.png", cells=2)
    slide.parent.rename(elsewhere.parent)
    found_again(path, elsewhere)
    with case_for([path]) as case:
        assert folders_to_read(case, [path]) == []
    with case_for([elsewhere]) as whole:
        assert whole.path != path
        assert whole.cells() == []


def test_that_a_folder_leads_to_the_case_that_found_it_again(followed, elsewhere):
    path = followed
    with case_for([elsewhere]) as case:
        read(case, [elsewhere])
        assert (case.path, case.progress(), len(case.slides())) == (path, (5, 4), 1)
    assert [each.name for each in cases_path().glob("*.mdcase")] == [path.name]


def test_that_folders_opened_together_lead_to_the_case_that_found_all_of_them(slide, elsewhere):
    other = draw(slide.with_name("slide 8"), 20, 4)
    path = reviewed_case(slide, other)
    slide.parent.rename(elsewhere.parent)
    found_again(path, elsewhere, elsewhere.with_name("slide 8"))
    with case_for([elsewhere.with_name("slide 8"), elsewhere]) as case:
        assert case.path == path
    with case_for([elsewhere]) as alone:
        assert alone.path == case_path_for(elsewhere)


def test_that_a_reviewed_case_is_named_before_another_is_begun_and_goes_on_where_it_is_chosen(
    slide, elsewhere
):
    path = reviewed_case(slide, cells=3)
    slide.parent.rename(elsewhere.parent)
    content = path.read_bytes()
    with pytest.raises(SlideMoved, match="3 of 4 cells reviewed") as told:
        case_for([elsewhere])
    assert told.value.former.case == path
    assert str(slide) in told.value.message
    assert str(path) in told.value.hint
    assert path.read_bytes() == content
    assert [each.name for each in cases_path().iterdir()] == [path.name]

    with case_for([elsewhere], file=path) as case:
        read(case, [elsewhere])
        assert (case.progress(), len(case.slides()), case.images_missing()) == ((4, 3), 1, [])
    with case_for([elsewhere]) as again:  # nobody is asked a second time
        assert (again.path, again.progress()) == (path, (4, 3))


def test_that_another_case_is_begun_where_that_is_wanted(slide, elsewhere):
    path = reviewed_case(slide)
    slide.parent.rename(elsewhere.parent)
    for _ in range(2):
        with case_for([elsewhere], file=case_path_for(elsewhere)) as case:
            read(case, [elsewhere])
            assert case.path != path
            assert case.progress() == (4, 0)
    with case_for([elsewhere]) as case:
        assert case.path == case_path_for(elsewhere)


def test_that_folders_that_moved_together_are_followed_together(slide, elsewhere):
    other = draw(slide.with_name("slide 8"), 20, 4)
    path = reviewed_case(slide, other)
    slide.parent.rename(elsewhere.parent)
    folders = [elsewhere.with_name("slide 8"), elsewhere]
    with pytest.raises(SlideMoved):
        case_for(folders)
    with case_for(folders, file=path) as case:
        read(case, folders)
        assert case.progress() == (8, 4)
        assert [each.folder for each in case.slides()] == [elsewhere, elsewhere.with_name("slide 8")]


def test_that_a_folder_that_went_back_is_followed_and_no_cell_is_counted_twice(slide, elsewhere):
    path = reviewed_case(slide)
    slide.parent.rename(elsewhere.parent)
    with case_for([elsewhere], file=path) as case:
        read(case, [elsewhere])
    elsewhere.parent.rename(slide.parent)
    with case_for([slide]) as case:
        read(case, [slide])
        assert (case.path, case.progress(), len(case.slides())) == (path, (4, 4), 1)


@pytest.mark.parametrize("archive", ["there", "gone"])
def test_that_another_slide_where_one_lay_before_is_not_mixed_into_its_case(slide, elsewhere, archive):
    path = reviewed_case(slide)
    slide.parent.rename(elsewhere.parent)
    with case_for([elsewhere], file=path) as case:
        read(case, [elsewhere])
    if archive == "gone":
        elsewhere.parent.rename(elsewhere.parent.with_name("unplugged"))
    draw(slide, 60, 3)  # another stick has the letter now, and its folder that name
    second = reviewed_case(slide, cells=2)
    for _ in range(2):
        with case_for([slide]) as case:
            read(case, [slide])
            assert (case.path, case.progress(), len(case.slides())) == (second, (3, 2), 1)
    with case_for([second]) as case:
        assert folders_to_read(case, [second]) == [slide]
    with case_for([path]) as case:
        assert (case.progress(), len(case.slides())) == ((4, 4), 1)


def test_that_a_link_to_another_slide_does_not_lead_to_the_case_of_the_one_before(slide, tmp_path):
    current = tmp_path / "current"
    current.symlink_to(slide.parent)
    path = reviewed_case(current / slide.name)
    current.unlink()
    current.symlink_to(draw(tmp_path / "next" / slide.name, 60, 3).parent)
    with case_for([current / slide.name]) as case:
        read(case, [current / slide.name])
        assert case.path != path
        assert case.progress() == (3, 0)


@pytest.mark.parametrize("why", ["copied", "other images", "nobody decided", "single images"])
def test_that_a_case_is_begun_unasked_where_nothing_is_lost(slide, elsewhere, why):
    opened = [slide / "cell_001.png"] if why == "single images" else [slide]
    path = reviewed_case(*opened, cells=0 if why == "nobody decided" else 1)
    shutil.copytree(slide, elsewhere)
    if why != "copied":
        shutil.rmtree(slide)
    if why == "other images":
        draw(elsewhere, 101)  # under the name of one of the first
    with case_for([elsewhere]) as case:
        assert case.path == case_path_for(elsewhere) != path
        read(case, [elsewhere])
        assert case.progress() == (4, 0)


def test_that_of_several_cases_of_the_images_the_one_with_most_decisions_is_offered(
    slide, elsewhere, tmp_path
):
    path = reviewed_case(slide, cells=4)
    later = draw(tmp_path / "stick0" / "slide 7", 0, 4)
    reviewed_case(later, cells=1)
    shutil.rmtree(later)
    slide.parent.rename(elsewhere.parent)
    with pytest.raises(SlideMoved) as told:
        case_for([elsewhere])
    assert told.value.former.case == path


def test_that_damaged_and_foreign_files_among_the_cases_hinder_nothing(slide, elsewhere):
    path = reviewed_case(slide)
    (cases_path() / "slide_7-0123456789ab.mdcase").write_text("no case")
    (cases_path() / "slide_7-0123456789ac.mdcase").mkdir()
    (cases_path() / "slide_7-0123456789ad.mdcase").symlink_to("nowhere")
    slide.parent.rename(elsewhere.parent)
    with pytest.raises(SlideMoved) as told:
        case_for([elsewhere])
    assert told.value.former.case == path


def test_that_only_so_many_cases_are_looked_at_and_first_those_of_folders_called_so(
    slide, elsewhere, tmp_path, monkeypatch
):
    path = reviewed_case(slide)
    reviewed_case(draw(tmp_path / "later", 30, 4))
    slide.parent.rename(elsewhere.parent)
    monkeypatch.setattr(moved, "_CASES", 1)
    with pytest.raises(SlideMoved) as told:
        case_for([elsewhere])
    assert told.value.former.case == path
    renamed = elsewhere.rename(elsewhere.with_name("called otherwise"))
    with case_for([renamed]) as case:
        assert case.path == case_path_for(renamed)


def test_that_a_folder_that_is_called_otherwise_now_is_known_too(slide):
    path = reviewed_case(slide)
    renamed = slide.rename(slide.with_name("called otherwise"))
    with pytest.raises(SlideMoved) as told:
        case_for([renamed])
    assert told.value.former.case == path

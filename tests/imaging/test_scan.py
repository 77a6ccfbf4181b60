"""Images are found in natural order, once each, without decoding; circles of links end."""

import itertools
import os
import sys
from contextlib import contextmanager

import pytest
from PIL import Image

from marrowdesk.core.errors import ImageUnreadable
from marrowdesk.core.natural_order import natural_key
from marrowdesk.imaging.decode import read_image
from marrowdesk.imaging.scan import DEEPEST, Found, Unreadable, scan


def image_at(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (4, 4), (200, 150, 210)).save(path, format="PNG")
    return path


def names(found, root):
    return [each.path.relative_to(root).as_posix() for each in found]


def test_that_cell_2_comes_before_cell_10_and_subfolders_are_walked(tmp_path):
    for name in ("cell 10.png", "cell 2.png", "Cell 1.PNG", "b/x.tif", "a/y.JPG"):
        image_at(tmp_path / name)
    found = list(scan([tmp_path]))
    assert names(found, tmp_path) == ["a/y.JPG", "b/x.tif", "Cell 1.PNG", "cell 2.png", "cell 10.png"]
    assert {each.root for each in found} == {tmp_path}


def test_that_names_that_differ_in_zeros_or_case_alone_have_one_order_wherever_the_folder_is_listed(
    tmp_path, monkeypatch
):
    for name in ("cell 07.png", "CELL 7.png", "cell 7.png"):
        image_at(tmp_path / name)
    listing, orders = os.scandir, set()
    for turn in range(3):

        @contextmanager
        def turned(folder, turn=turn):
            with listing(folder) as entries:
                there = list(entries)
            yield iter([*there[turn:], *there[:turn]])

        monkeypatch.setattr(os, "scandir", turned)
        orders.add(tuple(names(scan([tmp_path]), tmp_path)))
    assert len(orders) == 1


def test_that_very_long_numbers_in_names_do_not_stop_the_sorting():
    assert sorted(["9" * 200, "10", "x²", "x2", ""], key=natural_key) == ["", "10", "9" * 200, "x2", "x²"]


def test_that_other_and_hidden_files_are_passed_over_in_silence(tmp_path):
    (tmp_path / "notes.txt").write_text("no image")
    (tmp_path / "report.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "empty.dat").touch()
    image_at(tmp_path / "._cell.png")
    image_at(tmp_path / ".cache" / "cell.png")
    image_at(tmp_path / "cell.png")
    assert names(scan([tmp_path]), tmp_path) == ["cell.png"]


def test_that_an_image_with_a_foreign_ending_is_found(tmp_path):
    image_at(tmp_path / "cell")
    image_at(tmp_path / "cell.dat")
    assert names(scan([tmp_path]), tmp_path) == ["cell", "cell.dat"]


def test_that_images_of_a_kind_that_is_not_read_are_not_passed_over_in_silence(tmp_path):
    Image.new("RGB", (60, 60)).save(tmp_path / "cell.gif")
    (found,) = scan([tmp_path])
    with pytest.raises(ImageUnreadable, match="a GIF image"):
        read_image(found.path)


def test_that_a_single_file_has_its_folder_as_root(tmp_path):
    path = image_at(tmp_path / "BLA" / "a.png")
    assert list(scan([path])) == [Found(path, path.parent)]


def test_that_files_given_twice_are_found_once(tmp_path):
    path = image_at(tmp_path / "a" / "cell.png")
    assert len(list(scan([path, tmp_path, path, tmp_path / "a", tmp_path]))) == 1


def test_that_what_was_named_itself_is_never_passed_over(tmp_path):
    (problem,) = scan([tmp_path / "gone"])
    assert isinstance(problem, Unreadable)
    assert "gone is not there any more" in problem.reason
    assert problem.hint


def test_that_a_folder_named_like_an_image_is_walked_and_reported_when_empty(tmp_path):
    image_at(tmp_path / "full.jpg" / "inside.png")
    (tmp_path / "hollow.jpg").mkdir()
    found = list(scan([tmp_path]))
    assert names(found, tmp_path) == ["full.jpg/inside.png", "hollow.jpg"]
    assert "hollow.jpg is an empty folder" in found[1].reason


def test_that_links_in_a_circle_are_reported_once_and_end(tmp_path):
    image_at(tmp_path / "deep" / "er" / "cell.png")
    (tmp_path / "deep" / "er" / "up").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "self").symlink_to(tmp_path / "self")
    (tmp_path / "lost.png").symlink_to(tmp_path / "nowhere.png")
    found = list(scan([tmp_path]))
    assert [each.path.name for each in found if isinstance(each, Found)] == ["cell.png"]
    reasons = {each.path.name: each.reason for each in found if isinstance(each, Unreadable)}
    assert reasons.keys() == {"up", "self", "lost.png"}
    assert "a folder around it" in reasons["up"]
    assert "leads back to itself" in reasons["self"]
    assert "something that is not there" in reasons["lost.png"]


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="paths are shorter there")
def test_that_a_chain_of_600_folders_is_listed_where_it_gets_too_deep_and_the_rest_is_found(tmp_path):
    image_at(tmp_path / "before.png")
    folder = tmp_path / "d"
    inside = image_at(folder / "/".join("d" * 20) / "cell.png")
    (folder / "/".join("d" * 599)).mkdir(parents=True)
    image_at(tmp_path / "z" / "behind.png")
    found = list(scan([tmp_path]))
    assert {each.path for each in found if isinstance(each, Found)} == {
        tmp_path / "before.png", tmp_path / "z" / "behind.png", inside,
    }  # fmt: skip
    (problem,) = (each for each in found if isinstance(each, Unreadable))
    assert f"{DEEPEST} folders deep" in problem.reason
    assert len(problem.path.relative_to(tmp_path).parts) == DEEPEST


def test_that_a_folder_reached_through_two_links_is_counted_once(tmp_path):
    image_at(tmp_path / "slide" / "cell.png")
    (tmp_path / "again").symlink_to(tmp_path / "slide", target_is_directory=True)
    assert len(list(scan([tmp_path]))) == 1


@pytest.mark.skipif(os.name == "nt" or os.uname().sysname == "Darwin", reason="file names are text there")
def test_that_a_name_that_is_no_text_is_reported_in_printable_characters(tmp_path):
    with open(os.fsencode(tmp_path) + b"/zelle_\xe4.png", "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n")
    (problem,) = scan([tmp_path])
    assert isinstance(problem, Unreadable)
    assert str(problem.path).encode("utf-8")
    assert "zelle_?.png" in problem.reason


def test_that_the_walk_is_lazy_and_takes_twenty_thousand_files(tmp_path):
    for folder in range(20):
        (tmp_path / str(folder)).mkdir()
        for at in range(1000):
            (tmp_path / str(folder) / f"{at}.jpg").touch()
    walk = scan([tmp_path])
    assert [each.path.name for each in itertools.islice(walk, 3)] == ["0.jpg", "1.jpg", "2.jpg"]
    assert sum(1 for _ in walk) == 20 * 1000 - 3

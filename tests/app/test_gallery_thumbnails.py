"""Pictures for the gallery: off the GUI thread, the visible first, bounded, gone when closed."""

import threading
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from gallery_desk import Desk, draw_picture, loose_cells
from PySide6.QtCore import QThread
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest

from marrowdesk.app.gallery import ThumbnailLoader, thumbnails
from marrowdesk.app.gallery.thumbnails import NoPicture
from marrowdesk.core.cell import Box, Place
from marrowdesk.imaging.decode import read_place
from marrowdesk.imaging.thumbnail import fit_square


@pytest.fixture
def loader(qtbot):
    loader = ThumbnailLoader()
    yield loader
    loader.close()


@pytest.fixture
def field(tmp_path):
    """A picture that is red in its left half and blue in its right."""
    picture = np.zeros((100, 200, 3), np.uint8)
    picture[:, :100] = (10, 10, 250)
    picture[:, 100:] = (250, 10, 10)
    cv2.imwrite(str(tmp_path / "field.png"), picture)
    return tmp_path / "field.png"


def test_that_a_picture_arrives_in_its_colours_and_on_the_gui_thread(loader, field, qtbot):
    red, blue = Place(field, 0, Box(0, 0, 50, 50)), Place(field, 0, Box(120, 0, 50, 50))
    threads = []
    loader.arrived.connect(lambda _: threads.append(QThread.currentThread()))
    with qtbot.waitSignal(loader.arrived) as arrived:
        loader.want([red, blue], 64)
    assert (
        arrived.args[0] == [red, blue]
        or qtbot.waitUntil(lambda: loader.picture(blue, 64) is not None) is None
    )
    picture = loader.picture(red, 64)
    assert isinstance(picture, QImage)
    assert (picture.width(), picture.height()) == (64, 64)
    assert QColor(picture.pixel(30, 30)).red() > 200
    assert QColor(loader.picture(blue, 64).pixel(30, 30)).blue() > 200
    assert set(threads) == {loader.thread()}


def test_that_pictures_arriving_together_are_told_of_together(loader, field, qtbot):
    places = [Place(field, 0, Box(x, 0, 40, 40)) for x in range(30)]
    told = []
    loader.arrived.connect(told.append)
    loader.want(places, 48)
    qtbot.waitUntil(lambda: sum(len(each) for each in told) == 30)
    assert len(told) < 15
    assert loader.bytes_kept == 30 * 48 * 48 * 4


def test_that_a_broken_file_gives_its_reason_and_is_not_read_again(loader, tmp_path, qtbot):
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"\xff\xd8\xff\xe0 not much of a picture")
    place = Place(broken)
    with qtbot.waitSignal(loader.arrived):
        loader.want([place, Place(tmp_path / "missing.png")], 64)
    qtbot.waitUntil(lambda: loader.picture(Place(tmp_path / "missing.png"), 64) is not None)
    reason = loader.picture(place, 64)
    assert isinstance(reason, NoPicture)
    assert "broken.jpg" in reason.reason
    loader.want([place], 64)
    assert loader.waiting == 0


def test_that_another_size_stands_in_until_the_right_one_has_come(loader, field, qtbot):
    place = Place(field, 0, Box(0, 0, 50, 50))
    with qtbot.waitSignal(loader.arrived):
        loader.want([place], 48)
    assert loader.picture(place, 96).width() == 48
    with qtbot.waitSignal(loader.arrived):
        loader.want([place], 96)
    assert loader.picture(place, 96).width() == 96


def test_that_the_oldest_pictures_make_room(qtbot, field):
    loader = ThumbnailLoader(budget=10 * 64 * 64 * 4)
    places = [Place(field, 0, Box(x, 0, 40, 40)) for x in range(25)]
    for place in places:
        with qtbot.waitSignal(loader.arrived):
            loader.want([place], 64)
    assert loader.bytes_kept <= 10 * 64 * 64 * 4
    kept = [loader.picture(place, 64) is not None for place in places]
    assert kept == [False] * 15 + [True] * 10
    loader.close()


def test_that_wishes_not_begun_are_dropped_when_others_come(loader, field, qtbot, monkeypatch):
    go_on, read = threading.Event(), []
    real = thumbnails.read_picture

    def slow(place, side):
        read.append(place.box.x)
        go_on.wait(10)
        return real(place, side)

    monkeypatch.setattr(thumbnails, "read_picture", slow)
    loader.want([Place(field, 0, Box(x, 0, 20, 20)) for x in range(100)], 48)
    qtbot.waitUntil(lambda: len(read) == 2)
    loader.want([Place(field, 0, Box(x, 0, 20, 20)) for x in range(150, 155)], 48)
    go_on.set()
    last = Place(field, 0, Box(154, 0, 20, 20))
    qtbot.waitUntil(lambda: loader.picture(last, 48) is not None)
    assert sorted(read) == [0, 1, *range(150, 155)]  # two threads had begun with one each


def test_that_no_picture_is_decoded_twice_however_often_it_is_asked_for(loader, field, qtbot, monkeypatch):
    read, real = [], thumbnails.read_picture
    monkeypatch.setattr(thumbnails, "read_picture", lambda *wish: (read.append(wish), real(*wish))[1])
    places = [Place(field, 0, Box(x, 0, 40, 40)) for x in range(60)]
    for start in range(0, 60, 2):  # as scrolling does: most of a screen is the one before
        loader.want([*places[start : start + 20], *places[max(0, start - 5) : start + 5]], 48)
        QTest.qWait(3)
    qtbot.waitUntil(lambda: loader.picture(places[-1], 48) is not None)
    last = Place(field, 0, Box(100, 0, 40, 40))
    loader.want([last], 48)
    while not loader._post:  # the thread has done it; the window was busy and has not heard of it
        time.sleep(0.001)
    loader.want([last], 48)
    qtbot.waitUntil(lambda: loader.picture(last, 48) is not None)
    qtbot.waitUntil(lambda: not loader.waiting and not loader._workers)
    assert len(read) == len(set(read))


def test_that_an_offered_picture_is_the_one_that_would_be_decoded_and_is_not_decoded_again(
    loader, field, qtbot, monkeypatch
):
    place, plain = Place(field), ThumbnailLoader()
    with qtbot.waitSignal(plain.arrived):
        plain.want([place], 64)
    monkeypatch.setattr(thumbnails, "read_picture", lambda *wish: pytest.fail(f"decoded {wish}"))
    offers = loader.offers()
    assert offers.wanted() == 0, "in which size is not known"
    loader.expect(64)
    assert offers.wanted() == 64
    offers.offer(place, 64, fit_square(read_place(place), 64))
    loader.want([place], 64)
    assert loader.waiting == 0
    assert loader.picture(place, 64) == plain.picture(place, 64)
    assert loader.picture(place, 64) == plain.picture(place, 64), "kept like any other"
    plain.close()


def test_that_offered_pictures_are_bounded_and_not_those_of_another_size_or_case(loader, monkeypatch):
    monkeypatch.setattr(thumbnails, "OFFERED", 10 * 48 * 48 * 4)
    loader.expect(48)
    offers, gray = loader.offers(), np.full((48, 48, 3), 90, np.uint8)
    places = [Place(Path(f"{number}.png")) for number in range(40)]
    for place in places:
        if side := offers.wanted():
            offers.offer(place, side, gray)
    assert [loader.picture(place, 48) is not None for place in places] == [True] * 10 + [False] * 30
    assert offers.wanted() == 48, "those looked at have left room for others"
    offers.offer(places[20], 48, gray)
    loader.expect(64)
    assert loader.picture(places[20], 48) is None
    assert offers.wanted() == 64
    loader.forget()
    assert offers.wanted() == 0
    offers.offer(places[21], 64, np.full((64, 64, 3), 90, np.uint8))
    assert loader.picture(places[21], 64) is None
    assert loader.bytes_kept == 0


def test_that_pictures_of_a_former_case_are_dropped(loader, field, qtbot, monkeypatch):
    go_on, began = threading.Event(), threading.Event()
    real = thumbnails.read_picture
    monkeypatch.setattr(
        thumbnails, "read_picture", lambda *wish: (began.set(), go_on.wait(60), real(*wish))[2]
    )
    old, new = Place(field, 0, Box(0, 0, 20, 20)), Place(field, 0, Box(50, 0, 20, 20))
    loader.want([old], 48)
    assert began.wait(60)
    loader.forget()
    loader.want([new], 48)
    go_on.set()
    qtbot.waitUntil(lambda: loader.picture(new, 48) is not None)
    qtbot.waitUntil(lambda: not loader._workers and not loader._post)
    assert loader.picture(old, 48) is None


def test_that_a_fault_of_the_program_reaches_the_exception_hook_and_the_others_go_on(
    loader, field, qtbot, monkeypatch
):
    real = thumbnails.read_picture

    def faulty(place, side):
        if place.box.x == 3:
            raise ZeroDivisionError("a fault")
        return real(place, side)

    monkeypatch.setattr(thumbnails, "read_picture", faulty)
    good = Place(field, 0, Box(4, 0, 20, 20))
    with qtbot.captureExceptions() as caught:
        loader.want([Place(field, 0, Box(3, 0, 20, 20)), good], 48)
        qtbot.waitUntil(lambda: loader.picture(good, 48) is not None and bool(caught))
    assert caught[0][0] is ZeroDivisionError


def test_that_closing_ends_the_threads_and_later_wishes_do_nothing(qtbot, field):
    before = threading.active_count()
    loader = ThumbnailLoader()
    loader.want([Place(field, 0, Box(x, 0, 40, 40)) for x in range(60)], 200)
    loader.close()
    assert threading.active_count() == before
    loader.want([Place(field)], 64)
    loader.close()
    assert threading.active_count() == before


@pytest.fixture
def desk(qtbot):
    desk = Desk()
    yield desk
    desk.close()


def test_that_of_20000_cells_only_those_on_and_near_the_screen_are_read(desk, tmp_path, qtbot):
    cells = loose_cells(draw_picture(tmp_path / "field.png"), 20_000, ("BLA", "LYT", "MON", "NGS"))
    arrived = set()
    desk.loader.arrived.connect(arrived.update)
    desk.show_loose(cells)
    on_screen = sum(last - first + 1 for first, last in desk.view.visible_positions())
    loader = desk.loader
    qtbot.waitUntil(lambda: len(arrived) >= on_screen and not loader.waiting)
    qtbot.waitUntil(lambda: not loader._workers and not loader._post)
    assert len(arrived) <= 4 * on_screen
    shown = [
        row
        for first, last in desk.view.visible_positions()
        for row in desk.gallery.visible_order()[first : last + 1]
    ]
    assert {cells[row].place for row in shown} <= arrived


def test_that_scrolling_through_20000_cells_reads_where_it_ends_and_little_between(desk, tmp_path, qtbot):
    cells = loose_cells(draw_picture(tmp_path / "field.png"), 20_000, ("BLA", "LYT", "MON", "NGS"))
    desk.show_loose(cells)
    arrived = set()
    desk.loader.arrived.connect(arrived.update)
    bar = desk.view.verticalScrollBar()
    for step in range(0, 101):
        bar.setValue(bar.maximum() * step // 100)
        QTest.qWait(1)

    def there():
        order = desk.gallery.visible_order()
        side = desk.gallery.thumbnail_side
        return all(
            desk.loader.picture(cells[row].place, side) is not None
            for first, last in desk.view.visible_positions()
            for row in order[first : last + 1]
        )

    qtbot.waitUntil(lambda: there() and not desk.loader.waiting)
    assert len(arrived) < 2_000


def test_that_a_missing_image_is_said_on_its_cell(desk, tmp_path, qtbot):
    from marrowdesk.core.cell import Cell

    desk.show_loose([Cell(1, 1, Place(Path(tmp_path / "gone.png")))])
    side = desk.gallery.thumbnail_side
    place = desk.model.cells[0].place
    qtbot.waitUntil(lambda: isinstance(desk.loader.picture(place, side), NoPicture))
    image = desk.view.viewport().grab().toImage()
    spot = desk.view.picture_at(0)
    colors = {
        image.pixel(x, y) for x in range(spot.left(), spot.right()) for y in range(spot.top(), spot.bottom())
    }
    assert len(colors) > 5  # a text stands there, not an even ground

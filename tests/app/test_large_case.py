"""A case of 100,000 cells: what is counted, filtered and looked up equals what a plain recount finds."""

from __future__ import annotations

import gc
import random
import threading
import weakref
from datetime import UTC, datetime

import numpy as np
import pytest
from gallery_desk import CODES, MODEL, Desk, loose_cells, make_case, proposed
from PySide6.QtTest import QTest

from marrowdesk.app.case_loading import load
from marrowdesk.app.collector import GarbageCollector
from marrowdesk.app.gallery import Sort, Special
from marrowdesk.app.gallery.class_model import ROW_ROLE
from marrowdesk.core.cell import Cell, Place, Prediction, Review, Verdict
from marrowdesk.core.tally import Tally

MANY = 100_000


@pytest.fixture
def desk(qtbot):
    desk = Desk()
    yield desk
    desk.close()


@pytest.fixture(scope="module")
def many_cells(tmp_path_factory):
    """Cells with a few hundred different proposals, every tenth not classified, every seventh decided."""
    folder = tmp_path_factory.mktemp("many")
    dice = np.random.default_rng(7)
    shares = dice.dirichlet(np.full(len(CODES), 0.2), 300).astype(np.float32)
    proposals = [
        Prediction(MODEL.sha256, CODES, each, float(doubt))
        for each, doubt in zip(shares, dice.uniform(0, 1.4, 300), strict=True)
    ]
    review = Review(Verdict.ASSIGNED, "EOS", "AK", datetime(2026, 1, 2, tzinfo=UTC))
    return [
        Cell(
            row + 1,
            1 + row % 2,
            Place(folder / f"cell {row}.png"),
            None if row % 10 == 9 else proposals[row % 300],
            review if row % 7 == 6 else None,
        )
        for row in range(MANY)
    ]


def test_that_after_thousands_of_changes_every_count_equals_a_recount(desk, many_cells):
    desk.show_loose(many_cells)
    dice = random.Random(3)
    for _ in range(200):
        rows = dice.sample(range(MANY), 32)
        desk.model.take_predictions(
            proposed(desk.model.cells[row], dice.choice(("BLA", "PLM", "LYT")), 0.6, dice.uniform(0.5, 1.5))
            for row in rows
        )
    cells = desk.model.cells
    assert desk.model.tally == Tally.of(cells)
    desk.gallery._arranger.arrange()
    QTest.qWait(120)  # the class list paints its counts with a little delay
    shown = desk.classes.list.model()
    rows = [shown.data(shown.index(at), ROW_ROLE) for at in range(shown.rowCount())]
    for row in (each for each in rows if each.cell_class is not None):
        code = row.cell_class.code
        desk.gallery.set_class_filter(code)
        expected = sum(cell.code == code for cell in cells)
        assert row.count(desk.model.tally) == expected == len(desk.gallery.visible_order())
    desk.gallery.set_class_filter(Special.UNREVIEWED)
    assert len(desk.gallery.visible_order()) == sum(cell.review is None for cell in cells)


def test_that_the_next_unreviewed_cell_is_that_of_a_plain_search(desk, many_cells):
    desk.show_loose(many_cells)
    dice = random.Random(5)
    for sort, choice in ((Sort.LEAST_CERTAIN, None), (Sort.NAME, "EOS"), (Sort.RISK, "LYT")):
        desk.gallery.set_sort(sort)
        desk.gallery.set_class_filter(choice)
        order = desk.gallery.visible_order()
        rows = list(order)
        assert order == rows
        for at in dice.sample(range(len(rows)), 12):
            assert order.index(rows[at]) == at
            turned = (*rows[at + 1 :], *rows[: at + 1])
            wanted = next((row for row in turned if many_cells[row].review is None), -1)
            assert desk.model.unreviewed_after(rows[at], order) == wanted
        hidden = next(iter(set(range(MANY)) - set(rows)), None)
        if hidden is not None:
            assert desk.model.unreviewed_after(hidden, order) == next(
                (row for row in rows if many_cells[row].review is None), -1
            )
            with pytest.raises(ValueError, match="not shown"):
                order.index(hidden)


def test_that_an_order_taken_before_a_change_stays_as_it_was(desk, tmp_path):
    desk.show_loose(loose_cells(tmp_path / "no.png", 30, ("LYT", "BLA")))
    order = desk.gallery.visible_order()
    before = list(order)
    desk.gallery.set_class_filter("BLA")
    assert list(order) == before
    assert [order.index(row) for row in before] == list(range(30))


def test_that_nobody_unreviewed_is_said_so(desk, tmp_path):
    desk.open(make_case(tmp_path, [("LYT", 0.9), ("BLA", 0.8)]))
    desk.model.confirm([0, 1])
    assert desk.model.unreviewed_after(0, desk.gallery.visible_order()) == -1
    desk.model.undo_stack.undo()
    assert desk.model.unreviewed_after(0, [0, 1]) == 1
    assert desk.model.unreviewed_after(1, [0, 1]) == 0


def test_that_a_case_read_by_a_worker_is_shown_as_one_read_in_the_window(desk, tmp_path):
    proposals = [("LYT", 0.9), ("BLA", 0.5), None, ("LYT", 0.55), ("PLM", 0.7)] * 3
    with make_case(tmp_path, proposals) as case:
        path = case.path
    desk.gallery.set_sort(Sort.NAME)
    loaded = load([path], False, None, threading.Event())
    shown = []
    for facts in (loaded.facts, None):
        desk.model.show_case(loaded.case, loaded.cells, loaded.history, Tally.of(loaded.cells), facts=facts)
        new = [Cell(16, 1, Place(tmp_path / "slide" / "cell 1b.png")), Cell(17, 1, Place(tmp_path / "A.png"))]
        desk.model.append_cells(new)
        desk.gallery._arranger.arrange()
        shown.append((list(desk.gallery.visible_order()), desk.sections()))
        assert desk.model.facts is None
    assert shown[0] == shown[1]
    assert len(shown[0][0]) == 17
    desk.model.show_case(None)
    loaded.case.close()


class Knot:
    """Something that only the cyclic collector can free."""

    def __init__(self):
        self.itself = self


def test_that_a_case_is_out_of_the_collector_s_sight_and_garbage_is_not(qapp):
    collector = GarbageCollector(lambda: True)
    try:
        gc.collect()
        collector.settle()
        before = weakref.ref(Knot())
        collector.hold()
        assert before() is None  # it would have been frozen with the case
        cells = [Cell(number, 1, Place("x")) for number in range(50)]
        collector.go_on()
        walked = {id(each) for each in gc.get_objects()}
        assert not walked & {id(cell) for cell in cells}
        after = weakref.ref(Knot())
        collector.collect()
        assert after() is None
    finally:
        collector.stop()
    assert gc.isenabled()


def test_that_the_cells_of_an_opened_case_are_out_of_the_collector_s_sight(make_desk, tmp_path, qtbot):
    with make_case(tmp_path, [("LYT", 0.9)] * 30) as case:
        path = case.path
    window = make_desk(None, loader=lambda *_: None).window
    window.session.open([path])
    qtbot.waitUntil(lambda: len(window.model.cells) == 30)
    qtbot.waitUntil(lambda: not {id(each) for each in gc.get_objects()} & {id(c) for c in window.model.cells})

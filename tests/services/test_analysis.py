"""Classifying: proposals are stored before they are told, and a broken image does not stop the rest."""

import shutil
import threading
from datetime import UTC, datetime
from itertools import islice

import numpy as np
import pytest
from PIL import Image
from tiny_bundle import make_tiny_bundle

from marrowdesk.core import edits
from marrowdesk.core.errors import Cancelled
from marrowdesk.imaging.kept import KeptImages
from marrowdesk.inference.apart import EngineApart
from marrowdesk.inference.loading import Wish
from marrowdesk.inference.torch_engine import load_engine
from marrowdesk.services import analysis
from marrowdesk.services.analysis import analyse, unclassified
from marrowdesk.services.opening import case_for, open_slides


@pytest.fixture
def slide(tmp_path):
    folder = tmp_path / "slide"
    folder.mkdir()
    rng = np.random.default_rng(3)
    for number in range(40):
        pixels = rng.integers(60, 255, (50 + number, 60, 3), np.uint8)
        Image.fromarray(pixels).save(folder / f"{number:02}.png")
    return folder


@pytest.fixture
def case(slide):
    with case_for([slide]) as opened:
        list(open_slides(opened, [slide], threading.Event()))
        yield opened


def test_that_every_cell_gets_a_stored_proposal_with_map_and_embedding(case, tiny_engine):
    steps = list(analyse(case, tiny_engine, case.cells(), threading.Event()))
    told = [cell for step in steps for cell in step.cells]
    kept = {cell.id: cell for cell in case.cells()}
    assert len(told) == len(kept) == 40
    for cell in told:
        assert kept[cell.id].prediction.code == cell.prediction.code
        np.testing.assert_allclose(
            kept[cell.id].prediction.probabilities, cell.prediction.probabilities, atol=1e-3
        )
        assert cell.prediction.probabilities.sum() == pytest.approx(1, abs=1e-4)
    attention = case.attention(told[0].id)
    assert attention.codes == tiny_engine.codes
    assert attention.maps.shape[0] == len(tiny_engine.codes)
    assert case.embedding(told[0].id).ndim == 1
    assert (steps[-1].done, steps[-1].total, steps[-1].seconds_left) == (40, 40, 0)


def test_that_each_step_is_in_the_case_before_it_is_told(case, tiny_engine):
    for step in analyse(case, tiny_engine, case.cells(), threading.Event()):
        stored = sum(cell.prediction is not None for cell in case.cells())
        assert stored == step.done


def test_that_an_image_that_vanished_is_listed_and_the_rest_is_classified(case, slide, tiny_engine):
    (slide / "07.png").unlink()
    (slide / "09.png").write_bytes(b"")
    steps = list(analyse(case, tiny_engine, case.cells(), threading.Event()))
    assert {problem.path.name for step in steps for problem in step.failed} == {"07.png", "09.png"}
    assert sum(cell.prediction is not None for cell in case.cells()) == 38
    assert {problem.path.name for problem in case.problems()} == {"07.png", "09.png"}
    assert steps[-1].done == 40


@pytest.mark.parametrize("apart", [False, True])
def test_that_an_image_replaced_since_it_was_read_is_listed_and_not_classified(
    case, slide, tiny_engine, tiny_bundle, apart
):
    shutil.copy(slide / "01.png", slide / "07.png")
    engine = EngineApart(tiny_bundle.path, Wish("torch")) if apart else tiny_engine
    try:
        steps = list(analyse(case, engine, case.cells(), threading.Event()))
    finally:
        if apart:
            engine.close()
    (told,) = [problem for step in steps for problem in step.failed]
    assert told.reason.startswith("07.png is not the image that was read")
    assert [cell.name for cell in case.cells() if cell.prediction is None] == ["07.png"]


def test_that_an_engine_apart_proposes_the_same_and_lists_the_same_images(
    case, slide, tiny_engine, tiny_bundle
):
    (slide / "07.png").unlink()
    here = list(analyse(case, tiny_engine, case.cells(), threading.Event()))
    apart = EngineApart(tiny_bundle.path, Wish("torch"))
    try:
        there = list(analyse(case, apart, case.cells(), threading.Event()))
    finally:
        apart.close()
    assert [each.path.name for step in there for each in step.failed] == ["07.png"]
    one, other = ({cell.id: cell for step in steps for cell in step.cells} for steps in (here, there))
    assert one.keys() == other.keys()
    for id_, cell in one.items():
        np.testing.assert_allclose(
            cell.prediction.probabilities, other[id_].prediction.probabilities, atol=1e-4
        )


@pytest.mark.parametrize("apart", [False, True])
def test_that_images_decoded_for_the_check_are_not_read_again(slide, tiny_engine, tiny_bundle, apart):
    add_copy(slide, "03.png")
    with case_for([slide]) as case:
        kept = KeptImages()
        list(open_slides(case, [slide], threading.Event(), kept=kept))
        for path in slide.iterdir():
            path.unlink()
        engine = EngineApart(tiny_bundle.path, Wish("torch")) if apart else tiny_engine
        try:
            steps = list(analyse(case, engine, case.cells(), threading.Event(), kept))
        finally:
            if apart:
                engine.close()
        assert not [problem for step in steps for problem in step.failed]
        assert all(cell.prediction is not None for cell in case.cells())
        assert len(case.cells()) == 41
        assert kept.bytes == 0, "also the one that took over a proposal"


class Watched:
    """Hands batches on to an engine and notes the images of each."""

    def __init__(self, engine):
        self._engine, self.batches = engine, []

    def __getattr__(self, name):
        return getattr(self._engine, name)

    def begin(self, images):
        self.batches.append([image.size // 3 for image in images])
        return self._engine.begin(images)


def test_that_large_images_go_in_small_batches_and_are_proposed_alike(case, tiny_engine, monkeypatch):
    usual, bounded = Watched(tiny_engine), Watched(tiny_engine)
    list(analyse(case, usual, case.cells(), threading.Event()))
    assert [len(batch) for batch in usual.batches] == [8, 32]  # images of one cell: as many as ever
    before = {cell.id: cell.prediction.probabilities for cell in case.cells()}
    monkeypatch.setattr(analysis, "_BATCH_PIXELS", 10_000)
    list(analyse(case, bounded, case.cells(), threading.Event()))
    assert sum(len(batch) for batch in bounded.batches) == 40
    assert max(sum(batch) for batch in bounded.batches) <= 10_000
    monkeypatch.setattr(analysis, "_BATCH_PIXELS", 10)
    single = Watched(tiny_engine)
    list(analyse(case, single, case.cells(), threading.Event()))
    assert [len(batch) for batch in single.batches] == [1] * 40  # one that is larger by itself goes alone
    for cell in case.cells():
        np.testing.assert_allclose(cell.prediction.probabilities, before[cell.id], atol=1e-3)


def test_that_images_beyond_the_bound_are_read_again_and_proposed_alike(
    case, slide, tiny_engine, monkeypatch
):
    whole = list(analyse(case, tiny_engine, case.cells(), threading.Event()))
    read, real = [], analysis.read_or_why
    monkeypatch.setattr(analysis, "read_or_why", lambda place: (read.append(place), real(place))[1])
    kept = KeptImages(budget=120_000)
    with case_for([slide], file=slide.parent / "other.mdcase") as other:
        list(open_slides(other, [slide], threading.Event(), kept=kept))
        assert 0 < kept.bytes <= 120_000
        bounded = list(analyse(other, tiny_engine, other.cells(), threading.Event(), kept))
    assert 0 < len(read) < 40
    one, two = ({cell.place: cell for step in steps for cell in step.cells} for steps in (whole, bounded))
    assert one.keys() == two.keys()
    for place, cell in one.items():
        np.testing.assert_allclose(
            cell.prediction.probabilities, two[place].prediction.probabilities, atol=1e-5
        )


def test_that_a_cancelled_classification_goes_on_where_it_stopped(case, tiny_engine):
    cancel = threading.Event()
    running = analyse(case, tiny_engine, case.cells(), cancel)
    first = next(islice(running, 1))
    cancel.set()
    with pytest.raises(Cancelled):
        list(running)
    left = unclassified(case, tiny_engine.bundle.sha256)
    assert len(left) == 40 - len(first.cells)
    list(analyse(case, tiny_engine, left, threading.Event()))
    assert unclassified(case, tiny_engine.bundle.sha256) == []


class Counted:
    """An engine that counts the images it was given."""

    def __init__(self, engine):
        self._engine, self.images = engine, 0

    def __getattr__(self, name):
        return getattr(self._engine, name)

    def begin(self, images):
        self.images += len(images)
        return self._engine.begin(images)


def add_copy(slide, name):
    (slide / f"copy of {name}").write_bytes((slide / name).read_bytes())


def add_copies(case, slide, names):
    for name in names:
        add_copy(slide, name)
    list(open_slides(case, [slide], threading.Event()))


def test_that_ten_more_cells_cost_ten_and_copies_cost_nothing(case, slide, tiny_engine):
    list(analyse(case, tiny_engine, case.cells(), threading.Event()))
    add_copies(case, slide, ("03.png", "05.png"))
    for number in range(10):
        Image.fromarray(np.full((70, 60 + number, 3), 200, np.uint8)).save(slide / f"new {number}.png")
    list(open_slides(case, [slide], threading.Event()))
    counted = Counted(tiny_engine)
    left = unclassified(case, tiny_engine.bundle.sha256)
    steps = list(analyse(case, counted, left, threading.Event()))
    assert (len(left), counted.images, steps[-1].done) == (12, 10, 12)
    assert unclassified(case, tiny_engine.bundle.sha256) == []
    kept = {cell.place.path.name: cell for cell in case.cells()}
    first, copy = kept["03.png"], kept["copy of 03.png"]
    assert (copy.prediction.probabilities == first.prediction.probabilities).all()
    assert copy.prediction.doubt == first.prediction.doubt
    np.testing.assert_array_equal(case.attention(copy.id).maps, case.attention(first.id).maps)
    np.testing.assert_array_equal(case.embedding(copy.id), case.embedding(first.id))
    told = {cell.id: cell for step in steps for cell in step.cells}
    assert told[copy.id].prediction.code == first.prediction.code


def test_that_of_cells_that_come_together_each_picture_is_computed_once(case, slide, tiny_engine):
    add_copies(case, slide, [f"{number:02}.png" for number in range(40)])
    counted = Counted(tiny_engine)
    steps = list(analyse(case, counted, case.cells(), threading.Event()))
    assert (counted.images, steps[-1].done) == (40, 80)
    assert unclassified(case, tiny_engine.bundle.sha256) == []


def test_that_a_copy_is_computed_where_the_first_picture_vanished(case, slide, tiny_engine):
    add_copies(case, slide, ["03.png"])
    (slide / "03.png").unlink()
    steps = list(analyse(case, tiny_engine, case.cells(), threading.Event()))
    kept = {cell.place.path.name: cell.prediction for cell in case.cells()}
    assert kept["copy of 03.png"] is not None
    assert kept["03.png"] is None
    assert steps[-1].done == 41


def test_that_another_model_proposes_anew_and_decisions_stay_with_the_proposals_they_were_made_on(
    case, tiny_engine, tmp_path
):
    list(analyse(case, tiny_engine, case.cells(), threading.Event()))
    case.record(edits.confirm(case.cells()[:2], "ab", datetime.now(UTC)))
    decided = [(cell.review, cell.prediction.code) for cell in case.cells()[:2]]
    other = load_engine(make_tiny_bundle(tmp_path / "other", seed=1), "cpu")
    again = unclassified(case, other.bundle.sha256)
    assert [cell.id for cell in again] == [cell.id for cell in case.cells()[2:]]
    list(analyse(case, other, again, threading.Event()))
    models = [cell.prediction.model for cell in case.cells()]
    assert models == [tiny_engine.bundle.sha256] * 2 + [other.bundle.sha256] * 38
    assert [(cell.review, cell.prediction.code) for cell in case.cells()[:2]] == decided
    assert unclassified(case, other.bundle.sha256) == []


def test_that_cells_of_another_model_are_found_but_not_those_ever_decided_on(case, tiny_engine):
    list(analyse(case, tiny_engine, case.cells()[:30], threading.Event()))
    own = tiny_engine.bundle.sha256
    assert case.proposed_by_another(own) == {}
    case.record(edits.confirm(case.cells()[:3], "ab", datetime.now(UTC)))
    case.record(edits.clear(case.cells()[:1]))
    case.record_in(case.add_sitting("cd").id, edits.confirm(case.cells()[5:6], "cd", datetime.now(UTC)))
    wanted = [cell.id for cell in case.cells()[3:30] if cell.id != 6]
    assert list(case.proposed_by_another("0" * 64).items()) == [(cell, own) for cell in wanted]

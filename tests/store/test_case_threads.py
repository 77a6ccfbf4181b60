"""A case used from several threads: nobody waits long, nobody sees half of an act."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from case_samples import MODEL, case_of, decide, proposal, reviews

from marrowdesk.store.casefile import CaseFile
from marrowdesk.store.errors import CaseFileClosed

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sample.mdcase"


def test_that_a_decision_comes_in_between_the_predictions_of_one_batch(path):
    count = 6000
    with case_of(path, count) as case, ThreadPoolExecutor(1) as worker:
        cells = case.cells()[:3]
        batch = [proposal(number, features=True) for number in range(1, count + 1)]
        job = worker.submit(case.add_predictions, MODEL.sha256, batch)
        while case.attention(1) is None:
            assert not job.done() or job.result() is None
        for cell in cells:
            decide(case, [cell], "BLA")
        assert not job.done(), "the decisions waited for the whole batch"
        job.result()
        assert all(cell.prediction is not None for cell in case.cells())
        assert [row.cell_id for row in case.journal()] == [1, 2, 3]


def test_that_decisions_from_several_threads_are_all_kept(path):
    with case_of(path, 80) as case:
        cells = case.cells()

        def decide_quarter(quarter: int) -> list[int]:
            return [decide(case, [cell], "LYT", f"Reader {quarter}") for cell in cells[quarter::4]]

        with ThreadPoolExecutor(4) as pool:
            numbers = [number for done in pool.map(decide_quarter, range(4)) for number in done]
    with CaseFile.open(path) as case:
        assert sorted(numbers) == list(range(1, 81))
        assert [row.batch for row in case.journal()] == list(range(1, 81))
        assert {cell: review.reader for cell, review in reviews(case).items()} == {
            cell.id: f"Reader {(cell.id - 1) % 4}" for cell in cells
        }


def test_that_a_reading_thread_never_sees_half_of_an_act(path):
    with case_of(path, 50) as case:
        over = threading.Event()

        def look() -> list[set[str | None]]:
            seen = []
            while not over.is_set():
                seen.append({cell.code for cell in case.cells()})
            return seen

        with ThreadPoolExecutor(1) as pool:
            looking = pool.submit(look)
            for turn in range(40):
                decide(case, case.cells(), ["BLA", "LYT"][turn % 2])
            over.set()
            seen = looking.result()
    assert seen
    assert all(len(codes) == 1 for codes in seen)


def test_that_closing_under_a_writing_thread_stops_it_with_a_sentence(path):
    case = case_of(path, 30)

    def predict_for_ever() -> None:
        while True:
            case.add_predictions(MODEL.sha256, [proposal(number) for number in range(1, 31)])

    with ThreadPoolExecutor(1) as worker:
        job = worker.submit(predict_for_ever)
        while case.cells()[0].prediction is None:
            assert not job.done()
        case.close()
        with pytest.raises(CaseFileClosed):
            job.result()
    with CaseFile.open(path) as case:
        assert case.cells()[0].prediction.code == "LYT"

"""Cells that show the same pixels are found as by comparing all, for work that grows with their number."""

from __future__ import annotations

import hashlib
import random
from collections import defaultdict
from pathlib import Path

import pytest
from case_samples import MODEL, proposal

from marrowdesk.core.cell import Box, Place
from marrowdesk.core.taxonomy import MARROW
from marrowdesk.store.casefile import CaseFile
from marrowdesk.store.values import NewCell


def _new(number: int, content: int, page: int = 0, box: Box | None = None) -> NewCell:
    place = Place(Path(f"/slides/s/{number}.png"), page, box)
    return NewCell(place, hashlib.sha256(str(content).encode()).hexdigest(), 250, 250)


def _random_case(path: Path, seed: int) -> tuple[CaseFile, dict[int, list[int]]]:
    """Make a case of few pictures in many files; give it, and the cells alike by the first of them."""
    rng = random.Random(seed)
    boxes = (None, None, Box(0, 0, 20, 20), Box(0, 0, 20, 30))
    new = [_new(number, rng.randrange(12), rng.randrange(2), rng.choice(boxes)) for number in range(120)]
    case = CaseFile.create(path, MARROW, "twins")
    cells = case.add_cells(case.add_slide("s", Path("/slides/s")).id, new)
    case.add_model(MODEL)
    case.add_predictions(MODEL.sha256, [proposal(cell.id) for cell in rng.sample(cells, 40)])
    groups = defaultdict(list)
    for cell, each in zip(cells, new, strict=True):
        groups[each.sha256, each.place.page, each.place.box].append(cell.id)
    return case, {group[0]: group for group in groups.values() if len(group) > 1}


@pytest.mark.parametrize("seed", range(5))
def test_that_cells_of_the_same_pixels_are_found_as_by_comparing_all(tmp_path, seed):
    case, alike = _random_case(tmp_path / "a.mdcase", seed)
    with case:
        proposed = {cell.id for cell in case.cells() if cell.prediction is not None}
        wanted = {cell.id for cell in case.cells()} - set(random.Random(seed).sample(sorted(proposed), 20))
        expected = {}
        for group in alike.values():
            asked = [each for each in group if each in wanted]
            known = [each for each in group if each in proposed and each not in wanted]
            if known:
                expected.update(dict.fromkeys(asked, known[0]))
            else:
                expected.update(dict.fromkeys(asked[1:], asked[0] if asked else None))
        assert case.twins(wanted, MODEL.sha256) == expected
        assert sorted(case.alike()) == sorted(tuple(group) for group in alike.values())


def _work(path: Path, count: int) -> int:
    """Count the thousands of steps of SQLite to find twins among that many cells, each image there twice."""
    steps = []
    with CaseFile.create(path, MARROW, "twins") as case:
        slide = case.add_slide("s", Path("/slides/s"))
        cells = case.add_cells(slide.id, [_new(number, number // 2) for number in range(count)])
        case.add_model(MODEL)
        with case._db.reading() as connection:
            connection.set_progress_handler(lambda: steps.append(1), 1000)
        assert len(case.twins([cell.id for cell in cells], MODEL.sha256)) == count // 2
    return len(steps)


def test_that_twice_the_cells_cost_about_twice_the_work_where_every_image_is_there_twice(tmp_path):
    few, many = _work(tmp_path / "few.mdcase", 800), _work(tmp_path / "many.mdcase", 1600)
    assert few > 10
    assert many < 3 * few

"""A report shows a few cells of each class: reviewed and sure ones first, from all over the slides."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from report_samples import NORMAL, cells, prediction, review

from marrowdesk.core.cell import Cell, Place, Verdict
from marrowdesk.core.taxonomy import MARROW
from marrowdesk.report.pictures import LIMIT, PER_CLASS, choose, picture


def cell(number: int, code: str, confidence: float = 0.9, reviewed: bool = False) -> Cell:
    decision = review(code) if reviewed else None
    return Cell(number, 1, Place(Path(f"c{number}.jpg")), prediction(code, confidence), decision)


def test_that_reviewed_cells_come_before_surer_proposals() -> None:
    many = [cell(at, "BLA", 0.99) for at in range(1, 20)]
    many += [cell(at, "BLA", 0.5, reviewed=True) for at in range(20, 23)]
    chosen = choose(many, MARROW)
    assert [each.id for each in chosen][:3] == [20, 21, 22]
    assert len(chosen) == PER_CLASS


def test_that_the_most_confident_cell_of_each_stretch_is_taken() -> None:
    many = [cell(at, "LYT", 0.95 if at % 10 == 3 else 0.6) for at in range(50)]
    assert [each.id for each in choose(many, MARROW)] == [3, 13, 23, 33, 43]


def test_that_classes_follow_the_scheme_and_none_is_left_out_when_pictures_are_few() -> None:
    many = cells(NORMAL)
    chosen = choose(many, MARROW, limit=15)
    assert [each.code for each in chosen] == [
        code for code in MARROW.codes if code in NORMAL and code != "NIF"
    ]


def test_that_no_more_pictures_are_taken_than_a_report_holds() -> None:
    many = cells({each.code: 30 for each in MARROW.classes})
    chosen = choose(many, MARROW)
    assert len(chosen) == LIMIT
    assert max(Counter(each.code for each in chosen).values()) <= PER_CLASS


def test_that_excluded_unclassified_and_unidentifiable_cells_are_not_shown() -> None:
    place = Place(Path("x.jpg"))
    excluded = Cell(1, 1, place, prediction("BLA"), review(None, Verdict.EXCLUDED))
    assert choose([excluded, Cell(2, 1, place), cell(3, "NIF")], MARROW) == []


def test_that_a_caption_gives_the_number_and_how_sure_a_proposal_is() -> None:
    image = np.zeros((4, 4, 3), np.uint8)
    proposed = picture(cell(7, "BLA", 0.914), image)
    assert (proposed.caption, proposed.confidence) == ("#7", pytest.approx(0.914))
    decided = picture(cell(8, "BLA", reviewed=True), image)
    assert (decided.caption, decided.reviewed, decided.code, decided.confidence) == ("#8", True, "BLA", None)

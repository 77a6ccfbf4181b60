"""How far two readers agree, against hand-computed values and a simulation."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from marrowdesk.core.cell import Cell, Place, Review, Verdict
from marrowdesk.core.readers import EXCLUDED, cohen_kappa, compare
from marrowdesk.core.taxonomy import MARROW

AT = datetime(2025, 3, 1, 12, tzinfo=UTC)


def _cells(codes):
    def review(code):
        if code is None:
            return None
        if code == EXCLUDED:
            return Review(Verdict.EXCLUDED, None, "ab", AT)
        return Review(Verdict.ASSIGNED, code, "ab", AT)

    return [Cell(n, 1, Place(Path(f"{n}.png")), None, review(code)) for n, code in enumerate(codes, 1)]


def test_that_kappa_is_that_of_the_textbook():
    # Observed 0.7; by chance 0.5 · 0.6 + 0.5 · 0.4 = 0.5.
    kappa, low, high = cohen_kappa(np.array([[20, 5], [10, 15]]))
    assert kappa == pytest.approx(0.4)
    assert low < 0.4 < high


def test_that_perfect_and_chance_agreement_are_one_and_nothing():
    assert cohen_kappa(np.diag([5, 7, 2]))[0] == pytest.approx(1.0)
    assert cohen_kappa(np.full((2, 2), 10))[0] == pytest.approx(0.0)
    assert cohen_kappa(np.array([[0, 5], [5, 0]]))[0] == pytest.approx(-1.0)


@pytest.mark.parametrize("table", [np.zeros((2, 2)), np.zeros((0, 0)), np.array([[7, 0], [0, 0]])])
def test_that_kappa_is_not_made_up_where_it_is_not_defined(table):
    assert cohen_kappa(table) == (None, None, None)


def test_that_the_interval_holds_as_often_as_it_says():
    rng = np.random.default_rng(3)
    true = np.array([[0.30, 0.04, 0.01], [0.03, 0.25, 0.05], [0.02, 0.03, 0.27]])
    kappa = cohen_kappa(true * 1e6)[0]
    held = 0
    for table in rng.multinomial(300, true.ravel(), 2000).reshape(-1, 3, 3):
        _, low, high = cohen_kappa(table)
        held += low <= kappa <= high
    assert held / 2000 == pytest.approx(0.95, abs=0.012)


def test_that_readers_are_compared_on_the_cells_that_both_decided_on():
    first = _cells(["BLA", "BLA", "LYT", EXCLUDED, None, "NGS", "BLA"])
    second = _cells(["BLA", "LYT", "LYT", EXCLUDED, "NGS", None, EXCLUDED])
    found = compare(first, second, MARROW)
    assert (found.compared, found.agreed) == (5, 3)
    assert found.differing == (2, 7)
    assert (found.only_first, found.only_second) == (1, 1)
    told = {each.name: (each.first, each.second, each.both) for each in found.classes}
    assert told == {"blast": (3, 1, 1), "lymphocyte": (1, 2, 1), EXCLUDED: (1, 2, 1)}
    assert [each.name for each in found.classes] == ["blast", "lymphocyte", EXCLUDED]
    assert found.classes[0].share == pytest.approx(2 * 1 / 4)


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        (["BLA", "LYT"] * 4 + ["BLA"], ["BLA", "LYT"] * 4 + ["LYT"], False),  # nine cells
        (["BLA", "LYT"] * 5, ["BLA", "LYT"] * 5, True),
        (["BLA"] * 12, ["BLA"] * 11 + ["LYT"], False),
        (["BLA"] * 12, ["LYT"] * 12, False),
    ],
)
def test_that_too_few_cells_or_a_single_class_get_no_kappa(first, second, told):
    found = compare(_cells(first), _cells(second), MARROW)
    assert [each is not None for each in (found.kappa, found.low, found.high)] == [told] * 3


def test_that_nothing_in_common_is_no_agreement():
    found = compare(_cells(["BLA"]), _cells([None]), MARROW)
    assert (found.compared, found.kappa, found.classes, found.differing) == (0, None, (), ())

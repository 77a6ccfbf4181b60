"""A manual count: by smear, and together with the cells of a case."""

from collections import Counter

from marrowdesk.core.cell import CellState
from marrowdesk.core.counting import CountingRules
from marrowdesk.core.differential import differential
from marrowdesk.core.manual import Press, counts_of, manual_tally, together
from marrowdesk.core.tally import Tally
from marrowdesk.core.taxonomy import MARROW


def test_that_keys_are_counted_by_smear():
    presses = [Press(1, 2, "LYT"), Press(2, 1, "BLA"), Press(3, 2, "LYT"), Press(4, 2, "ART")]
    assert counts_of(presses) == {1: Counter(BLA=1), 2: Counter(LYT=2, ART=1)}
    assert list(counts_of(presses)) == [1, 2]
    assert counts_of([]) == {}


def test_that_cells_counted_by_eye_are_reviewed_and_none_is_proposed():
    found = differential(manual_tally(Counter(BLA=3, LYT=7, ART=2)), MARROW, CountingRules())
    assert (found.counted, found.total, found.reviewed, found.changed) == (10, 12, 12, 0)
    assert found.row("BLA").share.percent == 30.0
    assert found.row("BLA").predicted == 0


def test_that_together_is_the_sum_and_leaves_the_first_as_it_was():
    cells = Tally(
        Counter(BLA=1, LYT=4), Counter(BLA=5), Counter(BLA=1), Counter({CellState.PROPOSED: 5}), 2, 1, 1, 5, 3
    )
    whole = together(cells, [Counter(BLA=2), Counter(LYT=1, PLM=1)])
    assert whole.current == Counter(BLA=3, LYT=5, PLM=1)
    assert whole.predicted == Counter(BLA=5)
    assert whole.states == Counter({CellState.PROPOSED: 5, CellState.CONFIRMED: 4})
    assert (whole.total, whole.unfamiliar, whole.compared, whole.agreeing) == (9, 2, 1, 1)
    assert (whole.judged, whole.changed) == (5, 3)
    assert (cells.total, cells.current) == (5, Counter(BLA=1, LYT=4))

"""How far the review of a case is, told without reading its cells."""

from __future__ import annotations

from case_samples import at, case_of, decide

from marrowdesk.core import edits


def test_that_progress_counts_the_decisions_that_stand(tmp_path):
    with case_of(tmp_path / "a.mdcase", 5) as case:
        assert case.progress() == (5, 0)
        cells = case.cells()
        decide(case, cells[:3], "BLA")
        case.record(edits.exclude(case.cells()[3:4], "Ann", at(1)))
        assert case.progress() == (5, 4)
        act = decide(case, case.cells()[:1], "LYT", minutes=2)  # decided again: still one cell
        assert case.progress() == (5, 4)
        case.record(edits.clear(case.cells()[1:3]))
        assert case.progress() == (5, 2)
        assert act

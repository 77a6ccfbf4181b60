"""Cells that a reader decided on are gone through in the order of the case, which stays usable meanwhile."""

from __future__ import annotations

from case_samples import case_of, decide

from marrowdesk.store import decided


def test_that_other_things_of_a_case_are_read_while_its_decided_cells_are_gone_through(tmp_path, monkeypatch):
    monkeypatch.setattr(decided, "_BLOCK", 2)
    with case_of(tmp_path / "a.mdcase", 7) as case:
        decide(case, case.cells()[:5], "BLA")
        seen = [(each.place.path.name, case.progress()) for each in case.decided()]
    assert seen == [(f"{number}.png", (7, 5)) for number in range(1, 6)]

"""Whatever is done to a case, in whatever sequence, its count is that of a plain recount of its file."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from marrowdesk.app.case_model import CaseModel
from marrowdesk.core import edits
from marrowdesk.core.cell import Place, Prediction
from marrowdesk.core.differential import differential
from marrowdesk.core.tally import Tally
from marrowdesk.core.taxonomy import MARROW
from marrowdesk.services.second_reading import compared
from marrowdesk.store.casefile import CaseFile
from marrowdesk.store.values import ModelInfo, NewCell, StoredPrediction

CODES = ("BLA", "LYT", "NGS", "NIF", "ART")
MODEL = ModelInfo("ab" * 32, "sample", "1", CODES)
READERS = ("Ann", "Ben")
_rows = st.lists(st.integers(0, 40), min_size=1, max_size=6)


def rows_of(numbers: list[int], model: CaseModel) -> list[int]:
    """Make rows of a case of any numbers."""
    return sorted({number % len(model.cells) for number in numbers})


class AnyReview(RuleBasedStateMachine):
    """Readers decide, undo, redo, close and open, sign and reopen, while cells and proposals come in."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.path = self.folder / "case.mdcase"
        self.model = CaseModel()
        self.found = 0

    @initialize()
    def begin(self) -> None:
        """Begin with eight cells."""
        case = CaseFile.create(self.path, MARROW, "sample", hold=True)
        case.add_slide("slide", self.folder)
        case.add_model(MODEL)
        self.model.show_case(case)
        self.model.reader = "Ann"
        for _ in range(2):
            self.find_cells(4)

    def _those(self, rows: list[int]) -> list[int]:
        return rows_of(rows, self.model)

    @rule(count=st.integers(1, 4))
    def find_cells(self, count: int) -> None:
        """Find images."""
        if not self.model.writable:
            return
        new = []
        for _ in range(count):
            self.found += 1
            path = self.folder / f"{self.found}.png"
            new.append(NewCell(Place(path), hashlib.sha256(path.name.encode()).hexdigest(), 50, 50))
        self.model.append_cells(self.model.case.add_cells(1, new))

    @rule(rows=_rows, seed=st.integers(0, 99))
    def propose(self, rows: list[int], seed: int) -> None:
        """Classify cells, again or for the first time."""
        if not self.model.writable:
            return
        dice = np.random.default_rng(seed)
        cells = [self.model.cells[row] for row in self._those(rows)]
        shares = dice.dirichlet(np.full(len(CODES), 0.3), len(cells)).astype(np.float32)
        doubts = dice.uniform(0, 1.5, len(cells))
        stored = [StoredPrediction(c.id, s, d) for c, s, d in zip(cells, shares, doubts, strict=True)]
        self.model.case.add_predictions(MODEL.sha256, stored)
        self.model.take_predictions(
            cell.with_prediction(Prediction(MODEL.sha256, CODES, share, float(doubt)))
            for cell, share, doubt in zip(cells, shares, doubts, strict=True)
        )

    @rule(rows=_rows, code=st.sampled_from(("BLA", "PLM", "NIF", "KSC")), reader=st.sampled_from(READERS))
    def assign(self, rows: list[int], code: str, reader: str) -> None:
        """Give cells a class."""
        self.model.reader = reader
        self.model.assign(self._those(rows), code)

    @rule(rows=_rows, what=st.sampled_from(("confirm", "exclude", "clear")))
    def decide(self, rows: list[int], what: str) -> None:
        """Confirm, exclude or clear."""
        getattr(self.model, what)(self._those(rows))

    @rule(steps=st.integers(1, 3), back=st.booleans())
    def step(self, steps: int, back: bool) -> None:
        """Undo or redo."""
        for _ in range(steps if self.model.writable else 0):
            self.model.undo_stack.undo() if back else self.model.undo_stack.redo()

    @rule(rows=_rows, code=st.sampled_from(("BLA", "LYT", "PLM")), settle=st.booleans())
    def read_second(self, rows: list[int], code: str, settle: bool) -> None:
        """Read cells a second time, then settle where the readers differ."""
        case = self.model.case
        if not self.model.writable:
            return
        sitting = (case.sittings() or [case.add_sitting("Dee")])[0]
        seen = case.sitting_reviews(sitting.id)
        cells = [
            self.model.cells[row].with_review(seen.get(self.model.cells[row].id))
            for row in rows_of(rows, self.model)
        ]
        edit = edits.assign(cells, code, code, "Dee", datetime.now(UTC))
        if edit:
            case.record_in(sitting.id, edit)
        if settle:
            self.model.resolve(sitting)
            for each in compared(case, sitting.id).open:  # one after the other: each may have another class
                self.model.assign([self.model.row_of(each)], code)
            self.model.resolve(None)
            assert compared(case, sitting.id).open == ()

    @rule()
    def open_again(self) -> None:
        """Close the case and open it, as the next morning."""
        self.model.case.close()
        case = CaseFile.open(self.path, hold=True)
        self.model.show_case(case, case.cells(), signatures=case.signatures())

    @rule()
    def sign_or_reopen(self) -> None:
        """Sign the case, or open a signed one."""
        case = self.model.case
        if self.model.signed is None:
            case.sign(self.model.reader, self.model.rules.to_json())
        else:
            case.reopen(self.model.reader, "why not")
        self.model.set_signatures(case.signatures())

    @invariant()
    def the_count_is_that_of_a_plain_recount(self) -> None:
        """Compare with the file."""
        if self.model.case is None:
            return
        cells = self.model.case.cells()
        assert [(c.id, c.code, c.state) for c in cells] == [(c.id, c.code, c.state) for c in self.model.cells]
        assert self.model.differential() == differential(Tally.of(cells), MARROW, self.model.rules)

    @invariant()
    def what_was_signed_is_there_as_it_was(self) -> None:
        """Compare every signed version with its hash."""
        if self.model.case is not None:
            assert all(self.model.case.unaltered(each) for each in self.model.signatures)

    def teardown(self) -> None:
        """Close."""
        case = self.model.case
        self.model.show_case(None)  # no command of the undo stack may outlive it
        if case is not None:
            case.close()
        shutil.rmtree(self.folder)


@pytest.mark.usefixtures("qapp")
def test_that_any_sequence_of_acts_counts_as_a_plain_recount_does():
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
    limits = settings(max_examples=60, stateful_step_count=30, deadline=None, suppress_health_check=slow)
    run_state_machine_as_test(AnyReview, settings=limits)

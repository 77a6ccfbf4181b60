"""A bit that flipped in a case is told as damage, or is harmless; it is never a fault of the program."""

from __future__ import annotations

import random
import re
import threading
from datetime import UTC, datetime

import pytest
from exchange_cases import make_case

from marrowdesk.app.case_loading import load
from marrowdesk.core import edits
from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.core.rule_choice import RuleChoice
from marrowdesk.report.exchange.worklist import State
from marrowdesk.services.exchange import send
from marrowdesk.services.parcel import Form, pack
from marrowdesk.services.worklist import entry
from marrowdesk.store.casefile import CaseFile

NOON = datetime(2026, 3, 9, 13, tzinfo=UTC)
CHOICE = RuleChoice()
TRIALS = 200


@pytest.fixture
def case_file(tmp_path):
    """Give a case with something of everything: decided on twice, read a second time, signed and reopened."""
    path = make_case(tmp_path / "c.mdcase", tmp_path / "slide", decided=3, accession="1")
    with CaseFile.open(path) as case:
        case.press(1, "BLA", "Ann")
        sitting = case.add_sitting("Dee")
        cells = [cell.with_review(None) for cell in case.cells()[:3]]
        case.record_in(sitting.id, edits.assign(cells, "LYT", "lymphocyte", "Dee", NOON))
        case.sign("Ann", CHOICE.rules("marrow", {}).to_json())
        case.reopen("Ann", "another look")
        case.record(edits.exclude(case.cells()[:1], "Ann", NOON))
    return path


def _all_read(path, out):
    """Do with a case all that reads it; give how many of these ways told of damage."""
    told = 0

    def exchanged():
        with CaseFile.open_copy(path) as case:
            parcel = pack(case, CHOICE.rules(case.scheme.specimen, case.fields()), Form.XLSX, named=True)
        list(send(parcel, out / "c.xlsx", threading.Event()))

    def loaded():
        load([path], False, 1, threading.Event()).case.close()

    for way in (exchanged, loaded):
        try:
            way()
        except MarrowdeskError:
            told += 1
    return told + (entry(path, CHOICE).state is State.BROKEN)


def test_that_a_flipped_bit_is_told_or_harmless(case_file, tmp_path):
    whole = case_file.read_bytes()
    times = [found.start() for found in re.finditer(rb"20\d\d-\d\d-\d\dT", whole)]
    assert len(times) > 10
    dice, told = random.Random(17), 0
    for _ in range(TRIALS):
        broken = bytearray(whole)
        at = dice.choice((dice.randrange(100, len(whole)), dice.choice(times) + dice.randrange(-30, 25)))
        broken[at] ^= 1 << dice.randrange(8)
        for left in tmp_path.glob("c.mdcase-*"):
            left.unlink()
        case_file.write_bytes(broken)
        told += _all_read(case_file, tmp_path)
    assert told > TRIALS // 10

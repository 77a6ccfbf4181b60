"""The order of the gallery, without any window."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from marrowdesk.app.gallery.arrangement import Filter, Sort, Special
from marrowdesk.app.gallery.facts import EXCLUDED, NOT_CLASSIFIED, natural_ranks
from marrowdesk.app.gallery.ordering import Ordering
from marrowdesk.core.cell import Cell, CellState, Place, Prediction, Review, Verdict
from marrowdesk.core.taxonomy import MARROW

CODES = MARROW.codes


def propose(cell, code, confidence=0.9, doubt=0.5):
    shares = np.full(len(CODES), (1 - confidence) / (len(CODES) - 1), np.float32)
    shares[CODES.index(code)] = confidence
    return cell.with_prediction(Prediction("ab" * 32, CODES, shares, doubt))


def make(*proposals, slide=1):
    cells = []
    for number, proposal in enumerate(proposals, 1):
        cell = Cell(number, slide, Place(Path(f"cell {number}.png")))
        cells.append(cell if proposal is None else propose(cell, *proposal))
    return cells


def review(cell, verdict, code):
    return cell.with_review(Review(verdict, code, "AK", datetime(2026, 1, 1, tzinfo=UTC)))


def _filled(cells):
    ordering = Ordering(MARROW)
    ordering.show_case(MARROW, cells)
    return ordering


def rows(ordering):
    return ordering.arrange().rows.tolist()


def keys(ordering):
    return [section.key for section in ordering.arrange().sections]


def test_that_sections_follow_the_scheme_and_what_has_no_class_comes_last():
    cells = make(("NIF",), None, ("LYT",), ("BLA",), ("PLM",))
    cells[4] = review(cells[4], Verdict.EXCLUDED, None)
    assert keys(_filled(cells)) == ["BLA", "LYT", "NIF", NOT_CLASSIFIED, EXCLUDED]


def test_that_the_least_certain_cells_of_a_class_come_first_unless_told_otherwise():
    ordering = _filled(make(("LYT", 0.9), ("LYT", 0.5), ("BLA", 0.7), ("LYT", 0.7)))
    assert rows(ordering) == [2, 1, 3, 0]
    ordering.sort_by(Sort.MOST_CERTAIN)
    assert rows(ordering) == [2, 0, 3, 1]
    ordering.sort_by(Sort.CASE)
    assert rows(ordering) == [2, 0, 1, 3]


def test_that_unreviewed_cells_come_first_when_sorted_by_state():
    cells = make(("LYT", 0.5), ("LYT", 0.6), ("LYT", 0.9), ("LYT", 0.8))
    cells[0] = review(cells[0], Verdict.CONFIRMED, "LYT")
    cells[1] = review(propose(cells[1], "BLA"), Verdict.ASSIGNED, "LYT")
    ordering = _filled(cells)
    ordering.sort_by(Sort.STATE)
    assert rows(ordering) == [3, 2, 1, 0]


def test_that_names_sort_as_people_count():
    names = ["b10.png", "B9.png", "b010.png", "a.png", "b1 p2", "b1 p10"]
    ranks = natural_ranks(names)
    assert [names[at] for at in np.argsort(ranks)] == [
        "a.png", "b1 p2", "b1 p10", "B9.png", "b10.png", "b010.png",
    ]  # fmt: skip


@given(st.lists(st.integers(0, 10**9), unique=True, max_size=30))
def test_that_natural_order_is_the_order_of_numbers(numbers):
    ranks = natural_ranks([f"cell_{number}.jpg" for number in numbers])
    assert [numbers[at] for at in np.argsort(ranks)] == sorted(numbers)


def test_that_filters_show_what_they_say():
    cells = make(("LYT", 0.9), ("LYT", 0.4), ("BLA", 0.6), None, ("NIF", 0.8), ("MON", 0.7))
    cells[2] = propose(cells[2], "BLA", 0.6, doubt=1.5)
    cells[5] = review(cells[5], Verdict.CONFIRMED, "MON")
    ordering = _filled(cells)

    def shown(**changes):
        ordering.choose(**{**dict.fromkeys(("choice", "slide")), "states": frozenset(), "low": 0.0,
                           "high": 1.0, **changes})  # fmt: skip
        return sorted(rows(ordering))

    assert shown(choice="LYT") == [0, 1]
    assert shown(choice=Special.UNREVIEWED) == [0, 1, 2, 3, 4]
    assert shown(choice=Special.UNFAMILIAR) == [2]
    assert shown(choice=Special.UNIDENTIFIED) == [4]
    assert shown(choice=Special.EXCLUDED) == []
    assert shown(states=frozenset({CellState.CONFIRMED, CellState.PENDING})) == [3, 5]
    assert shown(low=0.5, high=0.85) == [2, 4, 5]
    assert shown(choice="LYT", low=0.5) == [0]
    assert shown() == [0, 1, 2, 3, 4, 5]
    assert not ordering.filter.narrow


def test_that_a_slide_can_be_shown_alone():
    one, two = make(("LYT", 0.9)), make(("LYT", 0.5), slide=2)
    ordering = _filled([*one, *two])
    ordering.choose(slide=2)
    assert rows(ordering) == [1]


def test_that_a_class_the_scheme_does_not_know_has_a_section_of_its_own():
    cell = make(None)[0].with_prediction(Prediction("ab" * 32, ("XYZ",), np.ones(1, np.float32)))
    assert keys(_filled([cell, *make(("LYT",), None)[:2]])) == ["LYT", "XYZ", NOT_CLASSIFIED]


def test_that_proposals_flow_into_their_sections():
    cells = make(None, ("LYT", 0.9))
    ordering = _filled(cells)
    assert ordering.update([0], [propose(cells[0], "BLA", 0.6)])
    assert keys(ordering) == ["BLA", "LYT"]
    assert ordering.waiting == 0


def test_that_a_decided_cell_stays_in_place_until_the_reader_goes_on():
    cells = make(("LYT", 0.9), ("LYT", 0.5), ("LYT", 0.7))
    ordering = _filled(cells)
    before = rows(ordering)
    assert not ordering.update([2], [review(cells[2], Verdict.ASSIGNED, "BLA")])
    assert rows(ordering) == before
    assert keys(ordering) == ["LYT"]
    assert ordering.waiting == 1
    ordering.settle()
    assert keys(ordering) == ["BLA", "LYT"]
    assert rows(ordering) == [2, 1, 0]
    assert ordering.waiting == 0


def test_that_decided_cells_stay_although_proposals_stream_in():
    cells = make(("LYT", 0.9), None)
    ordering = _filled(cells)
    ordering.update([0], [review(cells[0], Verdict.ASSIGNED, "BLA")])
    ordering.update([1], [propose(cells[1], "MON")])
    assert keys(ordering) == ["MON", "LYT"]
    assert ordering.waiting == 1


def test_that_a_decided_cell_does_not_drop_out_of_the_filter_at_once():
    cells = make(("LYT", 0.9), ("LYT", 0.5))
    ordering = _filled(cells)
    ordering.choose(choice=Special.UNREVIEWED)
    ordering.update([0], [review(cells[0], Verdict.CONFIRMED, "LYT")])
    assert rows(ordering) == [1, 0]
    assert ordering.waiting == 1
    ordering.settle()
    assert rows(ordering) == [1]


def test_that_a_confirmed_cell_that_keeps_its_class_does_not_wait():
    cells = make(("LYT", 0.9))
    ordering = _filled(cells)
    ordering.update([0], [review(cells[0], Verdict.CONFIRMED, "LYT")])
    assert ordering.waiting == 0


def test_that_an_undone_decision_does_not_wait():
    cells = make(("LYT", 0.9))
    ordering = _filled(cells)
    ordering.update([0], [review(cells[0], Verdict.EXCLUDED, None)])
    ordering.update([0], [cells[0]])
    assert ordering.waiting == 0


def test_that_a_new_proposal_for_a_reviewed_cell_sorts_it_by_its_new_certainty():
    cells = [review(cell, Verdict.CONFIRMED, "LYT") for cell in make(("LYT", 0.6), ("LYT", 0.7))]
    ordering = _filled(cells)
    ordering.update([0], [propose(cells[0], "LYT", 0.8)])
    assert rows(ordering) == [1, 0]


def test_that_single_cells_can_go_while_others_wait():
    cells = make(("LYT", 0.9), ("LYT", 0.5), ("LYT", 0.7))
    ordering = _filled(cells)
    ordering.update([0, 1], [review(cells[at], Verdict.ASSIGNED, "BLA") for at in (0, 1)])
    ordering.settle([1])
    assert [(section.key, section.count) for section in ordering.arrange().sections] == [
        ("BLA", 1), ("LYT", 2),
    ]  # fmt: skip
    assert ordering.waiting == 1


def test_that_choosing_a_filter_or_sequence_lets_decided_cells_go():
    for go_on in (
        lambda ordering: ordering.choose(low=0.1),
        lambda ordering: ordering.sort_by(Sort.CASE),
    ):
        cells = make(("LYT", 0.9), ("LYT", 0.5))
        ordering = _filled(cells)
        ordering.update([0], [review(cells[0], Verdict.ASSIGNED, "BLA")])
        go_on(ordering)
        assert keys(ordering) == ["BLA", "LYT"]


def test_that_appended_cells_take_part():
    ordering = _filled(make(("LYT", 0.9)))
    ordering.extend(make(("BLA", 0.9), ("LYT", 0.2)))
    assert rows(ordering) == [1, 2, 0]
    assert len(ordering) == 3


def test_that_an_empty_case_gives_an_empty_order():
    arrangement = _filled([]).arrange()
    assert len(arrangement.rows) == 0
    assert arrangement.sections == ()
    assert not Filter().narrow


@given(st.lists(st.tuples(st.sampled_from(["BLA", "LYT", "MON"]), st.floats(0.3, 1.0)), max_size=40))
def test_that_sections_cover_all_positions_without_gap(proposals):
    arrangement = _filled(make(*proposals)).arrange()
    at = 0
    for section in arrangement.sections:
        assert section.first == at
        at += section.count
    assert at == len(proposals) == len(set(arrangement.rows.tolist()))


def test_that_the_order_by_risk_puts_what_needs_a_reader_most_first():
    cells = make(
        ("NGS", 0.99), ("LYT", 0.6), ("NIF", 0.9), None, ("BLA", 0.55), ("LYT", 0.9, 1.5), ("NGS", 0.7)
    )
    cells[0] = review(cells[0], Verdict.CONFIRMED, "NGS")
    ordering = _filled(cells)
    ordering.sort_by(Sort.RISK)
    assert keys(ordering) == [
        "·risk-unfamiliar", "·risk-always", "·risk-cost", NOT_CLASSIFIED, "·risk-reviewed",
    ]  # fmt: skip
    assert rows(ordering) == [5, 2, 4, 1, 6, 3, 0]


def test_that_in_the_order_by_risk_a_decided_cell_waits_and_then_goes_to_the_reviewed():
    cells = make(("LYT", 0.6), ("BLA", 0.6), ("NGS", 0.9))
    ordering = _filled(cells)
    ordering.sort_by(Sort.RISK)
    before = rows(ordering)
    cells[1] = review(cells[1], Verdict.CONFIRMED, "BLA")
    ordering.update([1], [cells[1]])
    assert rows(ordering) == before
    assert ordering.waiting == 1
    ordering.settle()
    assert rows(ordering)[-1] == 1
    assert keys(ordering)[-1] == "·risk-reviewed"
    ordering.sort_by(Sort.LEAST_CERTAIN)
    assert keys(ordering) == ["BLA", "NGS", "LYT"]

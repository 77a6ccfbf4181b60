"""Where cells and headers lie, without any window."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marrowdesk.app.gallery.arrangement import Section
from marrowdesk.app.gallery.grid import Grid, Measures, Rect

MEASURES = Measures(width=430, cell_width=100, cell_height=120, header=30)


def make(*counts, folded=(), measures=MEASURES):
    sections, first = [], 0
    for number, count in enumerate(counts):
        sections.append(Section(str(number), first, count))
        first += count
    return Grid(sections, measures, [str(each) for each in folded])


@st.composite
def grids(draw):
    counts = draw(st.lists(st.integers(1, 23), min_size=1, max_size=6))
    folded = draw(st.sets(st.integers(0, len(counts) - 1)))
    measures = Measures(
        draw(st.integers(60, 900)), draw(st.integers(50, 300)), draw(st.integers(40, 300)), 30
    )
    return make(*counts, folded=folded, measures=measures)


@given(grids())
def test_that_a_cell_is_found_where_it_lies_and_nowhere_else(grid):
    for position in range(grid.count):
        place = grid.rect(position)
        if grid.hidden(position):
            assert place == grid.header(grid.section_of(position))
            continue
        corners = ((place.x, place.y), (place.x + place.width - 1, place.y + place.height - 1))
        for x, y in corners:
            assert grid.at(x, y) == position
    assert all(grid.at(1, grid.header(each).y + 1) == -1 for each in range(len(grid.sections)))


@given(grids(), st.integers(-50, 4000), st.integers(1, 900))
def test_that_a_strip_holds_exactly_the_cells_that_touch_it(grid, top, height):
    found = [at for first, last in grid.between(top, top + height) for at in range(first, last + 1)]
    touching = [
        at
        for at in range(grid.count)
        if not grid.hidden(at)
        and grid.rect(at).y < top + height
        and grid.rect(at).y + grid.rect(at).height > top
    ]
    assert found == touching


@given(grids(), st.integers(-50, 900), st.integers(-50, 2500), st.integers(1, 900), st.integers(1, 900))
def test_that_a_rectangle_holds_exactly_the_cells_that_touch_it(grid, x, y, width, height):
    found = [at for first, last in grid.inside(Rect(x, y, width, height)) for at in range(first, last + 1)]

    def touches(place):
        return (
            place.x < x + width
            and place.x + place.width > x
            and place.y < y + height
            and place.y + place.height > y
        )

    assert found == [at for at in range(grid.count) if not grid.hidden(at) and touches(grid.rect(at))]


@given(grids())
def test_that_stepping_right_visits_every_shown_cell_once(grid):
    shown = [at for at in range(grid.count) if not grid.hidden(at)]
    at, visited = grid.first(), []
    while at >= 0 and (not visited or at != visited[-1]):
        visited.append(at)
        at = grid.beside(at, 1)
    assert visited == shown
    assert (shown[-1] if shown else -1) == grid.last()


@given(grids())
def test_that_a_line_down_and_up_again_leads_back_or_to_a_shorter_line(grid):
    for at in range(grid.count):
        if grid.hidden(at):
            continue
        below = grid.above_or_below(at, 1)
        assert not grid.hidden(below)
        back = grid.above_or_below(below, -1)
        if below != at and grid.rect(below).x == grid.rect(at).x:
            assert back == at


@given(grids(), st.integers(-100, 1000), st.integers(-100, 4000))
def test_that_the_nearest_cell_is_never_a_hidden_one(grid, x, y):
    at = grid.nearest(x, y)
    if grid.first() < 0:
        assert at == -1
    else:
        assert not grid.hidden(at)
        under = grid.at(x, y)
        assert under in (-1, at)


@given(grids(), st.data())
def test_that_runs_leave_folded_sections_out(grid, data):
    first = data.draw(st.integers(0, grid.count - 1))
    last = data.draw(st.integers(first, grid.count - 1))
    shown = [at for a, b in grid.shown_runs(first, last) for at in range(a, b + 1)]
    assert shown == [at for at in range(first, last + 1) if not grid.hidden(at)]


def test_that_lines_fill_the_width_and_sections_follow_each_other():
    grid = make(5, 3)
    assert grid.columns == 4
    assert grid.rect(0) == Rect(0, 30, 107, 120)
    assert grid.rect(3).x + grid.rect(3).width == 430
    assert grid.rect(4).y == 150
    assert grid.header(1).y == grid.bottom(0) == 270
    assert grid.height == 270 + 30 + 120


def test_that_a_folded_section_takes_the_room_of_its_header():
    assert make(5, 3, folded=[0]).height == 30 + 30 + 120
    assert make(5, 3, folded=[0, 1]).first() == -1


def test_that_down_goes_over_a_folded_section():
    grid = make(4, 9, 4, folded=[1])
    assert grid.above_or_below(1, 1) == 14
    assert grid.above_or_below(14, -1) == 1
    assert grid.beside(3, 1) == 13


@pytest.mark.parametrize("count", [20_000, 100_000])
def test_that_a_view_narrower_than_a_cell_still_shows_one_a_line(count):
    grid = make(count, measures=Measures(40, 100, 120, 30))
    assert grid.columns == 1
    assert grid.at(5, 30 + 120 * (count - 1)) == count - 1


def test_that_nothing_is_found_in_an_empty_grid():
    grid = make()
    assert grid.at(5, 5) == -1
    assert grid.nearest(5, 5) == grid.first() == grid.last() == -1
    assert list(grid.between(0, 100)) == []
    assert grid.height == grid.count == 0

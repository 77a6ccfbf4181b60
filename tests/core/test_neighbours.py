"""The nearest by direction, whatever their length."""

import numpy as np
import pytest

from marrowdesk.core.neighbours import nearest


def test_that_direction_counts_and_length_does_not():
    table = np.array([[0, 1], [10, 1], [1, 1], [-1, 0]], np.float32)
    rows, similarity = nearest(np.array([2.0, 0.0]), table, 3)
    assert rows.tolist() == [1, 2, 0]
    assert similarity == pytest.approx([10 / np.sqrt(101), np.sqrt(0.5), 0.0], abs=1e-6)


def test_that_equal_ones_keep_their_order_and_fewer_are_given_where_there_are_fewer():
    rows, _ = nearest(np.ones(2), np.ones((3, 2), np.float16), 9)
    assert rows.tolist() == [0, 1, 2]


@pytest.mark.parametrize(("table", "count"), [(np.empty((0, 4)), 5), (np.ones((2, 4)), 0)])
def test_that_nothing_is_near_where_there_is_nothing_to_choose(table, count):
    rows, similarity = nearest(np.ones(4), table, count)
    assert len(rows) == len(similarity) == 0


def test_that_a_vector_without_length_is_like_nothing():
    _, similarity = nearest(np.zeros(2), np.ones((2, 2)), 2)
    assert similarity.tolist() == [0.0, 0.0]
    assert nearest(np.ones(2), np.zeros((1, 2)), 1)[1].tolist() == [0.0]

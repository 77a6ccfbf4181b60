"""The list model of the gallery, watched by Qt's own tester while the order changes."""

import pytest
from gallery_desk import draw_picture, loose_cells, proposed
from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex

from marrowdesk.app.case_model import CaseModel
from marrowdesk.app.gallery.arrangement import Filter, Sort
from marrowdesk.app.gallery.model import CELL_ROLE, ROW_ROLE, GalleryModel, runs_of
from marrowdesk.app.gallery.ordering import Ordering

Flag = QItemSelectionModel.SelectionFlag


@pytest.fixture
def case_model(tmp_path):
    model = CaseModel()
    model.show_case(None, loose_cells(draw_picture(tmp_path / "field.png"), 300, ("BLA", None, "LYT")))
    return model


@pytest.fixture
def ordering(case_model):
    ordering = Ordering(case_model.scheme)
    ordering.show_case(case_model.scheme, case_model.cells)
    return ordering


@pytest.fixture
def model(case_model, ordering, qtmodeltester):
    model = GalleryModel(case_model)
    model.show_case(ordering.arrange())
    qtmodeltester.check(model)
    return model


def propose(case_model, ordering, rows, code):
    case_model.take_predictions([proposed(case_model.cells[row], code) for row in rows])
    ordering.update(rows, [case_model.cells[row] for row in rows])


def rows_of(model):
    return [model.index(at).data(ROW_ROLE) for at in range(model.rowCount())]


def test_that_it_gives_cells_and_rows_in_the_order_of_the_screen(model, case_model, ordering):
    order = ordering.arrange().rows.tolist()
    assert rows_of(model) == order
    assert model.index(7).data(CELL_ROLE) is case_model.cells[order[7]]
    assert [model.position_of(row) for row in order] == list(range(300))
    assert model.rowCount(model.index(0)) == 0
    assert model.index(300).data() is None


def test_that_persistent_indexes_follow_their_cells_through_every_change(model, case_model, ordering):
    kept = {row: QPersistentModelIndex(model.index(model.position_of(row))) for row in range(0, 300, 7)}

    def check():
        model.arrange(ordering.arrange())
        for row, index in kept.items():
            at = model.position_of(row)
            assert index.isValid() == (at >= 0)
            if at >= 0:
                assert index.row() == at

    propose(case_model, ordering, list(range(1, 60, 3)), "PMO")
    check()
    ordering.sort_by(Sort.MOST_CERTAIN)
    check()
    ordering.choose(low=0.62)  # some rows fall out one by one
    kept = {row: index for row, index in kept.items() if index.isValid()}
    kept_before = dict(kept)
    model.arrange(ordering.arrange())
    for row, index in kept_before.items():
        assert index.isValid() == (model.position_of(row) >= 0) or not index.isValid()


def test_that_few_hidden_rows_are_removed_and_shown_ones_inserted_without_a_reset(
    model, case_model, ordering, qtbot
):
    resets = []
    model.modelReset.connect(lambda: resets.append(1))
    ordering.choose(choice="BLA")
    model.arrange(ordering.arrange())
    assert model.rowCount() == 100
    propose(case_model, ordering, [1, 4, 7], "BLA")
    with qtbot.waitSignal(model.rowsInserted) as inserted:
        model.arrange(ordering.arrange())
    assert inserted.args[2] - inserted.args[1] == 2
    assert model.rowCount() == 103
    assert not resets


def test_that_a_selection_stays_on_its_cells(model, case_model, ordering):
    selection = QItemSelectionModel(model)
    chosen = [3, 1, 100, 101]
    for row in chosen:
        selection.select(model.index(model.position_of(row)), Flag.Select)
    selection.setCurrentIndex(model.index(model.position_of(100)), Flag.NoUpdate)
    propose(case_model, ordering, [1, 10, 22], "ABE")
    ordering.sort_by(Sort.CASE)
    model.arrange(ordering.arrange())
    assert sorted(index.data(ROW_ROLE) for index in selection.selectedIndexes()) == sorted(chosen)
    assert selection.currentIndex().data(ROW_ROLE) == 100


def test_that_the_same_order_again_tells_nothing(model, ordering, qtbot):
    with qtbot.assertNotEmitted(model.arranged), qtbot.assertNotEmitted(model.layoutChanged):
        model.arrange(ordering.arrange())


def test_that_changed_cells_are_told_of_as_runs(model):
    told = []
    model.dataChanged.connect(lambda first, last, *_: told.append((first.row(), last.row())))
    rows = [model.index(at).data(ROW_ROLE) for at in (5, 6, 7, 20)]
    model.touch(rows)
    assert told == [(5, 7), (20, 20)]
    told.clear()
    model.touch([])
    assert told == []


def test_that_rows_beyond_the_case_are_nowhere(model):
    assert model.position_of(300) == model.position_of(-1) == -1
    assert model.positions_of([300, -4, 0]).tolist() == [model.position_of(0)]
    assert model.flags(QModelIndex()).value == 0


def test_that_positions_join_to_runs():
    import numpy as np

    assert runs_of(np.array([1, 2, 3, 7, 9, 10])) == [(1, 3), (7, 7), (9, 10)]
    assert runs_of(np.array([], int)) == []


def test_that_a_filter_is_a_value():
    assert Filter(low=0.2) == Filter(low=0.2) != Filter()
    assert Filter(low=0.2).narrow

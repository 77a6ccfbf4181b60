"""The viewer: the right cell, its proposal and its state, and nothing of the cell before."""

from __future__ import annotations

import threading
import time

import pytest
from panel_cases import make_case, model_of, proposal
from PySide6.QtWidgets import QLabel
from viewer_screen import shows, viewer_of, wait_for_picture

from marrowdesk.app import numbers
from marrowdesk.core.cell import CellState
from marrowdesk.imaging.decode import read_place

ORDER = ["NGS", "BLA", "EBO", "LYT", "NGS", "PMO", "BLA", "ART"]


@pytest.fixture
def case(tmp_path):
    with make_case(tmp_path, ORDER, ["NGS", "LYT", None, *[None] * 5]) as case:
        yield case


@pytest.fixture
def model(case, qapp):
    return model_of(case)


@pytest.fixture
def viewer(model, qtbot):
    panel = viewer_of(model, qtbot)
    wait_for_picture(qtbot, panel)
    return panel


def test_that_the_bars_are_the_five_most_probable_classes_of_the_prediction(viewer, model):
    for row in range(3):
        model.set_current(row)
        bars = viewer.proposal.bars.bars
        assert [(bar.code, bar.probability) for bar in bars] == model.cells[row].prediction.top(5)
        assert [bar.value for bar in bars] == [numbers.probability(bar.probability) for bar in bars]
        assert bars[0].name == model.scheme[model.cells[row].prediction.code].name


def test_that_the_length_of_a_bar_is_its_probability(viewer):
    bars = viewer.proposal.bars
    image = bars.grab().toImage()
    line = bars.height() / 5
    color = model_color(viewer, bars.bars[0].code)
    ratio = bars.devicePixelRatioF()
    lengths = []
    for at in range(2):
        color = model_color(viewer, bars.bars[at].code)
        rows = range(round(at * line * ratio), round((at + 1) * line * ratio))
        lengths.append(max(longest_run(image, y, color) for y in rows))
    expected = bars.bars[0].probability / bars.bars[1].probability
    assert lengths[0] / lengths[1] == pytest.approx(expected, rel=0.2)


def model_color(viewer, code):
    return viewer._model.scheme[code].color


def longest_run(image, y, color):
    longest = run = 0
    for x in range(image.width()):
        run = run + 1 if image.pixelColor(x, y).name() == color else 0
        longest = max(longest, run)
    return longest


def test_that_a_proposal_and_a_decision_look_and_read_differently(viewer, model):
    state = viewer.state
    assert (state.chip.text, state.chip.decided, state.text.text) == (
        "segmented neutrophil",
        False,
        "proposed",
    )
    model.confirm([0])
    assert state.chip.decided
    assert state.text.text.startswith("confirmed · R. Eader, ")
    model.assign([0], "BLA")
    assert (state.chip.text, state.chip.decided) == ("blast", True)
    assert state.text.text.startswith("changed from segmented neutrophil · R. Eader, ")
    model.exclude([0])
    assert state.chip.text == "excluded"
    assert state.text.text.startswith("not counted, proposed as segmented neutrophil · R. Eader, ")


def test_that_undo_takes_the_viewer_back(viewer, model):
    model.assign([0], "BLA")
    assert viewer.place.left.text == "· 7 unreviewed"
    model.undo_stack.undo()
    assert viewer.state.chip.text == "segmented neutrophil"
    assert not viewer.state.chip.decided
    assert viewer.place.left.text == "· 8 unreviewed"


def test_that_a_decision_on_another_cell_leaves_the_shown_one(viewer, model):
    model.assign([3], "BLA")
    assert viewer.state.chip.text == "segmented neutrophil"


def test_that_the_folders_label_is_compared_and_never_passed_off_as_a_proposal(viewer, model):
    assert viewer.proposal.reference.text() == "Folder label: segmented neutrophil – same"
    model.set_current(1)
    assert viewer.proposal.reference.text() == "Folder label: lymphocyte – differs"
    assert viewer.state.chip.text == "blast"
    model.set_current(2)
    assert not viewer.proposal.reference.isVisible()


def test_that_an_unfamiliar_cell_is_marked_with_an_explanation(viewer, model, case):
    assert not viewer.state.unfamiliar.isVisible()
    case.add_predictions(model.cells[1].prediction.model, [proposal(model.cells[1].id, "BLA", doubt=2.5)])
    model.take_predictions([case.cells()[1]])
    model.set_current(1)
    mark = viewer.state.unfamiliar
    assert mark.isVisible()
    assert mark.text() == "unfamiliar"
    assert "2.5 times" in mark.toolTip()


def test_that_the_file_is_named_and_its_path_told(viewer, model):
    assert viewer.proposal.file.text == "cell 000.png"
    assert viewer.proposal.file.toolTip() == str(model.cells[0].place.path)


def test_that_position_and_rest_are_told(viewer, model):
    assert viewer.place.position.text() == "1 of 8"
    assert viewer.place.left.text == "· 8 unreviewed"
    model.set_current(4)
    assert viewer.place.position.text() == "5 of 8"
    model.confirm(range(8))
    assert viewer.place.left.text == "· all reviewed"


def test_that_stepping_follows_the_order_of_the_gallery_and_stops_at_its_ends(viewer, model):
    viewer.set_order(lambda: [5, 0, 7])
    assert viewer.place.position.text() == "2 of 3"
    viewer.actions.next.trigger()
    assert model.current == 7
    assert not viewer.actions.next.isEnabled()
    viewer.step(1)
    assert model.current == 7
    viewer.actions.previous.trigger()
    viewer.actions.previous.trigger()
    assert model.current == 5
    assert not viewer.actions.previous.isEnabled()


def test_that_fast_steps_end_on_the_last_cell_whatever_arrives_when(model, qtbot):
    slow_first = threading.Event()

    def read(place):
        if place.path.name == "cell 000.png":
            slow_first.wait(10)
        elif place.path.name in ("cell 001.png", "cell 002.png"):
            time.sleep(0.05)
        return read_place(place)

    panel = viewer_of(model, qtbot, read=read)
    for row in (1, 2, 3, 6):
        model.set_current(row)
    wait_for_picture(qtbot, panel, 6)
    slow_first.set()
    for _ in range(10):
        qtbot.wait(20)
        assert shows(panel, 6)


def test_that_the_picture_of_the_cell_before_never_stands_beside_the_new_ones_name(model, qtbot):
    gate = threading.Event()

    def read(place):
        if place.path.name == "cell 004.png":
            gate.wait(10)
        return read_place(place)

    panel = viewer_of(model, qtbot, read=read)
    wait_for_picture(qtbot, panel, 0)
    model.set_current(4)
    assert not shows(panel, 0)
    gate.set()
    wait_for_picture(qtbot, panel, 4)


def test_that_the_next_cell_is_there_before_it_is_asked_for(viewer, model, qtbot):
    from marrowdesk.app.viewer.loading import key_of

    qtbot.waitUntil(lambda: viewer._loader.get(key_of(model.cells[1])) is not None)
    model.set_current(1)
    assert shows(viewer, 1)


def test_that_another_case_shows_nothing_of_the_one_before(viewer, model, tmp_path, qtbot):
    with make_case(tmp_path / "other", ["LYT"]) as other:
        other_cells = other.cells()
        model.show_case(other, other_cells)
        wait_for_picture(qtbot, viewer, 0)
        assert viewer.state.chip.text == "lymphocyte"
        assert viewer.place.position.text() == "1 of 1"


def test_that_no_case_shows_a_sentence_and_no_controls(qtbot, qapp):
    from marrowdesk.app.case_model import CaseModel

    panel = viewer_of(CaseModel(), qtbot)
    message = next(label for label in panel.canvas.findChildren(QLabel) if label.text())
    assert message.text() == "No cells yet."
    assert message.isVisible()
    assert not panel.map_bar.isVisible()
    assert not panel.actions.fit.isEnabled()


def test_that_an_unreadable_picture_is_told_with_its_reason_and_the_proposal_stays(model, qtbot):
    path = model.cells[0].place.path
    path.write_bytes(path.read_bytes()[:40])
    panel = viewer_of(model, qtbot)
    message = panel.canvas._message
    qtbot.waitUntil(lambda: "cell 000.png" in message.text())
    assert message.isVisible()
    assert panel.state.chip.text == "segmented neutrophil"
    assert panel.proposal.bars.bars


def test_that_a_mended_picture_is_read_again(model, qtbot):
    path = model.cells[0].place.path
    whole = path.read_bytes()
    path.write_bytes(whole[:40])
    panel = viewer_of(model, qtbot)
    qtbot.waitUntil(lambda: "cell 000.png" in panel.canvas._message.text())
    path.write_bytes(whole)
    model.set_current(3)
    model.set_current(0)
    wait_for_picture(qtbot, panel, 0)


def test_that_an_unclassified_cell_says_so_and_its_map_comes_with_the_proposal(case, qtbot, tmp_path):
    with make_case(tmp_path / "pending", ["NGS", "NGS"]) as pending:
        cells = pending.cells()
        model = model_of(pending)
        model.show_case(pending, [cell.with_prediction(None) for cell in cells])
        panel = viewer_of(model, qtbot)
        wait_for_picture(qtbot, panel, 0)
        assert model.cells[0].state is CellState.PENDING
        assert panel.state.text.text == "not classified yet"
        assert panel.proposal.bars.bars == []
        assert not panel.map_bar.picker.isEnabled()
        panel.actions.show_map.setChecked(True)
        assert not panel.canvas.map_shown
        model.take_predictions(cells)
        assert shows(panel, 0)
        qtbot.waitUntil(lambda: panel.canvas.map_shown)
        assert panel.map_bar.code == "NGS"

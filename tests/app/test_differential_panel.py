"""The live differential: it follows every decision, in numbers, words, bars and progress."""

from __future__ import annotations

import pytest
from panel_cases import make_case, model_of
from PySide6.QtCore import QModelIndex, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QAbstractButton, QApplication

from marrowdesk.app import numbers
from marrowdesk.app.differential import DifferentialPanel
from marrowdesk.app.differential import panel as panel_module
from marrowdesk.app.differential.lines import Column, Kind
from marrowdesk.app.differential.table_model import LINE, DifferentialTableModel
from marrowdesk.core.counting import CountingRules
from marrowdesk.core.differential import differential
from marrowdesk.core.reference import NO_RANGES
from marrowdesk.core.tally import Tally

ORDER = ["BLA"] * 4 + ["NGS"] * 5 + ["EBO"] * 3 + ["LYT"] * 2 + ["ART"]


@pytest.fixture
def model(tmp_path, qapp):
    with make_case(tmp_path, ORDER, [*ORDER[:-1], "BLA"]) as case:
        yield model_of(case)


@pytest.fixture
def panel(model, qtbot):
    panel = DifferentialPanel(model)
    qtbot.addWidget(panel)
    panel.resize(420, 620)
    panel.show()
    qtbot.waitUntil(lambda: bool(panel.table.lines))
    return panel


def cell_text(panel, key, column):
    """Give the text a person reads in the table; None when the line or column is hidden."""
    for row, line in enumerate(panel.table.lines):
        if line.key == key:
            hidden = panel.view.isRowHidden(row, QModelIndex()) or panel.view.isColumnHidden(column)
            return None if hidden else panel.table.index(row, column).data()
    return None


def follow(qtbot, panel, key, column, text):
    qtbot.waitUntil(lambda: cell_text(panel, key, column) == text)


def test_that_the_table_is_a_sound_model(model, qtmodeltester):
    table = DifferentialTableModel()
    table.show(model.differential(), model.scheme)
    qtmodeltester.check(table)
    model.exclude([0])
    table.show(model.differential(), model.scheme)
    qtmodeltester.check(table)


def test_that_the_table_shows_the_numbers_of_the_cells(panel, model):
    fresh = differential(Tally.of(model.cells), model.scheme)
    for code in ("BLA", "NGS", "EBO", "LYT"):
        row, key = fresh.row(code), f"class:{code}"
        assert cell_text(panel, key, Column.COUNT) == str(ORDER.count(code))
        assert cell_text(panel, key, Column.PERCENT) == numbers.percent(row.share.percent)
        assert cell_text(panel, key, Column.INTERVAL) == numbers.interval(row.share.low, row.share.high)
    assert cell_text(panel, "apart:artefact", Column.COUNT) == "1"


def test_that_a_decision_and_its_undo_move_the_count(panel, model, qtbot):
    model.assign([4, 5], "BLA")
    follow(qtbot, panel, "class:BLA", Column.COUNT, "6")
    assert cell_text(panel, "class:NGS", Column.COUNT) == "3"
    model.undo_stack.undo()
    follow(qtbot, panel, "class:BLA", Column.COUNT, "4")
    model.undo_stack.redo()
    follow(qtbot, panel, "class:BLA", Column.COUNT, "6")


def test_that_an_excluded_cell_leaves_the_count_and_is_listed_apart(panel, model, qtbot):
    model.exclude([0])
    follow(qtbot, panel, "apart:excluded by the reader", Column.COUNT, "1")
    assert cell_text(panel, "class:BLA", Column.COUNT) == "3"


def test_that_classes_without_cells_are_hidden_until_asked_for(panel):
    assert cell_text(panel, "class:HAC", Column.COUNT) is None
    assert cell_text(panel, "class:MYB", Column.COUNT) == "0", "it has a range"
    panel.zeros.click()
    assert cell_text(panel, "class:HAC", Column.COUNT) == "0"
    panel.zeros.click()
    assert cell_text(panel, "class:HAC", Column.COUNT) is None


def test_that_one_class_stands_for_its_lineage_until_classes_without_cells_are_asked_for(panel):
    shown = ("lineage:erythroid", "below:EBO", "class:EBO")
    assert [cell_text(panel, key, Column.COUNT) for key in shown] == [None, None, "3"]
    panel.zeros.click()
    assert [cell_text(panel, key, Column.COUNT) for key in shown] == ["3", "3", None]
    assert cell_text(panel, "class:PEB", Column.COUNT) == "0"


def test_that_a_class_appears_with_its_first_cell(panel, model, qtbot):
    model.assign([0], "HAC")
    follow(qtbot, panel, "class:HAC", Column.COUNT, "1")


def test_that_predicted_stands_beside_reviewed_on_demand(panel, model, qtbot):
    model.assign([4, 5], "BLA")
    follow(qtbot, panel, "class:BLA", Column.COUNT, "6")
    assert cell_text(panel, "class:BLA", Column.PREDICTED) is None
    panel.compare.click()
    assert cell_text(panel, "class:BLA", Column.PREDICTED) == "4"
    assert cell_text(panel, "class:BLA", Column.REVIEWED) == "2"
    assert cell_text(panel, "class:BLA", Column.PREDICTED_PERCENT) == numbers.percent(100 * 4 / 14)


def shown_columns(panel) -> list[Column]:
    return [column for column in Column if not panel.view.isColumnHidden(column)]


def test_that_nothing_is_cut_in_a_narrow_dock(panel, qtbot):
    for width in (330, 420):
        panel.resize(width, 500)
        for comparing in (False, True):
            panel.compare.setChecked(comparing)
            head = panel.view.header()
            assert head.length() <= panel.view.viewport().width()
            assert head.sectionSize(Column.NAME) >= 80
            for column in shown_columns(panel)[1:]:
                widest = max(
                    panel.fontMetrics().horizontalAdvance(line.text(column)) for line in panel.table.lines
                )
                assert head.sectionSize(column) >= 0.85 * widest


def test_that_a_count_of_five_figures_has_room(qtbot, panel, model):
    tally = Tally()
    tally.current["NGS"] = 20_000
    before = panel.view.header().sectionSize(Column.COUNT)
    panel.table.show(differential(tally, model.scheme), model.scheme)
    assert panel.view.header().sectionSize(Column.COUNT) > before


def test_that_marks_are_drawn_as_words(panel):
    assert cell_text(panel, "class:BLA", Column.MARK) == "↑ high"
    assert cell_text(panel, "class:MYB", Column.MARK) == "↓ low"


def test_that_ratio_and_thresholds_head_the_panel(panel, model, qtbot):
    assert panel.ratio.text.startswith("M:E ratio 3.00 (")
    assert model.differential().me_ratio.definition in panel.ratio.toolTip()
    assert panel.reached.isVisible()
    assert "blasts 28.6" in panel.reached.text()
    assert "crosses 20" in panel.reached.text()
    model.assign(range(4), "LYT")
    qtbot.waitUntil(lambda: "blasts 0.0" in panel.reached.text() or not panel.reached.isVisible())


def test_that_progress_tells_counted_and_reviewed_cells(panel, model, qtbot):
    assert panel.progress.text == "14 of 500 counted, 0 reviewed"
    model.confirm([0, 1, 14])
    qtbot.waitUntil(lambda: panel.progress.text == "14 of 500 counted, 2 reviewed")
    model.set_rules(CountingRules(target=200))
    qtbot.waitUntil(lambda: panel.progress.text == "14 of 200 counted, 2 reviewed")


def test_that_the_bar_is_filled_as_far_as_the_count_is(panel, model, qtbot):
    model.set_rules(CountingRules(target=28))
    qtbot.waitUntil(lambda: "of 28" in panel.progress.text)
    image = panel.progress.grab().toImage()
    y = image.height() - round(4 * panel.progress.devicePixelRatioF())
    colors = [image.pixelColor(x, y).rgba() for x in range(4, image.width() - 4)]
    change = next(at for at, color in enumerate(colors) if color != colors[0])
    assert change / len(colors) == pytest.approx(0.5, abs=0.03)


def test_that_agreement_with_folder_labels_and_the_note_on_intervals_stand_in_the_table(panel):
    shown = [
        line.name
        for row, line in enumerate(panel.table.lines)
        if not panel.view.isRowHidden(row, QModelIndex()) and line.kind is Kind.NOTE
    ]
    assert any(name.startswith("Same as folder label: 14 of 15") for name in shown)
    assert any("sampling error only" in name for name in shown)
    assert panel.footnote.text == "CI: sampling error only"


def test_that_other_ranges_are_shown_at_once(panel, model, qtbot):
    model.set_rules(CountingRules(references=NO_RANGES))
    follow(qtbot, panel, "class:BLA", Column.MARK, "")
    assert cell_text(panel, "class:MYB", Column.COUNT) is None


def test_that_a_chosen_class_is_told(panel, qtbot):
    row = next(at for at, line in enumerate(panel.table.lines) if line.code == "NGS")
    index = panel.table.index(row, Column.NAME)
    with qtbot.waitSignal(panel.class_chosen) as told:
        place = panel.view.visualRect(index).center()
        qtbot.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert told.args == ["NGS"]


def test_that_the_table_is_copied_as_it_is_shown(panel):
    panel.copy.click()
    rows = [row.split("\t") for row in QGuiApplication.clipboard().text().splitlines()]
    names = [row[0] for row in rows]
    assert "segmented neutrophil" in names
    assert "hairy cell" not in names
    blasts = rows[names.index("Blast")]
    assert blasts[1] == "4"
    assert blasts[5] == "↑ high"


def test_that_a_burst_of_changes_is_shown_in_few_updates_and_ends_right(panel, model, qtbot, monkeypatch):
    shown = []
    show = panel.table.show
    monkeypatch.setattr(panel.table, "show", lambda *args: (shown.append(1), show(*args)))
    for name in ("SHORTEST", "LONGEST"):  # until the test says that the rest is over
        monkeypatch.setattr(panel_module, name, 3_600_000)
    model.assign([0], "PMO")
    qtbot.waitUntil(lambda: len(shown) == 1)
    assert panel._rest.remainingTime() > 1_000
    for row in range(1, len(ORDER)):
        model.assign([row], "PMO")
        QApplication.processEvents()
    assert len(shown) == 1
    panel._rest.start(0)
    follow(qtbot, panel, "class:PMO", Column.COUNT, str(len(ORDER)))
    assert len(shown) == 2


def test_that_the_panel_rests_at_least_a_tenth_of_a_second():
    assert panel_module.SHORTEST >= 100


def test_that_a_hidden_panel_counts_when_it_is_shown_again(panel, model, qtbot):
    panel.hide()
    model.assign([4], "BLA")
    qtbot.wait(150)
    assert panel.table.index(0, Column.COUNT).data() == "4"
    panel.show()
    follow(qtbot, panel, "class:BLA", Column.COUNT, "5")


def test_that_the_place_in_the_table_stays_while_the_count_goes_on(panel, model, qtbot):
    panel.resize(420, 300)
    bar = panel.view.verticalScrollBar()
    bar.setValue(120)
    panel.view.setCurrentIndex(panel.table.index(8, 0))
    chosen = panel.view.currentIndex().data(LINE).key
    place = bar.value()
    model.exclude([0])
    follow(qtbot, panel, "class:BLA", Column.COUNT, "3")
    assert bar.value() == place
    assert panel.view.currentIndex().data(LINE).key == chosen


def test_that_the_chart_is_made_when_first_looked_at_and_follows_the_count(panel, model, qtbot):
    assert panel.chart.plot is None
    panel.show_chart.click()
    qtbot.waitUntil(lambda: panel.chart.plot is not None)
    bar = next(bar for bar in panel.chart.shown if bar.name == "blast")
    assert bar.percent == model.differential().row("BLA").share.percent
    model.assign([4, 5], "BLA")
    expected = 100 * 6 / 14
    qtbot.waitUntil(
        lambda: next(b.percent for b in panel.chart.shown if b.name == "blast") == pytest.approx(expected)
    )


def test_that_bars_are_drawn_in_class_colours_as_long_as_their_share(panel, model, qtbot):
    panel.resize(700, 700)
    panel.show_chart.click()
    qtbot.waitUntil(lambda: panel.chart.plot is not None)
    qtbot.wait(50)
    image = panel.chart.plot.grab().toImage()
    box = panel.chart.plot.getPlotItem().getViewBox()
    for at, bar in enumerate(panel.chart.shown):
        if bar.name in ("blast", "segmented neutrophil", "erythroblast"):
            inside = box.mapViewToScene(QPointF(bar.percent * 0.25, at + 0.22)).toPoint()
            beyond = box.mapViewToScene(QPointF((bar.percent + bar.high) / 2, at + 0.22)).toPoint()
            ratio = image.devicePixelRatio()
            assert image.pixelColor(inside * ratio).name() == bar.color
            assert image.pixelColor(beyond * ratio).name() != bar.color


def test_that_every_button_has_a_name_and_can_be_reached_by_key(panel):
    buttons = [each for each in panel.findChildren(QAbstractButton) if each.isVisible()]
    named = [each for each in buttons if each.accessibleName()]
    assert {panel.compare, panel.zeros, panel.copy, panel.show_table, panel.show_chart} <= set(named)
    for button in (panel.compare, panel.zeros, panel.copy, panel.show_table):
        assert button.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_that_an_empty_case_shows_no_numbers_out_of_nothing(qtbot, qapp):
    from marrowdesk.app.case_model import CaseModel

    panel = DifferentialPanel(CaseModel())
    qtbot.addWidget(panel)
    panel.resize(QSize(400, 400))
    panel.show()
    qtbot.waitUntil(lambda: bool(panel.table.lines))
    assert panel.progress.text == "0 of 500 counted, 0 reviewed"
    assert panel.ratio.text == "M:E ratio not computable"
    assert cell_text(panel, "class:BLA", Column.PERCENT) == numbers.NOTHING
    assert not panel.reached.isVisible()


def test_that_the_range_stays_beside_a_long_ratio_and_comes_back_after_a_longer_one(panel, model):
    panel.resize(428, 400)

    def show(myeloid: int, erythroid: int) -> list[Column]:
        tally = Tally()
        tally.current.update({"NGS": myeloid, "EBO": erythroid})
        panel.table.show(differential(tally, model.scheme, CountingRules()), model.scheme)
        return shown_columns(panel)

    assert Column.RANGE in show(1_990, 3)
    show(10**9, 1)
    show(0, 0)
    assert Column.RANGE in show(50, 20)


def test_that_a_narrow_table_gives_up_the_intervals_before_the_names_of_the_classes(panel):
    panel.resize(420, 400)
    assert Column.INTERVAL in shown_columns(panel)
    panel.resize(288, 400)
    assert panel.view.columnWidth(Column.NAME) >= 92
    assert Column.PERCENT in shown_columns(panel)
    panel.resize(420, 400)
    assert Column.INTERVAL in shown_columns(panel)


def test_that_the_lines_follow_theme_and_font_as_if_they_had_been_made_with_them(panel, model, qtbot):
    before, palette, font = below_the_first(panel), panel.palette(), panel.view.font()
    palette.setColor(QPalette.ColorRole.Text, QColor("#d1495b"))
    font.setPointSizeF(font.pointSizeF() + 3)
    fresh = DifferentialPanel(model)
    qtbot.addWidget(fresh)
    for each in (panel, fresh):
        each.setPalette(palette)
        each.view.setFont(font)
    fresh.resize(panel.size())
    fresh.show()
    qtbot.waitUntil(lambda: bool(fresh.table.lines))
    panel.table.beginResetModel()  # as when another case is shown: heights and widths are measured anew
    panel.table.endResetModel()
    assert below_the_first(panel) != before
    assert below_the_first(panel) == below_the_first(fresh)


def below_the_first(panel):
    """Give how the lines look, but the first, which may have the focus."""
    return panel.view.viewport().grab(QRect(0, 40, 300, 400)).toImage()


def test_that_notes_and_headings_go_across_all_columns_whatever_lines_come_and_go(panel, model):
    counts = [{}, {"NGS": 3}, {"HAC": 2, "BLA": 9}, {"ART": 1}, {"BLA": 40, "NGS": 60}]
    for count in counts:
        tally = Tally()
        tally.current.update(count)
        panel.table.show(differential(tally, model.scheme, CountingRules()), model.scheme)
        for row, line in enumerate(panel.table.lines):
            across = line.kind in (Kind.NOTE, Kind.HEADING)
            assert panel.view.isFirstColumnSpanned(row, QModelIndex()) == across
            assert panel.view.isRowHidden(row, QModelIndex()) == line.hideable

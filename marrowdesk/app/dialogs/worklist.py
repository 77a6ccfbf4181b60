"""The worklist: the cases of a folder or the recent ones, how far each is, and reports of several at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from marrowdesk.app import numbers, worklist_model
from marrowdesk.app.dialogs.buttons import without_icons
from marrowdesk.app.dialogs.progress_line import ProgressLine
from marrowdesk.app.dialogs.worklist_jobs import WorklistJobs
from marrowdesk.app.operations import Lane, Operation
from marrowdesk.app.sex import sex_of
from marrowdesk.app.worklist_model import WorklistFilter, WorklistModel
from marrowdesk.store import paths as places
from marrowdesk.store.casefile import SUFFIX

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator

    from PySide6.QtCore import QModelIndex

    from marrowdesk.app.preferences import Preferences
    from marrowdesk.report.exchange.worklist import Entry

_WIDTHS = (160, 84, 100, 120, 66, 72, 50, 186, 166, 140, 56)


class WorklistDialog(QDialog):
    """Lists cases without touching them.

    Signals:
        chosen: open this case; its path.
    """

    chosen = Signal(object)

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Worklist"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._preferences = preferences
        self._reading: Operation | None = None
        self._waiting = 0
        self.table = WorklistModel(self)
        self.shown = WorklistFilter(self.table)
        self.view = QTableView(self)
        self.source, self.day = QComboBox(self), QComboBox(self)
        self.words = QLineEdit(self)
        self.state = QLabel(self)
        self.line = ProgressLine(self)
        self.jobs = WorklistJobs(self.line, preferences, self)
        self.reports = QPushButton(self.tr("Write &reports…"), self)
        self.save = QPushButton(self.tr("&Save the list…"), self)
        self.open_case = QPushButton(self.tr("&Open"), self)
        self._lay_out()
        self._connect()
        self._offer_sources()

    # -- building -------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setSpacing(10)
        column.addLayout(self._head())
        column.addWidget(self._table(), 1)
        column.addWidget(self.state)
        column.addWidget(self.line)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        without_icons(buttons)
        for button in (self.open_case, self.reports, self.save):
            button.setAutoDefault(False)
            buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        buttons.rejected.connect(self.close)
        column.addWidget(buttons)
        self.resize(1240, 620)

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        for text, widget, stretch in (
            (self.tr("&Cases:"), self.source, 2),
            (self.tr("&Day:"), self.day, 0),
            (self.tr("&Filter:"), self.words, 1),
        ):
            label = QLabel(text, self)
            label.setBuddy(widget)
            row.addWidget(label)
            row.addWidget(widget, stretch)
        self.source.setMinimumContentsLength(24)
        self.day.addItem(self.tr("Any day"), None)
        self.day.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.words.setPlaceholderText(self.tr("Words in any column"))
        self.words.setClearButtonEnabled(True)
        return row

    def _table(self) -> QTableView:
        view = self.view
        view.setModel(self.shown)
        view.setAccessibleName(self.tr("Cases"))
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setAlternatingRowColors(True)
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.setTabKeyNavigation(False)  # Tab leaves the table
        view.verticalHeader().hide()
        view.horizontalHeader().setHighlightSections(False)
        view.setSortingEnabled(True)
        view.sortByColumn(worklist_model.CHANGED, Qt.SortOrder.DescendingOrder)
        for place, width in enumerate(_WIDTHS):
            view.setColumnWidth(place, width)
        return view

    def _connect(self) -> None:
        self.source.activated.connect(self._source_chosen)
        self.day.currentIndexChanged.connect(lambda: self.shown.show_day(self.day.currentData()))
        self.words.textChanged.connect(self.shown.show_words)
        for changed in (self.shown.rowsInserted, self.shown.layoutChanged, self.shown.modelReset):
            changed.connect(lambda *_: self._follow())
        self.view.selectionModel().selectionChanged.connect(lambda *_: self._follow())
        self.view.activated.connect(self._open)  # a double click, or Return
        self.open_case.clicked.connect(lambda: self._open(self.view.currentIndex()))
        self.reports.clicked.connect(lambda: self.jobs.write_reports([each.path for each in self._chosen()]))
        self.save.clicked.connect(lambda: self.jobs.save(self.shown.shown()))
        self.line.cancelled.connect(self.jobs.cancel)
        self.jobs.changed.connect(self._follow)

    # -- where the cases come from --------------------------------------------------------------------

    def _offer_sources(self) -> None:
        self.source.addItem(self.tr("Recent cases"), None)
        self.source.addItem(self.tr("The program's own folder of cases"), places.cases_path())
        self.source.addItem(self.tr("Another folder…"), "")
        self._read()

    def _source_chosen(self, place: int) -> None:
        """Read another source; ask for the folder where the last entry was chosen."""
        if self.source.itemData(place) == "":
            name = QFileDialog.getExistingDirectory(
                self, self.tr("A folder of cases"), str(self._preferences.folder)
            )
            if not name:
                self.source.setCurrentIndex(0)
            else:
                folder = Path(name)
                self.source.insertItem(place, str(folder), folder)
                self.source.setCurrentIndex(place)
        self._read()

    def _read(self) -> None:
        """Read the cases one by one off the GUI thread; those that are read are shown meanwhile."""
        folder, choice = self.source.currentData(), self._preferences.choice
        recent = [each.path for each in self._preferences.now.recent_cases]
        self._waiting = 0
        self.table.clear()

        def work(cancel: threading.Event) -> Iterator[int | Entry]:
            from marrowdesk.services.worklist import entries

            paths = recent if folder is None else sorted(folder.glob(f"*{SUFFIX}"))
            yield len(paths)
            yield from entries(paths, choice, cancel, sex_of)

        reading = Operation(self, work, lane=Lane.LONG, series="worklist")
        self._reading = reading.on_progress(self._take).on_end(self._follow).start()
        self._follow()

    def _take(self, events: list[int | Entry]) -> None:
        """Show what was read; the first event of all is how many cases there are."""
        entries = [each for each in events if not isinstance(each, int)]
        self._waiting = next((each for each in events if isinstance(each, int)), self._waiting)
        self.table.add(entries)
        self._offer_days()
        self._follow()

    def _offer_days(self) -> None:
        """Offer the days on which cases were worked on; the one chosen stays."""
        days, chosen = self.table.days(), self.day.currentData()
        if days == [self.day.itemData(place) for place in range(1, self.day.count())]:
            return
        self.day.blockSignals(True)
        while self.day.count() > 1:
            self.day.removeItem(1)
        for each in days:
            self.day.addItem(QLocale().toString(each, "yyyy-MM-dd"), each)
        self.day.setCurrentIndex(max(0, self.day.findData(chosen)) if chosen is not None else 0)
        self.day.blockSignals(False)

    # -- what is chosen -------------------------------------------------------------------------------

    def _chosen(self) -> list[Entry]:
        rows = self.view.selectionModel().selectedRows()
        return self.shown.shown(sorted(index.row() for index in rows))

    def _follow(self) -> None:
        """Say how many cases there are, and allow what can be done with those chosen."""
        read, shown, chosen = len(self.table.entries), self.shown.rowCount(), len(self._chosen())
        text = self.tr("1 case") if shown == 1 else self.tr("{} cases").format(numbers.count(shown))
        if shown < read:
            text = self.tr("{} of {} cases").format(numbers.count(shown), numbers.count(read))
        if read < self._waiting:
            text += " · " + self.tr("reading, {} to go").format(numbers.count(self._waiting - read))
        elif not read and self._reading is not None and not self._reading.running:
            text = self.tr("There is no case here.")
        if chosen:
            text += " · " + self.tr("{} chosen").format(numbers.count(chosen))
        self.state.setText(text)
        self.open_case.setEnabled(chosen == 1)
        self.reports.setEnabled(chosen > 0 and not self.jobs.busy)
        self.save.setEnabled(shown > 0 and not self.jobs.busy)

    def _open(self, index: QModelIndex) -> None:
        if index.isValid():
            (entry,) = self.shown.shown([index.row()])
            self.close()
            self.chosen.emit(entry.path)

    def done(self, result: int) -> None:
        """Stop reading and writing, however the dialog is closed."""
        if self._reading is not None:
            self._reading.drop()
        self.jobs.cancel()
        super().done(result)

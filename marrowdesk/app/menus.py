"""The menus and the toolbar, built from the actions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QObject, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QInputDialog, QMainWindow, QMenu, QToolBar

from marrowdesk.app import numbers
from marrowdesk.app.mnemonics import literal
from marrowdesk.app.preferences import sets_for
from marrowdesk.core.counting import ME_RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from marrowdesk.app.actions import Actions
    from marrowdesk.app.preferences import Preferences
    from marrowdesk.app.viewer.actions import ViewerActions
    from marrowdesk.core.reference import ReferenceSet
    from marrowdesk.core.taxonomy import Specimen
    from marrowdesk.store.settings import RecentCase

translate = QCoreApplication.translate

_SET_OF: dict[Specimen, str] = {"marrow": "reference_set", "blood": "blood_reference_set"}
_TARGET_OF: dict[Specimen, str] = {"marrow": "target_count", "blood": "blood_target_count"}
_TARGETS = (100, 200, 300, 500, 1000)


class Choice(QObject):
    """A sub-menu of which one entry holds.

    Signals:
        chosen: the person chose another entry; its value.
    """

    chosen = Signal(object)

    def __init__(self, menu: QMenu, entries: Mapping[object, str]) -> None:
        super().__init__(menu)
        self._group = QActionGroup(self)
        for value, text in entries.items():
            action = self._group.addAction(menu.addAction(text))
            action.setCheckable(True)
            action.setData(value)
        self._group.triggered.connect(lambda action: self.chosen.emit(action.data()))

    def show(self, value: object) -> None:
        """Mark the entry that holds; none, where there is no such entry."""
        for action in self._group.actions():
            action.setChecked(action.data() == value)


class Menus(QObject):
    """The menu bar of the window.

    Signals:
        recent_chosen: a recent case; its path.
        sex_chosen: the sex whose ranges apply; ``F``, ``M`` or empty.
    """

    recent_chosen = Signal(object)
    sex_chosen = Signal(object)

    def __init__(
        self, window: QMainWindow, actions: Actions, viewer: ViewerActions, preferences: Preferences
    ) -> None:
        super().__init__(window)
        self._window = window
        self._actions = actions
        self._preferences = preferences
        self._fill_file()
        self._fill_edit()
        self._fill_view(viewer)
        self._fill_count()
        self._fill_help()
        preferences.changed.connect(self.follow)
        self.follow()

    def _menu(self, title: str) -> QMenu:
        return self._window.menuBar().addMenu(title)

    def _fill_file(self) -> None:
        actions, menu = self._actions, self._menu(translate("Menus", "&File"))
        menu.addActions([actions.open_folder, actions.open_files])
        self.recent = menu.addMenu(translate("Menus", "&Open recent"))
        self._recents: tuple[RecentCase, ...] = ()
        menu.addActions([actions.add_slide, actions.demo])
        menu.addSeparator()
        menu.addActions([actions.report, actions.export, actions.sign_off])
        menu.addAction(actions.worklist)
        menu.addSeparator()
        menu.addActions([actions.manual, actions.second_reading, actions.history])
        menu.addActions([actions.pack, actions.copies, actions.close_case])
        menu.addSeparator()
        menu.addActions([actions.classes_dialog, actions.settings])
        menu.addSeparator()
        menu.addAction(actions.quit)

    def _fill_edit(self) -> None:
        actions, menu = self._actions, self._menu(translate("Menus", "&Edit"))
        menu.addActions([actions.undo, actions.redo])
        menu.addSeparator()
        self.assign = menu.addMenu(translate("Menus", "Assi&gn class"))
        menu.addActions([actions.confirm, actions.confirm_screen, actions.exclude])
        menu.addActions([actions.unidentified, actions.clear])
        menu.addSeparator()
        menu.addActions([actions.select_all, actions.invert])
        menu.addSeparator()
        menu.addAction(actions.next)
        menu.addSeparator()
        menu.addActions([actions.classify, actions.stop, actions.models])

    def _fill_view(self, viewer: ViewerActions) -> None:
        actions, menu = self._actions, self._menu(translate("Menus", "&View"))
        self.panels = menu.addMenu(translate("Menus", "&Panels"))
        menu.addActions([actions.focus_gallery, actions.focus_classes, actions.focus_viewer])
        menu.addSeparator()
        menu.addActions([actions.larger, actions.smaller])
        menu.addSeparator()
        menu.addActions([actions.compare, actions.hold_cell])
        menu.addSeparator()
        menu.addActions([viewer.zoom_in, viewer.zoom_out, viewer.fit, viewer.show_map])
        menu.addSeparator()
        self._theme = self._choice(
            menu.addMenu(translate("Menus", "&Theme")),
            {
                "system": translate("Menus", "As the &system"),
                "light": translate("Menus", "&Light"),
                "dark": translate("Menus", "&Dark"),
            },
            "theme",
        )
        menu.addAction(actions.full_screen)

    def _fill_count(self) -> None:
        menu = self._menu(translate("Menus", "&Count"))
        self.count = menu
        self._references = menu.addMenu(translate("Menus", "&Reference ranges"))
        self._sets: tuple[Specimen, dict[str, str]] = ("marrow", {})
        self._sex = Choice(
            menu.addMenu(translate("Menus", "&Sex of the patient")),
            {
                "": translate("Menus", "&Unknown: span of both ranges"),
                "F": translate("Menus", "&Female"),
                "M": translate("Menus", "&Male"),
            },
        )
        self._sex.chosen.connect(self.sex_chosen)
        self._me = self._choice(
            menu.addMenu(translate("Menus", "&M:E ratio")),
            {each.key: each.definition for each in ME_RULES.values()},
            "me_definition",
        )
        self._fill_blasts(menu.addMenu(translate("Menus", "&Blasts")))
        targets = menu.addMenu(translate("Menus", "&Target"))
        entries = {value: translate("Menus", "{} cells").format(numbers.count(value)) for value in _TARGETS}
        self._target = Choice(targets, entries)
        self._target.chosen.connect(self._choose_target)
        targets.addSeparator()
        targets.addAction(translate("Menus", "&Other…")).triggered.connect(self._ask_target)
        self.show_sets(self._preferences.sets, "marrow")

    def _fill_blasts(self, menu: QMenu) -> None:
        self._equivalents = {
            "FGC": menu.addAction(translate("Menus", "Count &faggot cells with them")),
            "PRM": menu.addAction(translate("Menus", "Count &promonocytes with them")),
        }
        menu.addSeparator()
        self._non_erythroid = menu.addAction(translate("Menus", "Give them of all but &erythroid cells too"))
        for each in self._equivalents.values():
            each.setCheckable(True)
            each.triggered.connect(self._choose_equivalents)
        self._non_erythroid.setCheckable(True)
        self._non_erythroid.triggered.connect(lambda on: self._preferences.change(non_erythroid=on))

    def _choose_equivalents(self) -> None:
        chosen = tuple(code for code, action in self._equivalents.items() if action.isChecked())
        self._preferences.change(blast_equivalents=chosen)

    def _fill_help(self) -> None:
        actions, menu = self._actions, self._menu(translate("Menus", "&Help"))
        menu.addAction(actions.shortcuts)
        menu.addSeparator()
        menu.addActions([actions.cases_folder, actions.logs_folder])
        menu.addSeparator()
        menu.addAction(actions.about)

    def _choice(self, menu: QMenu, entries: Mapping[object, str], setting: str) -> Choice:
        choice = Choice(menu, entries)
        choice.chosen.connect(lambda value: self._preferences.change(**{setting: value}))
        return choice

    def _ask_target(self) -> None:
        value, agreed = QInputDialog.getInt(
            self._window, translate("Menus", "Target"), translate("Menus", "Nucleated cells to count:"),
            self._of_specimen(_TARGET_OF), 1, 100_000, 50,
        )  # fmt: skip
        if agreed:
            self._choose_target(value)
        self.follow()

    def _choose_target(self, cells: int) -> None:
        specimen, _ = self._sets
        self._preferences.change(**{_TARGET_OF[specimen]: cells})

    def follow(self) -> None:
        """Mark the entries that hold by the settings, and list the recent cases."""
        now = self._preferences.now
        self._theme.show(now.theme)
        self._show_of_specimen()
        self._me.show(now.me_definition)
        for code, action in self._equivalents.items():
            action.setChecked(code in now.blast_equivalents)
        self._non_erythroid.setChecked(now.non_erythroid)
        if now.recent_cases != self._recents:  # settings change with each step of a slider
            self._recents = now.recent_cases
            self.recent.clear()
            for number, each in enumerate(now.recent_cases, 1):
                self._add_recent(number, each.title, each.path)
        self.recent.setEnabled(not self.recent.isEmpty())

    def show_sets(self, sets: Mapping[str, ReferenceSet], specimen: Specimen) -> None:
        """List the reference ranges that hold for a specimen, and mark them and its target."""
        wanted = (specimen, {key: literal(each.name) for key, each in sets_for(sets, specimen).items()})
        if wanted != self._sets:
            self._sets = wanted
            self._references.clear()
            setting = _SET_OF[specimen]
            self._reference = self._choice(self._references, wanted[1], setting)
            self._references.addSeparator()
            self._references.addAction(self._actions.references_dialog)
        self._show_of_specimen()

    def _show_of_specimen(self) -> None:
        self._reference.show(self._of_specimen(_SET_OF))
        self._target.show(self._of_specimen(_TARGET_OF))

    def _of_specimen(self, names: Mapping[Specimen, str]) -> Any:
        specimen, _ = self._sets
        return getattr(self._preferences.now, names[specimen])

    def _add_recent(self, number: int, title: str, path: Path) -> None:
        mark = f"&{number}  " if number < 10 else ""
        action = self.recent.addAction(mark + literal(title))
        action.setToolTip(str(path))
        action.triggered.connect(lambda: self.recent_chosen.emit(path))

    def let_rules_change(self, may: bool) -> None:
        """Let the rules of the count be chosen, or not: a signed case is counted as it was signed."""
        self.count.setEnabled(may)

    def show_sex(self, sex: str, *, case_open: bool) -> None:
        """Mark the sex whose ranges apply; it belongs to a case."""
        self._sex.show(sex if case_open else None)
        self._sex.parent().setEnabled(case_open)

    def show_classes(self, actions: Iterable[QAction]) -> None:
        """List the classes that can be assigned."""
        self.assign.clear()
        self.assign.addActions(list(actions))


def make_toolbar(window: QMainWindow, actions: Actions) -> QToolBar:
    """Build the toolbar: what is done all the time, with short texts."""
    bar = QToolBar(translate("Menus", "Toolbar"), window)
    bar.setObjectName("toolbar")
    bar.setMovable(False)
    bar.setIconSize(QSize(20, 20))
    bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    for group in (
        (actions.open_folder, actions.classify, actions.stop),
        (actions.confirm, actions.exclude, actions.unidentified),
        (actions.undo, actions.redo, actions.next),
        (actions.report, actions.sign_off),
    ):
        if bar.actions():
            bar.addSeparator()
        bar.addActions(list(group))
    for button in bar.findChildren(QObject, "qt_toolbar_ext_button"):
        button.setAccessibleName(translate("Menus", "More"))
    bar.toggleViewAction().setVisible(False)  # it comes and goes with the case
    window.addToolBar(bar)
    return bar

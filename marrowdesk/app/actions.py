"""What can be done in the window, as actions that menus, toolbar and keys share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QColor, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from marrowdesk.app import shortcuts
from marrowdesk.app.icons import icon
from marrowdesk.app.mnemonics import literal

if TYPE_CHECKING:
    from marrowdesk.core.taxonomy import Scheme


class Actions(QObject):
    """All actions of the window but those of the viewer, which keeps its own.

    Bare keys (a letter, Space) are not bound to the actions themselves but by :class:`~marrowdesk.app.keys
    .BareKeys`, which knows where the focus is; the actions show them.

    Attributes:
        classes: one action for each class of the scheme, by its code.
        scheme: the classes; None until they are known.

    Signals:
        class_chosen: a class was chosen from the menu for the selected cells; its code.
    """

    class_chosen = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._make_file()
        self._make_review()
        self._make_look()
        self.classes: dict[str, QAction] = {}
        self.scheme: Scheme | None = None
        self.show_signed(False)
        self.case_open(False)

    def _make_file(self) -> None:
        self.open_folder = self._make("open_folder", self.tr("Open &folder…"), "open-folder")
        self.open_folder.setIconText(self.tr("Open folder"))
        self.open_files = self._make("open_files", self.tr("Open &images or case…"), "open-files")
        self.add_slide = self._make("add_slide", self.tr("&Add a smear to this case…"), "")
        self.demo = self._make("demo", self.tr("&Demonstration slide"), "demo")
        self.close_case = self._make("close_case", self.tr("&Close case"), "")
        self.copies = self._make("copies", self.tr("&Earlier copies…"), "")
        self.pack = self._make("pack", self.tr("Pac&k the images into the case"), "")
        self.manual = self._make("manual", self.tr("&Manual count…"), "")
        self.second_reading = self._make("second_reading", self.tr("Seco&nd reading…"), "reader")
        self.history = self._make("history", self.tr("&History…"), "")
        self.report = self._make("report", self.tr("&Report and tables…"), "report")
        self.report.setIconText(self.tr("Report"))
        self.export = self._make("export", self.tr("E&xport…"), "export")
        self.worklist = self._make("worklist", self.tr("&Worklist…"), "table")
        self.sign_off = self._make("sign_off", self.tr("Si&gn…"), "sign")
        self.references_dialog = self._make("references", self.tr("&Edit reference ranges…"), "")
        self.classes_dialog = self._make("classes", self.tr("C&lasses and keys…"), "")
        self.settings = self._make("settings", self.tr("&Settings…"), "settings")
        self.settings.setMenuRole(QAction.MenuRole.PreferencesRole)
        self.quit = self._make("quit", self.tr("&Quit"), "")
        self.quit.setMenuRole(QAction.MenuRole.QuitRole)

    def _make_review(self) -> None:
        self.classify = self._make("classify", self.tr("C&lassify"), "classify")
        self.stop = self._make("stop", self.tr("S&top"), "cancel")
        self.models = self._make("models", self.tr("&Models…"), "")
        self.confirm = self._make("confirm", self.tr("&Confirm"), "confirm")
        self.confirm_screen = self._make("confirm_screen", self.tr("Confirm the screen"), "")
        self.exclude = self._make("exclude", self.tr("E&xclude"), "exclude")
        self.unidentified = self._make("unidentified", self.tr("Mark not &identifiable"), "unidentified")
        self.clear = self._make("clear", self.tr("Clear &decision"), "clear")
        self.next = self._make("next", self.tr("&Next unreviewed"), "next-unreviewed")
        self.undo = self._make("undo", self.tr("&Undo"), "undo")
        self.undo.setIconText(self.tr("Undo"))
        self.redo = self._make("redo", self.tr("&Redo"), "redo")
        self.redo.setIconText(self.tr("Redo"))
        self.select_all = self._make("select_all", self.tr("Select &all shown"), "")
        self.invert = self._make("invert", self.tr("In&vert selection"), "")

    def _make_look(self) -> None:
        self.larger = self._make("larger", self.tr("&Larger thumbnails"), "")
        self.smaller = self._make("smaller", self.tr("&Smaller thumbnails"), "")
        self.focus_gallery = self._make("focus_gallery", self.tr("Go to the &gallery"), "")
        self.focus_classes = self._make("focus_classes", self.tr("Go to the &classes"), "")
        self.focus_viewer = self._make("focus_viewer", self.tr("Go to the &viewer"), "")
        self.compare = self._make("compare", self.tr("Compare with &others"), "compare")
        self.compare.setCheckable(True)
        self.hold_cell = self._make("hold_cell", self.tr("Lay as&ide or put back"), "pin")
        self.full_screen = self._make("full_screen", self.tr("&Full screen"), "")
        self.full_screen.setCheckable(True)
        self.shortcuts = self._make("shortcuts", self.tr("&Keys"), "keyboard")
        self.cases_folder = self._make("cases_folder", self.tr("Show the folder of &cases"), "")
        self.logs_folder = self._make("logs_folder", self.tr("Show the folder of &logs"), "")
        self.about = self._make("about", self.tr("&About MarrowDesk"), "info")
        self.about.setMenuRole(QAction.MenuRole.AboutRole)

    def _make(self, name: str, text: str, picture: str) -> QAction:
        action = QAction(icon(picture) if picture else QIcon(), text, self)
        action.setObjectName(name)
        plain = text.replace("&", "").rstrip("…")
        keys = shortcuts.shown(name)
        action.setToolTip(f"{plain} ({keys})" if keys else plain)
        if name in shortcuts.BY_ACTION and shortcuts.BY_ACTION[name].bare:
            action.setText(f"{text}\t{keys}" if keys else text)
            action.setIconText(plain)
        else:
            action.setShortcuts(shortcuts.sequences(name))
        self._window.addAction(action)
        return action

    def case_open(self, opened: bool) -> None:
        """Allow what needs an open case, or not."""
        for action in (
            self.close_case, self.pack, self.add_slide, self.second_reading, self.history, self.report,
            self.export, self.sign_off, self.copies, self.select_all, self.invert,
            self.compare, self.hold_cell, self.next, self.focus_gallery, self.focus_classes,
            self.focus_viewer, self.larger, self.smaller,
        ):  # fmt: skip
            action.setEnabled(opened)
        if not opened:
            self.cells_chosen(False)
            for action in (self.classify, self.stop):
                action.setEnabled(False)

    def show_sitting(self, second: bool) -> None:
        """Call the act by its name: a second reading that is open is ended."""
        text = self.tr("E&nd the second reading") if second else self.tr("Seco&nd reading…")
        self.second_reading.setText(text)

    def show_signed(self, signed: bool) -> None:
        """Call the act by its name: an open case is signed, a signed one reopened."""
        plain = self.tr("Reopen") if signed else self.tr("Sign")
        self.sign_off.setText(self.tr("Reo&pen…") if signed else self.tr("Si&gn…"))
        self.sign_off.setIconText(plain)
        self.sign_off.setToolTip(f"{plain} ({shortcuts.shown('sign_off')})")

    def cells_chosen(self, some: bool) -> None:
        """Allow what needs a cell to be done to, or not."""
        for action in (
            self.confirm,
            self.confirm_screen,
            self.exclude,
            self.unidentified,
            self.clear,
            *self.classes.values(),
        ):
            action.setEnabled(some)

    def show_scheme(self, scheme: Scheme) -> None:
        """Make one action for each class of a scheme, in its order."""
        for action in self.classes.values():
            self._window.removeAction(action)
            action.deleteLater()
        self.scheme, self.classes = scheme, {}
        for each in scheme.classes:
            name = literal(each.name)
            action = QAction(class_icon(each.color), f"{name}\t{each.key}" if each.key else name, self)
            action.triggered.connect(lambda _=False, code=each.code: self.class_chosen.emit(code))
            self.classes[each.code] = action
        key = scheme[scheme.unidentified].key if scheme.unidentified in scheme else ""
        text = self.tr("Mark not &identifiable")
        self.unidentified.setText(f"{text}\t{key}" if key else text)
        self.unidentified.setIconText(self.tr("Not identifiable"))


def class_icon(color: str, side: int = 16) -> QIcon:
    """Give a round chip in a class colour; its thin rim keeps it visible on any menu."""
    pixmap = QPixmap(side * 3, side * 3)
    pixmap.setDevicePixelRatio(3)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(128, 128, 128, 140), 1))
    painter.setBrush(QColor(color))
    painter.drawEllipse(2, 2, side - 4, side - 4)
    painter.end()
    return QIcon(pixmap)

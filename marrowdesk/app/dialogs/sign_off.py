"""Signing a case, and opening a signed one again."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from marrowdesk.app import numbers
from marrowdesk.app.count_words import counted, reviewed
from marrowdesk.app.dialogs.buttons import without_icons
from marrowdesk.app.dialogs.failure import show_failure
from marrowdesk.app.icons import icon
from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.core.signoff import Hindrance
from marrowdesk.report.document import header_labels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marrowdesk.app.operations import Operation
    from marrowdesk.app.preferences import Preferences
    from marrowdesk.app.session import Session
    from marrowdesk.core.differential import Differential
    from marrowdesk.core.signoff import Found

_MOST_NAME, _MOST_REASON = 200, 600


class _Reason(QPlainTextEdit):
    """A few lines of text that Tab leaves; longer than a report can print it does not get."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setTabChangesFocus(True)
        self.setFixedHeight(3 * self.fontMetrics().lineSpacing() + 14)

    @property
    def text(self) -> str:
        """What was typed, in one line."""
        return " ".join(self.toPlainText().split())[:_MOST_REASON]


def _name_line(text: str, parent: QWidget) -> QLineEdit:
    line = QLineEdit(text, parent)
    line.setMaxLength(_MOST_NAME)
    return line


class SignOffDialog(QDialog):
    """Says what stands against signing and how many cells nobody has looked at, and signs.

    Args:
        session: holds the case.
        preferences: the reader's name and role.
        count: of the case.
        against: what has to be done first.
        unseen: numbers of the cells that count as proposed.
        reason: typed before, when the person left the dialog to look at something.
        parent: the window.

    Signals:
        cells_chosen: show these cells; the text to call them by and their numbers.
        field_chosen: fill in this header field; its name.
        left: closed; the reason typed so far, empty when the case was signed.
    """

    cells_chosen = Signal(str, tuple)
    field_chosen = Signal(str)
    left = Signal(str)

    def __init__(
        self,
        session: Session,
        preferences: Preferences,
        count: Differential,
        against: Sequence[Found],
        unseen: Sequence[int] = (),
        reason: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Sign the case"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session, self._preferences, self._against = session, preferences, tuple(against)
        self._unseen = tuple(unseen)
        self._case = session.case
        self._signing: Operation | None = None
        assert self._case is not None
        self.reader = _name_line(preferences.now.reader, self)
        self.role = _name_line(preferences.now.role, self)
        self.role.setPlaceholderText(self.tr("for example: hematologist"))
        self.reason = _Reason(self.tr("Reason for signing all the same"), self)
        self.reason.setPlainText(reason)
        self._leading: list[QPushButton] = []
        self.sign = QPushButton(icon("sign"), self.tr("&Sign"), self)
        self._lay_out(count)
        self.reader.textChanged.connect(self._follow)
        self.reason.textChanged.connect(self._follow)
        self._follow()
        (self.reader if not self.reader.text() else self.sign if not against else self.reason).setFocus()

    def _lay_out(self, count: Differential) -> None:
        column = QVBoxLayout(self)
        column.setSpacing(12)
        assert self._case is not None
        head = self.tr("“{}”: {}, {}.").format(self._case.title, counted(count), reviewed(count))
        column.addWidget(_text(head, self))
        column.addLayout(self._hindrances())
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        if self._against:
            form.addRow(self.tr("Sign &all the same, because:"), self.reason)
        else:
            self.reason.hide()
        form.addRow(self.tr("&Name:"), self.reader)
        form.addRow(self.tr("&Role:"), self.role)
        column.addLayout(form)
        after = self.tr(
            "A signed case is read-only. It can be reopened with a reason; the signed version is kept, and "
            "the next one is marked AMENDED."
        )
        column.addWidget(_text(after, self))
        cancel = _end(self, column, self.sign)
        self.sign.clicked.connect(self._sign)
        seen = [*self._leading, self.reason, self.reader, self.role, self.sign, cancel]
        for each, following in pairwise(seen):
            self.setTabOrder(each, following)

    def _hindrances(self) -> QGridLayout:
        rows = QGridLayout()
        rows.setHorizontalSpacing(10)
        rows.setColumnStretch(1, 1)
        if not self._against and not self._unseen:
            self._add_row(rows, "confirm", self.tr("Nothing stands against signing."))
        for found in self._against:
            self._add_row(rows, "warning", words(found), found.ids, found.fields)
        if self._unseen:
            said = self.tr("Left as proposed, not looked at by a reader: {}. The report says so.")
            count = numbers.count(len(self._unseen))
            cells = self.tr("1 cell") if len(self._unseen) == 1 else self.tr("{} cells").format(count)
            self._add_row(rows, "warning", said.format(cells), self._unseen)
        return rows

    def _add_row(
        self, rows: QGridLayout, sign: str, said: str, ids: Sequence[int] = (), fields: Sequence[str] = ()
    ) -> None:
        """Add a sentence, with a button that leads to its cells or fields where it has some."""
        at = rows.rowCount()
        rows.addWidget(_sign_of(sign, self), at, 0)
        rows.addWidget(_text(said, self), at, 1)
        if ids or fields:
            button = QPushButton(self.tr("Show them") if ids else self.tr("Fill in…"), self)
            button.setAccessibleName(self.tr("Show: {}").format(said))
            button.setAutoDefault(False)
            button.clicked.connect(lambda: self._show(said, tuple(ids), tuple(fields)))
            rows.addWidget(button, at, 2)
            self._leading.append(button)

    def _show(self, said: str, ids: tuple[int, ...], fields: tuple[str, ...]) -> None:
        self.reject()
        if ids:
            self.cells_chosen.emit(said, ids)
        else:
            self.field_chosen.emit(fields[0])

    def _follow(self) -> None:
        ready = bool(self.reader.text().strip()) and (not self._against or bool(self.reason.text))
        self.sign.setEnabled(ready and self._signing is None)
        self.sign.setDefault(ready)

    def _sign(self) -> None:
        if self._session.case is not self._case:
            self.reject()
            return
        reader, role = self.reader.text().strip(), self.role.text().strip()
        self._preferences.change(role=role, reader=self._preferences.now.reader or reader)
        self._signing = (
            self._session.sign(reader, role, self.reason.text if self._against else "", self._preferences.now)
            .on_failure(lambda error: show_failure(self, error))
            .on_end(self._signed)
            .start()
        )
        self._follow()

    def _signed(self) -> None:
        operation, self._signing = self._signing, None
        if operation is not None and operation.failed:
            self._follow()
        else:
            self.accept()

    def done(self, result: int) -> None:
        """Tell the reason typed so far, however the dialog is closed."""
        self.left.emit("" if result == QDialog.DialogCode.Accepted else self.reason.toPlainText())
        super().done(result)


class ReopenDialog(QDialog):
    """Asks who opens a signed case again, and why."""

    def __init__(self, session: Session, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Reopen the case"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session, self._case = session, session.case
        assert self._case is not None
        self.reader = _name_line(preferences.now.reader, self)
        self.reason = _Reason(self.tr("Reason for reopening"), self)
        self.reopen = QPushButton(self.tr("&Reopen"), self)
        self._lay_out()
        self.reader.textChanged.connect(self._follow)
        self.reason.textChanged.connect(self._follow)
        self._follow()
        self.reason.setFocus()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setSpacing(12)
        assert self._case is not None
        text = self.tr(
            "“{}” is signed. Reopened, it can be changed and signed again: that version will be marked "
            "AMENDED and print your reason. What was signed is kept and can still be printed."
        ).format(self._case.title)
        column.addWidget(_text(text, self))
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.addRow(self.tr("R&eason:"), self.reason)
        form.addRow(self.tr("&Name:"), self.reader)
        column.addLayout(form)
        _end(self, column, self.reopen)
        self.setTabOrder(self.reason, self.reader)
        self.reopen.clicked.connect(self._reopen)

    def _follow(self) -> None:
        ready = bool(self.reader.text().strip()) and bool(self.reason.text)
        self.reopen.setEnabled(ready)
        self.reopen.setDefault(ready)

    def _reopen(self) -> None:
        if self._session.case is self._case:
            try:
                self._session.reopen(self.reader.text().strip(), self.reason.text)
            except MarrowdeskError as error:
                show_failure(self, error)
                return
        self.accept()


def words(found: Found) -> str:
    """Say what stands against signing, in the language of the window."""
    translate = QCoreApplication.translate
    if found.count == 1 and not found.fields:
        return _words_of_one(found.kind)
    many = {
        Hindrance.UNCLASSIFIED: translate("SignOffDialog", "Without any class: {} cells."),
        Hindrance.UNIDENTIFIED: translate(
            "SignOffDialog", "Not identifiable: {} cells. Give each a class or exclude it."
        ),
        Hindrance.UNFAMILIAR: translate(
            "SignOffDialog", "Unfamiliar to the classifier and not reviewed: {} cells."
        ),
        Hindrance.ALWAYS_REVIEWED: translate(
            "SignOffDialog", "Of classes that always need a reader and not reviewed: {} cells."
        ),
        Hindrance.DIFFERING: translate("SignOffDialog", "Two readers differ on {} cells; settle each."),
        Hindrance.REPEATED: translate(
            "SignOffDialog",
            "With the very image of another cell, counted again: {} cells. Exclude those added by mistake.",
        ),
        Hindrance.REPLACED: translate(
            "SignOffDialog",
            "Whose image file is not the one that was read: {} cells. Put the images back and open the case "
            "again, or exclude the cells.",
        ),
        Hindrance.TOO_FEW: translate("SignOffDialog", "Fewer cells counted than the target: {} are missing."),
        Hindrance.EMPTY_FIELDS: translate("SignOffDialog", "Required and empty in the report: {}."),
    }
    labels = {each.name: translate("ReportFields", each.label) for each in header_labels()}
    names = ", ".join(labels.get(name, name) for name in found.fields)
    return many[found.kind].format(names or numbers.count(found.count))


def _words_of_one(kind: Hindrance) -> str:
    """Say what stands against signing, where it is a single cell."""
    translate = QCoreApplication.translate
    return {
        Hindrance.UNCLASSIFIED: translate("SignOffDialog", "Without any class: 1 cell."),
        Hindrance.UNIDENTIFIED: translate(
            "SignOffDialog", "Not identifiable: 1 cell. Give it a class or exclude it."
        ),
        Hindrance.UNFAMILIAR: translate(
            "SignOffDialog", "Unfamiliar to the classifier and not reviewed: 1 cell."
        ),
        Hindrance.ALWAYS_REVIEWED: translate(
            "SignOffDialog", "Of a class that always needs a reader and not reviewed: 1 cell."
        ),
        Hindrance.DIFFERING: translate("SignOffDialog", "Two readers differ on 1 cell; settle it."),
        Hindrance.REPEATED: translate(
            "SignOffDialog",
            "With the very image of another cell, counted again: 1 cell. Exclude it if added by mistake.",
        ),
        Hindrance.REPLACED: translate(
            "SignOffDialog",
            "Whose image file is not the one that was read: 1 cell. Put the image back and open the case "
            "again, or exclude the cell.",
        ),
        Hindrance.TOO_FEW: translate("SignOffDialog", "Fewer cells counted than the target: 1 is missing."),
    }[kind]


def _end(dialog: QDialog, column: QVBoxLayout, act: QPushButton) -> QPushButton:
    """Put the button that acts beside Cancel, below everything; give Cancel."""
    column.addStretch(1)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, dialog)
    without_icons(buttons)
    buttons.addButton(act, QDialogButtonBox.ButtonRole.ActionRole)
    buttons.rejected.connect(dialog.reject)
    column.addWidget(buttons)
    dialog.setMinimumWidth(560)
    return buttons.button(QDialogButtonBox.StandardButton.Cancel)


def _text(text: str, parent: QWidget) -> QLabel:
    label = QLabel(text, parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label


def _sign_of(name: str, parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setPixmap(icon(name).pixmap(QSize(18, 18), parent.devicePixelRatioF()))
    return label

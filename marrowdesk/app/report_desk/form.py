"""The form of the header fields, in groups, as the laboratory arranged it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFormLayout,
    QFrame,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from marrowdesk.app.report_desk.arrangement import GROUPS, Group, labels, long_names
from marrowdesk.app.report_desk.field_notes import NOTED, FieldNote
from marrowdesk.app.report_desk.fields import Field, LineField, LongField, SexField
from marrowdesk.store.phrases import NEVER_KEPT

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from marrowdesk.store.phrases import Phrases


class ReportForm(QScrollArea):
    """Shows the header fields of a report and tells when one is changed.

    Attributes:
        fields: the control of each header field by its name, in the order of the form.
        notes: what is said below some of them, by the name of the field.

    Signals:
        edited: a person changed a field; its name.
        long_field_entered: the keyboard came into a field of several lines.
    """

    edited = Signal(str)
    long_field_entered = Signal()

    def __init__(self, logo: QWidget, parent: QWidget | None = None) -> None:
        """Build the form, empty.

        Args:
            logo: control that shows and chooses the logo; stands below the institution.
            parent: owner.
        """
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the fields have it; the form follows them
        self.fields: dict[str, Field] = {}
        self.notes: dict[str, FieldNote] = {}
        self._labels = labels()
        self._values: dict[str, str] = {}
        self._shown: dict[str, str] = {}
        self._hidden: frozenset[str] = frozenset()
        self._required: frozenset[str] = frozenset()
        self._wanted: tuple[frozenset[str], frozenset[str]] | None = None
        self._rows: dict[str, tuple[QFormLayout, QLabel]] = {}
        self._boxes: list[tuple[Group, QGroupBox]] = []
        self._last_long: LongField | None = None
        self._lay_out(logo)

    # -- building -------------------------------------------------------------------------------------

    def _lay_out(self, logo: QWidget) -> None:
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(10)
        column.addWidget(self._hidden_note(page))
        for group in GROUPS:
            column.addWidget(self._group(group, page))
        self._boxes[0][1].layout().addRow(self._label(self.tr("Logo"), logo), logo)
        self._line_up()
        column.addStretch(1)
        self.setWidget(page)

    def _hidden_note(self, parent: QWidget) -> QWidget:
        self._note = QWidget(parent)
        row = QHBoxLayout(self._note)
        row.setContentsMargins(0, 0, 0, 0)
        self.hidden_text = QLabel(self._note)
        self.hidden_text.setWordWrap(True)
        self.show_hidden = QPushButton(self.tr("S&how them"), self._note)
        self.show_hidden.setAutoDefault(False)
        self.show_hidden.clicked.connect(self._reveal)
        row.addWidget(self.hidden_text, 1)
        row.addWidget(self.show_hidden)
        self._note.hide()
        return self._note

    def _group(self, group: Group, parent: QWidget) -> QGroupBox:
        box = QGroupBox(group.heading, parent)
        form = QFormLayout(box)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        if group.upright:
            form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        for name in group.names:
            field = self._field(name, box)
            label = self._label(self._labels[name], field)
            form.addRow(label, field)
            self.fields[name], self._rows[name] = field, (form, label)
            if name in NOTED:
                self.notes[name] = FieldNote(box)
                form.addRow("", self.notes[name])
                form.setRowVisible(self.notes[name], False)
        self._boxes.append((group, box))
        return box

    @staticmethod
    def _label(text: str, field: QWidget) -> QLabel:
        label = QLabel(text)
        label.setBuddy(field)
        return label

    def _line_up(self) -> None:
        """Let the fields of all groups begin at one line, where the labels stand beside them."""
        beside = [name for group in GROUPS if not group.upright for name in group.names]
        widest = max(self._rows[name][1].sizeHint().width() for name in beside)
        for name in beside:
            self._rows[name][1].setMinimumWidth(widest)

    def _field(self, name: str, parent: QWidget) -> Field:
        kind = LongField if name in long_names() else SexField if name == "sex" else LineField
        field = kind(parent)
        field.setObjectName(name)
        field.setAccessibleName(self._labels[name])
        field.edited.connect(lambda: self.edited.emit(name))
        if isinstance(field, LongField):
            field.installEventFilter(self)
            field.cursorPositionChanged.connect(
                lambda: QTimer.singleShot(0, field, lambda: self._follow(field))
            )
        return field

    # -- what the fields hold -------------------------------------------------------------------------

    def show_values(self, values: Mapping[str, str], *, read_only: bool) -> None:
        """Show other texts.

        Args:
            values: by name of the field; of the others, the texts are empty.
            read_only: whether they can only be read.
        """
        self._values = dict(values)
        for name, field in self.fields.items():
            field.show_content(values.get(name, ""))
            field.set_read_only(read_only)
        self._shown = {name: field.content() for name, field in self.fields.items()}
        self._tell_hidden()

    def show_notes(self, said: Mapping[str, str]) -> None:
        """Say below their fields what is not understood, and nothing below the others."""
        for name, note in self.notes.items():
            text = said.get(name, "")
            note.setText(text)
            self.fields[name].setAccessibleDescription(text)
            self._rows[name][0].setRowVisible(note, bool(text) and name not in self._hidden)

    def value(self, name: str) -> str:
        """Give the text of a field; one that was not touched gives what it was given, to the blank."""
        text = self.fields[name].content()
        return self._values.get(name, "") if text == self._shown.get(name, "") else text

    def values(self) -> dict[str, str]:
        """Give the texts of all fields, hidden ones too."""
        return {name: self.value(name) for name in self.fields}

    def complete_from(self, phrases: Phrases) -> None:
        """Complete one-line fields from earlier texts, but those that belong to one patient."""
        for name, field in self.fields.items():
            if isinstance(field, LineField) and name not in NEVER_KEPT:
                field.complete_from(phrases.of(name))

    # -- which fields there are -----------------------------------------------------------------------

    def arrange(self, hidden: Collection[str], required: Collection[str]) -> None:
        """Show the fields that the laboratory wants; a required one is always shown."""
        wanted = frozenset(hidden), frozenset(required)
        if wanted == self._wanted:  # what a person had shown for this report stays
            return
        self._wanted = wanted
        self._required = wanted[1]
        self._hidden = wanted[0] - wanted[1]
        for name, (_, label) in self._rows.items():
            mark = self.tr("{} (required)") if name in self._required else "{}"
            label.setText(mark.format(self._labels[name]))
            self.fields[name].setAccessibleName(label.text())
        self._show_rows()
        self._tell_hidden()

    def _show_rows(self) -> None:
        for name, (form, _) in self._rows.items():
            form.setRowVisible(self.fields[name], name not in self._hidden)
        for name, note in self.notes.items():
            self._rows[name][0].setRowVisible(note, bool(note.text()) and name not in self._hidden)
        for group, box in self._boxes[1:]:  # the first one has the logo too
            box.setVisible(not self._hidden.issuperset(group.names))

    def _tell_hidden(self) -> None:
        held = [self._labels[name] for name in self.fields if name in self._hidden and self.value(name)]
        self._note.setVisible(bool(held))
        self.hidden_text.setText(
            self.tr("Hidden here, but filled in and printed: {}.").format(", ".join(held))
        )

    def _reveal(self) -> None:
        """Show hidden fields that hold a text, until the form is arranged anew."""
        held = [name for name in self.fields if name in self._hidden and self.value(name)]
        self._hidden -= set(held)
        self._show_rows()
        self._tell_hidden()
        self.go_to(held[0])

    def begin(self) -> None:
        """Put the keyboard into the first empty field, else into the first."""
        shown = [name for name in self.fields if name not in self._hidden]
        empty = [name for name in shown if not self.value(name)]
        if shown:
            self.fields[(empty or shown)[0]].setFocus(Qt.FocusReason.OtherFocusReason)

    def go_to(self, name: str) -> None:
        """Put the keyboard into a field."""
        field = self.fields[name]
        field.setFocus(Qt.FocusReason.OtherFocusReason)
        QTimer.singleShot(0, field, lambda: self.ensureWidgetVisible(field))  # once all has its place

    def _follow(self, field: LongField) -> None:
        """Keep the cursor of a field in sight: the field may be higher than the form, and grows meanwhile."""
        if field.hasFocus():
            at = field.viewport().mapTo(self.widget(), field.cursorRect().center())
            self.ensureVisible(at.x(), at.y(), 0, 2 * field.fontMetrics().lineSpacing())

    # -- where a text block goes ----------------------------------------------------------------------

    @property
    def long_field(self) -> LongField | None:
        """The field of several lines that had the keyboard last, if a text can be put into it."""
        field = self._last_long
        return field if field is not None and field.isVisible() and not field.isReadOnly() else None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice which field of several lines has the keyboard."""
        if event.type() == QEvent.Type.FocusIn and isinstance(watched, LongField):
            self._last_long = watched
            self.long_field_entered.emit()
        return super().eventFilter(watched, event)

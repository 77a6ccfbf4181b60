"""The settings dialog: who reads, how it is counted, how it looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFormLayout,
    QFrame,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from marrowdesk.app.dialogs.buttons import ok_or_cancel
from marrowdesk.app.dialogs.failure import show_failure
from marrowdesk.app.dialogs.long_names import for_long_names
from marrowdesk.app.preferences import sets_for
from marrowdesk.app.translations import languages
from marrowdesk.core.counting import ME_RULES
from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.store.paths import phrases_path, settings_path
from marrowdesk.store.phrases import forget_phrases

if TYPE_CHECKING:
    from collections.abc import Mapping

    from marrowdesk.app.preferences import Preferences


class SettingsDialog(QDialog):
    """Shows all settings; they hold when OK is pressed."""

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Settings"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._preferences = preferences
        page = QWidget(self)
        self._column = QVBoxLayout(page)
        self._column.setSpacing(10)
        self._add_reader()
        self._add_count()
        self._add_report()
        self._add_window()
        self._add_classifier()
        where = QLabel(self.tr("Kept in {}").format(settings_path()), self)
        where.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        where.setWordWrap(True)
        where.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._column.addWidget(where)
        self._column.addStretch(1)
        self._lay_out(page)

    def _lay_out(self, page: QWidget) -> None:
        """Let the groups be scrolled where the screen is low; the buttons stay in sight."""
        area = QScrollArea(self)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the controls have it; the page follows them
        area.setWidget(page)
        least = page.minimumSizeHint().width() + area.verticalScrollBar().sizeHint().width()
        area.setMinimumWidth(max(520, least))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(area, 1)
        buttons = ok_or_cancel(self)
        buttons.setContentsMargins(9, 0, 9, 9)
        column.addWidget(buttons)
        wanted = QSize(area.minimumWidth(), page.heightForWidth(least) + buttons.sizeHint().height() + 6)
        self.resize(wanted.boundedTo(self.screen().availableSize() * 0.94))

    def _group(self, title: str) -> QFormLayout:
        box = QGroupBox(title, self)
        self._column.addWidget(box)
        form = QFormLayout(box)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        return form

    def _add_reader(self) -> None:
        now, form = self._preferences.now, self._group(self.tr("Reader"))
        self.reader = QLineEdit(now.reader, self)
        self.reader.setMaxLength(200)
        self.reader.setPlaceholderText(self.tr("Name or initials; every decision is signed with it"))
        form.addRow(self.tr("&Reader:"), self.reader)
        self.role = QLineEdit(now.role, self)
        self.role.setMaxLength(200)
        self.role.setPlaceholderText(self.tr("Printed where you sign, for example: hematologist"))
        form.addRow(self.tr("R&ole:"), self.role)
        self.institution = QLineEdit(now.institution, self)
        self.institution.setMaxLength(500)
        self.institution.setPlaceholderText(self.tr("Printed at the head of new reports"))
        form.addRow(self.tr("&Institution:"), self.institution)
        self.auto_advance = QCheckBox(self.tr("Go to the &next unreviewed cell after a decision"), self)
        self.auto_advance.setChecked(now.auto_advance)
        form.addRow(self.auto_advance)
        self.follow_mouse = QCheckBox(self.tr("Keys act on the cell &under the mouse"), self)
        self.follow_mouse.setToolTip(self.tr("A ring shows which one it is. Several chosen cells go first."))
        self.follow_mouse.setChecked(now.keys_follow_mouse)
        form.addRow(self.follow_mouse)

    def _add_count(self) -> None:
        now, form = self._preferences.now, self._group(self.tr("Count"))
        of_marrow, of_blood = (sets_for(self._preferences.sets, each) for each in ("marrow", "blood"))
        self.references = _combo(self, {key: each.name for key, each in of_marrow.items()}, now.reference_set)
        form.addRow(self.tr("R&anges, marrow:"), self.references)
        self.blood = _combo(self, {key: each.name for key, each in of_blood.items()}, now.blood_reference_set)
        form.addRow(self.tr("Ranges, &blood:"), self.blood)
        self.me_definition = _combo(
            self, {each.key: each.definition for each in ME_RULES.values()}, now.me_definition
        )
        for each in (self.references, self.blood, self.me_definition):
            for_long_names(each, 40)
        form.addRow(self.tr("&M:E ratio:"), self.me_definition)
        self.target = self._target(now.target_count)
        self.blood_target = self._target(now.blood_target_count)
        row = QHBoxLayout()
        row.addWidget(self.target, 1)
        marrow, blood = QLabel(self.tr("&Target, marrow:"), self), QLabel(self.tr("bloo&d:"), self)
        marrow.setBuddy(self.target)
        blood.setBuddy(self.blood_target)
        row.addWidget(blood)
        row.addWidget(self.blood_target, 1)
        form.addRow(marrow, row)

    def _target(self, cells: int) -> QSpinBox:
        box = QSpinBox(self)
        box.setRange(1, 100_000)
        box.setSingleStep(50)
        box.setValue(cells)
        box.setSuffix(self.tr(" cells"))
        return box

    def _add_report(self) -> None:
        form = self._group(self.tr("Report"))
        self.keep_phrases = QCheckBox(self.tr("&Complete fields from earlier reports on this computer"), self)
        self.keep_phrases.setToolTip(
            self.tr(
                "Never those that name a patient. Switched off, nothing is kept and what was is forgotten."
            )
        )
        self.keep_phrases.setChecked(self._preferences.now.keep_phrases)
        self.forget = QPushButton(self.tr("&Forget all"), self)
        self.forget.setAccessibleName(self.tr("Forget what was written in earlier reports"))
        self.forget.setAutoDefault(False)
        self.forget.setEnabled(phrases_path().exists())
        self.forget.clicked.connect(self._forget)
        row = QHBoxLayout()
        row.addWidget(self.keep_phrases, 1)
        row.addWidget(self.forget)
        form.addRow(row)

    def _forget(self) -> bool:
        """Forget what was written in earlier reports; False when that failed."""
        try:
            forget_phrases()
        except MarrowdeskError as error:
            show_failure(self, error)
            return False
        self.forget.setEnabled(False)
        return True

    def _add_window(self) -> None:
        now, form = self._preferences.now, self._group(self.tr("Window"))
        themes = {
            "system": self.tr("As the system"),
            "light": self.tr("Light"),
            "dark": self.tr("Dark"),
        }
        self.theme = _combo(self, themes, now.theme)
        form.addRow(self.tr("T&heme:"), self.theme)
        self.language = _combo(self, {"system": self.tr("As the system"), **languages()}, now.language)
        if len(languages()) > 1:
            self.language.setToolTip(self.tr("Holds from the next start on."))
            form.addRow(self.tr("&Language:"), self.language)
        else:
            self.language.hide()

    def _add_classifier(self) -> None:
        form = self._group(self.tr("Classifier"))
        engines = {
            "auto": self.tr("The fastest on this computer"),
            "openvino": "OpenVINO",
            "torch": "PyTorch",
        }
        self.engine = _combo(self, engines, self._preferences.now.engine)
        self.engine.setToolTip(
            self.tr("Both give the same proposals. Holds from the next start on; About tells what is used.")
        )
        form.addRow(self.tr("Run b&y:"), self.engine)

    def accept(self) -> None:
        """Let the settings hold."""
        if not self.keep_phrases.isChecked() and not self._forget():
            return
        self._preferences.change(
            reader=self.reader.text().strip(),
            role=self.role.text().strip(),
            institution=self.institution.text().strip(),
            auto_advance=self.auto_advance.isChecked(),
            keys_follow_mouse=self.follow_mouse.isChecked(),
            reference_set=self.references.currentData(),
            blood_reference_set=self.blood.currentData(),
            me_definition=self.me_definition.currentData(),
            target_count=self.target.value(),
            blood_target_count=self.blood_target.value(),
            keep_phrases=self.keep_phrases.isChecked(),
            theme=self.theme.currentData(),
            language=self.language.currentData(),
            engine=self.engine.currentData(),
        )
        super().accept()


def _combo(parent: QWidget, entries: Mapping[str, str], value: str) -> QComboBox:
    combo = QComboBox(parent)
    for key, text in entries.items():
        combo.addItem(text, key)
        combo.setItemData(combo.count() - 1, text, Qt.ItemDataRole.ToolTipRole)
    if combo.findData(value) < 0:  # a key of a newer program: keep it
        combo.addItem(value, value)
    combo.setCurrentIndex(combo.findData(value))
    return combo

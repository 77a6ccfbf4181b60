"""About: version, research-use sentence, the model and what it learned from, licences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QSize, Qt, qVersion
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from marrowdesk import RESEARCH_USE, __version__
from marrowdesk.app import numbers
from marrowdesk.app.adapting import words
from marrowdesk.app.dialogs.buttons import without_icons
from marrowdesk.app.icons import application_icon
from marrowdesk.assets import resource_path
from marrowdesk.core.taxonomy import MARROW

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from marrowdesk.inference.card import ModelCard
    from marrowdesk.inference.engine import Engine

translate = QCoreApplication.translate


class AboutDialog(QDialog):
    """Says what the program is and on whose shoulders it stands."""

    def __init__(self, engine: Engine | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("About MarrowDesk"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addLayout(self._head())
        tabs = QTabWidget(self)
        model = _text(model_text(engine) if engine else self.tr("No model is loaded."), self)
        model.setAccessibleName(self.tr("About the model"))
        tabs.addTab(model, self.tr("&Model"))
        tabs.addTab(self._licences(), self.tr("&Licences"))
        column.addWidget(tabs, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        without_icons(buttons)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        self.resize(680, 560)

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(16)
        sign = QLabel(self)
        sign.setPixmap(application_icon().pixmap(QSize(72, 72), self.devicePixelRatioF()))
        row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        name = QLabel(f"MarrowDesk {__version__}", self)
        font = name.font()
        font.setPointSizeF(font.pointSizeF() * 1.7)
        font.setWeight(QFont.Weight.DemiBold)
        name.setFont(font)
        words.addWidget(name)
        use = QLabel(RESEARCH_USE, self)
        bold = use.font()
        bold.setWeight(QFont.Weight.DemiBold)
        use.setFont(bold)
        words.addWidget(use)
        line = QLabel(
            self.tr(
                "Bone-marrow cell counts beside a classifier's proposals. Apache License 2.0. Qt {}."
            ).format(qVersion()),
            self,
        )
        line.setWordWrap(True)
        words.addWidget(line)
        for label in (name, use, line):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row.addLayout(words, 1)
        return row

    def _licences(self) -> QWidget:
        page = QWidget(self)
        column = QVBoxLayout(page)
        choice = QComboBox(page)
        choice.setAccessibleName(self.tr("Licence"))
        view = _text("", page)
        view.setAccessibleName(self.tr("Text of the licence"))
        for path in _licence_files():
            choice.addItem(path.stem.replace("-", " ").replace("_", " "), path)
        column.addWidget(choice)
        column.addWidget(view, 1)
        choice.currentIndexChanged.connect(lambda at: view.setPlainText(_read(choice.itemData(at))))
        choice.setCurrentIndex(max(0, choice.findText("third party")))
        view.setPlainText(_read(choice.currentData()))
        return page


def _licence_files() -> list[Path]:
    folder = resource_path("licences")
    return sorted(path for path in folder.iterdir() if path.suffix in (".txt", ".md", ""))


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def _text(text: str, parent: QWidget) -> QPlainTextEdit:
    view = QPlainTextEdit(text, parent)
    view.setReadOnly(True)
    view.setTabChangesFocus(True)
    return view


def model_text(engine: Engine) -> str:
    """Say which model it is, what runs it, what it proposes, what it learned from and where it is weak."""
    bundle, card = engine.bundle, engine.bundle.card
    lines = [f"{card.name} {card.revision}", card.summary, *_origin(card), "", f"sha256 {bundle.sha256}", ""]
    lines += [f"Run by {engine.device}", *([engine.note] if engine.note else []), ""]
    lines += ["Proposes: " + _names(bundle.proposed)]
    if bundle.reader_only:
        lines += ["Given by readers only: " + _names(bundle.reader_only)]
    if card.data:
        lines += ["", "Trained on:"]
        lines += [
            f"  {each.title}, {each.licence}, {each.images:,} images\n  {each.link}" for each in card.data
        ]
    if card.weaknesses:
        lines += ["", "Known weaknesses:"]
        lines += [f"  – {each}" for each in card.weaknesses]
    return "\n".join(lines)


def _origin(card: ModelCard) -> list[str]:
    """Say where the last layer of an adapted model comes from."""
    made = card.adapted
    if made is None:
        return []
    told = translate("AboutDialog", "Adapted to this laboratory on {}: learned from {}.")
    return [told.format(numbers.moment(made.made), words.origin(made.cells, made.cases))]


def _names(codes: Sequence[str]) -> str:
    return ", ".join(MARROW[code].name if code in MARROW else code for code in codes)

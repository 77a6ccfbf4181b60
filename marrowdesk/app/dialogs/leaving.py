"""What would leave the computer, line by line; or why nothing can."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QFrame, QLabel, QScrollArea, QSizePolicy, QStackedLayout, QWidget

from marrowdesk.app import numbers
from marrowdesk.core.errors import MarrowdeskError

if TYPE_CHECKING:
    from marrowdesk.services.parcel import Leaving


class LeavingView(QWidget):
    """Shows a :class:`~marrowdesk.services.parcel.Leaving`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.message = _label(self)
        self.message.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._lines = QWidget(self)
        self._form = QFormLayout(self._lines)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.values = {
            name: self._line(text)
            for name, text in (
                ("title", self.tr("The case is called:")),
                ("names", self.tr("Names of patients:")),
                ("readers", self.tr("Names of readers:")),
                ("fields", self.tr("Fields of the header:")),
                ("cells", self.tr("Cells listed:")),
                ("images", self.tr("Images of cells:")),
                ("paper", self.tr("The report as PDF:")),
            )
        }
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self.message)
        self.area = self._scrolled()
        self._pages.addWidget(self.area)

    def _scrolled(self) -> QScrollArea:
        """Give the lines in an area that scrolls: what leaves is never cut off."""
        area = QScrollArea(self)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setAccessibleName(self.tr("What leaves this computer"))
        area.setWidget(self._lines)
        for each in (area.viewport(), self._lines):
            each.setAutoFillBackground(False)  # the ground of the box around it shows
        return area

    def _line(self, text: str) -> QLabel:
        value = _label(self._lines)
        value.setAlignment(Qt.AlignmentFlag.AlignTop)
        value.setAccessibleName(text)
        self._form.addRow(text, value)
        return value

    def show_busy(self) -> None:
        """Say that it is being found out."""
        self._say(self.tr("Looking through the case …"))

    def show_error(self, error: Exception) -> None:
        """Say why the case cannot leave in this form."""
        known = isinstance(error, MarrowdeskError)
        self._say(f"{error.message}\n\n{error.hint}".strip() if known else str(error))

    def _say(self, text: str) -> None:
        self.message.setText(text)
        self._pages.setCurrentWidget(self.message)

    def show_leaving(self, leaving: Leaving) -> None:
        """Show what is in it."""
        yes = {True: self.tr("yes"), False: self.tr("no")}
        told = {
            "title": leaving.title,
            "names": self.tr("yes: of patients, slides and files") if leaving.names else yes[False],
            "readers": yes[leaving.readers],
            "fields": ", ".join(self.tr(each) for each in leaving.fields) or self.tr("none"),
            "cells": numbers.count(leaving.cells)
            if leaving.cells
            else self.tr("none, only what was counted"),
            "images": numbers.count(leaving.images) if leaving.images else yes[False],
            "paper": yes[leaving.paper],
        }
        for name, text in told.items():
            self.values[name].setText(text)
        self._pages.setCurrentIndex(1)


def _label(parent: QWidget) -> QLabel:
    """Give a label that shows a text as it was typed; a word without an end does not widen the window."""
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    policy.setHeightForWidth(True)
    label.setSizePolicy(policy)
    return label

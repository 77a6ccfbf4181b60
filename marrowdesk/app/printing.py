"""Printing a report: the system's dialog, a word where it does not fit the paper, progress with cancel."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QSizeF, Qt
from PySide6.QtGui import QPageLayout, QPageSize
from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QMessageBox,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from marrowdesk.app import numbers
from marrowdesk.app.dialogs.buttons import without_icons
from marrowdesk.app.dialogs.failure import show_failure
from marrowdesk.app.operations import Lane, Operation
from marrowdesk.app.print_job import Measured, Progress, chosen_pages, measure, paint, scale_for
from marrowdesk.core.errors import ReportError

if TYPE_CHECKING:
    from marrowdesk.app.preview.pages import Size

translate = QCoreApplication.translate

_LONGEST_TITLE = 80
"""Characters of a title: print servers refuse a job whose name is too long."""

_STEPS = 1000  # of the progress bar


def print_report(parent: QWidget, content: bytes, title: str) -> None:
    """Ask how a report shall be printed, and print it; returns at once.

    Args:
        parent: the window over which all is shown.
        content: the report as a PDF.
        title: name of the job, as the queue of the printer shows it.
    """
    if not QPrinterInfo.availablePrinterNames():
        message = translate("PrintProgress", "No printer is set up on this computer.")
        hint = translate("PrintProgress", "Add one in the system's settings, or save the report as a PDF.")
        show_failure(parent, ReportError(message, hint))
        return
    operation = Operation(parent, lambda _: measure(content), lane=Lane.LONG)
    operation.on_success(lambda measured: _ask(parent, content, title, measured))
    operation.start()


def printer_for(size: Size, title: str) -> QPrinter:
    """Give the system's printer with paper of a size in points, to be painted from edge to edge."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setDocName(re.sub(r"[\x00-\x1f\x7f\s]+", " ", title).strip()[:_LONGEST_TITLE] or "MarrowDesk")
    portrait = QSizeF(min(size), max(size))
    printer.setPageSize(QPageSize(portrait, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.FuzzyMatch))
    if size[0] > size[1]:
        printer.setPageOrientation(QPageLayout.Orientation.Landscape)
    printer.setFullPage(True)
    return printer


def _ask(parent: QWidget, content: bytes, title: str, measured: Measured) -> None:
    printer = printer_for(measured.sizes[0], title)
    dialog = QPrintDialog(printer, parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    paper = printer.pageLayout().pageSize().name()
    dialog.setWindowTitle(translate("PrintProgress", "Print the report ({})").format(paper))
    dialog.setOption(QPrintDialog.PrintDialogOption.PrintPageRange)
    dialog.setMinMax(1, len(measured.sizes))
    dialog.setFromTo(1, len(measured.sizes))

    def answered(result: int) -> None:
        if result == QDialog.DialogCode.Accepted:
            print_on(parent, printer, content, measured)

    dialog.finished.connect(answered)
    QDialog.open(dialog)  # QPrintDialog hides it behind one of another signature


def print_on(parent: QWidget, printer: QPrinter, content: bytes, measured: Measured) -> None:
    """Print on a printer as it was chosen; asks first where the report has to be made smaller for it."""
    try:
        chosen = chosen_pages(printer, len(measured.sizes))
    except ReportError as error:
        show_failure(parent, error)
        return
    scale = scale_for(measured, printer.pageLayout())

    def begin() -> None:
        PrintProgress(printer, content, chosen, scale, parent).open()

    if scale == 1:
        begin()
    else:
        _tell_smaller(parent, printer.pageLayout().pageSize().name(), scale).accepted.connect(begin)


def _tell_smaller(parent: QWidget, paper: str, scale: float) -> QMessageBox:
    """Ask whether the report may be made smaller; accepted is the answer yes."""
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.Information)
    box.setWindowTitle(translate("PrintProgress", "Print the report"))
    box.setTextFormat(Qt.TextFormat.PlainText)
    told = translate("PrintProgress", "In its own size the report does not fit on the paper chosen ({}).")
    box.setText(told.format(paper))
    told = translate("PrintProgress", "Printed at {} of its size, nothing is cut off.")
    box.setInformativeText(told.format(numbers.whole_percent(int(100 * scale))))
    print_it = box.addButton(translate("PrintProgress", "&Print"), QMessageBox.ButtonRole.AcceptRole)
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(print_it)
    without_icons(box)
    box.open()
    return box


class PrintProgress(QDialog):
    """Prints, tells how far it is and lets it be cancelled; closes itself.

    Attributes:
        label: says which page it is.
        bar: how much is done.
    """

    def __init__(
        self, printer: QPrinter, content: bytes, chosen: list[int], scale: float, parent: QWidget
    ) -> None:
        """Begin to print.

        Args:
            printer: chosen by the person.
            content: the PDF.
            chosen: pages in the order of printing, from 0.
            scale: of the pages.
            parent: the window it belongs to, which takes no keys meanwhile.
        """
        super().__init__(parent)
        self.setWindowTitle(self.tr("Printing"))
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.label = QLabel(self.tr("The report is being prepared…"), self)
        self.bar = QProgressBar(self)
        self.bar.setRange(0, _STEPS)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("How much is printed"))
        self._lay_out()
        self._operation = Operation(
            self,
            lambda cancel: paint(printer, content, chosen, scale, cancel),
            lane=Lane.LONG,
            finishes=True,
        )
        self._operation.on_progress(lambda events: self._tell(events[-1]))
        self._operation.on_failure(lambda error: show_failure(parent, error))
        self._operation.on_end(self.accept)
        self._operation.start()

    def _lay_out(self) -> None:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        without_icons(buttons)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        for widget in (self.label, self.bar, buttons):
            column.addWidget(widget)
        self.setMinimumWidth(340)

    def _tell(self, progress: Progress) -> None:
        if not self._operation.cancelled.is_set():
            page, pages = numbers.count(progress.page), numbers.count(progress.pages)
            self.label.setText(self.tr("Page {} of {}").format(page, pages))
            self.bar.setValue(round(_STEPS * progress.share))

    def reject(self) -> None:
        """Cancel; the dialog closes once the printer is free again."""
        self.label.setText(self.tr("Cancelling…"))
        self._operation.cancel()

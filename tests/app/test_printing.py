"""Printing a report: what comes out of the printer is what was chosen and what the screen shows."""

from __future__ import annotations

import io
import shutil
import subprocess
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pytest
from preview_steps import A4, dense_document, difference, document, rendered
from PySide6.QtCore import QMarginsF, QRectF, QTimer
from PySide6.QtGui import QPageLayout, QPageRanges, QPageSize
from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo
from PySide6.QtWidgets import QDialogButtonBox, QMessageBox, QWidget

from marrowdesk.app import operations, print_job, printing
from marrowdesk.app.preview.pages import Pages, bands_of
from marrowdesk.app.print_job import measure, scale_for
from marrowdesk.app.print_pieces import pieces
from marrowdesk.app.printing import PrintProgress, print_on, print_report, printer_for

LETTER = (612.0, 792.0)


@pytest.fixture
def window(qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.resize(600, 500)
    widget.show()
    return widget


@pytest.fixture
def printer(qapp, tmp_path):
    """Give a printer for A4 that writes a file."""
    made = printer_for(A4, "M-2026-0412")
    made.setOutputFileName(str(tmp_path / "out.pdf"))
    made.setResolution(150)
    return made


def out(printer: QPrinter) -> bytes:
    return Path(printer.outputFileName()).read_bytes()


def print_all(qtbot, window: QWidget, printer: QPrinter, content: bytes) -> bytes:
    print_on(window, printer, content, measure(content))
    assert window.findChildren(PrintProgress)
    qtbot.waitUntil(lambda: not window.findChildren(PrintProgress))
    return out(printer)


def words(content: bytes, among: list[bytes]) -> list[int]:
    """Give which of some one-page documents each page of a document looks like."""
    found = []
    with pdfium.PdfDocument(content) as opened:
        count = len(opened)
    for page in range(count):
        here = rendered(content, page, 400)
        found.append(min(range(len(among)), key=lambda at: difference(here, rendered(among[at], 0, 400))))
    return found


def pages_of(content: bytes) -> list[bytes]:
    """Take a document apart."""
    parts = []
    with pdfium.PdfDocument(content) as opened:
        for number in range(len(opened)):
            with pdfium.PdfDocument.new() as one:
                one.import_pages(opened, [number])
                file = io.BytesIO()
                one.save(file)
                parts.append(file.getvalue())
    return parts


CONTENT = document("first", "second", "third", "fourth")


def test_that_the_pages_printed_look_like_those_of_the_report(qtbot, window, printer):
    printed = print_all(qtbot, window, printer, CONTENT)
    assert words(printed, pages_of(CONTENT)) == [0, 1, 2, 3]
    for page in range(4):
        expected = rendered(CONTENT, page, 620)
        assert difference(rendered(printed, page, 620), expected) < 1.5
        assert (expected < 250).mean() > 0.005


@pytest.mark.parametrize("dots", [96, 600, 1200])
def test_that_letters_stand_where_they_stood_at_any_resolution(qtbot, window, printer, dots):
    printer.setResolution(dots)
    content = document("only")
    printed = print_all(qtbot, window, printer, content)
    assert difference(rendered(printed, 0, 900), rendered(content, 0, 900)) < 2


def drawn_bands(content: bytes, rows: int) -> list[np.ndarray]:
    """Draw the first page at 300 dots per inch, some rows at a time."""
    width, height = (round(side * 300 / 72) for side in A4)
    with Pages(content) as opened:
        images = [opened.draw(band) for band in bands_of(0, width, height, rows)]
    return [
        np.frombuffer(each.constBits(), np.uint32).reshape(each.height(), width).copy() & 0xFFFFFF
        for each in images
    ]


@pytest.mark.parametrize("rows", [50, 256])
def test_that_a_page_is_taken_apart_where_it_is_white_so_that_no_letter_is_cut(qapp, rows):
    bands = drawn_bands(dense_document(), rows)
    page = np.pad(np.concatenate(bands), 1, constant_values=0xFFFFFF)
    found = list(pieces(bands, below=19, beside=19, high=300))
    assert len(found) >= 6
    put = np.full_like(page, 0xFFFFFF)
    for each in found:
        high, wide = each.pixels.shape
        top, left = each.top + 1, each.left + 1
        put[top : top + high, left : left + wide] = each.pixels
        for row in (page[top - 1, left : left + wide], page[top + high, left : left + wide]):
            assert (row == 0xFFFFFF).all()
        for column in (page[top : top + high, left - 1], page[top : top + high, left + wide]):
            assert (column == 0xFFFFFF).all()
    assert (put == page).all()


def test_that_what_is_higher_than_a_piece_is_cut_with_rows_in_both(qapp):
    bands = drawn_bands(dense_document(), 256)
    page = np.concatenate(bands)
    found = list(pieces(bands, below=3000, beside=19, high=25))
    put, tall = np.full_like(page, 0xFFFFFF), 0
    for each in found:
        high, wide = each.pixels.shape
        assert high <= 100
        tall += high == 100
        put[each.top : each.top + high, each.left : each.left + wide] = each.pixels
    assert tall, "the frame has no white row"
    assert (put == page).all()


def test_that_the_range_chosen_is_printed(qtbot, window, printer):
    printer.setPrintRange(QPrinter.PrintRange.PageRange)
    printer.setPageRanges(QPageRanges.fromString("2,4"))
    assert words(print_all(qtbot, window, printer, CONTENT), pages_of(CONTENT)) == [1, 3]


@pytest.mark.parametrize(("collated", "order"), [(True, [0, 1, 0, 1]), (False, [0, 0, 1, 1])])
def test_that_copies_are_printed_together_or_page_by_page(qtbot, window, printer, collated, order):
    printer.setCopyCount(2)
    printer.setCollateCopies(collated)
    printer.setPrintRange(QPrinter.PrintRange.PageRange)
    printer.setFromTo(1, 2)
    assert words(print_all(qtbot, window, printer, CONTENT), pages_of(CONTENT)) == order


def test_that_the_last_page_comes_first_where_that_is_wished(qtbot, window, printer):
    printer.setPageOrder(QPrinter.PageOrder.LastPageFirst)
    assert words(print_all(qtbot, window, printer, CONTENT), pages_of(CONTENT)) == [3, 2, 1, 0]


def test_that_a_range_outside_of_the_report_is_told(window, printer):
    printer.setPrintRange(QPrinter.PrintRange.PageRange)
    printer.setFromTo(8, 9)
    print_on(window, printer, CONTENT, measure(CONTENT))
    (box,) = window.findChildren(QMessageBox)
    assert "none of the pages" in box.text()
    assert "1 to 4" in box.informativeText()
    box.close()


# -- the paper ------------------------------------------------------------------------------------------


def layout(size: QPageSize.PageSizeId, margin: float = 0) -> QPageLayout:
    """Give paper of which the printer leaves a rim free, in points."""
    margins = QMarginsF(margin, margin, margin, margin)
    portrait = QPageLayout.Orientation.Portrait
    return QPageLayout(QPageSize(size), portrait, margins, QPageLayout.Unit.Point, margins)


def test_that_the_paper_of_the_report_is_chosen_beforehand(qapp):
    assert printer_for(A4, "t").pageLayout().pageSize().id() == QPageSize.PageSizeId.A4
    assert printer_for(LETTER, "t").pageLayout().pageSize().id() == QPageSize.PageSizeId.Letter
    across = printer_for((A4[1], A4[0]), "t").pageLayout()
    assert across.pageSize().id() == QPageSize.PageSizeId.A4
    assert across.orientation() == QPageLayout.Orientation.Landscape


def test_that_a_report_is_made_smaller_only_where_it_would_be_cut_off(qapp):
    measured = measure(document("word"))  # its print leaves 48 points free below, 60 on the left
    assert scale_for(measured, layout(QPageSize.PageSizeId.A4)) == 1
    assert scale_for(measured, layout(QPageSize.PageSizeId.A4, 40)) == 1
    assert 0.9 < scale_for(measured, layout(QPageSize.PageSizeId.A4, 60)) < 1
    assert scale_for(measured, layout(QPageSize.PageSizeId.Letter, 12)) == 1
    assert 0.6 < scale_for(measured, layout(QPageSize.PageSizeId.A5, 12)) < 0.8
    assert scale_for(measured, layout(QPageSize.PageSizeId.A3, 12)) == 1
    assert scale_for(replace(measured, ink=QRectF()), layout(QPageSize.PageSizeId.A5, 12)) == 1


def test_that_the_ink_is_measured_on_all_pages(qapp):
    ink = measure(document("word", "a much longer word")).ink
    assert ink.left() == pytest.approx(60 - A4[0] / 2, abs=4)
    assert ink.bottom() == pytest.approx(A4[1] / 2 - 48, abs=5)
    assert ink.right() > 60


def test_that_smaller_paper_is_told_before_anything_is_printed(qtbot, window, printer):
    printer.setPageSize(QPageSize(QPageSize.PageSizeId.A5))
    content = document("word")
    print_on(window, printer, content, measure(content))
    (box,) = window.findChildren(QMessageBox)
    assert "A5" in box.text()
    share = scale_for(measure(content), printer.pageLayout())
    assert 0.7 < share < 0.8
    assert f"{int(100 * share)}\u00a0%" in box.informativeText()
    assert not window.findChildren(PrintProgress)
    assert not Path(printer.outputFileName()).exists()
    box.defaultButton().click()
    qtbot.waitUntil(lambda: Path(printer.outputFileName()).exists())
    qtbot.waitUntil(lambda: not window.findChildren(PrintProgress))
    with pdfium.PdfDocument(out(printer)) as opened:
        assert opened[0].get_size() == pytest.approx((420, 595), abs=1)
    ink = measure(out(printer)).ink
    whole = measure(content).ink
    assert ink.width() / ink.height() == pytest.approx(whole.width() / whole.height(), rel=0.03)


def test_that_no_to_smaller_print_prints_nothing(qtbot, window, printer):
    printer.setPageSize(QPageSize(QPageSize.PageSizeId.A5))
    print_on(window, printer, CONTENT, measure(CONTENT))
    (box,) = window.findChildren(QMessageBox)
    box.button(QMessageBox.StandardButton.Cancel).click()
    qtbot.waitUntil(lambda: not window.findChildren(QMessageBox))
    assert not window.findChildren(PrintProgress)
    assert not Path(printer.outputFileName()).exists()


# -- while it is printed --------------------------------------------------------------------------------


def test_that_printing_is_cancelled_and_leaves_no_file(qtbot, window, printer):
    printer.setResolution(600)
    content = document(*(f"page {number}" for number in range(60)))
    print_on(window, printer, content, measure(content))
    (progress,) = window.findChildren(PrintProgress)
    qtbot.waitUntil(lambda: progress.bar.value() > 0)
    assert progress.label.text().startswith("Page ")
    progress.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Cancel).click()
    assert progress.label.text() == "Cancelling…"
    qtbot.waitUntil(lambda: not window.findChildren(PrintProgress))
    assert not Path(printer.outputFileName()).exists()
    assert not window.findChildren(QMessageBox)


def test_that_the_window_goes_on_while_a_page_is_painted(qtbot, window, printer, monkeypatch):
    real, free, blocked = print_job.Pages.draw, threading.Event(), threading.Event()

    def slow(self, band, **how):
        if band.top:
            blocked.set()
            assert free.wait(10)
        return real(self, band, **how)

    content = document("word")
    measured = measure(content)
    monkeypatch.setattr(print_job.Pages, "draw", slow)
    print_on(window, printer, content, measured)
    qtbot.waitUntil(blocked.is_set)
    ticks = []
    timer = QTimer(interval=1)
    timer.timeout.connect(lambda: ticks.append(1))
    timer.start()
    qtbot.waitUntil(lambda: len(ticks) > 20)
    free.set()
    qtbot.waitUntil(lambda: not window.findChildren(PrintProgress))


def test_that_a_place_that_cannot_be_written_is_told(qtbot, window, printer, tmp_path, no_qt_warnings):
    printer.setOutputFileName(str(tmp_path / "no such folder" / "out.pdf"))
    print_on(window, printer, CONTENT, measure(CONTENT))
    qtbot.waitUntil(lambda: bool(window.findChildren(QMessageBox)))
    (box,) = window.findChildren(QMessageBox)
    assert "could not be printed" in box.text()
    assert "no such folder" in box.text()
    box.close()
    no_qt_warnings.clear()


def test_that_a_report_is_printed_to_its_end_though_its_window_is_closed(qtbot, window, printer):
    report = QWidget(window)
    content = document(*(f"page {number}" for number in range(60)))
    print_on(report, printer, content, measure(content))
    (progress,) = report.findChildren(PrintProgress)
    qtbot.waitUntil(lambda: progress.bar.value() > 0)
    report.deleteLater()
    qtbot.waitUntil(lambda: not window.findChildren(PrintProgress))
    qtbot.waitUntil(lambda: operations.runner().idle)
    with Pages(out(printer)) as pages:
        assert len(pages.sizes) == 60


def test_that_the_program_can_end_while_it_prints(qtbot, window, printer):
    content = document(*(f"page {number}" for number in range(60)))
    print_on(window, printer, content, measure(content))
    (progress,) = window.findChildren(PrintProgress)
    qtbot.waitUntil(lambda: progress.bar.value() > 0)
    operations.shut_down()
    assert not Path(printer.outputFileName()).exists()


# -- the system's dialog --------------------------------------------------------------------------------


def test_that_a_computer_without_a_printer_is_told_so(window, monkeypatch):
    monkeypatch.setattr(printing.QPrinterInfo, "availablePrinterNames", lambda: [])
    print_report(window, CONTENT, "M-2026-0412")
    (box,) = window.findChildren(QMessageBox)
    assert box.text() == "No printer is set up on this computer."
    assert "PDF" in box.informativeText()
    box.close()


@pytest.mark.parametrize("title", ["a\nb\x00c", "x" * 10_000, "<b>שלום</b> 🩸", "", "\x1b\x07"])
def test_that_any_title_names_a_job(qapp, title):
    name = printer_for(A4, title).docName()
    assert 0 < len(name) <= 80
    assert name.isprintable()


@pytest.fixture
def queue(qapp) -> str:
    """Give the name of a queue of CUPS that writes PDF files, or skip."""
    if shutil.which("lpstat") is None:
        pytest.skip("no CUPS on this computer")
    told = subprocess.run(["lpstat", "-v"], capture_output=True, text=True, check=False).stdout
    for line in told.splitlines():
        if "cups-pdf:" in line:
            name = line.split(":")[0].split()[-1]
            if name in QPrinterInfo.availablePrinterNames():
                return name
    pytest.skip("no queue of CUPS with the backend cups-pdf (package printer-driver-cups-pdf)")


def jobs(which: str = "all") -> dict[str, int]:
    """Give the jobs that CUPS knows of, with their bytes; a job given up has none."""
    told = subprocess.run(["lpstat", "-W", which, "-o"], capture_output=True, text=True, check=True).stdout
    return {line.split()[0]: int(line.split()[2]) for line in told.splitlines()}


def chosen_dialog(qtbot, window: QWidget, queue: str) -> QPrintDialog:
    qtbot.waitUntil(lambda: bool(window.findChildren(QPrintDialog)))
    (dialog,) = window.findChildren(QPrintDialog)
    dialog.printer().setPrinterName(queue)
    return dialog


def test_that_a_queue_of_the_system_gets_the_pages_chosen_in_its_dialog(qtbot, window, queue):
    before, files = jobs(), Path.home() / "PDF"
    title = f"marrow {time.time_ns()}"
    print_report(window, CONTENT, title)
    dialog = chosen_dialog(qtbot, window, queue)
    assert "A4" in dialog.windowTitle()
    assert (dialog.minPage(), dialog.maxPage()) == (1, 4)
    dialog.accept()
    qtbot.waitUntil(lambda: len(jobs()) == len(before) + 1, timeout=60_000)
    qtbot.waitUntil(lambda: not window.findChildren(PrintProgress))
    name = title.replace(" ", "_")
    qtbot.waitUntil(lambda: any(files.glob(f"{name}*.pdf")), timeout=60_000)
    (printed,) = files.glob(f"{name}*.pdf")
    qtbot.waitUntil(lambda: printed.read_bytes().rstrip().endswith(b"%%EOF"), timeout=30_000)
    content = printed.read_bytes()
    printed.unlink()
    assert words(content, pages_of(CONTENT)) == [0, 1, 2, 3]
    assert difference(rendered(content, 0, 620), rendered(CONTENT, 0, 620)) < 2


def test_that_a_job_cancelled_for_a_queue_of_the_system_is_never_handed_over(qtbot, window, queue):
    before = jobs()
    content = document(*(f"page {number}" for number in range(60)))
    print_report(window, content, "cancelled")
    chosen_dialog(qtbot, window, queue).accept()
    qtbot.waitUntil(lambda: bool(window.findChildren(PrintProgress)))
    (progress,) = window.findChildren(PrintProgress)
    qtbot.waitUntil(lambda: progress.bar.value() > 20, timeout=30_000)
    progress.reject()
    qtbot.waitUntil(lambda: not window.findChildren(PrintProgress), timeout=30_000)
    qtbot.wait(500)
    assert sum(jobs().values()) == sum(before.values())
    assert not jobs("not-completed")

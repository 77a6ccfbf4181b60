"""The preview of a report: made anew while it is written, always whole, never in the way."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from preview_steps import A4, difference, document, pixels, rendered
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QMessageBox, QVBoxLayout, QWidget

from marrowdesk.app import operations
from marrowdesk.app.preview import ReportPreview
from marrowdesk.app.preview.pages import Pages, bands_of
from marrowdesk.app.preview.view import GAP
from marrowdesk.app.preview.zoom import Fit
from marrowdesk.core.errors import ReportError


@pytest.fixture
def preview(qtbot):
    widget = ReportPreview()
    qtbot.addWidget(widget)
    widget.resize(600, 640)
    with qtbot.waitActive(widget):
        widget.show()
        widget.activateWindow()
    return widget


def show(qtbot, preview: ReportPreview, content: bytes) -> bytes:
    preview.show_report(lambda: content)
    qtbot.waitUntil(lambda: preview.content() == content and operations.runner().idle)
    return content


def told(preview: ReportPreview) -> str:
    """Give all that is said above the pages."""
    words = [label.text() for label in preview.findChildren(QLabel) if label.isVisible()]
    return " ".join(words).translate(dict.fromkeys(map(ord, "\u200b\u2068\u2069")))


def seen(preview: ReportPreview):
    return pixels(preview.view.viewport().grab().toImage())


# -- made anew ------------------------------------------------------------------------------------------


def test_that_fast_typing_makes_few_reports_and_the_last_one_is_shown(preview, qtbot):
    line, made, shown = QLineEdit(), [], []
    qtbot.addWidget(line)
    preview.changed.connect(lambda: shown.append(preview.content()))

    def typed(text: str) -> None:
        def make() -> bytes:
            made.append(text)
            return document(text)

        preview.show_report(make)

    line.textChanged.connect(typed)
    text = "hypercellular marrow, dysplasia in two lines"
    qtbot.keyClicks(line, text, delay=10)
    assert "Updating" in told(preview)
    qtbot.waitUntil(lambda: preview.content() is not None and not preview.busy)
    assert made[-1] == text
    assert shown == [document(text)]
    assert len(made) <= 3
    assert "Updating" not in told(preview)


def test_that_a_report_overtaken_by_a_newer_one_is_never_shown(preview, qtbot):
    go, began, shown = threading.Event(), threading.Event(), []
    preview.changed.connect(lambda: shown.append(preview.content()))
    old, new = document("old"), document("new")

    def slow() -> bytes:
        began.set()
        go.wait(10)
        return old

    preview.show_report(slow)
    qtbot.waitUntil(began.is_set)
    later = threading.Event()
    preview.show_report(lambda: later.wait(10) and new)
    go.set()
    qtbot.wait(800)
    assert preview.content() is None
    assert preview.busy
    later.set()
    qtbot.waitUntil(lambda: not preview.busy)
    assert shown == [new]


def test_that_no_second_report_is_begun_while_one_is_being_made(preview, qtbot):
    go, running, most = threading.Event(), [], []

    def make() -> bytes:
        running.append(1)
        most.append(len(running))
        go.wait(0.6)
        running.pop()
        return document("done")

    for _ in range(3):
        preview.show_report(make)
        qtbot.wait(300)
    go.set()
    qtbot.waitUntil(lambda: not preview.busy)
    assert max(most) == 1


def test_that_the_old_pages_stay_until_the_new_ones_are_there(preview, qtbot):
    show(qtbot, preview, document("before"))
    before = seen(preview)
    go = threading.Event()
    preview.show_report(lambda: go.wait(10) and document("after"))
    qtbot.wait(400)
    assert (seen(preview) == before).all()
    go.set()
    qtbot.waitUntil(lambda: not preview.busy)
    assert (seen(preview) != before).any()


def test_that_a_report_that_fails_keeps_the_old_pages_and_says_why(preview, qtbot):
    content = show(qtbot, preview, document("before", "second"))

    def fail() -> bytes:
        raise ReportError("The picture cell_7.jpg is <b>gone</b>.", "Bring the folder back.")

    preview.show_report(fail)
    words = "The picture cell_7.jpg is <b>gone</b>. Bring the folder back."
    qtbot.waitUntil(lambda: not preview.busy and words in told(preview))
    assert "those of before" in told(preview)
    assert preview.content() == content
    height = seen(preview).shape[0]
    page = rendered(content, 0, 600 - 2 * GAP - preview.view.verticalScrollBar().width())
    assert difference(seen(preview)[GAP:, GAP : GAP + page.shape[1]], page[: height - GAP]) < 1
    show(qtbot, preview, document("after"))
    assert "gone" not in told(preview)


@pytest.mark.parametrize("text", ["x" * 10_000, "\u202eשלום 🩸 " * 2_000, "a\nb\x07\x00c" * 1_000])
def test_that_an_endless_error_leaves_room_for_the_pages(preview, qtbot, text):
    show(qtbot, preview, document("before"))

    def fail() -> bytes:
        raise ReportError(text, "Shorten the comment.")

    preview.show_report(fail)
    qtbot.waitUntil(lambda: not preview.busy)
    QApplication.processEvents()
    assert preview.width() == 600
    assert preview.view.height() > 300
    assert "Shorten the comment." in told(preview)


def test_that_a_fault_of_the_program_is_shown_once_and_not_for_each_key(preview, qtbot):
    for _ in range(3):
        preview.show_report(lambda: 1 // 0)
        qtbot.waitUntil(lambda: not preview.busy)
    boxes = preview.findChildren(QMessageBox)
    assert len(boxes) == 1
    assert "ZeroDivisionError" in boxes[0].detailedText()
    assert "went wrong" in told(preview)
    boxes[0].close()


def test_that_bytes_that_are_no_pdf_are_told_in_words(preview, qtbot):
    content = show(qtbot, preview, document("before"))
    preview.show_report(lambda: b"%PDF-1.7 and nothing more")
    qtbot.waitUntil(lambda: not preview.busy and "cannot be read" in told(preview))
    assert preview.content() == content


@pytest.mark.parametrize("after", [0, 100, 260, 300, 350, 450])
def test_that_closing_at_any_time_is_clean(qtbot, qapp, after):
    window = QWidget()
    window.setLayout(QVBoxLayout())
    preview = ReportPreview()
    window.layout().addWidget(preview)
    window.resize(500, 600)
    window.show()
    ended = threading.Event()

    def make() -> bytes:
        threading.Event().wait(0.1)
        ended.set()
        return document(*(f"page {number}" for number in range(40)))

    preview.show_report(make)
    qtbot.wait(after)
    began = operations.runner().idle is False
    window.close()
    window.deleteLater()
    del preview, window
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    qtbot.waitUntil(lambda: operations.runner().idle)
    assert ended.is_set() or not began


# -- the pages ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("zoom", [Fit.WIDTH, 1.0, 2.5])
def test_that_the_pages_on_the_screen_equal_a_rendering_of_the_bytes(preview, qtbot, zoom):
    content = show(qtbot, preview, document("first", "second"))
    preview.view.set_zoom(zoom)
    preview.view.go_to(1)
    preview.view.clearFocus()  # no rim over the pages
    qtbot.waitUntil(lambda: operations.runner().idle)
    across = max(image.width() for image in preview.view.images)
    page = rendered(content, 1, across)
    picture = seen(preview)
    room = picture.shape[1] - GAP
    part = page[: picture.shape[0] - GAP]
    left = preview.view.horizontalScrollBar().value()
    begin = max(0, left - GAP)
    wide = min(room, across - begin)
    assert part.std() > 20
    shown = picture[GAP:, max(0, GAP - left) :][:, :wide]
    assert difference(shown, part[:, begin : begin + wide]) < 0.3


def test_that_pages_are_crisp_on_a_screen_of_double_density(preview, qtbot, monkeypatch):
    monkeypatch.setattr(type(preview.view), "devicePixelRatioF", lambda _: 2.0)
    QApplication.sendEvent(preview.view, QEvent(QEvent.Type.DevicePixelRatioChange))
    show(qtbot, preview, document("first"))
    across = 2 * (preview.view.viewport().width() - 2 * GAP)
    assert {image.width() for image in preview.view.images} == {across}


def test_that_page_and_zoom_stay_when_the_report_is_made_anew(preview, qtbot):
    words = [f"page {number}" for number in range(6)]
    show(qtbot, preview, document(*words))
    preview.bar.zoom_in.trigger()
    preview.view.go_to(3)
    bar = preview.view.verticalScrollBar()
    bar.setValue(bar.value() + 77)
    share, value = preview.view.share, bar.value()
    show(qtbot, preview, document(*words[:4], "another", "one"))
    assert (preview.view.share, bar.value(), preview.view.current) == (share, value, 3)
    show(qtbot, preview, document(*words[:2]))
    assert preview.bar.page.text() == "Page 2 of 2"


def test_that_only_what_is_seen_of_two_hundred_pages_is_kept(preview, qtbot):
    show(qtbot, preview, document(*(f"page {number}" for number in range(200))))
    preview.view.set_zoom(4.0)
    most = 0
    for number in range(0, 200, 9):
        preview.view.go_to(number)
        qtbot.waitUntil(lambda: operations.runner().idle)
        most = max(most, sum(image.sizeInBytes() for image in preview.view.images))
    whole = 4 * (595 / 72 * 96 * 4) * (842 / 72 * 96 * 4)
    assert most < whole, "not even one page of this size is kept whole"
    assert preview.bar.page.text() == "Page 199 of 200"


def test_that_pages_drawn_on_several_threads_at_once_are_all_right(qapp):
    content = document("first", "second")
    bands = bands_of(0, 600, 849, 40) + bands_of(1, 600, 849, 40)

    def draw(_: int) -> list[np.ndarray]:
        with Pages(content) as pages:
            return [pixels(pages.draw(band)) for band in bands]

    with ThreadPoolExecutor(4) as pool:
        one, *others = pool.map(draw, range(8))
    assert all((a == b).all() for other in others for a, b in zip(one, other, strict=True))


# -- zoom and pages by keyboard -------------------------------------------------------------------------


def test_that_zoom_is_by_keys_from_anywhere_in_the_window(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    line, preview = QLineEdit(), ReportPreview()
    window.setLayout(QVBoxLayout())
    for widget in (line, preview):
        window.layout().addWidget(widget)
    window.resize(600, 700)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    show(qtbot, preview, document("a", "b"))
    line.setFocus()
    fitted = preview.view.share
    assert preview.bar.fit_width.isChecked()
    qtbot.keyClick(line, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert preview.view.share == pytest.approx(fitted * 1.25)
    assert not preview.bar.fit_width.isChecked()
    qtbot.keyClick(line, Qt.Key.Key_Minus, Qt.KeyboardModifier.ControlModifier)
    assert preview.view.share == pytest.approx(fitted)
    qtbot.keyClick(line, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert preview.bar.fit_page.isChecked()
    assert A4[1] * preview.view.share * 96 / 72 <= preview.view.viewport().height()
    qtbot.keyClick(line, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert preview.bar.fit_width.isChecked()
    qtbot.keyClick(line, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    assert preview.bar.page.text() == "Page 2 of 2"


def test_that_the_zoom_keeps_the_point_under_the_mouse(preview, qtbot):
    show(qtbot, preview, document("a", "b", "c"))
    view = preview.view
    view.go_to(1)
    at = QPointF(200, 150)
    before = view._layout.spot(view._corner(), at.toPoint())
    event = QWheelEvent(
        at, view.viewport().mapToGlobal(at), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.ControlModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    share = view.share
    QApplication.sendEvent(view.viewport(), event)
    after = view._layout.spot(view._corner(), at.toPoint())
    assert view.share == pytest.approx(share * 1.25**2)
    assert after.page == before.page
    assert after.down == pytest.approx(before.down, abs=0.002)
    assert after.across == pytest.approx(before.across, abs=0.002)


@pytest.mark.parametrize("fit", [Fit.WIDTH, Fit.PAGE])
def test_that_page_down_passes_over_nothing_and_page_up_comes_back(preview, qtbot, fit):
    show(qtbot, preview, document("a", "b", "c"))
    view, bar = preview.view, preview.view.verticalScrollBar()
    view.set_zoom(fit)
    view.setFocus()
    values, pages = [bar.value()], [view.current]
    while bar.value() < bar.maximum():
        qtbot.keyClick(view, Qt.Key.Key_PageDown)
        assert 0 < bar.value() - values[-1] <= view.viewport().height()
        values.append(bar.value())
        pages.append(view.current)
    assert set(pages) == {0, 1, 2}
    if fit is Fit.PAGE:
        assert pages == [0, 1, 2]
    for _ in range(2 * len(values)):
        qtbot.keyClick(view, Qt.Key.Key_PageUp)
    assert (bar.value(), view.current) == (0, 0)
    qtbot.keyClick(view, Qt.Key.Key_End)
    assert preview.bar.page.text() == "Page 3 of 3"
    assert not preview.bar.next.isEnabled()


def test_that_next_reaches_the_last_page_where_several_are_seen_at_once(preview, qtbot):
    show(qtbot, preview, document("a", "b", "c", "d"))
    preview.view.set_zoom(0.25)
    for number in (2, 3, 4):
        preview.bar.next.trigger()
        assert preview.bar.page.text() == f"Page {number} of 4"


def test_that_a_page_fits_at_once_when_the_window_changes_its_size(preview, qtbot):
    show(qtbot, preview, document("a", "b"))
    for width in (400, 900):
        preview.resize(width, 500)
        QApplication.processEvents()
        assert preview.view.horizontalScrollBar().maximum() == 0
        qtbot.waitUntil(lambda: operations.runner().idle)
        room = preview.view.viewport().width() - 2 * GAP
        assert {image.width() for image in preview.view.images} == {room}

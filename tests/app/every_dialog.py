"""Opens each dialog of the window in turn, filled as far as it can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk_steps import back_to_window, wait_for_workers
from PySide6.QtWidgets import QApplication, QDialog

from marrowdesk.app.adapting.models_dialog import ModelsDialog
from marrowdesk.app.report_desk import ReportWindow
from marrowdesk.store.backup import back_up

if TYPE_CHECKING:
    from collections.abc import Iterator

    from marrowdesk.app.main import Desk

_NAMES = (
    "settings", "classes_dialog", "references_dialog", "shortcuts", "about", "copies", "history",
    "second_reading", "manual", "sign_off", "report", "export", "worklist", "models",
)  # fmt: skip


def every_dialog(desk: Desk, qtbot) -> Iterator[tuple[str, QDialog]]:
    """Give each dialog that an open case has by its action, with the keyboard in it; the last ones nested."""
    back_up(desk.window.session.case.path)
    for name in _NAMES:
        getattr(desk.window.acts, name).trigger()
        qtbot.waitUntil(lambda: bool(_open(desk)))
        wait_for_workers(qtbot)
        opened = _open(desk)[-1]
        yield name, _active(qtbot, opened)
        if isinstance(opened, ModelsDialog):
            opened.adapt.emit()
            yield from _over(qtbot, desk, opened, "adapt")
        if isinstance(opened, ReportWindow):
            for part in ("choose_fields", "arrange_blocks"):
                getattr(opened.frame, part).trigger()
                yield from _over(qtbot, desk, opened, part)
        for each in _open(desk)[::-1]:
            each.close()
        qtbot.waitUntil(lambda: not _open(desk))
        back_to_window(qtbot, desk)


def _over(qtbot, desk: Desk, below: QDialog, name: str) -> Iterator[tuple[str, QDialog]]:
    (opened,) = [each for each in _open(desk) if each is not below]
    yield name, _active(qtbot, opened)
    opened.close()
    qtbot.waitUntil(lambda: _open(desk) == [below])


def _open(desk: Desk) -> list[QDialog]:
    return [each for each in desk.window.findChildren(QDialog) if each.isVisible()]


def _active(qtbot, opened: QDialog) -> QDialog:
    opened.activateWindow()
    qtbot.waitUntil(opened.isActiveWindow)
    QApplication.processEvents()
    return opened

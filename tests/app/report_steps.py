"""Steps that the tests of the report window share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk_steps import dialog, open_and_wait
from PySide6.QtWidgets import QDialog

from marrowdesk.app.report_desk import ReportWindow
from marrowdesk.store.casefile import CaseFile

if TYPE_CHECKING:
    from pathlib import Path

    from marrowdesk.app.main import Desk


def open_report(qtbot, desk: Desk, slide: Path | None = None) -> ReportWindow:
    """Open a slide, unless a case is open, and its report; wait until there is one to print."""
    if slide is not None:
        open_and_wait(qtbot, desk, slide)
    desk.window.acts.report.trigger()
    report = dialog(desk, ReportWindow)
    report.activateWindow()
    qtbot.waitUntil(report.isActiveWindow)
    qtbot.waitUntil(report.files.printer.isEnabled, timeout=30_000)
    return report


def closed(qtbot, desk: Desk, opened: QDialog) -> None:
    """Close a window and wait until it is gone."""
    kind = type(opened)
    opened.close()
    qtbot.waitUntil(lambda: not desk.window.findChildren(kind))


def kept_in(path: Path) -> dict[str, str]:
    """Give the fields that stand in a case file, as another program would read them."""
    with CaseFile.open_copy(path) as case:
        return case.fields()


def child(report: QDialog, kind: type[QDialog]) -> QDialog:
    """Give the dialog that is open over the report."""
    (found,) = [each for each in report.findChildren(kind) if each.isVisible()]
    return found

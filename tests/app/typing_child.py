"""A program that opens a case, types into its report by real keys, and waits to be killed."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest

from marrowdesk.app.main import Desk, application
from marrowdesk.app.report_desk import ReportWindow


def main(case: Path, text: str) -> None:
    """Type ``text`` into the conclusion, then tell the parent and go on as a window would."""
    app = application(["typing"])
    desk = Desk(app, Path("no bundle"))
    desk.show([case])

    def begin() -> None:
        desk.window.commands.report("conclusion")
        QTimer.singleShot(100, desk.window, write)

    def write() -> None:
        (window,) = desk.window.findChildren(ReportWindow)
        QTest.keyClicks(window.focusWidget(), text)
        print("typed", flush=True)

    desk.window.session.opened.connect(begin)
    app.exec()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])

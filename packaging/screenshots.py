"""Makes the pictures of the README: the real program, on its own drawn slide, with the shipped classifier.

    .venv/bin/python packaging/screenshots.py            writes packaging/screenshots/*.jpg

Everything happens in a temporary home, so that no case or setting of the person is touched.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QApplication, QWidget

    from marrowdesk.app.main import Desk

FOLDER = Path(__file__).resolve().parent / "screenshots"
SIZE = (1366, 768)
HEADER = {
    "institution": "Hematology Laboratory, General Hospital",
    "accession": "2031/0425",
    "patient_name": "Example, Drawn",
    "site": "Posterior iliac crest, right",
    "aspirate": "Easy, particles present",
    "indication": "Demonstration with drawn cells; no patient exists.",
}


def main(folder: Path = FOLDER) -> int:
    """Write all pictures into a folder; give the exit code."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        os.environ["MARROWDESK_HOME"] = home
        from marrowdesk.app.main import Desk, application

        app = application(["marrowdesk"])
        desk = Desk(app)
        try:
            _take_all(app, desk, folder)
        finally:
            desk.end()
    return 0


def _take_all(app: QApplication, desk: Desk, folder: Path) -> None:
    from marrowdesk.app.classifier import EngineState
    from marrowdesk.services.demo import make_demo

    desk.preferences.change(reader="A. Reader", theme="light")
    window = desk.window
    window.resize(*SIZE)
    desk.show()
    _until(app, lambda: window.classifier.state is EngineState.READY)
    _save(app, window, folder / "first-page.jpg")
    window.session.open([make_demo()])
    _until(app, lambda: _classified(desk))
    _review(desk)
    _look_at(app, desk, "BLA")
    _save(app, window, folder / "desk.jpg")
    window.viewer.hold_map(True)
    _save(app, window.viewer, folder / "viewer.jpg")
    _save(app, window.differential, folder / "differential.jpg")
    desk.preferences.change(theme="dark")
    _save(app, window, folder / "desk-dark.jpg")
    _report(desk, folder)


def _until(app: QApplication, done: Callable[[], bool], seconds: float = 600) -> None:
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            raise TimeoutError("The program did not come to the state that was to be shown.")
        app.processEvents()
        time.sleep(0.02)


def _classified(desk: Desk) -> bool:
    cells = desk.window.model.cells
    return bool(cells) and all(cell.prediction is not None for cell in cells)


def _review(desk: Desk) -> None:
    """Decide as a reader would in the first minutes: confirm the surest, correct by the drawn truth."""
    import csv

    from marrowdesk.store.paths import demonstration_path

    model = desk.window.model
    with (demonstration_path() / "drawn.csv").open(encoding="utf-8") as file:
        truth = {row["file"]: row["code"] for row in csv.DictReader(file)}
    for row, cell in list(enumerate(model.cells))[:120]:
        model.assign([row], truth[cell.place.path.name])


def _look_at(app: QApplication, desk: Desk, code: str) -> None:
    window = desk.window
    rows: Sequence[int] = [row for row, cell in enumerate(window.model.cells) if cell.code == code]
    if rows:
        window.gallery.go_to(rows[0])
    _settle(app)


def _settle(app: QApplication, seconds: float = 1.5) -> None:
    """Let thumbnails, maps and the chart arrive."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        app.processEvents()
        time.sleep(0.02)


def _save(app: QApplication, widget: QWidget, path: Path) -> None:
    _settle(app)
    widget.grab().save(str(path), "JPG", 90)
    print(path.relative_to(FOLDER.parent.parent) if path.is_relative_to(FOLDER) else path)


def _report(desk: Desk, folder: Path) -> None:
    import pypdfium2

    from marrowdesk.services.reporting import export, snapshot

    model = desk.window.model
    case = model.case
    if case is None:
        raise RuntimeError("The demonstration case is not open.")
    for name, text in HEADER.items():
        case.set_field(name, text)
    pdf = folder / "report.pdf"
    export(snapshot(case, model.rules, reader="A. Reader"), pdf=pdf)
    document = pypdfium2.PdfDocument(pdf)
    for number, page in enumerate(document, 1):
        path = folder / f"report-{number}.jpg"
        page.render(scale=1.3).to_pil().convert("RGB").save(path, quality=90)
        print(path.relative_to(folder.parent.parent))
    document.close()
    pdf.unlink()


if __name__ == "__main__":
    sys.exit(main())

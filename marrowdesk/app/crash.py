"""Faults of the program: written down without names of patients, shown once, and the program goes on."""

from __future__ import annotations

import faulthandler
import platform
import re
import sys
import threading
import traceback
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from PySide6.QtCore import QObject, Qt, Signal, qVersion

from marrowdesk import __version__
from marrowdesk.store.paths import logs_path

if TYPE_CHECKING:
    from types import TracebackType

_PACKAGE = Path(__file__).resolve().parent.parent.parent
_KEPT = 20
_NAMING = re.compile(r"\S*[\\/'\"`“‘«].*", re.DOTALL)


class CrashHook(QObject):
    """Takes what nobody caught, on any thread.

    Names of patients hide in file names and in texts that were typed, so a report keeps neither paths nor
    quoted texts nor values of variables: only where in the program it happened.

    Signals:
        happened: a fault that was not shown before; the exception and the file of its report (or None).
    """

    happened = Signal(object, object)
    _caught = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._seen: set[str] = set()
        self._faults: TextIO | None = None
        self._caught.connect(self._on_gui_thread, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Take over from Python's own hooks."""
        sys.excepthook = self._hook
        threading.excepthook = lambda args: self._from_thread(
            args.exc_type, args.exc_value, args.exc_traceback
        )
        try:
            logs_path().mkdir(parents=True, exist_ok=True)
            self._faults = (logs_path() / "faults.txt").open("w", encoding="utf-8")
            faulthandler.enable(self._faults)
        except OSError:
            self._faults = None  # no log folder: crashes of the interpreter go to the terminal
            faulthandler.enable()

    def uninstall(self) -> None:
        """Give Python its own hooks back."""
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__
        faulthandler.disable()
        if self._faults is not None:
            self._faults.close()

    def _hook(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        sys.__excepthook__(kind, error, trace)
        if isinstance(error, Exception):
            self._caught.emit(error.with_traceback(trace))

    def _from_thread(
        self, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._hook(kind, error, trace)

    def _on_gui_thread(self, error: Exception) -> None:
        text = report_text(error)
        signature = text.partition("\n\n")[2]
        if signature in self._seen:
            return
        self._seen.add(signature)
        self.happened.emit(error, write_report(text))


def report_text(error: BaseException) -> str:
    """Describe a fault without paths, quoted texts or values.

    Returns:
        What the program runs on, an empty line, then the chain of errors with the places in the program.
    """
    lines = [
        f"MarrowDesk {__version__}, Python {platform.python_version()}, Qt {qVersion()}, "
        f"{platform.system()} {platform.release()} {platform.machine()}",
        "",
    ]
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in chain:
        chain.append(link)
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    for each in reversed(chain):
        lines += [
            f"  {_place(frame.filename)}:{frame.lineno} in {frame.name}"
            for frame in traceback.extract_tb(each.__traceback__)
        ]
        lines.append(f"{type(each).__name__}: {masked(str(each))}")
    return "\n".join(lines) + "\n"


def _place(filename: str) -> str:
    path = Path(filename)
    if path.is_relative_to(_PACKAGE):
        return path.relative_to(_PACKAGE).as_posix()
    return "/".join(path.parts[-2:])


def masked(message: str) -> str:
    """Cut a message off where a path or a quoted text begins: names may stand anywhere behind it."""
    return _NAMING.sub("…", message)


def write_report(text: str) -> Path | None:
    """Write a report into the log folder, keeping the latest; None when that is impossible."""
    folder = logs_path()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"crash-{datetime.now():%Y%m%d-%H%M%S-%f}.txt"
        path.write_text(text, encoding="utf-8")
        for old in sorted(folder.glob("crash-*.txt"))[:-_KEPT]:
            old.unlink(missing_ok=True)
    except OSError:
        return None
    return path

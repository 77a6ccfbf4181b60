"""Asking where a file is saved: under its whole name, and never over another file without a question."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from marrowdesk.app.dialogs.buttons import without_icons
from marrowdesk.reach import is_there

translate = QCoreApplication.translate

_ENDINGS = re.compile(r"\*(\.[\w.]+)")


def ask_file(owner: QWidget, title: str, offered: str, kinds: str) -> Path | None:
    """Ask for the file that is written.

    File dialogs ask before an existing file is replaced, but about the name as it was typed. An ending that
    was left out is added here (``2031.A`` has none either), and then the question is asked about that name.
    Qt's own default ending is not enough: it is not added to a name with a dot in it.

    Args:
        owner: the window to ask over.
        title: of the dialog.
        offered: the path that is offered.
        kinds: the filters of the dialog, for example ``PDF (*.pdf);;CSV (*.csv)``; of a name without an
            ending of theirs, the one chosen gives it.

    Returns:
        The file; None where the person thought better of it.
    """
    suffixes = {Path(f"x{ending}").suffix for ending in _ENDINGS.findall(kinds)}
    while True:
        name, chosen = QFileDialog.getSaveFileName(owner, title, offered, kinds)
        if not name:
            return None
        path = Path(name)
        if path.suffix.lower() in suffixes:
            return path
        ending = _ENDINGS.findall(chosen or kinds)[0]
        path = path.with_name(path.name + ending)
        if not is_there(path) or _may_replace(owner, title, path):
            return path
        offered = str(path)


def _may_replace(owner: QWidget, title: str, path: Path) -> bool:
    box = QMessageBox(owner)
    box.setWindowTitle(title)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(translate("saving", "{} is there already.").format(path.name))
    box.setInformativeText(
        translate("saving", "What is in it now is lost when it is replaced. It lies in {}.").format(
            path.parent
        )
    )
    replace = box.addButton(translate("saving", "&Replace"), QMessageBox.ButtonRole.AcceptRole)
    box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
    without_icons(box)
    box.exec()
    allowed = box.clickedButton() is replace
    box.deleteLater()
    return allowed

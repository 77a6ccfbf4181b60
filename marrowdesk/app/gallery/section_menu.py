"""The menu of a section's header."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtWidgets import QMenu

from marrowdesk.app import numbers

if TYPE_CHECKING:
    from marrowdesk.app.gallery.view import GalleryView

translate = QCoreApplication.translate


def section_menu(view: GalleryView, key: str) -> QMenu:
    """Make the menu of a section.

    Args:
        view: where its cells are shown.
        key: of the section.
    """
    menu = QMenu(view)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    at = [section.key for section in view.grid.sections].index(key)
    count = numbers.count(view.grid.sections[at].count)
    select = menu.addAction(translate("gallery", "Select these {count} cells").format(count=count))
    select.setEnabled(view.grid.is_open(at))
    select.triggered.connect(lambda: view.select_section(at, keep=False))
    menu.addSeparator()
    fold = translate("gallery", "Fold") if view.grid.is_open(at) else translate("gallery", "Unfold")
    menu.addAction(fold).triggered.connect(lambda: view.toggle_section(at))
    menu.addAction(translate("gallery", "Fold all classes")).triggered.connect(view.fold_all)
    menu.addAction(translate("gallery", "Unfold all classes")).triggered.connect(view.unfold_all)
    return menu


def show_section_menu(view: GalleryView, at: QPoint, key: str) -> None:
    """Show the menu of a section at a point of the screen."""
    section_menu(view, key).popup(at)

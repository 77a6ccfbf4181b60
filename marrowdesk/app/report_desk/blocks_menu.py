"""The menu of text blocks: those for the field, then those for any, by number keys too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidget

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from marrowdesk.store.blocks import TextBlock

_MOST_SHOWN = 40


def blocks_menu(
    blocks: Sequence[TextBlock],
    field: str,
    insert: Callable[[str], object],
    arrange: Callable[[], object],
    parent: QWidget,
) -> QMenu:
    """Make the menu for a field.

    Args:
        blocks: all blocks of the laboratory.
        field: name of the header field that the text goes into.
        insert: called with the text that was chosen.
        arrange: called where the blocks themselves shall be changed.
        parent: owner.
    """
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.setAccessibleName(menu.tr("Text blocks"))
    fitting = [[each for each in blocks if each.field == name] for name in (field, "")]
    number = 0
    for some in fitting:
        for each in some[:_MOST_SHOWN]:
            number += 1
            action = menu.addAction(_entry(each.name, number))
            action.triggered.connect(lambda _=False, text=each.text: insert(text))
        if some:
            menu.addSeparator()
    if not number:
        menu.addAction(menu.tr("No text block for this field yet")).setEnabled(False)
        menu.addSeparator()
    menu.addAction(menu.tr("&Text blocks…")).triggered.connect(lambda _=False: arrange())
    return menu


def _entry(name: str, number: int) -> str:
    """Give the text of an entry: nothing in a name is a key or a tab to the menu."""
    plain = name.replace("&", "&&").replace("\t", " ")
    return f"&{number}  {plain}" if number < 10 else f"    {plain}"

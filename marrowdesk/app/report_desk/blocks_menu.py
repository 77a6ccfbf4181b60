"""The menu of text blocks: those for the field, then those for any, by number keys too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidget

from marrowdesk.app.mnemonics import literal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from marrowdesk.store.blocks import TextBlock

_MOST_SHOWN = 40


class BlocksMenu(QMenu):
    """Offers the text blocks that fit a field."""

    def __init__(
        self,
        blocks: Sequence[TextBlock],
        field: str,
        insert: Callable[[str], object],
        arrange: Callable[[], object],
        parent: QWidget,
    ) -> None:
        """List the blocks.

        Args:
            blocks: all blocks of the laboratory.
            field: name of the header field that the text goes into.
            insert: called with the text that was chosen.
            arrange: called where the blocks themselves shall be changed.
            parent: owner.
        """
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(self.tr("Text blocks"))
        self._insert, self._listed = insert, 0
        for name in (field, ""):
            self._list([each for each in blocks if each.field == name])
        if not self._listed:
            self.addAction(self.tr("No text block for this field yet")).setEnabled(False)
            self.addSeparator()
        self.addAction(self.tr("&Text blocks…")).triggered.connect(lambda _=False: arrange())

    def _list(self, blocks: Sequence[TextBlock]) -> None:
        for each in blocks[:_MOST_SHOWN]:
            self._listed += 1
            action = self.addAction(_entry(each.name, self._listed))
            action.triggered.connect(lambda _=False, text=each.text: self._insert(text))
        if blocks:
            self.addSeparator()


def _entry(name: str, number: int) -> str:
    """Give the text of an entry: nothing in a name is a key or a tab to the menu."""
    plain = literal(name).replace("\t", " ")
    return f"&{number}  {plain}" if number < 10 else f"    {plain}"

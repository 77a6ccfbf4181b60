"""Keeps what the reader looks at where it is on the screen, while the order around it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from marrowdesk.app.gallery.grid_view import GridView
    from marrowdesk.app.gallery.model import GalleryModel


class Anchor:
    """Remembers the cells on the screen and puts one of them back to its height afterwards.

    The current cell counts first, then the others from the top. A cell that went to another section is no
    hold: following it would carry the reader away. At the very top nothing is held, so that sections which
    appear above are seen.
    """

    def __init__(self, view: GridView, model: GalleryModel) -> None:
        self._view = view
        self._model = model
        self._at_top = view.verticalOffset() == 0
        self._holds = [] if self._at_top else self._on_screen()

    def _on_screen(self) -> list[tuple[int, str, int]]:
        """Give row, section and height on the screen of each visible cell."""
        grid, offset = self._view.grid, self._view.verticalOffset()
        positions = [
            position
            for first, last in self._view.visible_positions()
            for position in range(first, last + 1)
            if grid.rect(position).y >= offset
        ]
        current = self._view.currentIndex().row()
        if current in positions:
            positions.insert(0, current)
        rows = self._model.rows
        return [
            (int(rows[at]), grid.sections[grid.section_of(at)].key, grid.rect(at).y - offset)
            for at in positions
        ]

    def restore(self) -> None:
        """Scroll so that the first cell that stayed in its section is where it was."""
        bar = self._view.verticalScrollBar()
        if self._at_top:
            bar.setValue(0)
            return
        grid = self._view.grid
        for row, key, height in self._holds:
            position = self._model.position_of(row)
            if position < 0 or grid.hidden(position):
                continue
            if grid.sections[grid.section_of(position)].key == key:
                bar.setValue(grid.rect(position).y - height)
                return

"""The viewer: one cell large, what the model proposes for it and where it looked, what a reader decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from marrowdesk.app.viewer import words
from marrowdesk.app.viewer.actions import ViewerActions
from marrowdesk.app.viewer.attention import paint
from marrowdesk.app.viewer.canvas import ImageCanvas
from marrowdesk.app.viewer.lines import PlaceLine, ProposalBlock, StateLine
from marrowdesk.app.viewer.loading import Key, Picture, PictureLoader, key_of, read_image_of
from marrowdesk.app.viewer.map_bar import MapBar
from marrowdesk.app.viewer.stepping import Stepping
from marrowdesk.core.cell import CellState

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from PySide6.QtGui import QKeyEvent, QResizeEvent

    from marrowdesk.app.case_model import CaseModel
    from marrowdesk.core.cell import Cell, Place

ROWS = 104
"""Height of the lines above and below the picture, about, in pixels."""

BELOW = 124
"""Height that the classes take when they stand below the picture, about, in pixels."""

_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}


class ViewerPanel(QWidget):
    """Shows the model's current cell.

    Attributes:
        actions: what can be done; the window gives keys to them.
        canvas: the picture.
        proposal: the most probable classes, folder label and file name.
        map_bar: the controls of the map.
        state: the line that says where the cell stands.

    Signals:
        left: the reader has looked closely enough and goes back to the cells (Return, Escape).
    """

    left = Signal()

    def __init__(
        self,
        model: CaseModel,
        parent: QWidget | None = None,
        read: Callable[[Place], np.ndarray] = read_image_of,
    ) -> None:
        """Make the viewer.

        Args:
            model: the open case.
            parent: usually a dock.
            read: reads the picture of a place; called on worker threads.
        """
        super().__init__(parent)
        self._model = model
        self._stepping = Stepping(model)
        self._key: Key | None = None
        self._held = False
        self._loader = PictureLoader(read, self)
        self._ahead = QTimer(self, singleShot=True, interval=0)
        self._ahead.timeout.connect(self._load_ahead)
        self.actions = ViewerActions(self)
        self.place = PlaceLine(self.actions, self)
        self.canvas = ImageCanvas(self)
        self.canvas.setAccessibleName(self.tr("Picture of the cell"))
        self.map_bar = MapBar(self.actions.show_map, self)
        self.state = StateLine(self)
        self.proposal = ProposalBlock(self)
        self._beside: bool | None = None
        self._lay_out()
        self._connect()
        self._show_all()

    def set_order(self, order: Callable[[], Sequence[int]]) -> None:
        """Step through the rows in another order, for example as the gallery shows them."""
        self._stepping.order = order
        self._show_place()

    def order_changed(self) -> None:
        """Tell that the order gives other rows now (the gallery was sorted or filtered)."""
        self._show_place()

    def hold_map(self, held: bool) -> None:
        """Show the map while a key is held, whatever the toggle says."""
        self._held = held
        self._show_map()

    @property
    def map_opacity(self) -> float:
        """The opacity of the map in [0, 1]."""
        return self.map_bar.opacity

    def set_map_opacity(self, opacity: float) -> None:
        """Set the opacity of the map, for example from the settings."""
        self.map_bar.set_opacity(opacity)

    def step(self, by: int) -> None:
        """Look at the cell ``by`` places further in the order shown; the ends are ends."""
        row = self._stepping.target(by)
        if row >= 0:
            self._model.set_current(row)

    # -- set-up ---------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._body = QGridLayout()
        self._body.setHorizontalSpacing(8)
        self._body.setVerticalSpacing(5)
        self._arrange(beside=False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(4)
        layout.addWidget(self.place)
        layout.addLayout(self._body, 1)

    def _arrange(self, *, beside: bool) -> None:
        """Put the classes beside the picture, or below it; whichever leaves the picture more room."""
        if beside == self._beside:
            return
        self._beside = beside
        for widget in (self.state, self.canvas, self.map_bar, self.proposal):
            self._body.removeWidget(widget)
        columns = 2 if beside else 1
        self._body.addWidget(self.state, 0, 0, 1, columns)
        self._body.addWidget(self.canvas, 1, 0)
        self._body.addWidget(self.map_bar, 2, 0, 1, columns)
        self._body.addWidget(self.proposal, *((1, 1) if beside else (3, 0)))
        self._body.setRowStretch(1, 1)
        self._body.setColumnStretch(0, 1)

    def _connect(self) -> None:
        model, actions, canvas = self._model, self.actions, self.canvas
        model.reset.connect(self._on_reset)
        model.inserted.connect(lambda first, last: self._show_place())
        model.changed.connect(self._on_changed)
        model.differential_changed.connect(self._show_left)
        model.current_changed.connect(lambda row: self._show_all())
        self._loader.arrived.connect(self._on_arrived)
        self.proposal.bars.class_picked.connect(self._on_bar)
        self.map_bar.class_changed.connect(self._show_attention)
        self.map_bar.opacity_changed.connect(canvas.set_opacity)
        canvas.set_opacity(self.map_bar.opacity)
        actions.show_map.toggled.connect(lambda on: self._show_map())
        actions.connect(
            {
                actions.previous: lambda: self.step(-1),
                actions.next: lambda: self.step(1),
                actions.zoom_in: canvas.zoom_in,
                actions.zoom_out: canvas.zoom_out,
                actions.fit: canvas.fit,
                actions.actual_size: canvas.show_actual_size,
            }
        )

    # -- what the model tells -------------------------------------------------------------------------

    @property
    def _cell(self) -> Cell | None:
        row = self._model.current
        return self._model.cells[row] if row >= 0 else None

    def _on_reset(self) -> None:
        self._loader.forget()
        self._key = None
        self._show_all()

    def _on_changed(self, rows: list[int]) -> None:
        if self._model.current in rows:
            self._show_all()

    def _on_arrived(self, key: Key) -> None:
        if key == self._key:
            self._show_picture()

    def _on_bar(self, code: str) -> None:
        self.map_bar.pick(code)
        self.actions.show_map.setChecked(True)

    # -- painting the state ---------------------------------------------------------------------------

    def _show_all(self) -> None:
        cell, scheme = self._cell, self._model.scheme
        self._show_place()
        self._show_left()
        for widget in (self.map_bar, self.state, self.proposal):
            widget.setVisible(cell is not None)
        self.actions.enable_zoom(cell is not None)
        if cell is None:
            self._key = None
            empty = not self._model.cells
            self.canvas.show_map(None, None)
            self.canvas.show_image(None, self.tr("No cells yet.") if empty else self.tr("No cell chosen."))
            return
        self.state.show_cell(cell, scheme)
        self.proposal.show_cell(cell, scheme)
        self._show_new_picture(cell)

    def _show_new_picture(self, cell: Cell) -> None:
        key = key_of(cell)
        if key == self._key:
            return
        same_cell = self._key is not None and key[0] == self._key[0]
        self._key = key
        self.map_bar.show_cell(cell.prediction, self._model.scheme)
        if not same_cell or self._picture() is not None:
            self._show_picture()
        else:
            self._show_attention()  # a new proposal: the picture stays, the map waits
        if self._model.case is not None:
            self._loader.want(self._model.case, [cell])
            self._ahead.start()

    def _load_ahead(self) -> None:
        """Read the neighbours too, once what is looked at is painted: reading beside it would delay that."""
        cell = self._cell
        if self._model.case is not None and cell is not None:
            self._loader.want(self._model.case, [cell, *self._stepping.neighbours()])

    def _show_picture(self) -> None:
        picture = self._picture()
        if picture is None:
            self.canvas.show_loading(self.tr("Loading …"))
        elif picture.problem is not None:
            problem = picture.problem
            self.canvas.show_image(None, f"{problem.message}\n\n{problem.hint}".strip())
        else:
            self.canvas.show_image(picture.image)
        self._show_attention()

    def _show_attention(self) -> None:
        picture, code = self._picture(), self.map_bar.code
        name = words.name_of(self._model.scheme, code)
        attention = None if picture is None else picture.attention
        if picture is None or attention is None or code not in attention.codes or attention.window is None:
            problem = None if picture is None else picture.map_problem
            text = self.tr("no attention map for this cell") if problem is None else str(problem)
            self.canvas.show_map(None, None, text if picture is not None else "")
        else:
            _, _, width, height = attention.window
            colors = paint(attention.maps[attention.codes.index(code)], width / height)
            short = self.tr("model attention, not evidence")
            if colors is None:
                short = self.tr("nothing spoke for this class")
            self.canvas.show_map(colors, attention.window, f"{name}: {short}", short)
        self._show_map()

    def _show_map(self) -> None:
        shown = self._held or self.actions.show_map.isChecked()
        self.canvas.set_map_shown(shown)
        self.proposal.bars.mark(self.map_bar.code if shown else "")

    def _picture(self) -> Picture | None:
        return None if self._key is None else self._loader.get(self._key)

    # -- the order ------------------------------------------------------------------------------------

    def _show_place(self) -> None:
        place, total = self._stepping.place()
        self.place.show_place(place, total)
        self.actions.previous.setEnabled(place > 0)
        self.actions.next.setEnabled(total > 0 and place < total - 1)

    def _show_left(self) -> None:
        states = self._model.tally.states
        self.place.show_left(states[CellState.PROPOSED] + states[CellState.PENDING], len(self._model.cells))

    # -- events ---------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step with the arrows, go back to the cells with Return or Escape."""
        by = _STEPS.get(event.key())
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        elif by is not None:
            self.step(by)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the texts beside the picture where there is room, else below it."""
        super().resizeEvent(event)
        column = max(144, min(300, round(0.38 * self.width())))
        width, height = self.width() - 16, self.height() - ROWS
        beside = min(width - column, height) > min(width, height - BELOW)
        self._arrange(beside=beside)
        self.proposal.set_column(column if beside else None)

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change between light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ApplicationPaletteChange or event.type() == QEvent.Type.PaletteChange:
            for line in (self.place, self.state, self.proposal):
                line.follow_theme()

"""Offers to classify again what another model proposed: a message above the cells, never on its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from marrowdesk.app import numbers
from marrowdesk.app.operations import Operation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from marrowdesk.app.window import MainWindow
    from marrowdesk.core.cell import Cell
    from marrowdesk.inference.engine import Engine
    from marrowdesk.store.casefile import CaseFile
    from marrowdesk.store.values import ModelInfo

_NAME = "earlier proposals"
_WIDEST_NAME = 220
"""Pixels of a model's name on the button; a longer one would leave the text no room."""


class EarlierProposals(QObject):
    """Listens to the case and the classifier, and keeps the offer up to date.

    A case that is signed, only read or shown as a second reading is never classified again, and a cell that
    anyone ever decided on keeps its proposal.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        window.session.opened.connect(self.look)
        window.session.closed.connect(self.look)
        window.model.signature_changed.connect(self.look)
        window.classifier.engine_changed.connect(self.look)
        window.classifier.running_changed.connect(lambda running: self.look())

    def look(self) -> None:
        """Take an offer away that holds no longer, and look on a worker whether there is one to make."""
        window = self._window
        window.banner.take_away(_NAME)
        case, engine = window.model.case, window.classifier.engine
        if case is None or engine is None or window.classifier.running or not self._may():
            return
        sha256 = engine.bundle.sha256
        if any(_of_another(cell, sha256) for cell in window.model.cells):
            self._find(case, engine, self._offer)

    def _find(
        self, case: CaseFile, engine: Engine, then: Callable[[list[Cell], list[ModelInfo]], object]
    ) -> None:
        """Look on a worker for what may be classified again; heard only if nothing has changed meanwhile."""
        window = self._window

        def work(_: object) -> tuple[list[Cell], list[ModelInfo]]:
            from marrowdesk.services.analysis import proposed_by_another

            return proposed_by_another(case, engine.bundle.sha256), case.models()

        def take(found: tuple[list[Cell], list[ModelInfo]]) -> None:
            same = case is window.model.case and engine is window.classifier.engine
            if same and found[0] and not window.classifier.running and self._may():
                then(*found)

        Operation(self, work, series="earlier").on_success(take).start()

    def _may(self) -> bool:
        """Whether the case may get other proposals."""
        return self._window.model.writable and self._window.model.sitting is None

    def _offer(self, cells: list[Cell], models: list[ModelInfo]) -> None:
        engine = self._window.classifier.engine
        if engine is None:
            return
        card, by = engine.bundle.card, _names(cells, models)
        if len(cells) == 1:
            text = self.tr("1 cell of this case was proposed by {}.").format(by)
        else:
            text = self.tr("{} cells of this case were proposed by {}.").format(numbers.count(len(cells)), by)
        message = self._window.banner.tell(
            _NAME, f"{text} " + self.tr("What readers decided stays as it is.")
        )
        name = f"{card.name} {card.revision}"
        shown = message.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, _WIDEST_NAME)
        text = self.tr("Classify a&gain with {}").format(shown.replace("&", "&&"))
        message.add_button(text, self._classify_again).setToolTip(name)

    def _classify_again(self) -> None:
        """Classify again what still may be: a decision may have been made since the offer."""
        case, engine = self._window.model.case, self._window.classifier.engine
        if case is not None and engine is not None:
            self._find(case, engine, lambda cells, _: self._window.classifier.classify_again(cells))


def _of_another(cell: Cell, sha256: str) -> bool:
    return cell.review is None and cell.prediction is not None and cell.prediction.model != sha256


def _names(cells: Iterable[Cell], models: Iterable[ModelInfo]) -> str:
    """Name the models that proposed for cells, in the order the case came to know them."""
    found = {cell.prediction.model for cell in cells if cell.prediction is not None}
    return ", ".join(f"{each.name} {each.version}" for each in models if each.sha256 in found)

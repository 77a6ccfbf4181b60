"""Offers to classify again what another model proposed: a message above the cells, never on its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from marrowdesk.app import numbers
from marrowdesk.app.operations import Operation

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from marrowdesk.app.window import MainWindow
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
        self._looking: Operation | None = None
        window.session.opened.connect(self.look)
        window.session.closed.connect(self.look)
        window.model.signature_changed.connect(self.look)
        window.classifier.engine_changed.connect(self.look)
        window.classifier.running_changed.connect(lambda running: self.look())

    def look(self) -> None:
        """Take an offer away that holds no longer, and look on a worker whether there is one to make."""
        window = self._window
        window.banner.take_away(_NAME)
        if self._looking is not None:
            self._looking.drop()  # its case may be closed by now
            self._looking = None
        case, engine = window.model.case, window.classifier.engine
        if case is None or engine is None or window.classifier.running or not self._may():
            return
        self._find(case, engine, self._offer)

    def _find(
        self, case: CaseFile, engine: Engine, then: Callable[[dict[int, str], list[ModelInfo]], object]
    ) -> None:
        """Look on a worker for what may be classified again; heard only if nothing has changed meanwhile."""
        window = self._window

        def work(_: object) -> tuple[dict[int, str], list[ModelInfo]]:
            return case.proposed_by_another(engine.bundle.sha256), case.models()

        def take(found: tuple[dict[int, str], list[ModelInfo]]) -> None:
            same = case is window.model.case and engine is window.classifier.engine
            if same and found[0] and not window.classifier.running and self._may():
                then(*found)

        def end() -> None:
            self._looking = None  # lets go of the engine

        self._looking = Operation(self, work, series="earlier").on_success(take).on_end(end).start()

    def _may(self) -> bool:
        """Whether the case may get other proposals."""
        return self._window.model.writable and self._window.model.sitting is None

    def _offer(self, cells: dict[int, str], models: list[ModelInfo]) -> None:
        engine = self._window.classifier.engine
        if engine is None:
            return
        card, by = engine.bundle.card, _names(set(cells.values()), models)
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
        window = self._window
        case, engine = window.model.case, window.classifier.engine

        def again(found: dict[int, str], _: object) -> None:
            cells = window.model.cells
            window.classifier.classify_again([cells[window.model.row_of(each)] for each in found])

        if case is not None and engine is not None:
            self._find(case, engine, again)


def _names(found: Collection[str], models: Iterable[ModelInfo]) -> str:
    """Name some models, in the order the case came to know them."""
    return ", ".join(f"{each.name} {each.version}" for each in models if each.sha256 in found)

"""Offers to classify again what another model proposed: a message above the cells, never on its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from marrowdesk.app import numbers
from marrowdesk.app.lookout import Lookout
from marrowdesk.app.mnemonics import literal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from marrowdesk.app.window import MainWindow
    from marrowdesk.store.casefile import CaseFile
    from marrowdesk.store.values import ModelInfo

_WIDEST_NAME = 220
"""Pixels of a model's name on the button; a longer one would leave the text no room."""


class EarlierProposals(Lookout):
    """Listens to the case and the classifier, and keeps the offer up to date.

    A case that is signed, only read or shown as a second reading is never classified again, and a cell that
    anyone ever decided on keeps its proposal.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window, "earlier proposals")
        window.model.signature_changed.connect(self.look)
        window.classifier.engine_changed.connect(self.look)
        window.classifier.running_changed.connect(self._take_back)

    def _take_back(self, running: bool) -> None:
        if running:  # what was offered is being done, or something else
            self.look()

    def _look(self, case: CaseFile) -> None:
        self._find_earlier(case, self._offer)

    def _find_earlier(
        self, case: CaseFile, then: Callable[[dict[int, str], list[ModelInfo]], object]
    ) -> None:
        """Look for what may be classified again; heard only if nothing has changed meanwhile."""
        engine = self._window.classifier.engine
        if engine is None or not self._may():
            return

        def work() -> tuple[dict[int, str], list[ModelInfo]]:
            return case.proposed_by_another(engine.bundle.sha256), case.models()

        def take(found: tuple[dict[int, str], list[ModelInfo]]) -> None:
            if engine is self._window.classifier.engine and found[0] and self._may():
                then(*found)

        self._find(case, work, take)

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
            self._name, f"{text} " + self.tr("What readers decided stays as it is.")
        )
        name = f"{card.name} {card.revision}"
        shown = message.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, _WIDEST_NAME)
        text = self.tr("Classif&y again with {}").format(literal(shown))
        message.add_button(text, self._classify_again).setToolTip(name)

    def _classify_again(self) -> None:
        """Classify again what still may be: a decision may have been made since the offer."""
        window = self._window

        def again(found: dict[int, str], _: object) -> None:
            cells = window.model.cells
            window.classifier.classify_again([cells[window.model.row_of(each)] for each in found])

        if window.model.case is not None:
            self._find_earlier(window.model.case, again)


def _names(found: Collection[str], models: Iterable[ModelInfo]) -> str:
    """Name some models, in the order the case came to know them."""
    return ", ".join(f"{each.name} {each.version}" for each in models if each.sha256 in found)

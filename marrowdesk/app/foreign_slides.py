"""Says above the cells that the slides look like none that the classifier learned from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marrowdesk.app import numbers
from marrowdesk.app.gallery.arrangement import Special
from marrowdesk.app.lookout import Lookout
from marrowdesk.core.foreign import USUAL, looks_foreign

if TYPE_CHECKING:
    from marrowdesk.app.window import MainWindow
    from marrowdesk.store.casefile import CaseFile


class ForeignSlides(Lookout):
    """Judges how many cells the classifier calls unfamiliar.

    Args:
        window: whose case and banner they are.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window, "foreign slides")

    def _look(self, case: CaseFile) -> None:
        self._find(case, case.doubts, self._tell)

    def _tell(self, doubts: tuple[int, int]) -> None:
        measured, unfamiliar = doubts
        if not looks_foreign(measured, unfamiliar):
            return
        text = self.tr(
            "The classifier does not know slides like these: {} of {} cells ({}) are unfamiliar to it, where "
            "about {} are usual. Stain, camera or magnification differ from those it learned from. It errs "
            "more often here: review every cell."
        ).format(
            numbers.count(unfamiliar),
            numbers.count(measured),
            numbers.whole_percent(round(100 * unfamiliar / measured)),
            numbers.whole_percent(round(100 * USUAL)),
        )
        message = self._window.banner.tell(self._name, text, "warning")
        show = self._window.gallery.set_class_filter
        message.add_button(self.tr("Show the &unfamiliar"), lambda: show(Special.UNFAMILIAR))

"""Says above the cells that the slides look like none that the classifier learned from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from marrowdesk.app import numbers
from marrowdesk.app.gallery.arrangement import Special
from marrowdesk.app.operations import Operation
from marrowdesk.core.foreign import USUAL, looks_foreign

if TYPE_CHECKING:
    from marrowdesk.app.window import MainWindow

_NAME = "foreign slides"


class ForeignSlides(QObject):
    """Looks at a case when it is opened and when its cells were classified.

    Closed by the person, the message stays away until more is classified or another case is opened.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._looking: Operation | None = None
        window.session.opened.connect(self.look)
        window.session.closed.connect(self.look)
        window.classifier.running_changed.connect(self._look_when_done)

    def look(self) -> None:
        """Take an earlier message away, and look on a worker whether there is one to show."""
        window = self._window
        window.banner.take_away(_NAME)
        if self._looking is not None:
            self._looking.drop()  # its case may be closed by now
            self._looking = None
        case = window.model.case
        if case is None or window.classifier.running:
            return

        def take(found: tuple[int, int]) -> None:
            if case is window.model.case and not window.classifier.running and looks_foreign(*found):
                self._tell(*found)

        def end() -> None:
            self._looking = None

        work = Operation(self, lambda _: case.doubts(), series="foreign")
        self._looking = work.on_success(take).on_end(end).start()

    def _look_when_done(self, running: bool) -> None:
        if not running:
            self.look()

    def _tell(self, measured: int, unfamiliar: int) -> None:
        text = self.tr(
            "The classifier does not know slides like these: {} of {} cells ({}) are unfamiliar to it, where "
            "at most {} are usual. Stain, camera or magnification differ from those it learned from. It errs "
            "more often here: review every cell."
        ).format(
            numbers.count(unfamiliar),
            numbers.count(measured),
            numbers.whole_percent(round(100 * unfamiliar / measured)),
            numbers.whole_percent(round(100 * USUAL)),
        )
        message = self._window.banner.tell(_NAME, text, "warning")
        show = self._window.gallery.set_class_filter
        message.add_button(self.tr("Show the &unfamiliar"), lambda: show(Special.UNFAMILIAR))

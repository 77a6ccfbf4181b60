"""Says above the cells that some of them are in the case twice, as when a smear is added once more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marrowdesk.app import numbers
from marrowdesk.app.lookout import Lookout
from marrowdesk.core.repeated import counted_again

if TYPE_CHECKING:
    from marrowdesk.app.window import MainWindow
    from marrowdesk.store.casefile import CaseFile


class RepeatedImages(Lookout):
    """Looks also when a folder was read into the case."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window, "repeated images")
        window.session.reading_changed.connect(self.look_when_done)

    def _look(self, case: CaseFile) -> None:
        self._find(case, case.alike, self._tell)

    def _tell(self, alike: tuple[tuple[int, ...], ...]) -> None:
        model = self._window.model
        if not alike or not model.writable:
            return
        # Cells that the window has not heard of yet are told when their folder was read.
        ids = counted_again(model.cells, alike)
        if not ids:
            return
        if len(ids) == 1:
            text = self.tr(
                "1 cell shows the very same image as another cell of this case: both are counted. Exclude it "
                "if it was added by mistake."
            )
        else:
            text = self.tr(
                "{} cells show the very same image as another cell of this case, and are counted twice. "
                "Exclude them if they were added by mistake."
            ).format(numbers.count(len(ids)))
        message = self._window.banner.tell(self._name, text, "warning")
        name = self.tr("In the case twice")
        message.add_button(
            self.tr("Show the &repeated"), lambda: self._window.commands.cells_chosen.emit(name, ids)
        )

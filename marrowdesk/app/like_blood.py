"""Says above the cells of a marrow that they look like those of blood, and offers the classes of blood."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marrowdesk.app import numbers
from marrowdesk.app.lookout import Lookout
from marrowdesk.core.blood import cells_of_blood, looks_like_blood

if TYPE_CHECKING:
    from marrowdesk.app.window import MainWindow
    from marrowdesk.store.casefile import CaseFile


class LikeBlood(Lookout):
    """Judges the count as it stands.

    Args:
        window: whose case and banner they are.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window, "like blood")

    def _look(self, _: CaseFile) -> None:
        model = self._window.model
        count = model.differential()
        if not model.writable or not looks_like_blood(count):
            return
        of_blood = cells_of_blood(count)
        text = self.tr(
            "{} of {} counted cells ({}) belong in blood: a blood film, or an aspirate diluted by blood? "
            "Blood is counted with classes of its own."
        ).format(
            numbers.count(of_blood),
            numbers.count(count.counted),
            numbers.whole_percent(round(100 * of_blood / count.counted)),
        )
        message = self._window.banner.tell(self._name, text, "info")
        message.add_button(
            self.tr("Count as &blood …"), lambda: self._window.commands.classes(shipped="blood-5")
        )

"""Which pictures the gallery asks for: those on the screen, then those a page further on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from marrowdesk.app.case_model import CaseModel
    from marrowdesk.app.gallery.delegate import CellDelegate
    from marrowdesk.app.gallery.model import GalleryModel
    from marrowdesk.app.gallery.thumbnails import ThumbnailLoader
    from marrowdesk.app.gallery.view import GalleryView
    from marrowdesk.core.cell import Place

_REST = 20  # milliseconds; a wheel turned fast asks once for where it comes to rest, not for all it passes


class PictureWishes(QObject):
    """Asks the loader whenever other cells come on the screen, and repaints when pictures arrive."""

    def __init__(
        self,
        view: GalleryView,
        model: GalleryModel,
        case_model: CaseModel,
        delegate: CellDelegate,
        thumbnails: ThumbnailLoader,
    ) -> None:
        super().__init__(view)
        self._view = view
        self._model = model
        self._case_model = case_model
        self._delegate = delegate
        self._thumbnails = thumbnails
        self._rest = QTimer(self, interval=_REST, singleShot=True)
        self._rest.timeout.connect(self._ask)
        view.scene_changed.connect(self._later)
        thumbnails.arrived.connect(view.viewport().update)

    def _later(self) -> None:
        if not self._rest.isActive():
            self._rest.start()

    def _ask(self) -> None:
        side = self._delegate.device_side(self._view.devicePixelRatioF())
        self._thumbnails.want(self._places(), side)

    def _places(self) -> Iterator[Place]:
        """Give what is on the screen, the page below it, the page above it."""
        top, height = self._view.verticalOffset(), self._view.viewport().height()
        rows, cells = self._model.rows, self._case_model.cells
        for start in (top, top + height, top - height):
            for first, last in self._view.grid.between(max(0, start), max(0, start + height)):
                for row in rows[first : last + 1].tolist():
                    yield cells[row].place

"""Draws the bands that are seen off the GUI thread and keeps no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from marrowdesk.app.operations import Lane, Operation
from marrowdesk.app.preview.pages import Band, Pages

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator, Mapping, Sequence

    from PySide6.QtGui import QImage


class BandDrawer(QObject):
    """The images of the pages of one document.

    Signals:
        arrived: some bands are there.
        failed: the pages cannot be drawn; the error.
    """

    arrived = Signal()
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._content = b""
        self._wanted: list[Band] = []
        self._coming: frozenset[Band] = frozenset()
        self._operation: Operation | None = None
        self._kept: dict[Band, QImage] = {}

    @property
    def kept(self) -> Mapping[Band, QImage]:
        """The images there are; those of a former size stay until all of the new one are there."""
        return self._kept

    def take(self, content: bytes, images: Mapping[Band, QImage]) -> None:
        """Begin with another document, of which some bands are drawn already."""
        if self._operation is not None:
            self._operation.drop()  # bands of the document before look like those of this one
        self._content, self._kept = content, dict(images)
        self._wanted, self._coming = [], frozenset()

    def want(self, bands: Sequence[Band]) -> None:
        """Ask for what is seen, the most urgent first; what was asked for before is forgotten."""
        self._wanted = list(bands)
        missing = [band for band in bands if band not in self._kept]
        if not missing:
            self._let_go()
        elif not self._coming.issuperset(missing):
            self._begin(missing)

    def _begin(self, missing: list[Band]) -> None:
        self._coming = frozenset(missing)
        content = self._content
        self._operation = Operation(
            self, lambda cancel: drawn(content, missing, cancel), lane=Lane.LIGHT, series="bands"
        )
        self._operation.on_progress(self._keep).on_failure(self.failed.emit).on_end(self._end).start()

    def _keep(self, arrived: list[tuple[Band, QImage]]) -> None:
        self._kept.update(arrived)
        if all(band in self._kept for band in self._wanted):
            self._let_go()
        self.arrived.emit()

    def _end(self) -> None:
        self._coming = frozenset()

    def _let_go(self) -> None:
        """Keep what is wanted alone; an image of another size stands in for one only until that is there."""
        self._kept = {band: self._kept[band] for band in self._wanted}


def drawn(content: bytes, bands: Sequence[Band], cancel: threading.Event) -> Iterator[tuple[Band, QImage]]:
    """Draw bands one after the other until cancelled; for a worker thread."""
    with Pages(content) as pages:
        for band in bands:
            if cancel.is_set():
                return
            yield band, pages.draw(band)

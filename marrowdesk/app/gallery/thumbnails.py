"""Loads the small pictures of the gallery off the GUI thread: the visible first, the last ones kept."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QImage

from marrowdesk.app.priority import stand_back
from marrowdesk.core.cell import Place
from marrowdesk.core.errors import ImageReplaced, ImageUnreadable

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np

THREADS = 2
BUDGET = 256 * 2**20
"""Bytes of pictures kept: 7,000 at 96 pixels, 1,000 at 256."""

OFFERED = 64 * 2**20
"""Bytes of pictures taken from what reads a folder before anybody looked at them: 1,300 at 112 pixels."""

_GATHER = 25  # milliseconds; arrivals are told together, so a screen fills in a few repaints
_FAILURE_BYTES = 500


@dataclass(frozen=True, slots=True)
class NoPicture:
    """A picture that cannot be had.

    Attributes:
        reason: one sentence for the person.
        replaced: the reason where the file is not the image that was read; None otherwise.
    """

    reason: str
    replaced: ImageReplaced | None = None


class ThumbnailLoader(QObject):
    """Pictures of cells in the sizes asked for.

    Only the newest wish counts: places of an earlier wish that no thread has begun with are forgotten, so
    scrolling fast through 100,000 cells decodes what is looked at and little else. Results of a former case
    are recognised by their generation number and dropped. What reads a folder may offer pictures that it has
    anyway: they wait, bounded, and are taken without a word when they are first asked for.

    Signals:
        arrived: pictures (or reasons why there is none) came; list of places.
        replaced: files are not the images that were read into the case; list of (place, ImageReplaced).
    """

    arrived = Signal(list)
    replaced = Signal(list)
    _posted = Signal()
    _failed = Signal(object)

    def __init__(self, parent: QObject | None = None, *, budget: int = BUDGET) -> None:
        """Start the threads.

        Args:
            parent: Qt owner.
            budget: bytes of pictures to keep.
        """
        super().__init__(parent)
        self._budget = budget
        self._bytes = 0
        self._kept: OrderedDict[tuple[Place, int], QImage | NoPicture] = OrderedDict()
        self._sides: dict[Place, int] = {}
        self._lock = threading.Lock()  # guards all that follows
        self._wanted: deque[tuple[Place, int]] = deque()
        self._busy: set[tuple[Place, int]] = set()
        self._post: list[tuple[int, Place, int, QImage | NoPicture]] = []
        self._offered: dict[Place, QImage] = {}
        self._offered_bytes = 0
        self._side = 0
        self._generation = 0
        self._workers = 0
        self._closed = False
        self._pool = ThreadPoolExecutor(THREADS, "marrowdesk-thumbnail", stand_back)
        self._gather = QTimer(self, interval=_GATHER, singleShot=True)
        self._gather.timeout.connect(self._deliver)
        self._posted.connect(self._on_posted, Qt.ConnectionType.QueuedConnection)
        self._failed.connect(self._on_failed, Qt.ConnectionType.QueuedConnection)

    # -- on the GUI thread ----------------------------------------------------------------------------

    def picture(self, place: Place, side: int) -> QImage | NoPicture | None:
        """Give a picture, or None while it is not there.

        Args:
            place: where the cell is seen.
            side: side of the square in device pixels. Until that size has come, another one is given.
        """
        found = self._kept.get((place, side))
        if found is not None:
            self._kept.move_to_end((place, side))
            return found
        if side == self._side and (offered := self._taken(place)) is not None:
            self._keep(place, side, offered)
            return offered
        other = self._sides.get(place)
        return None if other is None else self._kept.get((place, other))

    def want(self, places: Iterable[Place], side: int) -> None:
        """Ask for pictures, the most urgent first; what was asked for before and not begun is forgotten."""
        self.expect(side)
        missing = dict.fromkeys((place, side) for place in places if (place, side) not in self._kept)
        with self._lock:
            if self._closed:
                return
            self._wanted = deque(
                key for key in missing if key not in self._busy and key[0] not in self._offered
            )
            for _ in range(min(THREADS - self._workers, len(self._wanted))):
                self._workers += 1
                self._pool.submit(self._work)

    def expect(self, side: int) -> None:
        """Say in which size pictures will be asked for; what was offered in another one is let go."""
        with self._lock:
            if side != self._side:
                self._side = side
                self._drop_offered()

    def offers(self) -> Offers:
        """Give what takes pictures of the case shown now from those who have them anyway."""
        return Offers(self, self._generation)

    def _taken(self, place: Place) -> QImage | None:
        with self._lock:
            picture = self._offered.pop(place, None)
            if picture is not None:
                self._offered_bytes -= _size(picture)
            return picture

    def _drop_offered(self) -> None:
        self._offered.clear()
        self._offered_bytes = 0

    @property
    def waiting(self) -> int:
        """How many pictures are asked for and not yet begun."""
        with self._lock:
            return len(self._wanted)

    @property
    def bytes_kept(self) -> int:
        """Bytes of the pictures kept, offered ones included."""
        return self._bytes + self._offered_bytes

    def forget(self) -> None:
        """Drop everything; for another case."""
        with self._lock:
            self._generation += 1
            self._wanted.clear()
            self._busy.clear()
            self._post.clear()
            self._drop_offered()
        self._kept.clear()
        self._sides.clear()
        self._bytes = 0

    def close(self) -> None:
        """End the threads; waits for the pictures being decoded."""
        with self._lock:
            self._closed = True
            self._wanted.clear()
            self._drop_offered()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._gather.stop()

    @Slot()
    def _on_posted(self) -> None:
        if not self._closed and not self._gather.isActive():
            self._gather.start()

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        raise error  # to the program's exception hook

    def _deliver(self) -> None:
        with self._lock:
            post, self._post = self._post, []
            generation = self._generation
            self._busy -= {(place, side) for number, place, side, _ in post if number == generation}
        places, replaced = [], []
        for number, place, side, picture in post:
            if number == generation:
                self._keep(place, side, picture)
                places.append(place)
                if isinstance(picture, NoPicture) and picture.replaced is not None:
                    replaced.append((place, picture.replaced))
        if places:
            self.arrived.emit(places)
        if replaced:
            self.replaced.emit(replaced)

    def _keep(self, place: Place, side: int, picture: QImage | NoPicture) -> None:
        before = self._kept.pop((place, side), None)
        self._bytes += _size(picture) - (0 if before is None else _size(before))
        self._kept[place, side] = picture
        self._sides[place] = side
        while self._bytes > self._budget and len(self._kept) > 1:
            (old, old_side), dropped = self._kept.popitem(last=False)
            self._bytes -= _size(dropped)
            if self._sides.get(old) == old_side:
                del self._sides[old]

    # -- on the worker threads ------------------------------------------------------------------------

    def wanted(self, generation: int) -> int:
        """Give the side in which pictures of a case may be offered now; 0 where they would not be kept."""
        with self._lock:
            room = self._offered_bytes < OFFERED and not self._closed
            return self._side if room and generation == self._generation else 0

    def offer(self, generation: int, place: Place, side: int, picture: QImage) -> None:
        """Take a picture of a case, if it is still the one shown."""
        with self._lock:
            if generation == self._generation and side == self._side and place not in self._offered:
                self._offered[place] = picture
                self._offered_bytes += _size(picture)

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._wanted or self._closed:
                    self._workers -= 1
                    return
                place, side = self._wanted.popleft()
                generation = self._generation
                self._busy.add((place, side))
            try:
                picture = read_picture(place, side)
            except Exception as error:  # a fault of the program: shown once, and the others go on
                picture = NoPicture(str(error))
                self._failed.emit(error)
            with self._lock:
                self._post.append((generation, place, side, picture))
                first = len(self._post) == 1
            if first:
                self._posted.emit()


def read_picture(place: Place, side: int) -> QImage | NoPicture:
    """Decode one picture, ready to be painted; called on a worker thread."""
    from marrowdesk.imaging.thumbnail import thumbnail  # brings OpenCV: not before the window is up

    try:
        rgb = thumbnail(place, side)
    except ImageUnreadable as error:
        return NoPicture(str(error), error if isinstance(error, ImageReplaced) else None)
    return _painted_fast(rgb, side)


def _painted_fast(rgb: np.ndarray, side: int) -> QImage:
    """Give a copy of a square picture in the format that is painted fastest."""
    image = QImage(rgb.data, side, side, 3 * side, QImage.Format.Format_RGB888)
    return image.convertToFormat(QImage.Format.Format_RGB32)


class Offers:
    """Takes the pictures of one case while its folders are read; asked and told on worker threads.

    Args:
        loader: keeps them.
        generation: the case, as the loader counts them.
    """

    def __init__(self, loader: ThumbnailLoader, generation: int) -> None:
        self._loader = loader
        self._generation = generation

    def wanted(self) -> int:
        """Give the side in pixels in which they are wanted now; 0 for not at all."""
        return self._loader.wanted(self._generation)

    def offer(self, place: Place, side: int, picture: np.ndarray) -> None:
        """Take one; RGB uint8, shape (side, side, 3)."""
        self._loader.offer(self._generation, place, side, _painted_fast(picture, side))


def _size(picture: QImage | NoPicture) -> int:
    return picture.sizeInBytes() if isinstance(picture, QImage) else _FAILURE_BYTES

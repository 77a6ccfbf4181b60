"""Reads the pictures and maps of single cells off the GUI thread, keeps the last ones, drops late ones."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from marrowdesk.app.operations import Lane, Operation
from marrowdesk.core.cell import Cell
from marrowdesk.core.errors import MarrowdeskError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import numpy as np

    from marrowdesk.core.cell import Place
    from marrowdesk.store.casefile import CaseFile
    from marrowdesk.store.values import StoredAttention

BUDGET = 96 * 2**20
"""Bytes of pictures kept; single cells take 0.2 MB, whole fields 1 to 40 MB."""

Key = tuple[int, str]
"""Number of the cell and hash of the model that proposed it: a new proposal brings new maps."""


def key_of(cell: Cell) -> Key:
    """Give the key under which a cell's picture is kept."""
    return cell.id, "" if cell.prediction is None else cell.prediction.model


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """What was read of one cell.

    Attributes:
        image: uint8 RGB, shape (H, W, 3); None when unreadable.
        attention: the maps of the cell's proposal; None when there are none.
        problem: why the image is missing; None when it was read.
        map_problem: why the maps are missing although there should be some; None when nothing failed.
    """

    image: np.ndarray | None
    attention: StoredAttention | None = None
    problem: MarrowdeskError | None = None
    map_problem: MarrowdeskError | None = None

    @property
    def whole(self) -> bool:
        """Whether nothing failed, so that reading again would bring nothing new."""
        return self.problem is None and self.map_problem is None

    @property
    def size(self) -> int:
        """Bytes held."""
        maps = 0 if self.attention is None else self.attention.maps.nbytes
        return maps + (0 if self.image is None else self.image.nbytes)


class PictureLoader(QObject):
    """Reads pictures on worker threads; lives in the GUI thread.

    Signals:
        arrived: a picture is there; its key. Ask for it with :meth:`get`.
    """

    arrived = Signal(object)

    def __init__(
        self, read: Callable[[Place], np.ndarray], parent: QObject | None = None, budget: int = BUDGET
    ) -> None:
        super().__init__(parent)
        self._read = read
        self._budget = budget
        self._kept: OrderedDict[Key, Picture] = OrderedDict()
        self._waiting: dict[Key, Operation] = {}

    def get(self, key: Key) -> Picture | None:
        """Give a picture that is there already, or None."""
        picture = self._kept.get(key)
        if picture is not None:
            self._kept.move_to_end(key)
        return picture

    def want(self, case: CaseFile, cells: Iterable[Cell]) -> None:
        """Read these cells, the first one first; what was wanted before is let go.

        Cells that are there already are not read again, unless something failed then.
        """
        wanted = {key_of(cell): cell for cell in cells}
        for key in self._waiting.keys() - wanted.keys():
            self._waiting.pop(key).drop()
        for key, cell in wanted.items():
            kept = self._kept.get(key)
            if key not in self._waiting and (kept is None or not kept.whole):
                self._start(case, key, cell)

    def forget(self) -> None:
        """Drop all pictures and all that is under way: another case is shown, or none."""
        for operation in self._waiting.values():
            operation.drop()
        self._waiting.clear()
        self._kept.clear()

    def _start(self, case: CaseFile, key: Key, cell: Cell) -> None:
        known = next((kept.image for (cell_id, _), kept in self._kept.items() if cell_id == cell.id), None)
        operation = Operation(self, lambda _: read_cell(self._read, case, cell, known), lane=Lane.LIGHT)
        operation.on_success(lambda picture: self._take(key, picture))
        operation.on_end(lambda: self._waiting.pop(key, None))
        self._waiting[key] = operation.start()

    def _take(self, key: Key, picture: Picture) -> None:
        self._kept[key] = picture
        self._kept.move_to_end(key)
        total = sum(each.size for each in self._kept.values())
        while total > self._budget and len(self._kept) > 1:
            total -= self._kept.popitem(last=False)[1].size
        self.arrived.emit(key)


def read_image_of(place: Place) -> np.ndarray:
    """Decode what lies at a place; called on a worker thread.

    Raises:
        ImageUnreadable: the file cannot be read, or the box lies outside of the image.
    """
    from marrowdesk.imaging.decode import read_place  # brings OpenCV: not before the window is up

    return read_place(place)


def read_cell(
    read: Callable[[Place], np.ndarray], case: CaseFile, cell: Cell, known: np.ndarray | None
) -> Picture:
    """Read a cell's image, unless it is known, and its maps; what fails is told in the picture."""
    image, problem = known, None
    if image is None:
        try:
            image = read(cell.place)
        except MarrowdeskError as error:
            problem = error
    if cell.prediction is None:
        return Picture(image, None, problem)
    try:
        return Picture(image, case.attention(cell.id), problem)
    except MarrowdeskError as error:
        return Picture(image, None, problem, error)

"""The order on the screen as a sequence that knows where each row stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, overload

import numpy as np

if TYPE_CHECKING:
    from marrowdesk.app.gallery.model import GalleryModel


class ShownOrder(Sequence[int]):
    """Rows of the case as the gallery shows them at this moment; a later order does not change it.

    Looking a row up costs the same for ten cells and for 100,000, so it may be done at every key.
    """

    def __init__(self, model: GalleryModel) -> None:
        self._rows = model.rows
        self._positions = model.positions

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, at: int) -> int: ...
    @overload
    def __getitem__(self, at: slice) -> list[int]: ...
    def __getitem__(self, at: int | slice) -> int | list[int]:
        return self._rows[at].tolist()  # type: ignore[no-any-return]

    def __contains__(self, row: object) -> bool:
        return isinstance(row, int) and 0 <= row < len(self._positions) and bool(self._positions[row] >= 0)

    def index(self, value: Any, start: int = 0, stop: int | None = None) -> int:
        """Give where a row stands.

        Raises:
            ValueError: it is not shown, or not between ``start`` and ``stop``.
        """
        position = int(self._positions[value]) if value in self else -1
        if position not in range(*slice(start, stop).indices(len(self))):
            raise ValueError(f"Row {value} is not shown there.")
        return position

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and self[:] == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self._rows, dtype, copy=copy)

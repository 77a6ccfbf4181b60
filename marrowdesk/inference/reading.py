"""Reading images for an engine: here, or in the process of an engine that reads them itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar, runtime_checkable

from marrowdesk.core.errors import ImageUnreadable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import numpy as np

    from marrowdesk.core.cell import Place
    from marrowdesk.inference.engine import Batch, Engine, Pending

Begun = TypeVar("Begun")


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """What came of a batch of places.

    Attributes:
        unreadable: why a place cannot be read, by its index in the batch.
        batch: what the network says of all others, in their order; None where none is left.
    """

    unreadable: Mapping[int, ImageUnreadable]
    batch: Batch | None


class PendingRead(Protocol):
    """A batch of places that was begun."""

    def result(self) -> Read:
        """Wait for what came of it; to be called once, in the order in which batches were begun."""


@runtime_checkable
class ReadingEngine(Protocol):
    """An engine that reads images in another process, so that a window in this one waits for no decoder."""

    def begin_places(
        self, places: Sequence[Place], known: Mapping[int, np.ndarray] | None = None
    ) -> PendingRead:
        """Begin to read and classify what lies at places; otherwise as ``Engine.begin``.

        Args:
            places: what to classify.
            known: images that were decoded already and are not read again, RGB uint8 (H, W, 3), by their
                index in ``places``.
        """


@dataclass(frozen=True, slots=True)
class _Begun:
    unreadable: Mapping[int, ImageUnreadable]
    pending: Pending | None

    def result(self) -> Read:
        return Read(self.unreadable, None if self.pending is None else self.pending.result())


def begin_read(engine: Engine, images: Sequence[np.ndarray | ImageUnreadable]) -> PendingRead:
    """Begin to classify images as :func:`read_or_why` gave them."""
    readable = [image for image in images if not isinstance(image, ImageUnreadable)]
    unreadable = {at: image for at, image in enumerate(images) if isinstance(image, ImageUnreadable)}
    return _Begun(unreadable, engine.begin(readable) if readable else None)


def one_ahead(batches: Iterable[Begun]) -> Iterator[Begun]:
    """Give each batch when the next is begun, so that one is prepared while another is run and stored."""
    before: Begun | None = None
    for now in batches:
        if before is not None:
            yield before
        before = now
    if before is not None:
        yield before


def read_or_why(place: Place) -> np.ndarray | ImageUnreadable:
    """Decode what lies at a place to RGB uint8 (H, W, 3), or give the reason why that is impossible."""
    from marrowdesk.imaging.decode import read_place  # brings OpenCV: not before the window is up

    try:
        return read_place(place)
    except ImageUnreadable as error:
        return error

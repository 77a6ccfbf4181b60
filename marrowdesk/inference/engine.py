"""What every engine gives for a batch of images, whatever library runs the network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from marrowdesk.inference.bundle import Bundle


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """What a network says about N images.

    Attributes:
        probabilities: (N, K) float32, calibrated, rows sum to 1; 0 for classes that are never proposed.
        doubt: (N,) float32, distance from the training cells; above 1.0 the cell is unfamiliar.
        maps: (N, K, h, w) float32, activation map of each class over the window: the class-weighted sum of
            the last stage's features, which for a network with global average pooling and a linear head is
            Grad-CAM (Selvaraju et al. 2017, section 3) before its ReLU, up to the factor 1/(h·w); brought to
            the frame it belongs to by :func:`marrowdesk.inference.maps.placing`. Below 0 speaks against the
            class.
        windows: (N, 4) float32, left, top, width and height in px of the given image: what the network saw,
            and where the map belongs. It may reach beyond the image.
        embeddings: (N, D) float32, the pooled features.
    """

    probabilities: np.ndarray
    doubt: np.ndarray
    maps: np.ndarray
    windows: np.ndarray
    embeddings: np.ndarray


@dataclass(frozen=True, slots=True)
class Setup:
    """How a network is run on this machine.

    Attributes:
        engine: ``"openvino"`` or ``"torch"``.
        precision: number format of the network: ``"float32"``, ``"bfloat16"`` or ``"float16"``.
        threads: that compute; None leaves the library's own number.
        batch: how many images a batch holds.
    """

    engine: str
    precision: str = "float32"
    threads: int | None = None
    batch: int = 32


class Pending(Protocol):
    """A batch that was begun."""

    def result(self) -> Batch:
        """Wait for what the network says; to be called once, in the order in which batches were begun."""


class Engine(Protocol):
    """Runs a bundle's network. An engine may be used from any one thread at a time."""

    @property
    def bundle(self) -> Bundle:
        """The bundle it runs."""

    @property
    def codes(self) -> tuple[str, ...]:
        """The K classes, in the order of the probabilities and maps."""

    @property
    def device(self) -> str:
        """What it runs on, for people, for example ``"OpenVINO 2026.4.1, float32, batch 16, 2 threads"``."""

    @property
    def note(self) -> str:
        """Why it is this engine, as a sentence for people; empty where there is nothing to say."""

    @property
    def batch_size(self) -> int:
        """How many images a batch should hold for good speed."""

    def predict(self, images: Sequence[np.ndarray]) -> Batch:
        """Classify images, each (H, W, 3) uint8 RGB of any size.

        Raises:
            ValueError: an image is not (H, W, 3) uint8.
        """

    def begin(self, images: Sequence[np.ndarray]) -> Pending:
        """Begin to classify images; the next may be begun, and be prepared, before this result is asked for.

        A batch whose result is never asked for costs nothing but what was done for it already.

        Raises:
            ValueError: an image is not (H, W, 3) uint8; told by ``result`` at the latest.
        """

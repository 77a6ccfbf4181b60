"""What the engines share around their networks: images are prepared before, outputs made sense of after."""

from __future__ import annotations

from abc import ABC, abstractmethod
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from marrowdesk.core.errors import BundleError
from marrowdesk.inference.calibration import probabilities
from marrowdesk.inference.doubt import METHODS as DOUBT_METHODS
from marrowdesk.inference.engine import Batch
from marrowdesk.inference.libraries import processors
from marrowdesk.inference.maps import placing
from marrowdesk.inference.preprocess import METHOD, Recipe, Window, prepare

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from marrowdesk.inference.bundle import Bundle
    from marrowdesk.inference.engine import Setup

UPDATE = "Update MarrowDesk, or choose another bundle."

_NO_NUCLEUS = 2.0
"""Least doubt of an image without a nucleus of the right colour in its middle: nothing there that the network
was trained on."""


class Prepared(NamedTuple):
    """Images as the network sees them.

    Attributes:
        crops: (N, S, S, 3) uint8 RGB.
        windows: what each crop shows of its image.
    """

    crops: np.ndarray
    windows: list[Window]


class Said(NamedTuple):
    """What a network gives for N crops, float32.

    Attributes:
        logits: (N, K), plain.
        maps: (N, K, h, w), on the grid of the last stage.
        embeddings: (N, D).
    """

    logits: np.ndarray
    maps: np.ndarray
    embeddings: np.ndarray


class Around:
    """Prepares images as a bundle's card says, and makes sense of what its network gives.

    Args:
        bundle: a verified bundle.
        tensors: its weight file.

    Raises:
        BundleError: the bundle needs a method that this program does not have, or lacks an array.
    """

    def __init__(self, bundle: Bundle, tensors: Mapping[str, np.ndarray]) -> None:
        card = bundle.card
        # The cells of a batch are shared out between threads: OpenCV's own would only wait for each other.
        cv2.setNumThreads(1)
        self._bundle = bundle
        self._recipe = recipe_of(bundle)
        if card.doubt.method not in DOUBT_METHODS:
            raise BundleError(f"The bundle {bundle.path} measures doubt by {card.doubt.method!r}.", UPDATE)
        try:
            self._space = DOUBT_METHODS[card.doubt.method].from_tensors(tensors)
        except KeyError as error:
            raise BundleError(
                f"The weights of {bundle.path} do not fit its card: {error}.", UPDATE
            ) from error
        self._log_weights = np.asarray(card.calibration.log_weights)
        self._proposed = np.array([each.proposed for each in card.outputs])

    @property
    def side(self) -> int:
        """Width and height of a crop, px."""
        return self._recipe.side

    def prepare(self, images: Sequence[np.ndarray]) -> Prepared:
        """Cut the cells out, on several threads; safe to call beside a network that runs.

        Raises:
            ValueError: an image is not (H, W, 3) uint8.
        """
        for image in images:
            if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or 0 in image.shape:
                raise ValueError(f"an image must be (H, W, 3) uint8, not {image.shape} {image.dtype}")
        with ThreadPoolExecutor(processors(), thread_name_prefix="prepare") as pool:
            pairs = list(pool.map(lambda image: prepare(image, self._recipe), images))
        blank = np.empty((0, self.side, self.side, 3), np.uint8)
        crops = np.stack([crop for crop, _ in pairs]) if pairs else blank
        return Prepared(crops, [window for _, window in pairs])

    def batch(self, said: Said, windows: Sequence[Window]) -> Batch:
        """Calibrate probabilities, measure doubt and bring maps to their frames."""
        card = self._bundle.card
        doubt = self._space.distance(said.embeddings) / card.doubt.threshold
        found = np.array([window.found for window in windows], bool)
        offset = card.architecture.map_offset
        down, across = (placing(cells, self.side, offset) for cells in said.maps.shape[2:])
        return Batch(
            probabilities=probabilities(
                said.logits, self._log_weights, card.calibration.temperature, self._proposed
            ),
            doubt=np.where(found, doubt, np.maximum(doubt, _NO_NUCLEUS)).astype(np.float32),
            maps=down @ said.maps @ across.T,
            windows=np.array(
                [(each.left, each.top, each.side, each.side) for each in windows], np.float32
            ).reshape(-1, 4),
            embeddings=said.embeddings,
        )


class EngineHere(ABC):
    """An engine in this process; what differs between libraries is how a network is run on crops.

    Args:
        bundle: a verified bundle.
        tensors: its weight file.
        note: why it is this engine, see :class:`~marrowdesk.inference.engine.Engine`.

    Raises:
        BundleError: the bundle needs a method that this program does not have.
    """

    def __init__(self, bundle: Bundle, tensors: Mapping[str, np.ndarray], note: str = "") -> None:
        self._bundle = bundle
        self._around = Around(bundle, tensors)
        self._ahead = ThreadPoolExecutor(1, thread_name_prefix="ahead")
        self._note = note

    @property
    def bundle(self) -> Bundle:
        """The bundle it runs."""
        return self._bundle

    @property
    def codes(self) -> tuple[str, ...]:
        """The K classes, in the order of the probabilities and maps."""
        return self._bundle.codes

    @property
    def note(self) -> str:
        """Why it is this engine; empty where there is nothing to say."""
        return self._note

    @property
    @abstractmethod
    def device(self) -> str:
        """What it runs on, for people."""

    @property
    def batch_size(self) -> int:
        """How many images a batch should hold for good speed."""
        return self.setup.batch

    @property
    @abstractmethod
    def setup(self) -> Setup:
        """How it runs the network."""

    @abstractmethod
    def tune(self, setup: Setup) -> None:
        """Run with other threads, batches and numbers from now on; the library stays."""

    @abstractmethod
    def said(self, crops: np.ndarray) -> Said:
        """Run the network on crops (N, S, S, 3) uint8."""

    def predict(self, images: Sequence[np.ndarray]) -> Batch:
        """Classify images, each (H, W, 3) uint8 RGB of any size.

        Raises:
            ValueError: an image is not (H, W, 3) uint8.
        """
        return self._run(self._around.prepare(images))

    def begin(self, images: Sequence[np.ndarray]) -> BegunHere:
        """Prepare images beside a network that runs; the network runs them when the result is asked for."""
        return BegunHere(self._ahead.submit(self._around.prepare, images), self)

    def noise(self, count: int) -> np.ndarray:
        """Give crops of noise (count, S, S, 3), to measure with."""
        side = self._around.side
        return np.random.default_rng(0).integers(0, 256, (count, side, side, 3), np.uint8)

    def _run(self, prepared: Prepared) -> Batch:
        return self._around.batch(self.said(prepared.crops), prepared.windows)


@dataclass(frozen=True, slots=True)
class BegunHere:
    """A batch that is being prepared in this process.

    Attributes:
        prepared: its crops, in time.
        engine: what runs them.
    """

    prepared: Future[Prepared]
    engine: EngineHere

    def result(self) -> Batch:
        """Run the network on it, on the thread that asks.

        Raises:
            ValueError: an image is not (H, W, 3) uint8.
        """
        return self.engine._run(self.prepared.result())


def threads_told(count: int) -> str:
    """Say how many threads, for people."""
    return "1 thread" if count == 1 else f"{count} threads"


def recipe_of(bundle: Bundle) -> Recipe:
    """Read how a bundle prepares images.

    Raises:
        BundleError: it does so in a way this program does not have.
    """
    card = bundle.card.preprocessing
    if card.method != METHOD:
        raise BundleError(f"The bundle {bundle.path} prepares images by {card.method!r}.", UPDATE)
    try:
        return Recipe.of(card.parameters)
    except (KeyError, TypeError) as error:
        raise BundleError(
            f"The preprocessing in {bundle.path} is not understood: {error}.", UPDATE
        ) from error

"""An engine in a process of its own: a window beside it never waits for the interpreter's lock."""

from __future__ import annotations

import multiprocessing
import os
import queue
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from marrowdesk.core.errors import BundleError, Cancelled, MarrowdeskError
from marrowdesk.inference.reading import begin_read, read_or_why

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from multiprocessing.connection import Connection
    from pathlib import Path

    import numpy as np

    from marrowdesk.core.cell import Place
    from marrowdesk.core.errors import ImageUnreadable
    from marrowdesk.inference.bundle import Bundle
    from marrowdesk.inference.engine import Batch, Engine, Pending, Setup
    from marrowdesk.inference.loading import Wish
    from marrowdesk.inference.reading import PendingRead, Read

_NICER = 10
_BELOW_NORMAL = 0x4000  # BELOW_NORMAL_PRIORITY_CLASS, winbase.h
_READERS = 2
"""Threads that decode images beside the network."""
_PATIENCE = 2.0
"""Seconds that the process may take to end by itself."""
_AGAIN = "Classify again to go on with the rest; if it happens again, close other programs to free memory."


class EngineEnded(BundleError):
    """The process of the network is gone: killed by the system or a person, or crashed."""


class EngineApart:
    """Runs a bundle's network in a child process of lower priority.

    Torch takes the interpreter's lock thousands of times a second, and its threads want every processor: in
    the process of a window that costs pauses of 0.1 to 0.3 s. The child ends with :meth:`close`, and by
    itself when this process is gone.

    Args:
        folder: the bundle.
        wish: what is asked of the engine, see :func:`~marrowdesk.inference.loading.load_fastest`.
        cancel: set to stop loading.

    Raises:
        BundleError: the bundle is missing, altered or not understood.
        EngineEnded: the process ended while it loaded.
        Cancelled: ``cancel`` was set.
    """

    def __init__(self, folder: Path, wish: Wish | None = None, cancel: threading.Event | None = None) -> None:
        from marrowdesk.inference.bundle import load_bundle  # brings pydantic: not before the window is up

        self._bundle = load_bundle(folder)
        self._begun = 0
        loaded = self._start(folder, wish, cancel)
        if loaded.crowded and wish is not None and wish.choices is not None:
            self.close()  # what was measured is remembered: the next process loads the one engine alone
            loaded = self._start(folder, wish, cancel)
        self._loaded = loaded

    def _start(self, folder: Path, wish: Wish | None, cancel: threading.Event | None) -> _Loaded:
        context = multiprocessing.get_context("spawn")
        self._link, far_end = context.Pipe()
        self._process = context.Process(
            target=_serve, args=(far_end, folder, wish), name="marrowdesk-inference", daemon=True
        )
        self._process.start()
        far_end.close()  # so that the end of the process is the end of the pipe
        try:
            while cancel is not None and not self._link.poll(0.1):
                if cancel.is_set():
                    raise Cancelled("Loading the model was stopped.")
            loaded: _Loaded = self._answer()
        except BaseException:
            self.close()
            raise
        return loaded

    @property
    def bundle(self) -> Bundle:
        """The bundle it runs."""
        return self._bundle

    @property
    def codes(self) -> tuple[str, ...]:
        """The K classes, in the order of the probabilities and maps."""
        return self._bundle.codes

    @property
    def device(self) -> str:
        """What it runs on, for people."""
        return self._loaded.device

    @property
    def note(self) -> str:
        """Why it is this engine; empty where there is nothing to say."""
        return self._loaded.note

    @property
    def batch_size(self) -> int:
        """How many images a batch should hold for good speed."""
        return self._loaded.setup.batch

    @property
    def setup(self) -> Setup:
        """How it runs the network."""
        return self._loaded.setup

    @property
    def alive(self) -> bool:
        """Whether the process is there."""
        return self._process.is_alive()

    def predict(self, images: Sequence[np.ndarray]) -> Batch:
        """Classify images, each (H, W, 3) uint8 RGB of any size.

        Raises:
            ValueError: an image is not (H, W, 3) uint8.
            EngineEnded: the process is gone.
        """
        return self.begin(images).result()

    def begin(self, images: Sequence[np.ndarray]) -> Pending:
        """Send images to the process, which prepares them beside its network.

        Raises:
            EngineEnded: the process is gone.
        """
        return _BegunApart(self, self._sent(list(images)))

    def begin_places(
        self, places: Sequence[Place], known: Mapping[int, np.ndarray] | None = None
    ) -> PendingRead:
        """Let the process read and classify what lies at places.

        Args:
            places: what to classify.
            known: images that were decoded already, C-contiguous RGB uint8 (H, W, 3), by their index in
                ``places``: they are sent along, and not read again.

        Raises:
            EngineEnded: the process is gone.
        """
        known = known or {}
        work = _Places(tuple(places), {at: image.shape for at, image in known.items()})
        return _ReadApart(self, self._sent(work, [image.reshape(-1) for image in known.values()]))

    def _sent(self, work: list[np.ndarray] | _Places, samples: Sequence[np.ndarray] = ()) -> int:
        """Send work, and then samples as they lie in memory: to pickle them would hold the lock for long."""
        self._begun += 1
        try:
            self._link.send((self._begun, work))
            for each in samples:
                self._link.send_bytes(each.data)
        except OSError as error:
            raise self._ended() from error
        return self._begun

    def close(self) -> None:
        """End the process; closing twice does no harm."""
        self._link.close()
        self._process.join(_PATIENCE)
        if self._process.is_alive():
            self._process.terminate()
            self._process.join(_PATIENCE)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()

    def _result(self, number: int) -> Any:
        """Wait for one answer; those before it were not asked for and are dropped."""
        while True:
            answered, result = self._answer()
            if answered == number:
                if isinstance(result, Exception):
                    raise result
                return result

    def _answer(self) -> Any:
        try:
            answer = self._link.recv()
        except (EOFError, OSError) as error:
            raise self._ended() from error
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _ended(self) -> EngineEnded:
        self._process.join(_PATIENCE)
        code = self._process.exitcode
        return EngineEnded(f"The classifier's process ended unexpectedly (exit code {code}).", _AGAIN)


@dataclass(frozen=True, slots=True)
class _Loaded:
    """What the process says when its engine is ready.

    Attributes:
        device: what it runs on.
        note: why it is this engine.
        setup: how it runs the network.
        crowded: whether the other engine, which was only measured, still takes a gigabyte of its memory.
    """

    device: str
    note: str
    setup: Setup
    crowded: bool


@dataclass(frozen=True, slots=True)
class _BegunApart:
    """A batch that was sent.

    Attributes:
        engine: where it was sent.
        number: which one it is.
    """

    engine: EngineApart
    number: int

    def result(self) -> Batch:
        """Wait for what the network says.

        Raises:
            ValueError: an image is not (H, W, 3) uint8.
            EngineEnded: the process is gone.
        """
        batch: Batch = self.engine._result(self.number)
        return batch


@dataclass(frozen=True, slots=True)
class _ReadApart:
    """A batch of places that was sent.

    Attributes:
        engine: where it was sent.
        number: which one it is.
    """

    engine: EngineApart
    number: int

    def result(self) -> Read:
        """Wait for what came of it.

        Raises:
            EngineEnded: the process is gone.
        """
        read: Read = self.engine._result(self.number)
        return read


@dataclass(frozen=True, slots=True)
class _Places:
    """Work for the process: what lies here.

    Attributes:
        places: what to classify.
        shapes: those of the images that need not be read, by their index; their samples follow in this order.
    """

    places: tuple[Place, ...]
    shapes: Mapping[int, tuple[int, ...]]


def _serve(link: Connection, folder: Path, wish: Wish | None) -> None:
    """Answer the other process until it closes the pipe or is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in the terminal is for the window
    _stand_back()
    try:
        from marrowdesk.inference.loading import load_fastest

        engine = load_fastest(folder, wish)
        crowded = engine.setup.engine != "torch" and "torch" in sys.modules
        link.send(_Loaded(engine.device, engine.note, engine.setup, crowded))
    except (MarrowdeskError, ImportError, OSError, RuntimeError) as error:
        link.send(error if isinstance(error, MarrowdeskError) else BundleError(_broken(error)))
        return
    waiting: queue.SimpleQueue[tuple[int, Pending | PendingRead] | None] = queue.SimpleQueue()
    taking = threading.Thread(target=_take, args=(link, engine, waiting), name="take", daemon=True)
    taking.start()
    while (begun := waiting.get()) is not None:
        answer: Batch | Read | Exception
        try:
            answer = begun[1].result()
        except (MarrowdeskError, ValueError, RuntimeError) as error:
            answer = error
        try:
            link.send((begun[0], answer))
        except OSError:
            break  # the other process is gone
    taking.join()  # a thread that still decodes must not be torn down with the libraries it is in


def _take(
    link: Connection, engine: Engine, waiting: queue.SimpleQueue[tuple[int, Pending | PendingRead] | None]
) -> None:
    """Take batches as they come and begin them, so that they are prepared while the network runs another.

    Whatever ends it, be it in the middle of a batch, ends the process too.
    """
    try:
        with ThreadPoolExecutor(_READERS, thread_name_prefix="read") as pool:
            while True:
                number, work = link.recv()
                if isinstance(work, _Places):
                    images = _images(work, _received(link, work.shapes), pool)
                    waiting.put((number, begin_read(engine, images)))
                else:
                    waiting.put((number, engine.begin(work)))
    except (EOFError, OSError):  # the other process closed the pipe or is gone
        pass
    finally:
        waiting.put(None)


def _received(link: Connection, shapes: Mapping[int, tuple[int, ...]]) -> dict[int, np.ndarray]:
    import numpy as np

    return {at: np.frombuffer(link.recv_bytes(), np.uint8).reshape(shape) for at, shape in shapes.items()}


def _images(
    work: _Places, known: Mapping[int, np.ndarray], pool: ThreadPoolExecutor
) -> list[np.ndarray | ImageUnreadable]:
    """Give all images of a batch: those that were sent along, and the others as they are read here."""
    missing = [at for at in range(len(work.places)) if at not in known]
    read = pool.map(read_or_why, (work.places[at] for at in missing))
    images = {**known, **dict(zip(missing, read, strict=True))}
    return [images[at] for at in range(len(work.places))]


def _broken(error: Exception) -> str:
    return f"The libraries of the classifier cannot be loaded ({type(error).__name__}: {error})."


def _stand_back() -> None:
    """Lower the priority of this process: a window beside it comes first."""
    if sys.platform == "win32":
        import ctypes

        kernel = ctypes.windll.kernel32
        kernel.GetCurrentProcess.restype = ctypes.c_void_p
        kernel.SetPriorityClass(ctypes.c_void_p(kernel.GetCurrentProcess()), _BELOW_NORMAL)
    else:
        os.nice(_NICER)

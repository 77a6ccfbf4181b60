"""The classifier in the window: loaded after the window is up, then fed with whatever has no proposal yet."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from marrowdesk.app.dialogs.failure import show_failure
from marrowdesk.app.operations import Lane, Operation
from marrowdesk.core.errors import Cancelled
from marrowdesk.imaging.kept import KeptImages
from marrowdesk.inference.apart import EngineApart, EngineEnded

if TYPE_CHECKING:
    import threading
    from collections.abc import Sequence
    from pathlib import Path

    from marrowdesk.app.case_model import CaseModel
    from marrowdesk.core.cell import Cell
    from marrowdesk.inference.engine import Engine
    from marrowdesk.services.analysis import Analysed
    from marrowdesk.store.casefile import CaseFile


Loader = Callable[[Any, Any], Any]
"""Called with the folder of a bundle (None for the shipped one) and a cancel event; gives an Engine."""


class EngineState(enum.Enum):
    """How far the model is."""

    ABSENT = enum.auto()
    LOADING = enum.auto()
    READY = enum.auto()
    FAILED = enum.auto()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the classification of the case is.

    Attributes:
        done: cells with a proposal, and those whose image cannot be read any more.
        total: cells of the case found so far.
        cells_per_second: speed; 0 while it is not known.
        seconds_left: time left for the cells found so far; None while it is not known.
    """

    done: int
    total: int
    cells_per_second: float
    seconds_left: float | None


class Classifier(QObject):
    """Keeps the open case classified: cells without a proposal are sent through the one inference thread.

    Signals:
        engine_changed: the model is loading, ready or failed.
        running_changed: classifying began or ended; whether it runs.
        progressed: proposals arrived; a :class:`Progress`.
        failed_images: images that could not be read while classifying; list of problems.
        failed: the model could not be loaded; the error. Reviewing by hand goes on without it.
    """

    engine_changed = Signal()
    running_changed = Signal(bool)
    progressed = Signal(object)
    failed_images = Signal(list)
    failed = Signal(object)

    def __init__(self, model: CaseModel, loader: Loader | None = None, parent: QObject | None = None) -> None:
        """Feed an engine with the cells of a model.

        Args:
            model: the open case.
            loader: makes the engine, on the inference thread; :func:`load_apart` when None.
            parent: owner.
        """
        super().__init__(parent)
        self._model = model
        self._loader = loader or load_apart
        self._engine: Engine | None = None
        self._left: list[EngineApart] = []
        self._state = EngineState.ABSENT
        self._job: Operation | None = None
        self._paused = False
        self._tried: set[int] = set()
        self._done = 0
        self._kept = KeptImages()
        model.reset.connect(self._forget)

    # -- the model ------------------------------------------------------------------------------------

    @property
    def engine(self) -> Engine | None:
        """The network, once it is loaded."""
        return self._engine

    @property
    def state(self) -> EngineState:
        """How far the model is."""
        return self._state

    @property
    def kept_images(self) -> KeptImages:
        """Takes decoded images of the open case, so that they need not be decoded again."""
        return self._kept

    def load(self, bundle: Path | None = None) -> None:
        """Load a model bundle on the inference thread, in place of the one before; the shipped one when None.

        What is being classified stops. The process of the model before has ended when the other one begins,
        so that both never need memory at once; cells without a proposal then go on with the other one.
        """
        self._leave_engine()
        self._set_state(EngineState.LOADING)
        work = partial(_change, self._loader, bundle, tuple(self._left))
        Operation(self, work, lane=Lane.INFERENCE, series="load").on_success(self._take_engine).on_failure(
            self._without_engine
        ).start()

    def _leave_engine(self) -> None:
        if self._job is not None:
            self._job.cancel()
        engine, self._engine = self._engine, None
        if isinstance(engine, EngineApart):
            self._left.append(engine)

    def _take_engine(self, engine: Engine) -> None:
        self._engine = engine
        self._left.clear()
        self._set_state(EngineState.READY)
        self.go_on()

    def _without_engine(self, error: Exception) -> None:
        self._engine = None
        self._set_state(EngineState.FAILED)
        self.failed.emit(error)

    def close(self) -> None:
        """End the engine's process, when the workers have ended."""
        self._leave_engine()
        while self._left:
            self._left.pop().close()

    def _set_state(self, state: EngineState) -> None:
        self._state = state
        self._keep_or_not()
        self.engine_changed.emit()

    def _pause(self, whether: bool) -> None:
        self._paused = whether
        self._keep_or_not()

    def _keep_or_not(self) -> None:
        """Keep decoded images only where they will be asked for."""
        self._kept.want(self._state is not EngineState.FAILED and not self._paused)

    # -- the open case --------------------------------------------------------------------------------

    @property
    def running(self) -> bool:
        """Whether cells are being classified."""
        return self._job is not None

    @property
    def unfinished(self) -> bool:
        """Whether cells without a proposal are left that have not been tried."""
        return bool(self._pending())

    def go_on(self) -> None:
        """Classify what has no proposal yet, unless it is under way, stopped by the person, or impossible."""
        case, engine = self._model.case, self._engine
        if self.running or self._paused or case is None or engine is None:
            return
        pending = self._pending()
        if pending:
            self._classify(case, engine, pending)

    def classify_again(self, cells: Sequence[Cell]) -> None:
        """Classify cells of the case that have a proposal once more, unless it can be changed no more.

        Does nothing while cells are being classified, or no model is loaded.
        """
        case, engine = self._model.case, self._engine
        if self.running or case is None or engine is None or not self._model.writable or not cells:
            return
        self._pause(False)
        self._done = len(self._model.cells) - len(cells)
        self._classify(case, engine, cells)

    def _classify(self, case: CaseFile, engine: Engine, cells: Sequence[Cell]) -> None:
        from marrowdesk.services.analysis import analyse

        kept = self._kept
        self._tried.update(cell.id for cell in cells)
        self._job = (
            Operation(self, lambda cancel: analyse(case, engine, cells, cancel, kept), lane=Lane.INFERENCE)
            .on_progress(self._take)
            .on_failure(self._stopped_by)
            .on_end(self._end)
            .start()
        )
        self.running_changed.emit(True)

    def resume(self) -> None:
        """Go on after the person stopped it."""
        self._pause(False)
        self.go_on()

    def stop(self) -> None:
        """Stop classifying this case; proposals made so far stay."""
        self._pause(True)
        if self._job is not None:
            self._job.cancel()

    def _pending(self) -> list[Cell]:
        if not self._model.writable:
            return []
        return [cell for cell in self._model.cells if cell.prediction is None and cell.id not in self._tried]

    def _take(self, steps: list[Analysed]) -> None:
        cells = [cell for step in steps for cell in step.cells]
        failed = [problem for step in steps for problem in step.failed]
        self._done += len(cells) + len(failed)
        self._model.take_predictions(cells)
        if failed:
            self.failed_images.emit(failed)
        speed, total = steps[-1].cells_per_second, len(self._model.cells)
        left = (total - self._done) / speed if speed > 0 else None
        self.progressed.emit(Progress(self._done, total, speed, left))

    def _stopped_by(self, error: Exception) -> None:
        if isinstance(error, EngineEnded):
            self._without_engine(error)
        else:
            self._pause(True)
            show_failure(self, error)

    def _end(self) -> None:
        job, self._job = self._job, None
        if job is not None and (job.failed or job.cancelled.is_set()):
            self._tried = {cell.id for cell in self._model.cells if cell.prediction is not None}
            self._done = len(self._tried)
        self.go_on()
        if not self.running:
            self.running_changed.emit(False)

    def _forget(self) -> None:
        """Another case is shown: leave the one before as it is; nothing of it is heard any more."""
        was_running = self.running
        if self._job is not None:
            self._job.drop()
            self._job = None
        self._kept.want(False)  # what still reads the case before has this one
        self._kept = KeptImages()
        self._pause(False)
        self._tried.clear()
        self._done = self._model.tally.predicted.total()
        if was_running:  # told when all views have taken the other case over
            QTimer.singleShot(0, self, lambda: self.running_changed.emit(self.running))


def _change(
    loader: Loader, folder: Path | None, before: Sequence[EngineApart], cancel: threading.Event
) -> Engine:
    """End the engines before, then load another; one that nobody wants any more is ended again."""
    for each in before:
        each.close()
    engine: Engine = loader(folder, cancel)
    if cancel.is_set():
        if isinstance(engine, EngineApart):
            engine.close()
        raise Cancelled("Loading the model was stopped.")
    return engine


def load_apart(folder: Path | None, cancel: threading.Event) -> Engine:
    """Load a bundle, the shipped one when ``folder`` is None, into a process of its own.

    Raises:
        BundleError: the bundle is missing, altered or not understood.
        Cancelled: ``cancel`` was set.
    """
    from marrowdesk.inference.bundle import shipped_bundle
    from marrowdesk.services.engines import wished_beside_a_window

    return EngineApart(shipped_bundle().path if folder is None else folder, wished_beside_a_window(), cancel)

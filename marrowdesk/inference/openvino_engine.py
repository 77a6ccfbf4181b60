"""The engine that runs a bundle with OpenVINO, on the processor."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from marrowdesk.inference.around import EngineHere, Said, threads_told
from marrowdesk.inference.bundle import load_tensors
from marrowdesk.inference.conversion import openvino_model
from marrowdesk.inference.engine import Setup
from marrowdesk.inference.libraries import installed, load_openvino, processors

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from marrowdesk.inference.bundle import Bundle
    from marrowdesk.inference.engine import Pending

_HINTS = {"float32": "f32", "bfloat16": "bf16"}
"""OpenVINO's names of the number formats."""


class OpenVinoEngine(EngineHere):
    """Runs a bundle with OpenVINO.

    Gives in float32 what :class:`~marrowdesk.inference.torch_engine.TorchEngine` gives in float32, to the
    rounding: the network is converted from torch's, see :mod:`marrowdesk.inference.conversion`.

    Args:
        bundle: a verified bundle.
        setup: how to run it.
        cache: folder of converted networks; None to keep none.
        note: why it is this engine.

    Raises:
        ImportError: OpenVINO is not installed.
        NotConverted: it cannot run this network.
        BundleError: the bundle needs a method that this program does not have.
    """

    def __init__(
        self, bundle: Bundle, setup: Setup | None = None, cache: Path | None = None, note: str = ""
    ) -> None:
        super().__init__(bundle, load_tensors(bundle), note)
        self._model = openvino_model(bundle, cache)
        self._own = threading.local()
        self._lanes: ThreadPoolExecutor | None = None
        self._setup = setup or Setup("openvino", batch=16)
        self._compiled = self._compile(self._setup)
        self._part(self._setup)

    @property
    def device(self) -> str:
        """What it runs on, for people."""
        now, threads = self._setup, threads_told(self._setup.threads or processors())
        lanes = f", {now.lanes} batches at a time" if now.lanes > 1 else ""
        return f"OpenVINO {installed('openvino')}, {now.precision}, batch {now.batch}, {threads}{lanes}"

    @property
    def setup(self) -> Setup:
        """How it runs the network."""
        return self._setup

    def tune(self, setup: Setup) -> None:
        """Run with other threads, batches and numbers from now on."""
        before, self._setup = self._setup, replace(setup, engine="openvino")
        told = (setup.precision, setup.threads, setup.lanes)
        if (before.precision, before.threads, before.lanes) != told:
            self._compiled = self._compile(setup)
            self._part(setup)

    def _part(self, setup: Setup) -> None:
        """Make the lanes; work that is in the lanes before is still done in them."""
        if self._lanes is not None:
            self._lanes.shutdown(wait=False)
        several = setup.lanes > 1
        self._lanes = ThreadPoolExecutor(setup.lanes, thread_name_prefix="lane") if several else None

    def _request(self) -> Any:
        """Give the calling thread's own request: one request runs one batch at a time."""
        own = self._own
        if getattr(own, "compiled", None) is not self._compiled:
            own.compiled, own.request = self._compiled, self._compiled.create_infer_request()
        return own.request

    def _compile(self, setup: Setup) -> Any:
        wanted = {
            "INFERENCE_PRECISION_HINT": _HINTS[setup.precision],
            "INFERENCE_NUM_THREADS": setup.threads or processors(),
            "NUM_STREAMS": setup.lanes,
        }
        return load_openvino().Core().compile_model(self._model, "CPU", wanted)

    def begin(self, images: Sequence[np.ndarray]) -> Pending:
        """Begin to classify images: in a lane of their own, or prepared beside a network that runs."""
        if self._lanes is None:
            return super().begin(images)
        return self._lanes.submit(lambda: self._run(self._around.prepare(images, threads=1)))

    def said(self, crops: np.ndarray) -> Said:
        """Run the network on crops (N, S, S, 3) uint8; several threads may do so at once."""
        if not len(crops):  # no batch of none is taken; a single crop tells the shapes
            return Said(*(each[:0] for each in self.said(np.zeros((1, *crops.shape[1:]), np.uint8))))
        answers = self._request().infer([crops])
        return Said(*(np.array(answers[at], np.float32) for at in range(3)))

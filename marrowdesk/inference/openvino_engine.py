"""The engine that runs a bundle with OpenVINO, on the processor."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from marrowdesk.inference.around import EngineHere, Said, threads_told
from marrowdesk.inference.bundle import load_tensors
from marrowdesk.inference.conversion import openvino_model
from marrowdesk.inference.engine import Setup
from marrowdesk.inference.libraries import installed, openvino_core, processors

if TYPE_CHECKING:
    from pathlib import Path

    from marrowdesk.inference.bundle import Bundle

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
        self._setup = setup or Setup("openvino", batch=16)
        self._compiled = self._compile(self._setup)

    @property
    def device(self) -> str:
        """What it runs on, for people."""
        now, threads = self._setup, threads_told(self._setup.threads or processors())
        return f"OpenVINO {installed('openvino')}, {now.precision}, batch {now.batch}, {threads}"

    @property
    def setup(self) -> Setup:
        """How it runs the network."""
        return self._setup

    def tune(self, setup: Setup) -> None:
        """Run with other threads, batches and numbers from now on."""
        before, self._setup = self._setup, replace(setup, engine="openvino")
        if (before.precision, before.threads) != (setup.precision, setup.threads):
            self._compiled = self._compile(setup)

    def _compile(self, setup: Setup) -> Any:
        wanted = {
            "INFERENCE_PRECISION_HINT": _HINTS[setup.precision],
            "INFERENCE_NUM_THREADS": setup.threads or processors(),
            "NUM_STREAMS": 1,
        }
        return openvino_core().compile_model(self._model, "CPU", wanted)

    def said(self, crops: np.ndarray) -> Said:
        """Run the network on crops (N, S, S, 3) uint8."""
        if not len(crops):  # no batch of none is taken; a single crop tells the shapes
            return Said(*(each[:0] for each in self.said(np.zeros((1, *crops.shape[1:]), np.uint8))))
        answers = self._compiled([crops])
        return Said(*(np.array(answers[at], np.float32) for at in range(3)))

"""Loading a bundle with the engine that suits this machine best: OpenVINO or torch."""

from __future__ import annotations

import ctypes.util
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from marrowdesk.core.errors import BundleError, MarrowdeskError
from marrowdesk.inference.bundle import load_bundle
from marrowdesk.inference.choice import Chosen, fastest, key_of, remember, remembered
from marrowdesk.inference.conversion import NotConverted
from marrowdesk.inference.engine import Setup
from marrowdesk.inference.libraries import installed, processors
from marrowdesk.inference.precision import fast_dtype, proved

if TYPE_CHECKING:
    from marrowdesk.inference.around import EngineHere
    from marrowdesk.inference.bundle import Bundle

ENGINES = ("auto", "openvino", "torch")
"""What may be asked for; auto is the fastest that works here."""

_WORTH_TORCH = 1.25
"""How much faster than OpenVINO torch must be to be chosen: each start with it takes seconds longer."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of an engine.

    Attributes:
        engine: one of :data:`ENGINES`.
        threads: that compute at most; all processors when None.
        networks: folder of converted networks; None to keep none.
        choices: file of what was measured; None to keep nothing.
        setup: how the network is to be run, whatever is fastest and proved: nothing is measured or kept then.
        beside: whether a window is beside it, to which torch then leaves a processor, see
            :func:`marrowdesk.services.engines.wished_beside_a_window`.
    """

    engine: str = "auto"
    threads: int | None = None
    networks: Path | None = None
    choices: Path | None = None
    setup: Setup | None = None
    beside: bool = False


def load_fastest(bundle: Bundle | Path, wish: Wish | None = None) -> EngineHere:
    """Load a bundle's network with the engine that suits this machine and the wish.

    CUDA goes before all where it is there, unless an engine is asked for. What is fastest is measured once,
    see :func:`~marrowdesk.inference.choice.fastest`. Where OpenVINO cannot be used, torch is, and the
    engine's note says why.

    Args:
        bundle: a verified bundle, or the folder of one.
        wish: what is asked for; nothing when None.

    Raises:
        BundleError: the bundle is missing, altered, or needs what this program does not have, or
            cannot be run as ``wish.setup`` says.
        MarrowdeskError: there is no such engine.
    """
    wish = wish or Wish()
    if wish.engine not in ENGINES:
        raise MarrowdeskError(
            f"There is no engine called {wish.engine!r}.", f"Choose one of {', '.join(ENGINES)}."
        )
    bundle = load_bundle(bundle) if isinstance(bundle, Path) else bundle
    if wish.setup is not None:
        return _just_so(bundle, wish.setup, wish.networks)
    if wish.engine == "auto" and (gpu := _on_gpu(bundle)) is not None:
        return gpu
    most = wish.threads or processors()
    key = key_of(bundle, f"{wish.engine} beside a window" if wish.beside else wish.engine, most)
    chosen = remembered(wish.choices, key)
    engine = None if chosen is None else _load(bundle, chosen, wish.networks)
    if engine is None:
        engine = _measured(bundle, wish, most)
        remember(wish.choices, key, Chosen(engine.setup, engine.note))
    return engine


def _on_gpu(bundle: Bundle) -> EngineHere | None:
    """Load with torch on CUDA; without a driver torch is not even asked, for loading it takes seconds."""
    driver = (
        Path("/dev/nvidiactl").exists() if sys.platform == "linux" else ctypes.util.find_library("nvcuda")
    )
    if not driver:
        return None
    import torch

    from marrowdesk.inference.torch_engine import TorchEngine

    return TorchEngine(bundle, "cuda") if torch.cuda.is_available() else None


def _load(bundle: Bundle, chosen: Chosen, networks: Path | None) -> EngineHere | None:
    """Load as it was chosen before; None where that does not work any more."""
    if chosen.setup.engine == "openvino":
        try:
            return _openvino(bundle, chosen.setup, networks)
        except (ImportError, NotConverted, RuntimeError):
            return None
    return _torch(bundle, chosen.setup, chosen.note)


def _just_so(bundle: Bundle, setup: Setup, networks: Path | None) -> EngineHere:
    engine = _load(bundle, Chosen(setup), networks)
    if engine is None:
        raise BundleError(
            f"{setup.engine} cannot run {bundle.card.name} in {setup.precision} here.",
            "Choose another engine in the settings.",
        )
    return engine


def _measured(bundle: Bundle, wish: Wish, most: int) -> EngineHere:
    """Load both engines, or the one that is asked for, measure them and keep the faster."""
    openvino, note = (None, "") if wish.engine == "torch" else _openvino_or_why(bundle, wish.networks)
    if openvino is not None:
        cost = fastest(openvino, _formats(bundle, "openvino"), most)
        if wish.engine == "openvino":
            return openvino
    fewer = max(1, most - 1) if wish.beside else most
    torch = _torch(bundle, Setup("torch", threads=fewer), note)
    other = fastest(torch, _formats(bundle, "torch"), fewer)
    if openvino is None or other.work * _WORTH_TORCH < cost.work:
        return torch
    return openvino


def _formats(bundle: Bundle, engine: str) -> tuple[str, ...]:
    fast = str(fast_dtype("cpu")).removeprefix("torch.")
    return ("float32", fast) if fast != "float32" and proved(bundle.card, engine, fast) else ("float32",)


def _openvino_or_why(bundle: Bundle, networks: Path | None) -> tuple[EngineHere | None, str]:
    if not installed("openvino"):
        return None, "OpenVINO is not installed; PyTorch runs the network."
    try:
        return _openvino(bundle, None, networks), ""
    except NotConverted as error:
        return None, f"{error.message} PyTorch runs it."
    except (ImportError, RuntimeError) as error:
        return None, f"OpenVINO cannot be loaded ({type(error).__name__}: {error}); PyTorch runs the network."


def _openvino(bundle: Bundle, setup: Setup | None, networks: Path | None) -> EngineHere:
    from marrowdesk.inference.openvino_engine import OpenVinoEngine

    return OpenVinoEngine(bundle, setup, networks)


def _torch(bundle: Bundle, setup: Setup, note: str) -> EngineHere:
    from marrowdesk.inference.torch_engine import TorchEngine

    engine = TorchEngine(bundle, "cpu", setup.precision, note)
    engine.tune(setup)
    return engine

"""OpenVINO gives what torch gives; converted once, kept, and left aside where it cannot."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys

import numpy as np
import pytest
from painted import painted_cell
from small_networks import SMALL
from tiny_bundle import make_tiny_bundle

from marrowdesk.inference import conversion
from marrowdesk.inference.card import Architecture
from marrowdesk.inference.conversion import NotConverted
from marrowdesk.inference.engine import Setup
from marrowdesk.inference.openvino_engine import OpenVinoEngine
from marrowdesk.inference.torch_engine import TorchEngine

pytest.importorskip("openvino")

FIELDS = ("probabilities", "doubt", "maps", "windows", "embeddings")


@pytest.fixture(scope="module")
def images():
    sides = ((250, 70), (180, 60), (301, 50), (97, 44), (33, 20))
    return [painted_cell(side, nucleus, seed=seed) for seed, (side, nucleus) in enumerate(sides)]


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("converted")


def same(one, other):
    for name in FIELDS:
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-3, atol=1e-3)


def test_that_everything_is_what_torch_gives_in_float32(tiny_bundle, tiny_engine, images, cache):
    engine = OpenVinoEngine(tiny_bundle, cache=cache)
    for count in (5, 1, 2, 0):
        same(engine.predict(images[:count]), tiny_engine.predict(images[:count]))
    assert engine.codes == tiny_engine.codes
    with pytest.raises(ValueError, match="must be"):
        engine.predict([np.zeros((5, 5), np.uint8)])


@pytest.mark.parametrize("name", [*SMALL, "convnext", "triplet"])
def test_that_other_networks_give_the_same_or_are_left_to_torch(tmp_path, images, name):
    timm, options = SMALL.get(name, ("convnext_atto", {"depths": [1, 1, 1, 1]}))
    card = Architecture(name=timm, options=options)
    if name == "triplet":
        card = Architecture(name="resnet10t", attention="triplet")
    bundle = make_tiny_bundle(tmp_path / name, architecture=card)
    with contextlib.suppress(NotConverted):
        engine = OpenVinoEngine(bundle)
        same(engine.predict(images), TorchEngine(bundle, "cpu", "float32").predict(images))


def test_that_a_network_is_converted_once_and_then_needs_no_torch(tiny_bundle, tmp_path):
    OpenVinoEngine(tiny_bundle, cache=tmp_path)
    (kept,) = tmp_path.iterdir()
    code = (
        "import sys, pathlib, numpy\n"
        "from marrowdesk.inference.bundle import load_bundle\n"
        "from marrowdesk.inference.openvino_engine import OpenVinoEngine\n"
        "engine = OpenVinoEngine(load_bundle(pathlib.Path(sys.argv[1])), cache=pathlib.Path(sys.argv[2]))\n"
        "engine.predict([numpy.zeros((50, 50, 3), numpy.uint8)])\n"
        "print('torch' in sys.modules, 'openvino_telemetry.main' in sys.modules)\n"
    )
    command = [sys.executable, "-c", code, str(tiny_bundle.path), str(tmp_path)]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["False", "False"]
    assert list(tmp_path.iterdir()) == [kept]


@pytest.mark.parametrize("damage", [b"", b"short", None])
def test_that_a_damaged_kept_network_is_converted_anew(tiny_bundle, tiny_engine, images, cache, damage):
    OpenVinoEngine(tiny_bundle, cache=cache)
    (kept,) = cache.iterdir()
    whole = bytearray(kept.read_bytes())
    whole[-1000] ^= 1
    kept.write_bytes(bytes(whole) if damage is None else damage)
    same(OpenVinoEngine(tiny_bundle, cache=cache).predict(images), tiny_engine.predict(images))
    assert kept.read_bytes() not in (bytes(whole), damage)


def test_that_a_folder_that_cannot_be_written_does_no_harm(tiny_bundle, tiny_engine, images, tmp_path):
    (tmp_path / "file").write_text("no folder")
    engine = OpenVinoEngine(tiny_bundle, cache=tmp_path / "file" / "below")
    same(engine.predict(images), tiny_engine.predict(images))


def test_that_older_networks_of_the_same_weights_go_and_others_stay(tiny_bundle, tmp_path):
    older = tmp_path / f"{tiny_bundle.sha256[:16]}-{'0' * 16}.openvino"
    other = tmp_path / f"{'0' * 16}-{'0' * 16}.openvino"
    for each in (older, other):
        each.write_bytes(b"")
    OpenVinoEngine(tiny_bundle, cache=tmp_path)
    assert not older.exists()
    assert other.exists()


def test_that_a_network_that_comes_out_otherwise_is_not_used(tiny_bundle, monkeypatch):
    monkeypatch.setattr(conversion, "_answers", lambda *_: [np.zeros(1, np.float32)] * 3)
    with pytest.raises(NotConverted, match="not give"):
        OpenVinoEngine(tiny_bundle)


def test_that_threads_and_numbers_can_be_chosen_and_are_told(tiny_bundle, images, tiny_engine, cache):
    engine = OpenVinoEngine(tiny_bundle, Setup("openvino", threads=1, batch=8), cache)
    assert engine.device.endswith("float32, batch 8, 1 thread")
    engine.tune(Setup("openvino", "bfloat16", 2, 16))
    assert engine.device.endswith("bfloat16, batch 16, 2 threads")
    rough = engine.predict(images).probabilities
    assert rough == pytest.approx(tiny_engine.predict(images).probabilities, abs=0.1)


def test_that_loading_openvino_speaks_to_nobody():
    code = (
        "import sys\n"
        "seen = []\n"
        "sys.addaudithook(lambda event, _: seen.append(event) if event.startswith('socket') else None)\n"
        "from marrowdesk.inference.libraries import load_openvino\n"
        "load_openvino()\n"
        "print(seen, [name for name in sys.modules if name.startswith('openvino_telemetry.')])\n"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[] []"


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
def test_that_a_signal_is_taken_after_an_engine_went_on_another_thread(tiny_bundle):
    code = (
        "import os, pathlib, signal, sys, threading\n"
        "from marrowdesk.inference.bundle import load_bundle\n"
        "from marrowdesk.inference.openvino_engine import OpenVinoEngine\n"
        "engines = [OpenVinoEngine(load_bundle(pathlib.Path(sys.argv[1])))]\n"
        "going = threading.Thread(target=engines.clear)\n"
        "going.start(), going.join()\n"
        "try:\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    signal.sigtimedwait([], 10)\n"
        "except KeyboardInterrupt:\n"
        "    print('stopped')\n"
    )
    told = subprocess.run([sys.executable, "-c", code, tiny_bundle.path], capture_output=True, text=True)
    assert (told.returncode, told.stdout) == (0, "stopped\n"), told.stderr

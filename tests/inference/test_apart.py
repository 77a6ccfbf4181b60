"""The engine in a process of its own: the same answers, and no process that outlives its owner."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from marrowdesk.core.cell import Place
from marrowdesk.core.errors import BundleError, Cancelled
from marrowdesk.inference.apart import EngineApart, EngineEnded
from marrowdesk.inference.loading import Wish
from marrowdesk.inference.torch_engine import load_engine


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    from tiny_bundle import make_tiny_bundle

    return make_tiny_bundle(tmp_path_factory.mktemp("apart") / "tiny")


@pytest.fixture
def apart(bundle):
    engine = EngineApart(bundle.path, Wish("torch"))
    yield engine
    engine.close()


def cells(count=5):
    random = np.random.default_rng(4)
    return [random.integers(0, 255, (80 + 7 * number, 90, 3), np.uint8) for number in range(count)]


def gone(pid: int, seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_that_it_says_what_the_engine_in_this_process_says(apart, bundle):
    here = load_engine(bundle, "cpu")
    assert apart.codes == here.codes
    assert apart.device.startswith("PyTorch")
    assert apart.batch_size > 0
    one, other = apart.predict(cells()), here.predict(cells())
    for name in ("probabilities", "doubt", "maps", "windows", "embeddings"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-4, atol=1e-4)


def test_that_a_wrong_image_is_refused_and_the_next_is_classified(apart):
    with pytest.raises(ValueError, match="uint8"):
        apart.predict([np.zeros((4, 4), np.float32)])
    assert apart.predict(cells(1)).probabilities.shape[0] == 1


def test_that_it_reads_images_itself_and_names_those_it_cannot_read(apart, tmp_path):
    images = cells(3)
    places = [Place(tmp_path / f"{number}.png") for number in range(4)]
    for place, image in zip((places[0], places[2], places[3]), images, strict=True):
        Image.fromarray(image).save(place.path)
    read = apart.begin_places(places).result()
    assert list(read.unreadable) == [1]
    assert "1.png" in str(read.unreadable[1])
    assert read.unreadable[1].hint
    np.testing.assert_allclose(read.batch.probabilities, apart.predict(images).probabilities, atol=1e-4)


def test_that_images_sent_along_are_not_read_and_keep_their_places(apart, tmp_path):
    images = cells(4)
    places = [Place(tmp_path / f"{number}.png") for number in range(5)]  # of which only one is a file
    Image.fromarray(images[2]).save(places[2].path)
    read = apart.begin_places(places, {0: images[0], 1: images[1], 4: images[3]}).result()
    assert list(read.unreadable) == [3]
    np.testing.assert_allclose(read.batch.probabilities, apart.predict(images).probabilities, atol=1e-4)


def test_that_a_batch_of_which_nothing_can_be_read_has_no_proposals(apart, tmp_path):
    read = apart.begin_places([Place(tmp_path / "gone.png")]).result()
    assert read.batch is None
    assert list(read.unreadable) == [0]


def test_that_batches_sent_ahead_are_answered_in_order_and_those_not_asked_for_are_dropped(apart):
    images = cells(3)
    alone = [apart.predict([image]).windows.tolist() for image in images]
    first, _, third = [apart.begin([image]) for image in images]
    assert first.result().windows.tolist() == alone[0]
    assert third.result().windows.tolist() == alone[2]
    assert alone[0] != alone[1] != alone[2]


def test_that_its_process_ends_with_it(bundle):
    engine = EngineApart(bundle.path, Wish("torch"))
    process = engine._process
    assert engine.alive
    engine.close()
    engine.close()
    assert not process.is_alive()


def test_that_a_process_that_was_killed_is_told_as_such(apart):
    os.kill(apart._process.pid, signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)
    with pytest.raises(EngineEnded, match="ended unexpectedly") as caught:
        apart.predict(cells())
    assert "Classify again" in caught.value.hint


def test_that_a_broken_bundle_is_named_before_any_process_begins(tmp_path):
    with pytest.raises(BundleError, match="nothing"):
        EngineApart(tmp_path / "nothing")


def test_that_loading_can_be_stopped(bundle):
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        EngineApart(bundle.path, None, cancel)


def test_that_the_network_s_libraries_are_loaded_in_its_process_only(bundle):
    program = (
        "import sys, pathlib, numpy\n"
        "from marrowdesk.inference.apart import EngineApart\n"
        "engine = EngineApart(pathlib.Path(sys.argv[1]))\n"
        "engine.predict([numpy.zeros((50, 50, 3), numpy.uint8)])\n"
        "engine.close()\n"
        "print({'torch', 'timm', 'openvino'} & set(sys.modules))\n"
    )
    command = [sys.executable, "-c", program, str(bundle.path)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == "set()"


@pytest.mark.skipif(sys.platform != "linux", reason="asks what a process has loaded as Linux tells it")
def test_that_after_the_first_start_only_the_chosen_engine_stays_in_memory(bundle, tmp_path):
    pytest.importorskip("openvino")
    engine = EngineApart(bundle.path, Wish(networks=tmp_path, choices=tmp_path / "engines.json"))
    try:
        loaded = Path(f"/proc/{engine._process.pid}/maps").read_text()
        assert ("libtorch" in loaded) == engine.device.startswith("PyTorch")
        assert engine.predict(cells(2)).probabilities.shape[0] == 2
    finally:
        engine.close()


@pytest.mark.skipif(sys.platform == "win32", reason="asks for a process by its number as POSIX does")
def test_that_its_process_does_not_outlive_a_killed_program(bundle):
    program = (
        "import sys, pathlib\n"
        "from marrowdesk.inference.apart import EngineApart\n"
        "engine = EngineApart(pathlib.Path(sys.argv[1]))\n"
        "print(engine._process.pid, flush=True)\n"
        "sys.stdin.read()\n"
    )
    owner = subprocess.Popen(
        [sys.executable, "-c", program, str(bundle.path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    child = int(owner.stdout.readline())
    assert not gone(child, 0.2)
    owner.kill()
    owner.wait()
    owner.stdin.close()
    owner.stdout.close()
    assert gone(child)


@pytest.mark.skipif(sys.platform == "win32", reason="asks for a process by its number as POSIX does")
def test_that_its_process_does_not_outlive_a_program_killed_while_it_sends_images(bundle):
    program = (
        "import os, sys, pathlib, signal, numpy\n"
        "from marrowdesk.core.cell import Place\n"
        "from marrowdesk.inference.apart import EngineApart\n"
        "class Last(numpy.ndarray):\n"
        "    @property\n"
        "    def data(self):\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "engine = EngineApart(pathlib.Path(sys.argv[1]))\n"
        "print(engine._process.pid, flush=True)\n"
        "images = [numpy.zeros((9, 9, 3), numpy.uint8) for _ in range(2)]\n"
        "places = [Place(pathlib.Path('one.png')), Place(pathlib.Path('other.png'))]\n"
        "engine.begin_places(places, {0: images[0], 1: images[1].view(Last)})\n"
    )
    owner = subprocess.Popen(
        [sys.executable, "-c", program, str(bundle.path)], stdout=subprocess.PIPE, text=True
    )
    child = int(owner.stdout.readline())
    assert owner.wait() == -signal.SIGKILL
    owner.stdout.close()
    assert gone(child)

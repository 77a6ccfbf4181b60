"""A tiny real network and a small slide for the command line's tests."""

import numpy as np
import pytest
from PIL import Image
from tiny_bundle import make_tiny_bundle


@pytest.fixture(scope="session")
def bundle_folder(tmp_path_factory):
    """Give the folder of a bundle with a very small network of random weights."""
    return make_tiny_bundle(tmp_path_factory.mktemp("bundle") / "tiny").path


@pytest.fixture
def slide(tmp_path):
    """Give a folder with twelve images and one broken file."""
    folder = tmp_path / "slide 9"
    folder.mkdir()
    rng = np.random.default_rng(5)
    for number in range(12):
        Image.fromarray(rng.integers(60, 255, (64, 64, 3), np.uint8)).save(folder / f"{number:02}.png")
    return folder


@pytest.fixture(autouse=True)
def measured_once(tmp_path_factory, monkeypatch):
    """Let the tests of a run share what is measured and converted at a first start, which takes seconds."""
    shared = tmp_path_factory.getbasetemp() / "engines"
    monkeypatch.setattr("marrowdesk.services.engines.networks_path", lambda: shared / "networks")
    monkeypatch.setattr("marrowdesk.services.engines.engine_choices_path", lambda: shared / "engines.json")

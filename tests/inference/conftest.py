"""A tiny bundle for the tests of the engine."""

from __future__ import annotations

import pytest
from tiny_bundle import make_tiny_bundle


@pytest.fixture(scope="session")
def tiny_bundle(tmp_path_factory):
    return make_tiny_bundle(tmp_path_factory.mktemp("bundle") / "tiny")


@pytest.fixture(scope="session")
def tiny_engine(tiny_bundle):
    from marrowdesk.inference.torch_engine import TorchEngine

    return TorchEngine(tiny_bundle, device="cpu", precision="float32")

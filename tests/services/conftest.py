"""A tiny real network for the services' tests."""

import pytest
from tiny_bundle import make_tiny_bundle


@pytest.fixture(scope="session")
def tiny_bundle(tmp_path_factory):
    """Give a bundle with a very small network of random weights."""
    return make_tiny_bundle(tmp_path_factory.mktemp("bundle") / "tiny")


@pytest.fixture(scope="session")
def tiny_engine(tiny_bundle):
    """Give the engine of the tiny bundle."""
    from marrowdesk.inference.torch_engine import load_engine

    return load_engine(tiny_bundle, "cpu")

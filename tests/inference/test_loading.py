"""The engine that suits the machine is measured once and remembered; torch runs what OpenVINO cannot."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from marrowdesk.core.errors import BundleError, MarrowdeskError
from marrowdesk.inference import choice, loading
from marrowdesk.inference.card import Precision
from marrowdesk.inference.conversion import NotConverted
from marrowdesk.inference.engine import Setup
from marrowdesk.inference.loading import Wish, load_fastest
from marrowdesk.inference.precision import proved

pytest.importorskip("openvino")

CELLS = [np.full((80, 90, 3), 120, np.uint8)]


@pytest.fixture
def wish(tmp_path, monkeypatch):
    monkeypatch.setattr(choice, "_EACH", 0.0)
    monkeypatch.setattr(loading, "_on_gpu", lambda _bundle: None)
    return Wish(threads=1, networks=tmp_path / "networks", choices=tmp_path / "engines.json")


def test_that_the_machine_is_measured_at_the_first_start_only(tiny_bundle, wish, monkeypatch):
    first = load_fastest(tiny_bundle, wish)
    assert first.device.endswith("1 thread")
    assert first.note == ""
    monkeypatch.setattr(loading, "fastest", lambda *_: pytest.fail("measured again"))
    again = load_fastest(tiny_bundle, wish)
    assert again.device == first.device
    assert again.predict(CELLS).probabilities == pytest.approx(first.predict(CELLS).probabilities, abs=1e-3)


@pytest.mark.parametrize(("engine", "name"), [("torch", "PyTorch"), ("openvino", "OpenVINO")])
def test_that_an_engine_that_is_asked_for_is_taken(tiny_bundle, wish, engine, name):
    for _ in range(2):
        assert load_fastest(tiny_bundle, replace(wish, engine=engine)).device.startswith(name)


def test_that_an_unknown_engine_is_refused_by_name(tiny_bundle):
    with pytest.raises(MarrowdeskError, match="'steam'"):
        load_fastest(tiny_bundle, Wish("steam"))


@pytest.mark.parametrize("content", ["", "[]", "{", '{"x": 1}'])
def test_that_a_broken_file_of_choices_is_measured_anew(tiny_bundle, wish, content):
    wish.choices.write_text(content)
    engine = load_fastest(tiny_bundle, replace(wish, engine="torch"))
    kept = json.loads(wish.choices.read_text())
    assert [each["setup"] for each in kept.values() if each != 1][-1]["batch"] == engine.batch_size


def test_that_choices_that_cannot_be_kept_do_no_harm(tiny_bundle, wish):
    wish.choices.write_text("no folder")
    below = replace(wish, engine="torch", choices=wish.choices / "below.json")
    assert load_fastest(tiny_bundle, below).predict(CELLS).doubt.shape == (1,)


def test_that_torch_runs_what_openvino_cannot_and_tells_why_each_time(tiny_bundle, wish, monkeypatch):
    def refuse(*_):
        raise NotConverted("OpenVINO cannot run this.")

    monkeypatch.setattr("marrowdesk.inference.openvino_engine.openvino_model", refuse)
    for _ in range(2):
        engine = load_fastest(tiny_bundle, wish)
        assert engine.device.startswith("PyTorch")
        assert engine.note == "OpenVINO cannot run this. PyTorch runs it."


@pytest.mark.parametrize(("beside", "torch_threads"), [(True, 2), (False, 3)])
def test_that_torch_alone_leaves_a_processor_to_a_window(
    tiny_bundle, wish, monkeypatch, beside, torch_threads
):
    most = {}

    def measure(engine, _formats, threads):
        most[engine.setup.engine] = threads
        return choice.Cost(1.0, 1.0)

    monkeypatch.setattr(loading, "fastest", measure)
    wish = replace(wish, threads=3, beside=beside)
    load_fastest(tiny_bundle, wish)
    assert most == {"openvino": 3, "torch": torch_threads}
    most.clear()
    load_fastest(tiny_bundle, wish)
    assert not most
    load_fastest(tiny_bundle, replace(wish, beside=not beside))  # remembered apart
    assert most


def test_that_torch_runs_where_openvino_is_not_installed(tiny_bundle, wish, monkeypatch):
    versions = {"torch": "2", "timm": "1"}
    monkeypatch.setattr(loading, "installed", lambda name: versions.get(name, ""))
    engine = load_fastest(tiny_bundle, wish)
    assert engine.device.startswith("PyTorch")
    assert "not installed" in engine.note


def measured(**values):
    told = {"engine": "torch", "precision": "bfloat16", "cells": 2000, "f1_lost": 0.003, "changed": 0.006}
    return Precision(**{**told, **values})


@pytest.mark.parametrize(
    ("entry", "allowed"),
    [
        ({}, True),
        ({"f1_lost": -0.02}, True),
        ({"f1_lost": 0.0031}, False),
        ({"changed": 0.0065}, False),  # 13 of 2,000: more than 1 % cannot be ruled out
        ({"cells": 299, "changed": 0.0}, True),
        ({"cells": 298, "changed": 0.0}, False),
        ({"cells": 300, "changed": 1 / 300}, False),
        ({"engine": "openvino"}, False),
        ({"precision": "float16"}, False),
    ],
)
def test_that_fewer_bits_are_used_only_where_the_card_proves_them_harmless(tiny_bundle, entry, allowed):
    card = tiny_bundle.card.model_copy(update={"precisions": (measured(**entry),)})
    assert proved(card, "torch", "bfloat16") == allowed
    assert proved(card, "torch", "float32")
    assert not proved(tiny_bundle.card, "torch", "bfloat16")


def test_that_formats_that_are_not_proved_are_not_even_tried(tiny_bundle, monkeypatch):
    monkeypatch.setattr(loading, "fast_dtype", lambda _device: "torch.bfloat16")
    assert loading._formats(tiny_bundle, "torch") == ("float32",)
    card = tiny_bundle.card.model_copy(update={"precisions": (measured(),)})
    assert loading._formats(replace(tiny_bundle, card=card), "torch") == ("float32", "bfloat16")
    assert loading._formats(replace(tiny_bundle, card=card), "openvino") == ("float32",)


def test_that_a_network_is_run_just_so_where_that_is_asked_for(tiny_bundle, wish, monkeypatch):
    monkeypatch.setattr(loading, "fastest", lambda *_: pytest.fail("measured"))
    for setup in (Setup("torch", "bfloat16", 1, 4), Setup("openvino", "float32", 1, 8)):
        assert load_fastest(tiny_bundle, replace(wish, setup=setup)).setup == setup
    assert not wish.choices.exists()


def test_that_a_network_that_cannot_be_run_just_so_is_refused(tiny_bundle, wish, monkeypatch):
    def refuse(*_):
        raise NotConverted("OpenVINO cannot run this.")

    monkeypatch.setattr("marrowdesk.inference.openvino_engine.openvino_model", refuse)
    with pytest.raises(BundleError, match="openvino cannot run tiny-random in float32"):
        load_fastest(tiny_bundle, replace(wish, setup=Setup("openvino")))

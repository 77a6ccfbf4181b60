"""An adapted model runs in fewer bits where a laboratory's own cells prove that they change next to none."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from laboratories import decide, draw, make_proved_bundle, worked

from marrowdesk.core.errors import Cancelled
from marrowdesk.core.taxonomy import MARROW
from marrowdesk.imaging.decode import read_place
from marrowdesk.inference.apart import EngineApart
from marrowdesk.inference.bundle import read_card
from marrowdesk.inference.card import Precision
from marrowdesk.inference.engine import Setup
from marrowdesk.inference.loading import Wish
from marrowdesk.inference.precision import proved
from marrowdesk.inference.torch_engine import TorchEngine, load_engine
from marrowdesk.services import proving
from marrowdesk.services.adapted_models import keep
from marrowdesk.services.adapting import adapt
from marrowdesk.services.analysis import analyse
from marrowdesk.services.opening import open_slides
from marrowdesk.services.proving import Proof, prove
from marrowdesk.store.casefile import CaseFile

CELLS, BROKEN = 305, 3
FAST = Wish(setup=Setup("torch", "bfloat16", 1, 32))
"""Stands for a computer that is fast in bfloat16; in truth it is computed all the same, only slowly."""


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    """Give a bundle that may run in bfloat16."""
    return make_proved_bundle(tmp_path_factory.mktemp("bundle") / "proved")


@pytest.fixture(scope="module")
def adapted(tmp_path_factory, bundle):
    """Give what came of fitting to a case of which one image is gone, and a few are broken."""
    home = tmp_path_factory.mktemp("laboratory")
    draw(home / "slide", CELLS + 1, 1)
    with CaseFile.create(home / "case.mdcase", MARROW, "case") as case:
        list(open_slides(case, [home / "slide"], threading.Event()))
        list(analyse(case, load_engine(bundle, "cpu"), case.cells(), threading.Event()))
        decide(case, otherwise=True)
        images = [cell.place.path for cell in case.cells()]
    images[0].unlink()
    for image in images[1 : 1 + BROKEN]:
        image.write_bytes(image.read_bytes()[:40])
    found, _ = worked(adapt([home / "case.mdcase"], threading.Event(), bundle))
    assert found.better
    return found


def test_that_reviewed_cells_are_run_in_both_formats_and_what_changes_is_told(adapted, bundle):
    proof, steps = worked(prove(adapted, FAST, threading.Event()))
    assert [each.done for each in steps] == sorted(each.done for each in steps)
    assert (steps[0].stage, steps[0].done, steps[-1].done) == ("measuring", 0, 2 * CELLS)
    assert {each.total for each in steps} == {2 * CELLS}
    measured = proof.measured
    assert (measured.engine, measured.precision, measured.cells) == ("torch", "bfloat16", CELLS - BROKEN)
    assert "bfloat16" in measured.measured_with
    # Random weights: bfloat16 changes a few cells of a hundred, more than of any real network.
    changed = round(measured.changed * measured.cells)
    assert _changed(adapted, bundle) <= changed < 0.15 * measured.cells
    assert f"it names {changed} of {measured.cells} cells otherwise" in proof.sentence
    assert proof.holds == ("as fast as the shipped" in proof.sentence)
    kept = keep(replace(adapted, proof=proof), "Ours")
    card = read_card(kept.path)
    assert card.precisions == (measured,)
    assert proved(card, "torch", "bfloat16") == proof.holds
    assert f"| torch, bfloat16 | {measured.cells} |" in (kept.path / "CARD.md").read_text()


def _changed(adapted, bundle):
    """Count of some cells those that the layer itself names otherwise."""
    pictures = [read_place(each) for each in adapted.places[-64:]]
    said = []
    for precision in ("float32", "bfloat16"):
        engine = TorchEngine(bundle, "cpu", precision)
        said.append(adapted.layer.proposals(engine.predict(pictures).embeddings))
    return int((said[0] != said[1]).sum())


def test_that_a_proof_that_holds_lets_the_kept_model_run_in_fewer_bits(adapted):
    measured = Precision(engine="torch", precision="bfloat16", cells=600, f1_lost=0.0, changed=1 / 600)
    proof = Proof("bfloat16", 600, measured)
    assert proof.holds
    assert proof.sentence == (
        "It is as fast as the shipped model. With fewer digits (bfloat16) it names 1 of 600 cells otherwise: "
        "at most 0.8 % with 95 % confidence, where 1 % is allowed."
    )
    card = read_card(keep(replace(adapted, proof=proof), "Ours").path)
    assert proved(card, "torch", "bfloat16")
    assert not proved(card, "openvino", "bfloat16")
    assert not any("Fewer bits" in each for each in card.weaknesses)


@pytest.mark.parametrize(
    ("measured", "told"),
    [
        ({"changed": 3 / 600}, "names 3 of 600 cells otherwise: at most 1.3 % with 95 % confidence"),
        ({"changed": 0.0, "f1_lost": 0.004}, "the mean F1 is 0.4 points less, where 0.3 are allowed."),
    ],
)
def test_that_a_proof_that_fails_says_why_and_float32_is_used(adapted, measured, told):
    told_of = {"engine": "torch", "precision": "bfloat16", "cells": 600, "f1_lost": 0.0, **measured}
    proof = Proof("bfloat16", 600, Precision.model_validate(told_of))
    assert not proof.holds
    assert proof.sentence.startswith("It is slower than the shipped model. ")
    assert told in proof.sentence
    card = read_card(keep(replace(adapted, proof=proof), "Ours").path)
    assert not proved(card, "torch", "bfloat16")
    assert any("Fewer bits than float32 are not used" in each for each in card.weaknesses)


def test_that_nothing_is_tried_where_nothing_can_be_gained(adapted, bundle, monkeypatch):
    plain = Wish(setup=Setup("torch", "float32", 1, 32))
    proof, steps = worked(prove(adapted, plain, threading.Event()))
    assert (proof, steps) == (None, [])
    monkeypatch.setattr(proving, "EngineApart", lambda *_: pytest.fail("a process was started"))
    card = bundle.card.model_copy(update={"precisions": ()})
    unproved = replace(adapted, base=replace(bundle, card=card))
    assert worked(prove(unproved, FAST, threading.Event())) == (None, [])


def test_that_too_few_images_are_told_with_how_many_are_needed(adapted):
    few = replace(adapted, places=adapted.places[:200])
    proof, steps = worked(prove(few, FAST, threading.Event()))
    assert steps == []
    assert (proof.holds, proof.measured) == (False, None)
    assert "299 reviewed cells are needed whose images are on this computer; there are 199." in proof.sentence


def test_that_measuring_is_stopped_and_a_process_that_ends_is_told(adapted, monkeypatch):
    started = []

    class Watched(EngineApart):
        def __init__(self, *args):
            super().__init__(*args)
            started.append(self)

    monkeypatch.setattr(proving, "EngineApart", Watched)
    cancel = threading.Event()
    steps = prove(adapted, FAST, cancel)
    next(steps)
    cancel.set()
    with pytest.raises(Cancelled):
        list(steps)
    steps = prove(adapted, FAST, threading.Event())
    next(steps)
    started[-1]._process.kill()
    proof, _ = worked(steps)
    assert not proof.holds
    assert "could not be tried: The classifier's process ended unexpectedly" in proof.sentence
    assert not any(each.alive for each in started)

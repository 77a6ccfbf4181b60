"""The bundle that ships with the program, on real cells that its training never saw."""

from __future__ import annotations

import csv
import shutil

import numpy as np
import pytest
from sections import unseen_sections

from marrowdesk.core.errors import BundleError
from marrowdesk.core.taxonomy import MARROW
from marrowdesk.imaging.decode import read_image
from marrowdesk.inference.bundle import find_bundles, load_bundle
from marrowdesk.inference.openvino_engine import OpenVinoEngine
from marrowdesk.inference.torch_engine import TorchEngine, load_engine
from marrowdesk.training.foreign import foreign_images, spoiled_cells


@pytest.fixture(scope="module")
def shipped():
    return load_bundle(find_bundles()[-1])


@pytest.fixture(scope="module")
def engine(shipped):
    return load_engine(shipped, device="cpu")


@pytest.fixture(scope="module")
def held_out(shipped, real_data):
    """Give every 15th cell that was kept back, of the classes the network was taught in that source."""
    with (shipped.path / shipped.card.training.held_out).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    counts: dict[tuple[str, str], int] = {}
    for row in rows:
        key = (row["source"], row["class"])
        counts[key] = counts.get(key, 0) + 1
    kept = [row for row in rows if counts[row["source"], row["class"]] >= 20][::15]
    return [(row["class"], read_image(real_data / row["file"])) for row in kept]


def _shares(engine, images):
    """Tell how many of each kind are called unfamiliar."""
    return {kind: float((engine.predict(each).doubt > 1).mean()) for kind, each in images.items()}


def test_that_its_classes_are_those_of_the_program(shipped):
    assert set(shipped.codes) | set(shipped.reader_only) <= set(MARROW.codes)
    assert {"BLA", "PMO", "NGS", "EOS", "LYT"} <= set(shipped.proposed)
    assert {"ABE", "FGC", "HAC", "KSC", "LYI", "OTH", "PEB", "PLM"} <= set(shipped.reader_only)


def test_that_its_card_tells_data_licences_and_measured_results(shipped):
    card = shipped.card
    assert {source.licence for source in card.data} <= {"CC BY 4.0", "CC BY"}
    assert card.training.command.startswith("marrowdesk train")
    assert card.results["by source"]["matek"]["mean recall"] > 0.3
    assert f"{card.results['macro F1']:.3f}" in (shipped.path / "CARD.md").read_text(encoding="utf-8")


def test_that_it_is_small_enough_to_ship(shipped):
    assert shipped.weights_path.stat().st_size < 36e6


def test_that_it_is_refused_when_one_byte_is_altered(shipped, tmp_path):
    copy = shutil.copytree(shipped.path, tmp_path / "copy")
    with (copy / "weights.safetensors").open("r+b") as stream:
        stream.seek(20_000_000)
        byte = stream.read(1)
        stream.seek(20_000_000)
        stream.write(bytes([byte[0] ^ 1]))
    with pytest.raises(BundleError, match="not the ones its card names"):
        load_bundle(copy)


@pytest.mark.real_data
def test_that_real_cells_it_never_saw_are_named_far_better_than_by_chance(engine, held_out):
    batch = engine.predict([image for _, image in held_out])
    said = np.array(engine.codes)[batch.probabilities.argmax(1)]
    right = (said == [code for code, _ in held_out]).mean()
    assert len(held_out) > 100
    assert right > 0.6


@pytest.mark.real_data
def test_that_openvino_says_of_real_cells_what_torch_says(shipped, held_out):
    pytest.importorskip("openvino")
    images = [image for _, image in held_out]
    wanted = TorchEngine(shipped, "cpu", "float32").predict(images)
    found = OpenVinoEngine(shipped).predict(images)
    assert (found.probabilities.argmax(1) == wanted.probabilities.argmax(1)).mean() >= 0.99
    assert np.abs(found.probabilities - wanted.probabilities).max() < 0.005
    assert found.doubt == pytest.approx(wanted.doubt, rel=1e-3, abs=1e-3)
    assert found.maps == pytest.approx(wanted.maps, rel=1e-2, abs=1e-2)


@pytest.mark.real_data
def test_that_few_real_cells_are_called_unfamiliar(engine, held_out):
    assert (engine.predict([image for _, image in held_out]).doubt > 1).mean() < 0.12


def test_that_a_blank_field_is_called_unfamiliar(engine):
    assert engine.predict([np.full((250, 250, 3), 236, np.uint8)]).doubt[0] > 1


def test_that_what_shows_no_cell_is_called_unfamiliar(engine):
    shares = _shares(engine, foreign_images(6, seed=1))
    surely = ("blank field", "landscape", "line drawing", "page of text", "screenshot", "noise")
    assert all(shares[kind] == 1 for kind in surely), shares
    assert min(shares.values()) >= 0.75, shares


def test_that_tissue_of_kinds_that_neither_teaching_nor_card_has_seen_is_called_unfamiliar(engine):
    shares = _shares(engine, unseen_sections(10))
    assert np.mean(list(shares.values())) >= 0.95, shares
    assert min(shares.values()) >= 0.8, shares


@pytest.mark.real_data
def test_that_real_cells_out_of_focus_or_in_a_foreign_stain_are_called_unfamiliar(engine, held_out):
    for kind, share in _shares(engine, spoiled_cells([image for _, image in held_out[::3]])).items():
        assert share > 0.8, (kind, share)

"""A bundle is verified before anything is made of it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest
from pydantic import ValidationError

from marrowdesk.core.errors import BundleError
from marrowdesk.inference.bundle import find_bundles, load_bundle, load_tensors
from marrowdesk.inference.card import ClassEntry


@pytest.fixture
def copy(tiny_bundle, tmp_path):
    return shutil.copytree(tiny_bundle.path, tmp_path / "copy")


def _edit(folder, **changes):
    card = json.loads((folder / "card.json").read_text())
    card.update(changes)
    (folder / "card.json").write_text(json.dumps(card))


def test_that_a_bundle_comes_back_as_it_was_written(tiny_bundle):
    again = load_bundle(tiny_bundle.path)
    assert again.card == tiny_bundle.card
    assert again.codes == ("BLA", "PMO", "MYB", "NGS", "EOS", "EBO", "LYT", "ART", "NIF")
    assert again.reader_only == ("HAC",)
    assert len(again.sha256) == 64


def test_that_one_altered_byte_of_the_weights_is_refused(copy):
    weights = copy / "weights.safetensors"
    data = bytearray(weights.read_bytes())
    data[len(data) // 2] ^= 1
    weights.write_bytes(data)
    with pytest.raises(BundleError, match=r"weights\.safetensors are not the ones") as caught:
        load_bundle(copy)
    assert "Install MarrowDesk again" in caught.value.hint


def test_that_missing_weights_are_named(copy):
    (copy / "weights.safetensors").unlink()
    with pytest.raises(BundleError, match=r"weights\.safetensors are missing"):
        load_bundle(copy)


def test_that_a_folder_without_a_card_is_refused(tmp_path):
    with pytest.raises(BundleError, match=r"card\.json cannot be read"):
        load_bundle(tmp_path)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"version": 2}, "version"),
        ({"format": "other"}, "format"),
        ({"classes": []}, "log_weight"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_that_a_card_of_another_kind_is_refused_with_the_place(copy, changes, told):
    _edit(copy, **changes)
    with pytest.raises(BundleError, match=told):
        load_bundle(copy)


def test_that_a_card_cannot_point_to_weights_outside_of_its_folder(copy, tiny_bundle):
    shutil.copy(copy / "weights.safetensors", copy.parent / "weights.safetensors")
    weights = {"file": "../weights.safetensors", "sha256": tiny_bundle.sha256}
    _edit(copy, weights=weights)
    with pytest.raises(BundleError, match="missing"):
        load_bundle(copy)


def test_that_a_card_that_is_not_json_is_refused(copy):
    (copy / "card.json").write_text("{")
    with pytest.raises(BundleError, match="not understood"):
        load_bundle(copy)


def test_that_kernels_are_kept_in_half_precision_and_variances_are_not(tiny_bundle):
    tensors = load_tensors(tiny_bundle)
    kernels = {value.dtype.name for name, value in tensors.items() if name.endswith("conv.weight")}
    variances = {value.dtype.name for name, value in tensors.items() if name.endswith("running_var")}
    assert (kernels, variances) == ({"float16"}, {"float32"})


def test_that_a_class_left_to_the_reader_must_say_why():
    with pytest.raises(ValidationError, match="gives no reason"):
        ClassEntry(code="KSC", proposed=False)


def test_that_only_folders_with_a_card_are_bundles(copy):
    (copy.parent / "no bundle").mkdir()
    assert find_bundles(copy.parent) == [copy]


def test_that_the_page_for_people_names_every_class_and_the_hash(tiny_bundle):
    page = (tiny_bundle.path / "CARD.md").read_text(encoding="utf-8")
    assert "| HAC | hairy cell | 5 | reader only: only 5 images |" in page
    assert tiny_bundle.sha256 in page
    assert "For Research Use Only" in page
    assert all(f"| {code} |" in page for code in tiny_bundle.codes)


def test_that_reading_a_bundle_does_not_load_torch(tiny_bundle):
    code = (
        "import sys, pathlib; from marrowdesk.inference.bundle import load_bundle;"
        "import marrowdesk.inference.torch_engine, marrowdesk.training.commands;"
        "load_bundle(pathlib.Path(sys.argv[1]));"
        "print([name for name in ('torch', 'timm') if name in sys.modules])"
    )
    told = subprocess.run(
        [sys.executable, "-c", code, str(tiny_bundle.path)], capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "[]"


# Ends the program where a file's content should reach the disk: what had been written may be nothing by then.
CUT_OFF = """\
import os, pathlib, sys
import numpy as np
from marrowdesk.inference.bundle import read_card, write_card, write_tensors

folder = pathlib.Path(sys.argv[1])
os.fsync = lambda _: os._exit(9)
if sys.argv[2] == "weights":
    write_tensors(folder, {"network.a": np.zeros(1, np.float32)})
write_card(folder, read_card(folder).model_copy(update={"name": "another"}))
"""


@pytest.mark.parametrize("what", ["weights", "card"])
def test_that_a_bundle_cut_off_while_it_is_written_anew_is_the_one_before(copy, what):
    before = load_bundle(copy)
    assert subprocess.run([sys.executable, "-c", CUT_OFF, str(copy), what], check=False).returncode == 9
    assert load_bundle(copy) == before

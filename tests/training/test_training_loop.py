"""Steps, precisions, checkpoints that resume, the log and the curves, on a very small network."""

from __future__ import annotations

import csv
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from small_run import painted_cells, small_plan, train

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.training.checkpoint import offsets_of, read_checkpoint, read_finished
from marrowdesk.training.hardware import choose_device, choose_dtype
from marrowdesk.training.loop import Cells, Training
from marrowdesk.training.validation import class_means

WAYS = {
    "cosine": {},
    "one cycle": {"schedule": "one_cycle"},
    "plain sampling": {"sampling": "plain", "batch": 40},
    "float16": {"precision": "float16"},
    "dropped paths": {"architecture": "regnetx_002", "options": {"drop_path_rate": 0.3}},
}


def _rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "log.csv").open(newline="") as stream:
        return list(csv.DictReader(stream))


def _same(one: dict, other: dict) -> bool:
    import torch

    return all(torch.allclose(one[name].float(), other[name].float(), rtol=1e-4, atol=1e-5) for name in one)


@pytest.mark.parametrize("way", WAYS)
def test_that_a_run_that_was_stopped_ends_with_the_weights_of_one_that_was_not(way, tmp_path):
    plan = small_plan(**{"steps": 4, **WAYS[way]})
    train(plan, tmp_path / "stopped", until=2)
    train(plan, tmp_path / "stopped")
    train(plan, tmp_path / "whole")
    stopped, whole = (read_checkpoint(tmp_path / name) for name in ("stopped", "whole"))
    assert stopped["step"] == whole["step"] == 4
    assert _same(stopped["network"], whole["network"])
    assert _same(stopped["average"], whole["average"])


@pytest.mark.parametrize("precision", ["float32", "bfloat16", "float16"])
def test_that_every_precision_brings_the_loss_down_and_keeps_weights_in_float32(precision, tmp_path):
    training = train(small_plan(precision=precision, steps=16, small=32), tmp_path)
    assert training.reports[-1].loss < training.reports[0].loss
    kept = read_checkpoint(tmp_path)
    assert {str(value.dtype) for value in kept["network"].values()} <= {"torch.float32", "torch.int64"}
    # Only float16 needs its gradients scaled, and its checkpoint keeps the scale.
    assert bool(kept["scaler"]) == (precision == "float16")


def test_that_automatic_precision_on_the_cpu_is_a_half_format_only_where_it_is_fast():
    import torch

    from marrowdesk.inference.precision import fast_dtype

    assert choose_dtype("auto", "cpu") is fast_dtype("cpu")
    assert choose_dtype("float16", "cpu") is torch.float16


def test_that_a_gpu_that_is_not_there_is_explained():
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is a GPU here")
    assert choose_device("auto") == "cpu"
    with pytest.raises(MarrowdeskError, match="no CUDA device"):
        choose_device("cuda")


def test_that_what_weights_and_drawing_put_on_the_logits_is_kept_for_the_export(tmp_path):
    cells = painted_cells()
    few = [at for at in cells.at if cells.store.samples[at].code != "ART" or at % 2]
    cells = type(cells)(cells.store, few)
    counts = np.array([32, 32, 16])
    raw = counts**-0.5
    for name, told, expected in (
        ("weights", {"loss": "cost_sensitive"}, np.log(raw / raw.mean())),
        ("drawing", {"loss": "cross_entropy", "sampling": "class"}, np.log(80 / counts / 3)),
        ("prior", {"loss": "cross_entropy", "sampling": "class", "prior": 0.1}, np.zeros(3)),
    ):
        train(small_plan(steps=1, **told), tmp_path / name, cells=cells)
        assert offsets_of(read_checkpoint(tmp_path / name)) == pytest.approx(expected, abs=1e-5)


def test_that_a_checkpoint_of_an_older_program_resumes_and_gives_its_offsets(tmp_path):
    import torch

    plan = small_plan(precision="auto")  # what an older program, which had no choice, is taken to have used
    train(plan, tmp_path, until=4)
    kept = read_checkpoint(tmp_path)
    later = ("attention", "schedule", "loss", "loss_options", "sampling", "balance", "precision", "smoothing")
    for name in (*later, "prior", "start"):
        del kept["plan"][name]
    kept["weights"] = np.exp(kept.pop("offsets")).tolist()
    del kept["scaler"]
    torch.save(kept, tmp_path / "last.pt")
    assert offsets_of(kept) == pytest.approx(np.log(kept["weights"]), abs=1e-6)
    assert train(plan, tmp_path).step == 8


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"loss": "focal"}, "loss"),
        ({"schedule": "one_cycle"}, "schedule"),
        ({"sampling": "plain"}, "sampling"),
    ],
)
def test_that_a_run_is_not_continued_with_another_plan(change, named, tmp_path):
    train(small_plan(), tmp_path, until=1)
    with pytest.raises(MarrowdeskError, match=rf"another plan \({named}\)"):
        train(small_plan(**change), tmp_path)


def test_that_a_plan_with_a_field_this_program_does_not_know_is_not_continued():
    from dataclasses import asdict

    assert small_plan().differs({**asdict(small_plan()), "mixing": 0.2}) == ["mixing"]


def test_that_rows_after_the_checkpoint_are_written_anew(tmp_path):
    plan = small_plan(steps=6)
    train(plan, tmp_path, until=4, report=1)
    with (tmp_path / "log.csv").open("a") as stream:
        stream.write("5,9.9999,1.00e-03,1.0,,\n")
    train(plan, tmp_path, report=1)
    rows = _rows(tmp_path)
    assert [int(row["step"]) for row in rows] == [1, 2, 3, 4, 5, 6]
    assert "9.9999" not in {row["loss"] for row in rows}


def test_that_a_log_of_an_older_program_gets_the_new_columns(tmp_path):
    plan = small_plan(steps=4)
    train(plan, tmp_path, until=2, report=1)
    old = ["step,loss,rate,images_per_second", "1,1.0,1.00e-04,5.0", "2,0.9,2.00e-04,5.0"]
    (tmp_path / "log.csv").write_text("\n".join(old) + "\n")
    train(plan, tmp_path, report=1)
    rows = _rows(tmp_path)
    assert [row["loss"] for row in rows[:2]] == ["1.0", "0.9"]
    assert all(None not in row for row in rows)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no device that is always full")
def test_that_a_full_disk_is_explained_and_leaves_the_checkpoint_before(tmp_path):
    train(small_plan(), tmp_path, until=4)
    (tmp_path / "last.pt.part").symlink_to("/dev/full")
    with pytest.raises(MarrowdeskError, match=r"last\.pt could not be written: No space left") as caught:
        train(small_plan(), tmp_path)
    assert "give the same command" in caught.value.hint
    assert read_checkpoint(tmp_path)["step"] == 4
    assert not (tmp_path / "last.pt.part").is_symlink()
    assert train(small_plan(), tmp_path).step == 8


def test_that_a_damaged_checkpoint_is_named(tmp_path):
    train(small_plan(steps=1), tmp_path)
    whole = (tmp_path / "last.pt").read_bytes()
    (tmp_path / "last.pt").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(MarrowdeskError, match=r"last\.pt is damaged"):
        read_checkpoint(tmp_path)


def test_that_a_loss_that_is_no_number_ends_the_run_before_its_checkpoint(tmp_path):
    train(small_plan(steps=12, clip=math.inf), tmp_path, until=2)
    import torch

    kept = read_checkpoint(tmp_path)
    kept["network"]["conv1.0.weight"][:] = math.nan
    torch.save(kept, tmp_path / "last.pt")
    with pytest.raises(MarrowdeskError, match="no longer a number at step 4"):
        train(small_plan(steps=12, clip=math.inf), tmp_path)
    assert read_checkpoint(tmp_path)["step"] == 2


def test_that_held_out_cells_are_measured_on_the_way_and_logged(tmp_path):
    training = train(small_plan(), tmp_path, report=4, validate=3)
    rows = _rows(tmp_path)
    assert [int(row["step"]) for row in rows] == [3, 4, 6, 8]
    assert [bool(row["macro_f1"]) for row in rows] == [True, False, True, True]
    assert 0 <= float(rows[-1]["mean_recall"]) <= 1
    assert training.reports[-1].measured["macro_f1"] == pytest.approx(float(rows[-1]["macro_f1"]), abs=1e-4)


def test_that_measuring_without_held_out_cells_is_explained(tmp_path):
    cells = painted_cells()
    with pytest.raises(MarrowdeskError, match="no held-out cell"):
        train(small_plan(), tmp_path, cells=type(cells)(cells.store, cells.at), validate=3)


def test_that_macro_f1_and_mean_recall_weigh_each_class_present_the_same():
    labels, said = np.array([0, 0, 0, 0, 1, 1]), np.array([0, 0, 0, 1, 1, 2])
    # Class 0: 3 of 4 found, 3 called; class 1: 1 of 2 found, 2 called; class 2 is not there.
    means = class_means(labels, said, 3)
    assert means["mean_recall"] == pytest.approx((0.75 + 0.5) / 2)
    assert means["macro_f1"] == pytest.approx((6 / 7 + 2 / 4) / 2)


def test_that_the_curves_are_drawn_at_checkpoints_with_a_panel_for_what_was_measured(tmp_path):
    import cv2

    train(small_plan(steps=2), tmp_path / "plain", report=1)
    train(small_plan(steps=2), tmp_path / "measured", report=1, validate=1)
    plain, measured = (cv2.imread(str(tmp_path / name / "curves.png")) for name in ("plain", "measured"))
    assert plain.shape[1] == measured.shape[1] == 880
    assert measured.shape[0] > plain.shape[0] > 500
    assert (plain < 128).any()


def test_that_a_teacher_is_followed(tmp_path):
    cells = painted_cells()
    towards = np.random.default_rng(0).normal(size=(len(cells.store.samples), 4)).astype(np.float32)
    towards /= np.linalg.norm(towards, axis=1, keepdims=True)
    cells = type(cells)(cells.store, cells.at, cells.held, towards)
    training = train(small_plan(steps=24, teacher=1.0), tmp_path, cells=cells)
    assert training.reports[-1].loss < training.reports[0].loss
    assert read_checkpoint(tmp_path)["follow"]["weight"].shape[0] == 4


def test_that_a_run_is_not_continued_with_other_cells_or_labels(tmp_path):
    plan = small_plan(steps=4)
    train(plan, tmp_path, until=2)
    own = painted_cells()
    relabelled = (replace(own.store.samples[0], code="ART"), *own.store.samples[1:])
    other_labels = Cells(replace(own.store, samples=relabelled), own.at, own.held)
    fewer_kept_back = Cells(own.store, [*own.at, own.held[0]], own.held[1:])
    for other in (other_labels, fewer_kept_back):
        with pytest.raises(MarrowdeskError, match="begun with other cells, other labels or others kept back"):
            Training(plan, other, tmp_path)
    assert read_checkpoint(tmp_path)["step"] == 2


def test_that_a_run_is_not_ended_before_where_it_stands(tmp_path):
    train(small_plan(steps=4), tmp_path)
    with pytest.raises(MarrowdeskError, match=r"has done 4 steps, and 2 are asked for\. Ask for 4 or more"):
        train(small_plan(steps=2), tmp_path)


def test_that_a_run_can_be_ended_where_it_was_stopped(tmp_path):
    train(small_plan(steps=8), tmp_path, until=4)
    with pytest.raises(MarrowdeskError, match=r"has done 4 of its 8 steps.*--steps 4"):
        read_finished(tmp_path)
    train(small_plan(steps=4), tmp_path)
    kept = read_finished(tmp_path)
    assert (kept["step"], kept["plan"]["steps"], kept["changes"]) == (4, 4, [[4, 8, 0.5]])

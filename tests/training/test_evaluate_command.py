"""Measuring a real small bundle on painted cells, from the command line."""

from __future__ import annotations

import argparse
import csv
import json
import shutil

import numpy as np
import pytest
from tiny_bundle import make_tiny_bundle

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.inference.bundle import load_bundle, read_card
from marrowdesk.inference.precision import proved
from marrowdesk.inference.torch_engine import load_engine
from marrowdesk.training.commands import add_commands
from marrowdesk.training.engines import keep_precisions
from marrowdesk.training.evaluate import held_out_cells, judge, stress
from marrowdesk.training.reading import read_labelled
from marrowdesk.training.shifts import Shift, relit
from marrowdesk.training.split_file import write_folds


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    """Give a bundle that knows lymphocytes and blasts, but has no output for artefacts."""
    return make_tiny_bundle(tmp_path_factory.mktemp("models") / "tiny", codes=("BLA", "PMO", "LYT"))


@pytest.fixture(scope="module")
def split(painted_data, tmp_path_factory):
    """Keep back three runs of four cells of each class and source, and the broken image."""
    path = tmp_path_factory.mktemp("split") / "held_out.csv"
    held = [
        each.file
        for each in read_labelled([str(painted_data)]).samples
        if each.number % 7 < 4 or each.number == 99
    ]
    path.write_text("file\n" + "\n".join(held) + "\n")
    return path


def run(*words):
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers())
    arguments = parser.parse_args(["evaluate", *(str(word) for word in words)])
    return arguments.handler(arguments)


def test_that_results_page_and_cells_tell_the_same(painted_data, bundle, split, tmp_path, capsys):
    words = ("--data", painted_data, "--bundle", bundle.path, "--held-out", split, "--keep")
    files = {name: tmp_path / name for name in ("results.json", "page.html", "cells.csv")}
    options = zip(("--json", "--page", "--cells"), files.values(), strict=True)
    assert run(*words, *(each for pair in options for each in pair)) == 0
    told = capsys.readouterr()
    results = json.loads(files["results.json"].read_text())
    shown = json.loads(told.out)
    assert shown == {name: value for name, value in results.items() if name != "detail"}
    assert read_card(bundle.path).results == shown
    with files["cells.csv"].open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    # 12 of each class and source; artefacts have no output, the broken image is no cell.
    assert (len(rows), results["cells"], results["unreadable images"]) == (72, 48, 1)
    right = [row["label"] == row["proposal"] for row in rows if row["label"] != "ART"]
    assert results["accuracy"] == pytest.approx(np.mean(right))
    assert results["labels the model has no output for"]["ART"]["cells"] == 24
    assert results["classes without held-out cells"] == "PMO"
    assert "LYT_00099.png" in results["detail"]["unreadable images"][0]
    assert "LYT_00099.png" in told.err
    page = files["page.html"].read_text()
    assert bundle.sha256 in page
    assert f"kept back by {split}" in page
    assert "LYT_00099.png" in page


def test_that_engines_are_compared_and_only_what_the_card_then_proves_is_used(
    painted_data, bundle, split, tmp_path, capsys
):
    pytest.importorskip("openvino")
    copy = shutil.copytree(bundle.path, tmp_path / "copy")
    words = ("--data", painted_data, "--bundle", copy, "--held-out", split, "--engines", "--keep")
    assert run(*words) == 0
    rows = json.loads(capsys.readouterr().out)
    exact, converted = rows["torch, float32"], rows["openvino, float32"]
    assert (exact["cells"], exact["F1 lost"], exact["changed"]) == (48, 0, 0)
    assert (converted["changed"], converted["largest difference"] < 1e-3) == (0, True)
    card = read_card(copy)
    assert card.results == read_card(bundle.path).results
    assert {f"{each.engine}, {each.precision}" for each in card.precisions} == {
        name for name in rows if "float32" not in name
    }
    for each in card.precisions:
        row = rows[f"{each.engine}, {each.precision}"]
        used = "used where it is fast" if proved(card, each.engine, each.precision) else "not used"
        assert each.changed == pytest.approx(row["changed"], abs=1e-5)
        assert f"{each.engine}, {each.precision} | 48 |" in (copy / "CARD.md").read_text()
        assert used in (copy / "CARD.md").read_text()


def test_that_what_another_machine_proved_of_fewer_bits_stays(bundle, tmp_path):
    copy = shutil.copytree(bundle.path, tmp_path / "copy")
    row = {"cells": 48, "F1 lost": 0.0, "changed": 0.0, "measured with": "CPU"}
    rows = {
        f"{engine}, {bits}": {"engine": engine, "precision": bits, **row}
        for engine in ("torch", "openvino")
        for bits in ("float32", "bfloat16")
    }
    keep_precisions(load_bundle(copy), rows)
    exact = {name: row for name, row in rows.items() if "float32" in name}
    keep_precisions(load_bundle(copy), exact)
    kept = read_card(copy).precisions
    assert [(each.engine, each.precision) for each in kept] == [
        ("torch", "bfloat16"), ("openvino", "bfloat16"),
    ]  # fmt: skip
    worse = {**rows["torch, bfloat16"], "F1 lost": 0.2}
    keep_precisions(load_bundle(copy), {**exact, "torch, bfloat16": worse})
    assert {each.engine: each.f1_lost for each in read_card(copy).precisions} == {"torch": 0.2, "openvino": 0}


def test_that_a_comparison_of_engines_refuses_what_it_does_not_measure(painted_data, bundle, tmp_path):
    page = tmp_path / "page.html"
    with pytest.raises(MarrowdeskError, match="--page is asked for"):
        run("--data", painted_data, "--bundle", bundle.path, "--all", "--engines", "--page", page)


def test_that_data_of_another_laboratory_are_measured_whole(painted_data, bundle, tmp_path, capsys):
    out = tmp_path / "results.json"
    assert run("--data", painted_data, "--bundle", bundle.path, "--all", "--json", out) == 0
    results = json.loads(out.read_text())
    assert results["cells"] == 80
    assert results["note"] == "The training saw no cell of these sources."
    assert sorted(results["by source"]) == ["one", "two"]
    capsys.readouterr()


def test_that_a_bundle_that_keeps_a_whole_file_of_folds_is_measured_by_one_of_them(
    painted_data, bundle, tmp_path, capsys
):
    samples = read_labelled([str(painted_data)]).samples
    copy = shutil.copytree(bundle.path, tmp_path / "copy")
    write_folds(copy / "held_out.csv", samples, {each.file: each.number % 4 for each in samples})
    words = ("--data", painted_data, "--bundle", copy)
    assert run(*words, "--held-out", copy / "held_out.csv", "--fold", "1") == 0
    assert run(*words, "--all") == 0
    capsys.readouterr()


def test_that_all_cells_and_a_split_exclude_each_other(painted_data, bundle, split):
    with pytest.raises(MarrowdeskError, match="--all leaves nothing to choose"):
        run("--data", painted_data, "--bundle", bundle.path, "--all", "--held-out", split)


def test_that_a_folder_that_is_not_there_is_told_before_anything_is_measured(painted_data, tmp_path):
    with pytest.raises(MarrowdeskError, match=r"no folder .*nowhere for page\.html"):
        run(
            "--data",
            painted_data,
            "--bundle",
            tmp_path / "none",
            "--page",
            tmp_path / "nowhere" / "page.html",
        )
    with pytest.raises(MarrowdeskError, match=r"is a folder\. Name a file to write"):
        run("--data", painted_data, "--bundle", tmp_path / "none", "--json", tmp_path)


def test_that_unreadable_images_alone_are_explained(painted_data, bundle):
    engine = load_engine(bundle)
    broken = [each for each in read_labelled([str(painted_data)]).samples if each.number == 99]
    with pytest.raises(
        MarrowdeskError, match=r"None of the 1 images to measure can be read\. The first: LYT"
    ):
        judge(engine, broken)


def test_that_a_shift_is_measured_on_the_same_cells_and_told_as_a_fall(painted_data, bundle):
    engine = load_engine(bundle)
    samples = read_labelled([str(painted_data)]).samples
    cells = held_out_cells(samples, {each.file for each in samples if each.number < 5})
    judged, _ = judge(engine, cells.tested)
    same = Shift("same", lambda image: image)
    dark = Shift("dark", lambda image: relit(image, 0.02, 0.02, 0.02))
    rows = stress(engine, cells, judged, 3, (same, dark))
    assert rows["unchanged"]["cells"] == 12  # 3 of 2 classes of 2 sources, without the artefacts
    assert {name: rows["same"][name] for name in rows["unchanged"]} == pytest.approx(rows["unchanged"])
    assert rows["same"]["one fall"] == pytest.approx(0)
    for source in ("one", "two"):
        assert rows["dark"][f"{source} fall"] == pytest.approx(
            rows["unchanged"][source] - rows["dark"][source]
        )


def test_that_a_scheme_measures_what_a_case_of_it_shows(painted_data, bundle, split, tmp_path, capsys):
    words = ("--data", painted_data, "--bundle", bundle.path, "--held-out", split)
    assert run(*words, "--scheme", "blood-5", "--cells", tmp_path / "cells.csv") == 0
    results = json.loads(capsys.readouterr().out)
    with (tmp_path / "cells.csv").open(newline="") as stream:
        said = {row["proposal"] for row in csv.DictReader(stream)}
    assert said <= {"BLA", "IGR", "LYT"}
    assert results["cells"] == 48
    assert results["classes without held-out cells"] == "IGR"  # promyelocytes stand under it


def test_that_the_card_is_not_given_what_a_scheme_shows(painted_data, bundle, split):
    before = (bundle.path / "card.json").read_bytes()
    words = ("--data", painted_data, "--bundle", bundle.path, "--held-out", split, "--scheme", "blood-5")
    with pytest.raises(MarrowdeskError, match="not of those of a scheme"):
        run(*words, "--keep")
    with pytest.raises(MarrowdeskError, match="--scheme is asked for"):
        run(*words, "--engines")
    assert (bundle.path / "card.json").read_bytes() == before

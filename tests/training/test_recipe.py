"""A bundle is made by one command: the stages of a recipe, gone on with where they were killed."""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from marrowdesk.cli import main
from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.inference.bundle import find_bundles, load_bundle, read_card
from marrowdesk.services.demo import make_demo
from marrowdesk.training.bundle_recipe import RECIPE, read_recipe
from marrowdesk.training.commands import add_commands
from marrowdesk.training.commands.again import export_command, recipe_command, train_command
from marrowdesk.training.commands.export import head_fit, lifts_of, shown_as
from marrowdesk.training.commands.recipe import FINISHED, lay_out, parse
from marrowdesk.training.commands.train import plan_of_options, recipe_of_options, train
from marrowdesk.training.dataset import Sample, Store
from marrowdesk.training.loop import Cells
from marrowdesk.training.plan import Plan, plan_of
from marrowdesk.training.start import Start

TINY = """\
name = "tiny"
revision = "0.1.0"

[[stage]]
name = "first"
train = { architecture = "test_resnet", side = 48, small = 32, steps = 8, batch = 16, prior = 0.01 }
export = { head-prior = 0.1, head-views = 1 }

[[stage]]
name = "second"
follow = "first"
train = { architecture = "test_resnet", side = 48, small = 48, steps = 6, batch = 16, rate = 0.001, seed = 2 }
export = { head-blind = 1, most = 1.3 }
"""


def _arguments(words) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers())
    return parser.parse_args([str(word) for word in words])


def _run(*words) -> int:
    arguments = _arguments(words)
    return arguments.handler(arguments)


@pytest.fixture
def recipe(tmp_path):
    file = tmp_path / "own.toml"
    file.write_text(TINY, encoding="utf-8")
    return file


def _words(recipe, data, run, *more) -> list[str]:
    usual = ["--fewest", "10", "--precision", "float32", "--save-every", "2"]
    return ["train", "--recipe", str(recipe), "--data", str(data), "--run", str(run), *usual, *map(str, more)]


def _start(words) -> subprocess.Popen:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    one = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen([sys.executable, "-m", "marrowdesk", *words], env=one, **quiet)


def _kill_once_there(words, file) -> None:
    """Start a command, and kill it as soon as it has written a file."""
    process = _start(words)
    while not file.exists():
        assert process.poll() is None
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()


def _cells_of(codes) -> Cells:
    """Give one cell of each class, as far as a plan asks for them."""
    return Cells(
        Store(tuple(Sample(f"{each}.png", "a", each) for each in codes), None, ()), range(len(codes))
    )


def _plan(arguments: argparse.Namespace, last: Plan) -> Plan:
    """Give the plan of a stage; of what it goes back to, the hashes that the last one tells."""
    start = None
    if arguments.start is not None:
        file = Path("weights.onnx") if str(arguments.start) == "package" else None
        start = Start(last.start or "a" * 64, file=file)
    followed, beside = (
        SimpleNamespace(sha256=sha256) if named else None
        for named, sha256 in (
            (arguments.distil, last.distil_from),
            (arguments.distil_beside, last.distil_beside),
        )
    )
    recipe = recipe_of_options(arguments)
    return plan_of_options(arguments, _cells_of(last.codes), recipe, start, followed, beside)


def _export_command(name: str, arguments: argparse.Namespace, last: Plan) -> str:
    shown = shown_as(arguments, last).shown_otherwise(last.recipe)
    fit, lifts = head_fit(arguments, last), lifts_of(arguments, last)
    return export_command(name, arguments.revision, fit, lifts, shown)


def _bare(command: str) -> str:
    """Take the names of folders and the revision out of a command."""
    bare = re.sub(r" --(out|revision) \S+", "", command)
    bare = re.sub(r"--run [A-Z-]*(?:DISTIL|BESIDE) ", "--run runs/NAME ", bare)
    return re.sub(r"\b[A-Z-]*(START|DISTIL)\b", r"\1", re.sub(r"runs/\S+", "runs/NAME", bare))


def test_that_the_shipped_recipe_asks_for_what_the_shipped_card_tells(tmp_path):
    card = read_card(find_bundles()[-1])
    file = find_bundles()[-1] / RECIPE
    told = read_recipe(file)
    words = ["train", "--recipe", file, "--data", "DATA", "--run", tmp_path, "--out", tmp_path / card.name]
    steps = [parse(told, each) for each in lay_out(told, _arguments(words))]
    last = plan_of(card.training.plan)
    plans = [_plan(each, last) for each in steps if each.handler is train]
    assert plans[-1] == last
    left, wanted = iter(plans), []
    for each in steps[:-2]:
        made = train_command(next(left)) if each.handler is train else _export_command(card.name, each, last)
        wanted.append(_bare(made))
    # The card tells first how the networks came to be that the last one went back to, the nearest last.
    commands = [_bare(each) for each in card.training.command.splitlines()]
    assert sorted(commands) == sorted(wanted)
    assert commands[-2:] == wanted[-2:]
    assert steps[-3].out == tmp_path / card.name
    assert card.training.recipe == recipe_command(card.name)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_that_a_recipe_killed_in_both_stages_ends_with_the_bundle_of_one_that_was_not(
    recipe, painted_data, tmp_path, capsys
):
    killed, whole = (_words(recipe, painted_data, tmp_path / name) for name in ("killed", "whole"))
    _kill_once_there(killed, tmp_path / "killed" / "1-first" / "last.pt")
    _kill_once_there(killed, tmp_path / "killed" / "2-second" / "last.pt")
    first = tmp_path / "killed" / "bundles" / "first" / "weights.safetensors"
    made = first.stat().st_mtime_ns
    assert [_start(each).wait() for each in (killed, whole)] == [0, 0]
    ends = [load_bundle(tmp_path / name / "bundles" / "tiny") for name in ("killed", "whole")]
    assert ends[0].sha256 == ends[1].sha256
    assert first.stat().st_mtime_ns == made
    assert ends[0].card.preprocessing.parameters["most"] == 1.3
    _counts_a_drawn_slide(ends[0], tmp_path, capsys)
    record = ends[0].card.training
    told = [line.split()[1] for line in record.command.splitlines()]
    assert told == ["train", "export"] * 2  # of what it started from and followed, and its own
    assert record.recipe in (ends[0].path / "CARD.md").read_text(encoding="utf-8")
    assert read_recipe(ends[0].path / RECIPE) == read_recipe(recipe)
    assert ends[0].card.results["cells"] == ends[1].card.results["cells"] > 0
    _is_done_for_good(killed, ends[0], capsys)


def _counts_a_drawn_slide(bundle, folder, capsys):
    slide, table = make_demo(folder / "slide", 12), folder / "count.json"
    assert main(["count", "--model", str(bundle.path), "--json", str(table), str(slide)]) == 0
    assert "of 12 cells" in capsys.readouterr().out
    cells = json.loads(table.read_bytes())["cells"]
    assert {each["proposed_class"] for each in cells} <= set(bundle.proposed)


def _is_done_for_good(words, bundle, capsys):
    """The same command again does nothing but say so; a bundle that was lost is made again and measured."""
    before = {file: file.stat().st_mtime_ns for file in bundle.path.iterdir()}
    assert _run(*words) == 0
    assert capsys.readouterr().out.count("done before") == 6
    assert {file: file.stat().st_mtime_ns for file in bundle.path.iterdir()} == before
    for file in before:
        file.unlink()
    assert _run(*words) == 0
    assert capsys.readouterr().out.count("done before") == 3
    assert read_card(bundle.path).results["cells"] > 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--steps", "1700"), "--steps is for the recipe"),
        (("--start", "models/other"), "--start is for the recipe"),
        (("--option", "se_ratio=0.5"), "--option is for the recipe"),
        (("--sync-norm",), "--sync-norm is for the recipe"),
    ],
)
def test_that_what_the_recipe_says_is_not_said_beside_it(words, told, recipe, painted_data, tmp_path):
    with pytest.raises(MarrowdeskError, match=told) as caught:
        _run(*_words(recipe, painted_data, tmp_path / "run", *words))
    assert "copy of the recipe" in caught.value.hint
    assert not (tmp_path / "run").exists()


def test_that_several_processes_are_refused(recipe, painted_data, tmp_path, monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(MarrowdeskError, match="carried out by one process"):
        _run(*_words(recipe, painted_data, tmp_path / "run"))


def test_that_a_bundle_is_asked_for_with_a_recipe_only(painted_data, tmp_path):
    with pytest.raises(MarrowdeskError, match="--out is for a recipe"):
        _run("train", "--data", painted_data, "--run", tmp_path / "run", "--out", tmp_path / "bundle")


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("steps = 8", "stepps = 8", r"train first.*stepps"),
        ("steps = 8", "step = 8", r"train first.*--step"),
        ("steps = 8", 'steps = "many"', r"train first.*--steps.*'many'"),
        ("head-blind = 1", "heads = 1", r"export second.*heads"),
        ("steps = 8", 'device = "cpu"', "The stage first says device"),
        ("head-blind = 1", 'out = "elsewhere"', "The stage second says out"),
        ("steps = 8", "steps = true", "steps of the stage first is neither a number"),
        ('name = "second"', 'name = "first"', "the name first is there twice"),
        ('name = "second"', 'name = "a/b"', "'a/b' holds more than"),
        ('revision = "0.1.0"', "", "lacks revision"),
        ('revision = "0.1.0"', 'revision = "1"\nheld-out = "x.csv"', "no place for held-out"),
        ('follow = "first"', 'follow = "third"', "second follows third, which is no stage before it"),
        ('follow = "first"', 'start = "second"', "second starts from second, which is no stage before it"),
        ('follow = "first"', 'distil = "first"', "no place for distil"),
        ('follow = "first"', 'beside = "first"', "second follows first beside none"),
        ("head-blind = 1", 'distil-beside = "first"', "The stage second says distil-beside"),
        ("head-blind = 1", 'start = "first"', "The stage second says start"),
        ('name = "second"', 'name = "chance"', "the name chance is there twice"),
        ("export = { head-blind = 1, most = 1.3 }", "", "the last stage second has no export"),
        (
            "export = { head-prior = 0.1, head-views = 1 }",
            "",
            "second starts from first, which has no export",
        ),
        ("[[stage]]", "[[stage]", "own.toml is not understood"),
    ],
)
def test_that_a_recipe_that_is_not_understood_is_explained_before_anything_is_done(
    before, after, told, recipe, painted_data, tmp_path
):
    recipe.write_text(TINY.replace(before, after), encoding="utf-8")
    with pytest.raises(MarrowdeskError, match=told):
        _run(*_words(recipe, painted_data, tmp_path / "run"))
    assert not (tmp_path / "run").exists()


def test_that_a_stage_starts_from_what_it_names_and_follows_another(tmp_path):
    file = tmp_path / "own.toml"
    stages = [("guide", 'start = "package"'), ("small", 'start = "chance"\nfollow = "guide"'), ("large", "")]
    text = "".join(
        f'[[stage]]\nname = "{name}"\n{more}\ntrain = {{ steps = 8 }}\nexport = {{ head-blind = 1 }}\n'
        for name, more in stages
    )
    file.write_text(f'name = "own"\nrevision = "1"\n{text}', encoding="utf-8")
    run = tmp_path / "run"
    steps = lay_out(read_recipe(file), _arguments(["train", "--recipe", file, "--data", "D", "--run", run]))
    told = [[word for word in step.words if word.startswith(("--start", "--distil="))] for step in steps[:6]]
    assert told[:2] == [["--start=package"], []]
    assert told[2:4] == [[f"--distil={run / 'bundles' / 'guide'}"]] * 2
    assert told[4:] == [[f"--start={run / 'bundles' / 'small'}"]] * 2


def test_that_a_stage_follows_two_others(recipe, tmp_path):
    train = "train = { steps = 8 }\nexport = { head-blind = 1 }"
    third = f'[[stage]]\nname = "third"\nfollow = "first"\nbeside = "second"\n{train}\n'
    recipe.write_text(f"{TINY}\n{third}", encoding="utf-8")
    words = ["train", "--recipe", recipe, "--data", "D", "--run", tmp_path / "run"]
    steps = lay_out(read_recipe(recipe), _arguments(words))
    made = tmp_path / "run" / "bundles"
    for step in steps[4:6]:
        assert {f"--distil={made / 'first'}", f"--distil-beside={made / 'second'}"} < set(step.words)


def test_that_a_stage_without_an_export_is_followed_as_its_run_left_it(tmp_path):
    file = tmp_path / "own.toml"
    file.write_text(
        TINY.replace("export = { head-prior = 0.1, head-views = 1 }", "").replace(
            'follow = "first"', 'follow = "first"\nstart = "chance"'
        ),
        encoding="utf-8",
    )
    run = tmp_path / "run"
    steps = lay_out(read_recipe(file), _arguments(["train", "--recipe", file, "--data", "D", "--run", run]))
    assert [step.words[0] for step in steps] == ["train", "train", "export", "evaluate", "evaluate"]
    assert all(f"--distil={run / '1-first'}" in step.words for step in steps[1:3])


def test_that_a_missing_recipe_is_named(painted_data, tmp_path):
    with pytest.raises(MarrowdeskError, match=r"none\.toml cannot be read"):
        _run(*_words(tmp_path / "none.toml", painted_data, tmp_path / "run"))


def test_that_a_run_is_not_continued_with_another_recipe_or_other_cells(recipe, painted_data, tmp_path):
    run = tmp_path / "run"
    run.mkdir()
    (run / RECIPE).write_text(TINY.replace("steps = 8", "steps = 9"), encoding="utf-8")
    with pytest.raises(MarrowdeskError, match="begun with another recipe"):
        _run(*_words(recipe, painted_data, run))
    (run / RECIPE).write_text(f"# a remark more\n{TINY}", encoding="utf-8")
    (run / "1-first").mkdir()
    (run / "1-first" / "last.pt").touch()
    (run / "held_out.csv").write_text("file\none/LYT/LYT_00001.png\n", encoding="utf-8")
    with pytest.raises(MarrowdeskError, match="begun with other cells kept back"):
        _run(*_words(recipe, painted_data, run, "--leave-out", "two"))


def test_that_a_damaged_list_of_what_is_done_is_explained(recipe, painted_data, tmp_path):
    run = tmp_path / "run"
    run.mkdir()
    (run / FINISHED).write_text("{", encoding="utf-8")
    with pytest.raises(MarrowdeskError, match=r"finished\.json is not understood"):
        _run(*_words(recipe, painted_data, run))


def test_that_what_was_done_with_other_labels_does_not_count_as_done(recipe, painted_data, tmp_path):
    run = tmp_path / "run"
    run.mkdir()
    (run / FINISHED).write_text(json.dumps({"cells": "0" * 16, "done": ["train first"]}), encoding="utf-8")
    with pytest.raises(MarrowdeskError, match="begun with other cells, other labels or others kept back"):
        _run(*_words(recipe, painted_data, run))
    (run / FINISHED).write_text(json.dumps({"done": ["train first"]}), encoding="utf-8")
    with pytest.raises(MarrowdeskError, match=r"finished\.json is not understood"):
        _run(*_words(recipe, painted_data, run))

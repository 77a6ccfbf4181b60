"""The command that a card gives makes the same plan again."""

from __future__ import annotations

import argparse
import shlex
from dataclasses import asdict

import pytest
from small_run import painted_cells, small_plan
from tiny_bundle import make_tiny_bundle

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.inference.preprocess import Recipe
from marrowdesk.training.commands import add_commands
from marrowdesk.training.commands.again import (
    BESIDE,
    DISTIL,
    START,
    RunRecord,
    commands_of,
    export_command,
    note_of,
    train_command,
)
from marrowdesk.training.commands.export import head_fit, lifts_of, shown_as
from marrowdesk.training.commands.train import plan_of_options, recipe_of_options
from marrowdesk.training.export import note_on
from marrowdesk.training.heads import HeadFit
from marrowdesk.training.start import Start

_BASE = "marrowdesk train --data D --run R "


def _arguments(command: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers())
    return parser.parse_args(shlex.split(command)[1:])


@pytest.mark.parametrize(
    "options",
    [
        "",
        "--architecture swinv2_tiny --side 96 --small 64 --small-part 0.7 --steps 50 --batch 8 --rate 0.001",
        "--attention cbam --loss focal --loss-option gamma=1.5 --schedule one_cycle --strength 1.25 --seed 4",
        "--loss ldam --sampling class --balance 0.5 --teacher package --precision float32",
        "--recolour 0.5 --surround 0 --strength 0.5",
        "--eosin 0.7 --blue 0.6 --veil 0.15 --strength 0.5",
        "--glare 1.25 --most 1.3 --largest 0.6 --tight 0.3",
        "--architecture vit_tiny_patch16_224 --option 'global_pool=\"avg\"' --option dynamic_img_size=true",
        "--adversary 0.3 --option se_ratio=0.5 --cost 0.3 --smoothing 0 --prior 0.005 --start models/first",
    ],
)
def test_that_the_command_in_the_card_asks_for_the_same_plan(options):
    first = _arguments(_BASE + options)
    cells = painted_cells()
    start = Start("a" * 64) if first.start else None
    plan = plan_of_options(first, cells, recipe_of_options(first), start)
    told = train_command(plan)
    again = _arguments(told)
    assert plan_of_options(again, cells, recipe_of_options(again), start) == plan
    assert (str(again.start) == START) == bool(start)


def test_that_a_prior_is_not_spoiled_by_label_smoothing():
    plain, cells = _arguments(_BASE + "--prior 0.01"), painted_cells()
    assert plan_of_options(plain, cells, Recipe(), None).loss_arguments()["smoothing"] == 0
    both = _arguments(_BASE + "--prior 0.01 --smoothing 0.05")
    with pytest.raises(MarrowdeskError, match="does not go together"):
        plan_of_options(both, cells, Recipe(), None)


@pytest.mark.parametrize(
    "fit", [HeadFit(0.03, 0, 0.5, 2), HeadFit(None, 3), None], ids=["half", "blind", "kept"]
)
def test_that_the_export_in_the_card_fits_the_same_head(fit):
    again = _arguments(export_command("marrow", "1.2.0", fit))
    assert head_fit(again, small_plan()) == fit
    assert again.revision == "1.2.0"
    assert again.out.as_posix() == "models/marrow"


def test_that_the_export_in_the_card_lifts_the_same_classes():
    plan = small_plan()
    asked = _arguments("marrowdesk export --data D --run R --out models/tiny --lift LYT=1 --lift BLA=-0.5")
    lifts = lifts_of(asked, plan)
    assert lifts == {"LYT": 1.0, "BLA": -0.5}
    assert lifts_of(_arguments(export_command("tiny", "1.0.0", None, lifts)), plan) == lifts


@pytest.mark.parametrize(("words", "told"), [("EBO=1", "not trained on"), ("LYT=1 --lift LYT=2", "twice")])
def test_that_a_class_that_cannot_be_lifted_is_named(words, told):
    asked = _arguments(f"marrowdesk export --data D --run R --out models/tiny --lift {words}")
    with pytest.raises(MarrowdeskError, match=told):
        lifts_of(asked, small_plan())


def test_that_the_export_in_the_card_shows_tight_images_as_it_did():
    plan = small_plan(recipe=Recipe(side=64, most=1.1))
    for words in ("", "--most 1.3 --largest 0.6", "--largest 0.5", "--most 1.0"):
        asked = _arguments(f"marrowdesk export --data D --run R --out models/tiny {words}")
        shown = shown_as(asked, plan)
        again = _arguments(export_command("tiny", "1.0.0", None, {}, shown.shown_otherwise(plan.recipe)))
        assert shown_as(again, plan) == shown
        assert (shown == plan.recipe) == (not words)


def test_that_the_commands_of_what_a_run_started_from_name_its_folder_start(tmp_path):
    made = make_tiny_bundle(tmp_path / "tiny")
    plan = small_plan(seed=7, start="a" * 64)
    told = "marrowdesk export --data DATA --run runs/NAME --out models/tiny --revision 1.0.0"
    earlier = "marrowdesk train --data DATA --run runs/START\nmarrowdesk export --run runs/START --out START"
    record = made.card.training.model_copy(
        update={"plan": asdict(plan), "command": f"{earlier}\n{train_command(plan)}\n{told}"}
    )
    again = commands_of(record, START)
    first, second, third, fourth = again.splitlines()
    assert "--run runs/BEFORE-START" in first
    assert "--run runs/BEFORE-START --out BEFORE-START" in second
    assert "--run runs/START" in third
    assert "--seed 7" in third
    assert "--start BEFORE-START" in third
    assert fourth == "marrowdesk export --data DATA --run runs/START --out START --revision 1.0.0"


def test_that_the_commands_of_what_a_run_followed_name_its_folder_distil(tmp_path):
    made = make_tiny_bundle(tmp_path / "tiny")
    plan = small_plan(start="a" * 64, start_file="lite0.pth")
    told = "marrowdesk export --data DATA --run runs/NAME --out models/tiny --revision 1.0.0"
    record = made.card.training.model_copy(
        update={
            "plan": asdict(plan),
            "command": f"{train_command(plan)}\n{told}",
            "note": "START is the file lite0.pth.",
        }
    )
    first, second = commands_of(record, DISTIL).splitlines()
    assert "--run runs/DISTIL" in first
    assert "--start DISTIL-START" in first
    assert second == "marrowdesk export --data DATA --run runs/DISTIL --out DISTIL --revision 1.0.0"
    assert note_of(record, DISTIL) == "Of DISTIL: DISTIL-START is the file lite0.pth."


def test_that_the_second_network_that_a_run_followed_is_told_beside_the_first(tmp_path):
    made = make_tiny_bundle(tmp_path / "tiny")
    plan = small_plan(start="a" * 64, distil_from="a" * 64, distil_beside="b" * 64, distil=0.7)
    told = train_command(plan)
    assert "--distil START --distil-share 0.7 --distil-beside BESIDE" in told
    note = note_on(plan, [], told)
    assert f"BESIDE is the folder of the bundle or run whose weights have the sha256 {'b' * 64}" in note
    record = made.card.training.model_copy(
        update={"plan": asdict(plan), "command": f"{told}\nmarrowdesk export --out models/tiny", "note": note}
    )
    assert "--distil-beside BESIDE-BESIDE" in commands_of(record, BESIDE)
    assert "--distil-beside BEFORE-BESIDE" in commands_of(record, START)
    assert "BEFORE-BESIDE is the folder" in note_of(record, START)


def test_that_a_run_which_was_only_followed_is_told_by_its_training_alone():
    plan = small_plan(start="a" * 64, start_file="lite0.pth", distil_from="b" * 64, distil=0.7)
    record = RunRecord(train_command(plan), asdict(plan), "START is the file lite0.pth.")
    told = commands_of(record, DISTIL)
    assert told.startswith("marrowdesk train --data DATA --run DISTIL ")
    assert "--start DISTIL-START" in told
    assert "--distil DISTIL-DISTIL" in told
    assert "\n" not in told
    assert note_of(record, DISTIL) == "Of DISTIL: DISTIL-START is the file lite0.pth."


def test_that_what_a_run_started_from_and_followed_is_told_once():
    plan = small_plan(start="a" * 64, distil_from="a" * 64, distil=0.5)
    assert "--distil START --distil-share 0.5" in train_command(plan)
    assert "--start START" in train_command(plan)
    note = note_on(plan, (), "")
    assert note.count("a" * 64) == 1
    assert "It also learned to agree with START." in note

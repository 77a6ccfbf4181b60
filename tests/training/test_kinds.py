"""Numbers that make no sense are refused by name, before any cell is read."""

from __future__ import annotations

import argparse

import pytest

from marrowdesk.inference.preprocess import SHOWN as METHODS
from marrowdesk.training.commands import add_commands, kinds


def _parser():
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers()
    add_commands(commands)
    return parser, commands.choices


PLACES = {
    "train": ["--data", "d", "--run", "r"],
    "export": ["--data", "d", "--run", "r", "--out", "o"],
    "transfer": ["--data", "d", "--out", "o"],
    "study": ["--data", "d", "--out", "o"],
    "curve": ["--data", "d", "--bundle", "b", "--out", "o"],
    "evaluate": ["--data", "d", "--bundle", "b"],
    "networks": [],
}


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("train --steps 0", "'0' is no whole number from 1 on"),
        ("train --batch 0", "'0' is no whole number from 1 on"),
        ("train --batch 6.5", "'6.5' is no whole number from 1 on"),
        ("train --side -5", "'-5' is no whole number from 16 on"),
        ("train --rate 0", "'0' is no number above 0"),
        ("train --rate nan", "'nan' is no number above 0"),
        ("train --small-part 2", "'2' is no number from 0, up to 1"),
        ("train --eosin -1", "'-1' is no number from 0"),
        ("train --tight much", "'much' is no number from 0, up to 1"),
        ("train --prior 0", "'0' is no number above 0, up to 1"),
        ("train --most 0", "'0' is no number from 0.1, up to 4"),
        ("train --largest 1.5", "'1.5' is no number above 0, up to 1"),
        ("train --glare 0.2", "'0.2' is neither 0 nor a factor from 1 on"),
        ("train --workers 0", "'0' is no whole number from 1 on"),
        ("export --most 40", "'40' is no number from 0.1, up to 4"),
        ("export --lift EBO", "'EBO' is no class with a number, such as EBO=1"),
        ("export --lift =1", "'=1' is no class with a number, such as EBO=1"),
        ("export --lift EBO=nan", "'EBO=nan' is no class with a number, such as EBO=1"),
        ("export --head-views -1", "'-1' is no whole number from 0 on"),
        ("transfer --small 0", "'0' is no whole number from 16 on"),
        ("transfer --adversary -0.1", "'-0.1' is no number from 0"),
        ("study --strength inf", "'inf' is no number from 0"),
        ("curve --draws 0", "'0' is no whole number from 1 on"),
        ("evaluate --shifts 0", "'0' is no whole number from 1 on"),
        ("networks --classes 1", "'1' is no whole number from 2 on"),
    ],
)
def test_that_nonsense_is_refused_with_the_option_and_what_it_takes(words, why, capsys):
    command, option, value = words.split()
    parser, _ = _parser()
    with pytest.raises(SystemExit, match="2"):
        parser.parse_args([command, *PLACES[command], option, value])
    assert f"argument {option}: {why}" in capsys.readouterr().err


def test_that_every_number_is_checked_and_every_default_passes_its_own_check():
    _, commands = _parser()
    for command, parser in commands.items():
        for action in parser._actions:
            if action.dest in ("folds", "fold"):
                continue  # held against the cells, see test_split_options
            assert action.type not in (int, float), f"{command} {action.option_strings[0]} takes any number"
            if action.type is not None and isinstance(action.default, int | float):
                assert action.type(str(action.default)) == action.default, f"{command} {action.dest}"


@pytest.mark.parametrize("word", ["0", "1", "1.25", "3"])
def test_that_stray_light_is_left_alone_by_0_and_told_by_a_factor(word):
    assert kinds.glare(word) == float(word)


def test_that_each_number_by_which_bundles_differ_has_its_check():
    assert set(kinds.SHOWN) == set(METHODS)

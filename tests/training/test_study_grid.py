"""What a study compares, on which cells, and under which settings it may go on."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.training.samples import Sample, fingerprint
from marrowdesk.training.study.cells import thin_out
from marrowdesk.training.study.grid import Combination, make_grid
from marrowdesk.training.study.settings import Settings, settle

SETTINGS = Settings(
    steps=4, batch=8, side=32, rate=2e-3, strength=1.0, precision="float32", seed=1, cells="abc"
)


def test_that_the_whole_grid_has_five_networks_five_losses_and_seven_kinds_of_attention():
    grid = make_grid()
    assert [len(part.combinations) for part in grid.values()] == [5, 5, 8]  # 7 and none
    assert Combination("regnetx_032", "cost_sensitive", "se") in grid["attention"].combinations
    every = {each for part in grid.values() for each in part.combinations}
    assert len(every) == 16  # cross-entropy and the cost-sensitive loss on regnetx_032 stand in two tables
    assert grid["losses"].fixed == {"architecture": "regnetx_032", "attention": "none"}


def test_that_losses_and_attention_go_on_the_first_named_where_the_recommended_is_not_named():
    grid = make_grid(["test_resnet", "regnetx_002"], ["focal", "ldam"], ["eca"])
    assert grid["losses"].combinations[0] == Combination("test_resnet", "focal", "none")
    assert grid["attention"].combinations == (Combination("test_resnet", "focal", "eca"),)


def test_that_a_network_under_two_names_is_compared_once():
    part = make_grid(["resnext50", "resnext50_32x4d"])["architectures"]
    assert [each.architecture for each in part.combinations] == ["resnext50"]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ({"architectures": ["regnetx_03"]}, r"no network called 'regnetx_03'\. .*regnetx_032"),
        ({"losses": ["entropy"]}, r"no loss called 'entropy'\. .*cross_entropy"),
        ({"attentions": ["sa"]}, r"no attention called 'sa'\. .*simam"),
        ({"losses": []}, "No loss is named"),
    ],
)
def test_that_a_name_that_is_not_known_is_explained(names, message):
    with pytest.raises(MarrowdeskError) as error:
        make_grid(**names)
    error.match(message)


def cells(source, code, count):
    return [Sample(f"{source}/{code}/{code}_{at:05d}.png", source, code) for at in range(count)]


def test_that_thinning_keeps_three_runs_of_each_class_and_source():
    samples = [*cells("one", "BLA", 90), *cells("two", "BLA", 31), *cells("one", "LYT", 6)]
    kept = thin_out(samples, 9, seed=1)
    assert Counter((each.source, each.code) for each in kept) == {
        ("one", "BLA"): 9, ("two", "BLA"): 9, ("one", "LYT"): 6,
    }  # fmt: skip
    numbers = [each.number for each in kept if (each.source, each.code) == ("one", "BLA")]
    assert [numbers[at] - numbers[at - 1] for at in (1, 2, 4, 5, 7, 8)] == [1] * 6
    assert [number // 30 for number in numbers] == [0] * 3 + [1] * 3 + [2] * 3
    assert thin_out(samples, 9, seed=1) == kept != thin_out(samples, 9, seed=2)
    assert thin_out(samples, None, seed=1) == samples


@pytest.mark.parametrize("most", [1, 2, 4])
def test_that_thinning_to_very_few_keeps_as_many(most):
    assert len(thin_out(cells("one", "BLA", 5), most, seed=3)) == most


def test_that_the_mark_of_the_cells_tells_another_split_and_other_labels():
    samples = cells("one", "BLA", 4)
    held = {samples[0].file}
    mark = fingerprint(samples, held)
    assert fingerprint(samples[::-1], held) == mark
    assert fingerprint(samples, {samples[1].file}) != mark
    assert fingerprint([replace(samples[0], code="LYT"), *samples[1:]], held) != mark


def test_that_a_study_goes_on_with_its_own_settings_only(tmp_path):
    settle(tmp_path, SETTINGS)
    settle(tmp_path, SETTINGS)
    with pytest.raises(MarrowdeskError, match=r"begun with steps 4 instead of 6, other cells\."):
        settle(tmp_path, replace(SETTINGS, steps=6, cells="xyz"))

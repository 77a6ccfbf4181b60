"""Fitting the measure of doubt: on made-up embeddings, and on painted cells seen by a small network."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from marrowdesk.inference.preprocess import Recipe, prepare
from marrowdesk.training.familiarity import Evidence, fit_doubt, gather_evidence
from marrowdesk.training.foreign import foreign_images

SIZE = 40


@pytest.fixture(scope="module")
def evidence():
    """Give three classes around (5, 5, …), varied along the first number, with foreign points on one side."""
    rng = np.random.default_rng(0)
    centres = 5 + rng.normal(0, 1, (3, SIZE))
    groups = np.repeat(np.arange(3), 120)
    noise = rng.normal(0, 0.1, (3, len(groups), SIZE))
    cells, varied, held = centres[groups] + noise
    varied[:, 0] += rng.normal(0, 2, len(groups))
    foreign = 5 + rng.normal(0, 1, (60, SIZE))
    foreign[:, 1] += 6
    return Evidence(cells, groups, varied, groups, foreign, held)


@pytest.fixture(scope="module")
def space(evidence):
    return fit_doubt(evidence, axes=8)


def _moved(evidence, axis, by):
    moved = evidence.held.copy()
    moved[:, axis] += by
    return moved


def test_that_about_four_of_a_hundred_held_out_cells_pass_each_mark(evidence, space):
    beyond = space.measures(evidence.held) > space.marks[:, 1:]
    assert beyond.mean(1) == pytest.approx([0.04, 0.04], abs=0.005)
    assert np.median(space.distance(evidence.held)) < 0.6


def test_that_a_point_between_the_classes_lies_farther_than_every_cell(evidence, space):
    between = evidence.cells.mean(0, keepdims=True)
    assert space.distance(between)[0] > 2 * space.distance(evidence.held).max()


def test_that_cells_changed_as_other_laboratories_change_them_are_less_doubtful_than_others(evidence, space):
    known, other = (np.median(space.distance(_moved(evidence, axis, 1.5))) for axis in (0, 2))
    assert known < 1.2
    assert other > 2 * known


def test_that_what_is_like_the_foreign_images_is_doubtful_beyond_its_distance(evidence, space):
    toward, away = (space.measures(_moved(evidence, 1, by))[1] for by in (1.5, -1.5))
    assert np.median(toward) > space.marks[1, 1]
    assert np.median(away) < space.marks[1, 1]


def test_that_more_axes_than_numbers_are_not_asked_for(evidence):
    assert fit_doubt(evidence, axes=500).axes.shape == (SIZE, SIZE - 1)


def test_that_the_fit_stays_finite_when_all_cells_of_a_class_are_one(evidence):
    same = replace(
        evidence,
        cells=np.repeat(evidence.cells[:3], 120, 0),
        varied=evidence.cells[::120][:3][evidence.groups],
    )
    assert np.isfinite(fit_doubt(same, axes=8).distance(evidence.held)).all()


@pytest.fixture(scope="module")
def seen(painted_data, tmp_path_factory):
    """Give the measure fitted on painted cells seen by a small network, and what looks through it."""
    import torch

    from marrowdesk.inference.network import MEAN, STD, as_input, build, run
    from marrowdesk.training.dataset import open_store, read_manifest

    recipe = Recipe(side=48)
    samples = read_manifest(painted_data / "manifest.csv")
    store = open_store(painted_data, samples, recipe, tmp_path_factory.mktemp("store"))
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = build("regnetx_002", {}, 3).eval()

    def look(crops):
        with torch.inference_mode():
            return run(network, as_input(crops, MEAN, STD)).pooled.numpy()

    border = (store.crops.shape[1] - 48) // 2
    crops = np.asarray(store.crops)[:, border : border + 48, border : border + 48]
    held = np.arange(len(crops)) % 4 == 0
    trained = np.flatnonzero(~held).tolist()
    gathered = gather_evidence(look, store, trained, recipe, look(crops[~held]), look(crops[held]))
    return fit_doubt(gathered), look, gathered


def test_that_most_of_what_the_measure_was_not_taught_is_farther_than_nearly_every_held_out_cell(seen):
    space, look, gathered = seen
    limit = np.quantile(space.distance(gathered.held), 0.96)
    share = {
        kind: float(
            (
                space.distance(look(np.stack([prepare(each, Recipe(side=48))[0] for each in drawn]))) > limit
            ).mean()
        )
        for kind, drawn in foreign_images(6).items()
    }
    assert np.mean(list(share.values())) > 0.8, share


def test_that_every_kind_of_foreign_image_is_gathered_and_each_varied_cell_keeps_its_group(seen):
    gathered = seen[2]
    assert len(gathered.foreign) == 19 * 20
    assert len(gathered.varied) == len(gathered.varied_groups) == len(gathered.cells)
    assert set(gathered.varied_groups) == {f"{c} {s}" for c in ("LYT", "BLA", "ART") for s in ("one", "two")}

"""A laboratory's readers are learned from: better is kept and used, what is not better is never kept."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import threading

import numpy as np
import pytest
from laboratories import make_case, make_laboratory, worked
from PIL import Image

from marrowdesk.core.counting import CountingRules
from marrowdesk.core.errors import BundleError, Cancelled, MarrowdeskError
from marrowdesk.core.model_origin import ModelOrigin
from marrowdesk.core.shipped_schemes import SCHEMES
from marrowdesk.core.taxonomy import MARROW
from marrowdesk.inference.bundle import load_bundle, read_card
from marrowdesk.inference.torch_engine import load_engine
from marrowdesk.services import adapted_models
from marrowdesk.services.adapted_models import chosen_model, keep, models_here, remove
from marrowdesk.services.adapting import adapt
from marrowdesk.services.analysis import analyse
from marrowdesk.services.learnable import decided_cells
from marrowdesk.services.opening import open_slides
from marrowdesk.services.reporting import snapshot
from marrowdesk.store.casefile import CaseFile
from marrowdesk.store.paths import adapted_models_path
from marrowdesk.store.settings import load_settings, save_settings
from marrowdesk.store.values import ModelInfo


def _adapt(paths, bundle, cancel=None):
    return worked(adapt(list(paths), cancel or threading.Event(), bundle))


def _cases(tmp_path, bundle, cases=4, cells=120, shift=3.0):
    paths = []
    for at in range(cases):
        embeddings, labels = make_laboratory(bundle, cells, shift, seed=at)
        codes = [bundle.codes[each] for each in labels]
        paths.append(make_case(tmp_path / f"case {at}.mdcase", bundle, embeddings, codes))
    return paths


@pytest.fixture
def cases(tmp_path, tiny_bundle):
    """Give four cases of a laboratory whose stain moves every cell."""
    return _cases(tmp_path, tiny_bundle)


@pytest.fixture
def better(cases, tiny_bundle):
    """Give what came of fitting to them."""
    adapted, _ = _adapt(cases, tiny_bundle)
    assert adapted.better
    return adapted


def test_that_a_laboratory_whose_stain_moves_every_cell_gains(cases, tiny_bundle):
    adapted, steps = _adapt(cases, tiny_bundle)
    assert adapted.better
    assert adapted.by_case
    assert adapted.gain.low > 0
    assert adapted.gain.low <= adapted.gain.value <= adapted.gain.high
    assert adapted.adapted > adapted.shipped + 0.1
    assert adapted.gain.value == pytest.approx(100 * (adapted.adapted - adapted.shipped), abs=1e-3)
    assert (adapted.cells, adapted.cases, adapted.folds) == (480, 4, 4)
    assert sum(each.cells for each in adapted.classes) == 480
    assert [(each.stage, each.done, each.total) for each in steps] == [
        *(("reading", done, 4) for done in range(4)),
        *(("fitting", done, 5) for done in range(4)),
    ]


def test_that_what_is_measured_holds_on_cells_that_nobody_had_seen(better, tiny_bundle):
    embeddings, labels = make_laboratory(tiny_bundle, 2000, 3.0, seed=99)
    right = better.layer.probabilities(embeddings).argmax(1) == labels
    assert right.mean() == pytest.approx(better.adapted, abs=0.06)


def test_that_a_laboratory_like_the_shipped_cells_is_offered_nothing(tmp_path, tiny_bundle):
    adapted, _ = _adapt(_cases(tmp_path, tiny_bundle, shift=0.0), tiny_bundle)
    assert not adapted.better
    with pytest.raises(MarrowdeskError, match="not better"):
        keep(adapted, "no")
    assert models_here() == ([], [])


def test_that_readers_who_label_by_chance_teach_nothing(tmp_path, tiny_bundle):
    embeddings, labels = make_laboratory(tiny_bundle, 400, 0.0)
    codes = [tiny_bundle.codes[each] for each in np.random.default_rng(3).permutation(labels)]
    adapted, _ = _adapt([make_case(tmp_path / "a.mdcase", tiny_bundle, embeddings, codes)], tiny_bundle)
    assert not adapted.better


def test_that_one_case_is_judged_cell_by_cell_and_said_to_be(tmp_path, tiny_bundle):
    adapted, _ = _adapt(_cases(tmp_path, tiny_bundle, cases=1, cells=300), tiny_bundle)
    assert not adapted.by_case
    assert adapted.results["judged"] == "5 times, each time on cells kept back"


def test_that_few_cells_change_the_layer_little(tmp_path, tiny_bundle):
    from marrowdesk.inference.adapting import last_layer
    from marrowdesk.inference.bundle import load_tensors

    few, _ = _adapt(_cases(tmp_path, tiny_bundle, cases=1, cells=110, shift=0.3), tiny_bundle)
    (tmp_path / "more").mkdir()
    many, _ = _adapt(_cases(tmp_path / "more", tiny_bundle, cells=500, shift=3.0), tiny_bundle)
    _, base = last_layer(tiny_bundle, load_tensors(tiny_bundle))
    seen, _ = make_laboratory(tiny_bundle, 200, 0.0, seed=5)
    shipped = base.probabilities(seen)
    changed = [np.abs(each.layer.probabilities(seen) - shipped).max(1).mean() for each in (few, many)]
    assert changed[0] < changed[1]


# -- what is left out -----------------------------------------------------------------------------------


def test_that_what_cannot_be_learned_from_is_told_and_the_rest_goes_on(tmp_path, cases, tiny_bundle):
    embeddings, labels = make_laboratory(tiny_bundle, 40, 3.0, seed=50)
    codes = [tiny_bundle.codes[each] for each in labels]
    other = ModelInfo("ab" * 32, "another", "1", tiny_bundle.codes)
    make_case(tmp_path / "other.mdcase", tiny_bundle, embeddings, codes, model=other)
    make_case(tmp_path / "plasma.mdcase", tiny_bundle, embeddings, ["PLM"] * 40)
    damaged, missing = tmp_path / "damaged.mdcase", tmp_path / "gone.mdcase"
    damaged.write_bytes(b"SQLite format 3\0" + b"x" * 4000)
    more = [tmp_path / "other.mdcase", tmp_path / "plasma.mdcase", damaged, missing]
    adapted, _ = _adapt([*cases, *more], tiny_bundle)
    assert adapted.better
    assert (adapted.cells, adapted.cases) == (480, 4)
    told = " ".join(adapted.left_out)
    assert "40 cells are left out, for another model proposed for them or none did: other.mdcase 40." in told
    assert "Classes that the model does not tell apart are left out: plasma cell 40." in told
    assert "damaged.mdcase" in told
    assert "gone.mdcase" in told


def _tear(path):
    """Damage the embedding of the last cell: what comes before it is read without a fault."""
    with sqlite3.connect(path) as connection:
        connection.execute(
            "UPDATE feature SET embedding = x'00' WHERE prediction = (SELECT max(id) FROM prediction)"
        )
    connection.close()


def test_that_the_same_matter_with_many_cases_is_told_in_a_few_lines(tmp_path, cases, tiny_bundle):
    other = ModelInfo("ab" * 32, "another", "1", tiny_bundle.codes)
    embeddings, labels = make_laboratory(tiny_bundle, 9, 3.0, seed=50)
    codes = [tiny_bundle.codes[each] for each in labels]
    more = [
        make_case(tmp_path / f"other {at}.mdcase", tiny_bundle, embeddings[:at], codes[:at], model=other)
        for at in range(1, 10)
    ]
    gone = [tmp_path / f"gone {at}.mdcase" for at in range(5)]
    adapted, _ = _adapt([*cases, *more, *gone], tiny_bundle)
    assert len(adapted.left_out) == 5
    assert adapted.left_out[3] == "2 more cases cannot be read."
    assert "45 cells are left out" in adapted.left_out[4]
    assert "other 9.mdcase 9, other 8.mdcase 8, other 7.mdcase 7, 6 more cases." in adapted.left_out[4]


def test_that_of_a_case_that_fails_while_it_is_read_no_cell_takes_part(tmp_path, cases, tiny_bundle):
    whole, _ = _adapt(cases[1:], tiny_bundle)
    _tear(cases[0])
    adapted, _ = _adapt(cases, tiny_bundle)
    assert (adapted.cells, adapted.cases, adapted.folds) == (360, 3, 3)
    assert "case 0.mdcase" in " ".join(adapted.left_out)
    assert adapted.results == whole.results  # cells of the torn one would be taken for the next case's


def test_that_the_same_picture_counts_once_and_not_at_all_where_readers_differ(tmp_path, tiny_bundle):
    embeddings, labels = make_laboratory(tiny_bundle, 200, 3.0)
    codes = [tiny_bundle.codes[each] for each in labels]
    first = make_case(tmp_path / "a.mdcase", tiny_bundle, embeddings, codes, pixels="same")
    others = [*codes[:190], *("LYT" if each != "LYT" else "BLA" for each in codes[190:])]
    second = make_case(tmp_path / "b.mdcase", tiny_bundle, embeddings, others, pixels="same")
    adapted, _ = _adapt([first, second], tiny_bundle)
    assert adapted.cells == 190
    assert any("10 cells are left out, for the same picture" in each for each in adapted.left_out)


def test_that_a_class_that_stands_for_several_teaches_nothing(tmp_path, cases, tiny_bundle):
    scheme = SCHEMES["blood-5"]
    joined = next(each.code for each in scheme.classes if "NGS" in each.takes)
    embeddings, _ = make_laboratory(tiny_bundle, 60, 3.0, seed=60)
    films = make_case(
        tmp_path / "film.mdcase", tiny_bundle, embeddings, [joined] * 30 + ["LYT"] * 30, scheme=scheme
    )
    adapted, _ = _adapt([*cases, films], tiny_bundle)
    assert adapted.cells == 510
    assert any(f"{scheme[joined].name} 30" in each for each in adapted.left_out)


def test_that_too_few_cells_are_refused_with_what_is_missing(tmp_path, tiny_bundle):
    paths = _cases(tmp_path, tiny_bundle, cases=1, cells=60)
    with pytest.raises(MarrowdeskError, match="60 reviewed cells") as refused:
        _adapt(paths, tiny_bundle)
    assert "100 cells are needed" in refused.value.hint
    with pytest.raises(MarrowdeskError, match=r"0 reviewed cells.*gone"):
        _adapt([tmp_path / "gone.mdcase"], tiny_bundle)


def test_that_it_can_be_stopped(cases, tiny_bundle):
    cancel = threading.Event()
    steps = adapt(cases, cancel, tiny_bundle)
    next(step for step in steps if step.stage == "fitting")
    cancel.set()
    with pytest.raises(Cancelled):
        list(steps)


def test_that_cases_are_only_read_whoever_has_them_open(cases, tiny_bundle):
    with CaseFile.open(cases[0], hold=True) as held:
        before = held.signatures(), held.acts()
        adapted, _ = _adapt(cases, tiny_bundle)
        assert adapted.better
        assert (held.signatures(), held.acts()) == before
    assert [each.cells for each in decided_cells(cases, threading.Event())] == [120] * 4


def test_that_cells_undone_or_excluded_are_not_learned_from(tmp_path, tiny_bundle):
    (path,) = _cases(tmp_path, tiny_bundle, cases=1, cells=150)
    with CaseFile.open(path) as case:
        ((number, edit),) = case.undo_history()
        case.record(edit.inverse(), undoes=number)
    (found,) = decided_cells([path], threading.Event())
    assert found.cells == 0


# -- keeping --------------------------------------------------------------------------------------------


def test_that_a_kept_model_proposes_what_was_fitted(better, tiny_bundle):
    kept = keep(better, "  Our   stain ", "A. Reader")
    assert (kept.name, kept.version, kept.cells, kept.cases) == ("Our stain", 1, 480, 4)
    assert models_here() == ([kept], [])
    bundle = load_bundle(kept.path)
    assert bundle.sha256 != tiny_bundle.sha256
    images = [np.random.default_rng(at).integers(0, 255, (80, 80, 3), np.uint8) for at in range(6)]
    base, own = (load_engine(each, "cpu").predict(images) for each in (tiny_bundle, bundle))
    np.testing.assert_allclose(own.embeddings, base.embeddings, rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(own.doubt, base.doubt, rtol=1e-2, atol=1e-3)
    np.testing.assert_allclose(own.probabilities, better.layer.probabilities(base.embeddings), atol=0.02)
    assert own.maps.shape == base.maps.shape


def test_that_the_card_says_what_it_is_and_claims_nothing_of_the_base(better, tiny_bundle):
    card = read_card(keep(better, "Our stain").path)
    assert (card.name, card.revision, card.results, card.precisions) == ("Our stain", "1", {}, ())
    assert card.adapted is not None
    assert (card.adapted.base, card.adapted.base_sha256) == (tiny_bundle.card.name, tiny_bundle.sha256)
    assert card.adapted.results == json.loads(json.dumps(better.results))
    page = (adapted_models_path() / "Our_stain-1" / "CARD.md").read_text()
    assert "Adapted to a laboratory" in page
    assert f"{better.adapted:.3f}" in page


def test_that_every_kept_model_has_a_version_and_an_identity_of_its_own(better):
    kept = [keep(better, name) for name in ("Ours", "Ours", "Theirs", "../../etc/passwd", "染色 №1")]
    assert [each.version for each in kept] == [1, 2, 1, 1, 1]
    assert len({each.sha256 for each in kept}) == 5
    assert {each.path.parent for each in kept} == {adapted_models_path()}
    assert [each.name for each in kept][-2:] == ["../../etc/passwd", "染色 №1"]
    for name in ("", " ", "x" * 200):
        with pytest.raises(MarrowdeskError, match="needs a name"):
            keep(better, name)


def test_that_all_files_of_a_kept_model_are_put_on_the_disk_as_every_system_allows_it(better, monkeypatch):
    fcntl = pytest.importorskip("fcntl")
    sync, synced = os.fsync, set()

    def note(number):
        status = os.fstat(number)
        if stat.S_ISREG(status.st_mode):  # Windows refuses a file that is open for reading only
            assert fcntl.fcntl(number, fcntl.F_GETFL) & (os.O_WRONLY | os.O_RDWR)
            synced.add(status.st_ino)
        sync(number)

    monkeypatch.setattr(os, "fsync", note)
    kept = keep(better, "Our stain")
    assert synced >= {each.stat().st_ino for each in kept.path.iterdir()}


def test_that_a_model_is_there_whole_or_not_at_all(better, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(adapted_models.os, "replace", full)
    with pytest.raises(MarrowdeskError, match="No space left"):
        keep(better, "Ours")
    assert models_here() == ([], [])
    assert list(adapted_models_path().iterdir()) == []


def test_that_a_chosen_model_is_found_and_the_shipped_one_stands_in_for_what_is_not(better, tiny_bundle):
    shipped = tiny_bundle.path
    kept = keep(better, "Ours")
    assert chosen_model("", shipped).kept is None
    assert chosen_model(kept.key, shipped).kept == kept
    save_settings(load_settings().changed(model=kept.key))
    assert chosen_model(shipped=shipped).kept == kept
    weights = kept.path / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\0")
    altered = chosen_model(kept.key, shipped)
    assert altered.bundle.sha256 == tiny_bundle.sha256
    assert "not the ones its card names" in altered.error.message
    remove(kept)
    gone = chosen_model(kept.key, shipped)
    assert gone.bundle.sha256 == tiny_bundle.sha256
    assert "not in" in gone.error.message
    assert "shipped model is used" in gone.error.hint
    assert "any more" in chosen_model("../models", shipped).error.message
    assert models_here() == ([], [])
    assert not kept.path.exists()


def test_that_a_model_made_of_an_earlier_shipped_one_is_not_used(better, tiny_bundle, tmp_path):
    from tiny_bundle import make_tiny_bundle

    kept = keep(better, "Ours")
    newer = make_tiny_bundle(tmp_path / "newer", seed=4)
    found = chosen_model(kept.key, newer.path)
    assert found.bundle.sha256 == newer.sha256
    assert f"was made of {tiny_bundle.card.name}" in found.error.message


def test_that_a_broken_model_is_told_and_the_others_are_listed(better):
    kept, broken = keep(better, "Ours"), keep(better, "Theirs")
    (broken.path / "card.json").write_text("{}")
    here = models_here()
    assert here.kept == [kept]
    (found,) = here.broken
    assert (found.path, found.name, found.version) == (broken.path, "Theirs-1", 0)
    assert "not understood" in found.why


def _remove_card(folder):
    (folder / "card.json").unlink()


def _remove_weights(folder):
    (folder / "weights.safetensors").unlink()


def _alter_weights(folder):
    weights = folder / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\0")


def _take_results(folder):
    card = json.loads((folder / "card.json").read_text())
    card["adapted"]["results"] = {"comparison": []}
    (folder / "card.json").write_text(json.dumps(card))


@pytest.mark.parametrize(
    ("damage", "name", "why"),
    [
        (_remove_card, "Ours-1", "cannot be read"),
        (_remove_weights, "Ours", "are missing"),
        (_alter_weights, "Ours", "are not the ones its card names"),
        (_take_results, "Ours-1", "is not that of an adapted model"),
    ],
)
def test_that_whatever_a_model_lacks_is_told_and_it_can_be_removed(better, tiny_bundle, damage, name, why):
    kept = keep(better, "Ours")
    damage(kept.path)
    (found,) = models_here().broken
    assert (found.path, found.name) == (kept.path, name)
    assert why in found.why
    again = keep(better, "Ours")
    assert again.version == (
        2 if name == "Ours" else 1
    )  # a version is not given twice as long as it is known
    assert chosen_model(found.key, tiny_bundle.path).error is not None
    remove(found)
    assert not kept.path.exists()
    assert models_here() == ([again], [])


def test_that_a_base_without_such_a_layer_is_refused(cases, tiny_bundle, monkeypatch):
    from marrowdesk.inference import bundle

    tensors = {name: each for name, each in bundle.load_tensors(tiny_bundle).items() if ".fc." not in name}
    monkeypatch.setattr(bundle, "load_tensors", lambda _: tensors)
    with pytest.raises(BundleError, match="no last layer"):
        _adapt(cases, tiny_bundle)


def test_that_a_case_keeps_what_its_classifier_was_adapted_from(better, tmp_path, tiny_bundle):
    """The report is made from the case alone, perhaps on a computer that has not got the model."""
    kept = keep(better, "Ours")
    folder = tmp_path / "slide"
    folder.mkdir()
    rng = np.random.default_rng(3)
    for number in range(6):
        Image.fromarray(rng.integers(60, 255, (64, 64, 3), np.uint8)).save(folder / f"{number}.png")
    with CaseFile.create(tmp_path / "later.mdcase", MARROW, "later") as case:
        list(open_slides(case, [folder], threading.Event()))
        list(analyse(case, load_engine(load_bundle(kept.path), "cpu"), case.cells(), threading.Event()))
        remove(kept)
        (used,) = snapshot(case, CountingRules()).report.method.models
        assert (used.name, used.version, used.sha256) == ("Ours", "1", kept.sha256)
        assert (used.origin.name, used.origin.sha256) == (tiny_bundle.card.name, tiny_bundle.sha256)
        assert (used.origin.cases, used.origin.cells) == (4, 480)
        assert used.origin.made == kept.made.replace(microsecond=used.origin.made.microsecond)
        card = read_card(tiny_bundle.path).model_copy(update={"results": {"accuracy": 0.8}})
        # What the base confuses says nothing of another last layer: no count is adjusted by it.
        assert snapshot(case, CountingRules(), cards=[card]).report.adjusted is None


def test_that_cells_of_an_adapted_model_from_another_computer_are_learned_from(better, tmp_path, tiny_bundle):
    """The case itself tells that the network is the same."""
    kept = keep(better, "Ours")
    origin = ModelOrigin(kept.base, kept.base_revision, kept.base_sha256, kept.made, 4, 480)
    remove(kept)
    embeddings, labels = make_laboratory(tiny_bundle, 200, 3.0, seed=70)
    codes = [tiny_bundle.codes[each] for each in labels]
    for name, told in (("theirs", origin), ("unknown", None)):
        own = ModelInfo(kept.sha256, "Theirs", "1", tiny_bundle.codes, told)
        make_case(tmp_path / f"{name}.mdcase", tiny_bundle, embeddings, codes, model=own)
    adapted, _ = _adapt([tmp_path / "theirs.mdcase"], tiny_bundle)
    assert adapted.cells == 200
    with pytest.raises(MarrowdeskError, match="200 cells are left out"):
        _adapt([tmp_path / "unknown.mdcase"], tiny_bundle)

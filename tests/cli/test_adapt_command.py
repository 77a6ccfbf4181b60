"""``marrowdesk adapt``: compares, keeps what is better, lists what is kept."""

from __future__ import annotations

import pytest
from laboratories import make_case, make_laboratory, make_proved_bundle
from tiny_bundle import make_tiny_bundle

from marrowdesk.cli import main
from marrowdesk.cli.adapt import NOT_BETTER
from marrowdesk.inference.engine import Setup
from marrowdesk.inference.loading import Wish
from marrowdesk.services import engines
from marrowdesk.store.paths import adapted_models_path


@pytest.fixture
def bundle(tmp_path):
    return make_tiny_bundle(tmp_path / "tiny")


def _cases(tmp_path, bundle, shift):
    for at in range(3):
        embeddings, labels = make_laboratory(bundle, 120, shift, seed=at)
        codes = [bundle.codes[each] for each in labels]
        yield str(make_case(tmp_path / f"case {at}.mdcase", bundle, embeddings, codes))


def test_that_a_better_model_is_kept_listed_and_counts(tmp_path, bundle, capsys):
    cases = list(_cases(tmp_path, bundle, 3.0))
    model = ["--model", str(bundle.path)]
    assert main(["adapt", *cases, *model]) == 0
    said = capsys.readouterr().out
    assert "360 cells of 3 cases, judged 3 times on cases kept back" in said
    assert said.splitlines()[-1] == "Better. Give --name to keep it."
    assert main(["adapt", "--list"]) == 0
    assert "No adapted model" in capsys.readouterr().out
    assert main(["adapt", *cases, *model, "--name", "Our stain"]) == 0
    kept = capsys.readouterr().out.splitlines()[-1].removeprefix("Better. Kept as ")
    assert kept.startswith("Our stain, version 1, made ")
    assert main(["adapt", "--list"]) == 0
    assert capsys.readouterr().out.strip() == kept


def test_that_a_model_that_cannot_be_used_is_told_with_what_to_do(capsys):
    broken = adapted_models_path() / "Ours-1"
    broken.mkdir(parents=True)
    assert main(["adapt", "--list"]) == 0
    told = capsys.readouterr()
    assert f"{broken}: The model's card" in told.err
    assert told.err.endswith("It cannot be used: delete the folder.\n")
    assert "No adapted model" in told.out


def test_that_what_was_tried_to_make_it_faster_is_told(tmp_path, capsys, monkeypatch):
    base = make_proved_bundle(tmp_path / "proved")
    fast = Wish(setup=Setup("torch", "bfloat16", 1, 32))
    monkeypatch.setattr(engines, "wished", lambda: fast)
    model = ["--model", str(base.path), "--name", "Our stain"]
    assert main(["adapt", *_cases(tmp_path, base, 3.0), *model]) == 0
    *_, speed, kept = capsys.readouterr().out.splitlines()
    assert speed.startswith("It is slower than the shipped model. With fewer digits (bfloat16)")
    assert speed.endswith("whose images are on this computer; there are 0.")
    assert kept.startswith("Better. Kept as Our stain")


def test_that_what_is_not_better_is_not_kept_and_the_exit_code_says_so(tmp_path, bundle, capsys):
    cases = list(_cases(tmp_path, bundle, 0.0))
    assert main(["adapt", *cases, "--model", str(bundle.path), "--name", "Ours"]) == NOT_BETTER
    assert capsys.readouterr().out.splitlines()[-1] == "Not better: nothing is kept."
    assert main(["adapt", "--list"]) == 0
    assert "No adapted model" in capsys.readouterr().out


def test_that_no_case_and_too_little_are_errors_that_say_what_to_do(tmp_path, bundle, capsys):
    assert main(["adapt"]) == 1
    assert "Name case files" in capsys.readouterr().err
    assert main(["adapt", str(tmp_path / "gone.mdcase"), "--model", str(bundle.path)]) == 1
    said = capsys.readouterr().err
    assert "too little to learn from" in said
    assert "gone.mdcase" in said

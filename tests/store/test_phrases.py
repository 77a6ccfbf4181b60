"""Texts of earlier reports: bounded, the latest first, and never those that name a patient."""

from __future__ import annotations

import json

import pytest

from marrowdesk.store.errors import SettingsError
from marrowdesk.store.paths import phrases_path
from marrowdesk.store.phrases import (
    LONGEST_TEXT,
    MOST_TEXTS,
    NEVER_KEPT,
    earlier_phrases,
    forget_phrases,
    remember,
)


def test_that_the_latest_text_comes_first_and_each_stands_once():
    for text in ("sternum", "iliac crest", "tibia", "iliac crest "):
        remember({"site": text})
    assert earlier_phrases().of("site") == ("iliac crest", "tibia", "sternum")


def test_that_texts_of_a_patient_are_never_written(home):
    remember(dict.fromkeys(NEVER_KEPT, "Jane Doe") | {"site": "sternum"})
    assert "Jane Doe" not in phrases_path().read_text("utf-8")
    assert earlier_phrases().of("site") == ("sternum",)
    assert {"patient_name", "patient_id", "birth_date", "accession"} <= NEVER_KEPT


def test_that_a_file_made_by_hand_completes_no_field_of_a_patient(home):
    home.mkdir()
    phrases_path().write_text(json.dumps({"fields": {"patient_name": ["Jane Doe"], "site": ["sternum"]}}))
    assert earlier_phrases().of("patient_name") == ()
    remember({"site": "tibia"})
    assert "Jane Doe" not in phrases_path().read_text("utf-8")


def test_that_the_file_stays_small():
    for number in range(MOST_TEXTS + 20):
        remember({"requester": f"Dr. {number}"})
    remember({"requester": "x" * (LONGEST_TEXT + 1), "site": "  "})
    kept = earlier_phrases()
    assert len(kept.of("requester")) == MOST_TEXTS
    assert kept.of("requester")[0] == f"Dr. {MOST_TEXTS + 19}"
    assert kept.of("site") == ()


def test_that_forgetting_leaves_no_file(home):
    forget_phrases()
    remember({"site": "sternum"})
    forget_phrases()
    assert not phrases_path().exists()
    assert earlier_phrases().of("site") == ()


@pytest.mark.parametrize(
    "content", [b"{", b"[]", b'{"fields": {"site": 7}}', b"\xff\xfe", b" " * (2**20 + 1)]
)
def test_that_a_broken_file_is_told_and_begun_anew(home, content):
    home.mkdir()
    phrases_path().write_bytes(content)
    with pytest.raises(SettingsError, match=r"phrases\.json cannot be read"):
        earlier_phrases()
    remember({"site": "sternum"})
    assert earlier_phrases().of("site") == ("sternum",)

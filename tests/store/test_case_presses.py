"""The keys of a manual count are appended, and taken back by appending."""

from __future__ import annotations

import pytest
from case_samples import case_of

from marrowdesk.core.manual import Press
from marrowdesk.store.errors import CaseRecordRefused


def test_that_a_key_is_taken_back_once_and_the_others_stand(tmp_path):
    with case_of(tmp_path / "case.mdcase", 1) as case:
        first, second = case.press(1, "BLA", "Ann"), case.press(2, "LYT", "Ann")
        case.take_back(first, "Ben")
        assert case.presses() == [second]
        for gone in (first, Press(99, 1, "BLA")):
            with pytest.raises(CaseRecordRefused, match="no key"):
                case.take_back(gone, "Ann")
        third = case.press(1, "PLM", "Ann")
        assert case.presses() == [second, third]


def test_that_a_signed_version_keeps_its_count_and_a_changed_one_has_another_hash(tmp_path):
    with case_of(tmp_path / "case.mdcase", 1) as case:
        pressed = case.press(1, "BLA", "Ann")
        signed = case.sign("Ann", "{}")
        case.reopen("Ben", "one more")
        case.press(2, "LYT", "Ben")
        case.take_back(pressed, "Ben")
        assert case.presses(signed.moment) == [pressed]
        assert [each.code for each in case.presses()] == ["LYT"]
        assert case.unaltered(signed)
        assert case.sign("Ben", "{}").state != signed.state

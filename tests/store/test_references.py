"""The laboratory's own reference ranges: kept, handed around, and refused where they are none."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.core.reference import BAIN_1996, WINTROBE
from marrowdesk.store.errors import SettingsError
from marrowdesk.store.paths import references_path
from marrowdesk.store.references import keep_own_sets, known_sets, own_sets, read_sets, write_sets

if TYPE_CHECKING:
    from pathlib import Path

OWN = replace(BAIN_1996, key="own-1", name="Ours", source="Own, 2024 <b>骨髄</b>")


def test_that_own_sets_are_kept_beside_the_settings():
    assert own_sets() == []
    keep_own_sets([OWN])
    assert own_sets() == [OWN]
    keep_own_sets([])
    assert own_sets() == []


def test_that_a_shipped_set_cannot_be_replaced_by_a_file():
    known = known_sets([OWN, replace(WINTROBE, key="bain-1996")])
    assert known["own-1"] == OWN
    assert known["bain-1996"] == BAIN_1996


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"format": "else"}', b"\xff\xfe", b'{"format": "marrowdesk-reference-ranges"}',
     json.dumps({"format": "marrowdesk-reference-ranges", "version": 1, "sets": [1]}).encode()],
)  # fmt: skip
def test_that_another_file_is_refused_with_its_name(tmp_path: Path, content: bytes):
    path = tmp_path / "other.json"
    path.write_bytes(content)
    with pytest.raises(MarrowdeskError, match="reference ranges"):
        read_sets(path)


def test_that_a_huge_file_is_not_read_whole(tmp_path: Path):
    path = tmp_path / "huge.json"
    path.write_bytes(b" " * (2**20 + 1))
    with pytest.raises(MarrowdeskError, match="too large"):
        read_sets(path)


def test_that_a_file_from_a_later_version_is_told(tmp_path: Path):
    path = tmp_path / "later.json"
    write_sets(path, [OWN])
    path.write_text(path.read_text("utf-8").replace('"version": 1', '"version": 2'), "utf-8")
    with pytest.raises(MarrowdeskError, match="version 1"):
        read_sets(path)


def test_that_a_folder_that_cannot_be_written_is_told():
    references_path().mkdir(parents=True)
    with pytest.raises(SettingsError, match="cannot be written"):
        keep_own_sets([OWN])

"""Text blocks: kept, handed around, and a bad file said plainly."""

from __future__ import annotations

import json

import pytest

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.store.blocks import (
    LONGEST_TEXT,
    TextBlock,
    keep_own_blocks,
    merged,
    own_blocks,
    read_blocks,
    write_blocks,
)
from marrowdesk.store.errors import SettingsError
from marrowdesk.store.paths import blocks_path

NORMAL = TextBlock(name="normal", text="Normal in number and\nmaturation.", field="erythropoiesis")
ANY = TextBlock(name="<b>&amp; 王", text="=1+1 \u202e 😀")


def test_that_blocks_come_back_in_their_order_as_they_were_written(tmp_path):
    assert own_blocks() == ()
    keep_own_blocks((NORMAL, ANY))
    assert own_blocks() == (NORMAL, ANY)
    write_blocks(tmp_path / "handed.json", own_blocks())
    assert read_blocks(tmp_path / "handed.json") == (NORMAL, ANY)


def test_that_joining_replaces_the_same_name_of_the_same_field_and_adds_the_rest():
    newer = NORMAL.model_copy(update={"text": "Left-shifted."})
    other = TextBlock(name="normal", text="x", field="iron")
    assert merged((NORMAL, ANY), (newer, other)) == (newer, ANY, other)
    with pytest.raises(MarrowdeskError, match="501 text blocks"):
        merged((NORMAL,), (TextBlock(name=f"{at}", text="x") for at in range(500)))


def _file(*blocks, **others):
    return json.dumps({"format": "marrowdesk-text-blocks", "version": 1, "blocks": list(blocks), **others})


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Invalid JSON"),
        (b"\xff\xfe\x00", "is no file of text blocks"),
        (b"[]", "object"),
        (b"{}", "'format'"),
        (_file(format="classes").encode(), "'format'"),
        (_file(version=2).encode(), "'version'"),
        (_file({"name": "a", "text": "b"}, {"name": "", "text": "b"}).encode(), "block 2, 'name'"),
        (_file({"name": "a\nb", "text": "b"}).encode(), "block 1, 'name'"),
        (_file({"name": "a", "text": " \n"}).encode(), "block 1, 'text'"),
        (_file({"name": "a", "text": "x" * (LONGEST_TEXT + 1)}).encode(), "block 1, 'text'"),
        (_file(*[{"name": f"{at}", "text": "x"} for at in range(501)]).encode(), "'blocks'"),
        (b" " * (2**23 + 1), "too large"),
    ],
)
def test_that_a_bad_file_says_what_is_wrong_with_it(tmp_path, content, words):
    path = tmp_path / "bad.json"
    path.write_bytes(content)
    with pytest.raises(MarrowdeskError, match=words) as caught:
        read_blocks(path)
    assert "bad.json" in caught.value.message
    assert caught.value.hint


def test_that_a_broken_file_of_ones_own_is_set_aside_and_named(home):
    home.mkdir()
    blocks_path().write_text("{")
    with pytest.raises(SettingsError, match="set aside as") as caught:
        own_blocks()
    (aside,) = home.iterdir()
    assert aside.name in caught.value.message
    assert aside.read_text() == "{"
    assert own_blocks() == ()


def test_that_a_file_that_is_not_there_or_cannot_be_written_is_said(tmp_path):
    with pytest.raises(MarrowdeskError, match="cannot be read"):
        read_blocks(tmp_path / "nowhere.json")
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="cannot be written"):
        write_blocks(tmp_path / "file" / "blocks.json", (NORMAL,))

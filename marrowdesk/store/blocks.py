"""The laboratory's own text blocks: a file beside the settings, and files to hand around."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from marrowdesk.atomic import set_aside
from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.store.errors import SettingsError
from marrowdesk.store.own_file import write_own
from marrowdesk.store.paths import blocks_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

LONGEST_NAME, LONGEST_TEXT, MOST_BLOCKS = 80, 10_000, 500
"""Characters of a name and of a text, and blocks in a file, at most."""

_MOST_BYTES = 2**23


class TextBlock(BaseModel):
    """A text that is inserted by its name.

    Attributes:
        name: what the menu calls it; one line.
        text: what is inserted.
        field: name of the header field it is meant for; empty for any.
    """

    model_config = ConfigDict(frozen=True)

    name: str = Field(min_length=1, max_length=LONGEST_NAME, pattern=r"^[^\r\n]*\S[^\r\n]*$")
    text: str = Field(min_length=1, max_length=LONGEST_TEXT, pattern=r"\S")
    field: str = Field(default="", max_length=LONGEST_NAME)


class _File(BaseModel):
    """What stands in a file of text blocks."""

    format: Literal["marrowdesk-text-blocks"]
    version: Literal[1]
    blocks: tuple[TextBlock, ...] = Field(max_length=MOST_BLOCKS)


def read_blocks(path: Path) -> tuple[TextBlock, ...]:
    """Read text blocks from a file, in the order of the menu.

    Raises:
        MarrowdeskError: it cannot be read, or is no file of text blocks; the message names the block.
    """
    return _blocks_in(path, _content(path))


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise MarrowdeskError(
            f"{path} cannot be read ({error.strerror or error}).", "Check the rights of the file."
        ) from error


def _blocks_in(path: Path, content: bytes) -> tuple[TextBlock, ...]:
    if len(content) > _MOST_BYTES:
        raise MarrowdeskError(f"{path} is too large for a file of text blocks.", "Choose another file.")
    try:
        return _File.model_validate_json(content.decode("utf-8-sig")).blocks
    except UnicodeDecodeError as error:
        raise MarrowdeskError(f"{path} is no file of text blocks.", "Choose a file exported here.") from error
    except ValidationError as error:
        raise MarrowdeskError(
            f"{path} is no file of text blocks that can be used: {_said(error)}.",
            "Choose a file exported here, or mend it.",
        ) from error


def write_blocks(path: Path, blocks: Sequence[TextBlock]) -> None:
    """Write text blocks into a file, whole or not at all.

    Raises:
        SettingsError: it cannot be written.
    """
    content = _File(format="marrowdesk-text-blocks", version=1, blocks=tuple(blocks))
    write_own(path, content.model_dump_json(indent=1).encode() + b"\n")


def own_blocks() -> tuple[TextBlock, ...]:
    """Give the laboratory's text blocks; none where there is no file yet.

    Raises:
        MarrowdeskError: the file cannot be read, or it is broken: it was then set aside under the name in
            the message, so that the next call gives none.
    """
    path = blocks_path()
    if not path.exists():
        return ()
    content = _content(path)
    try:
        return _blocks_in(path, content)
    except MarrowdeskError as error:
        raise _set_aside(path, error) from error


def _set_aside(path: Path, error: MarrowdeskError) -> SettingsError:
    try:
        aside = set_aside(path)
    except OSError:
        return SettingsError(error.message, "Delete or mend the file.")
    return SettingsError(
        f"{error.message} It was set aside as {aside.name}.",
        "Mend that file and import it, or add text blocks anew.",
    )


def keep_own_blocks(blocks: Sequence[TextBlock]) -> None:
    """Use these text blocks from now on.

    Raises:
        SettingsError: they cannot be written; the ones before stay.
    """
    write_blocks(blocks_path(), blocks)


def merged(blocks: Iterable[TextBlock], others: Iterable[TextBlock]) -> tuple[TextBlock, ...]:
    """Give blocks with others joined in: one of the same name and field is replaced, a new one comes last.

    Raises:
        MarrowdeskError: they are too many together.
    """
    joined = {(each.field, each.name): each for each in blocks}
    joined.update({(each.field, each.name): each for each in others})
    if len(joined) > MOST_BLOCKS:
        raise MarrowdeskError(
            f"Together these are {len(joined)} text blocks; {MOST_BLOCKS} can be kept.", "Delete some first."
        )
    return tuple(joined.values())


def _said(error: ValidationError) -> str:
    """Say what is wrong with a file, with the number of the block as a person counts."""
    fault = error.errors()[0]
    where = fault["loc"]
    if len(where) > 1 and where[0] == "blocks" and isinstance(where[1], int):
        part = f", {where[2]!r}" if len(where) > 2 else ""
        return f"block {where[1] + 1}{part}: {fault['msg']}"
    return f"{'.'.join(map(str, where))!r}: {fault['msg']}" if where else fault["msg"]

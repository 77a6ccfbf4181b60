"""How times, hashes, paths and reviews are written into columns and read back."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from marrowdesk.core.cell import Review, Verdict

if TYPE_CHECKING:
    from pathlib import Path

MAX_ID = 2**63 - 1
"""No row has a larger id."""

ReviewColumns = tuple[str | None, str | None, str | None, str | None]
"""Verdict, code, reader, time; all None where there is no review."""


def time_text(at: datetime) -> str:
    """Write a time as UTC, ISO 8601 with milliseconds, for example ``2025-03-01T12:00:00.000Z``.

    Raises:
        ValueError: the time has no time zone.
    """
    if at.tzinfo is None:
        raise ValueError(f"The time {at} of a decision has no time zone; it must be UTC.")
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def now_text() -> str:
    """Write the present time."""
    return time_text(datetime.now(UTC))


def time_value(text: str) -> datetime:
    """Read a time written by :func:`time_text`.

    Raises:
        ValueError: it is no time, or one without a time zone.
    """
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"The time {text} has no time zone.")
    return at


def hash_bytes(sha256: str) -> bytes:
    """Turn 64 hexadecimal digits into 32 bytes.

    Raises:
        ValueError: it is no SHA-256.
    """
    if len(sha256) != 64:
        raise ValueError(f"A SHA-256 has 64 hexadecimal digits, not {sha256!r}.")
    return bytes.fromhex(sha256)


def path_column(path: str) -> str | bytes:
    """Write a path: as text, or as bytes where the file system holds a name that is no valid Unicode."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return os.fsencode(path)
    return path


def path_text(column: str | bytes) -> str:
    """Read a path written by :func:`path_column`."""
    return column if isinstance(column, str) else os.fsdecode(column)


def relative_column(path: Path, folder: Path) -> str | bytes:
    """Write an image path relative to the folder of its slide; absolute where it lies elsewhere."""
    path = path.absolute()
    inside = path.relative_to(folder) if path.is_relative_to(folder) else path
    return path_column(inside.as_posix())


def review_columns(review: Review | None) -> ReviewColumns:
    """Write a review as four columns."""
    if review is None:
        return None, None, None, None
    return review.verdict.value, review.code, review.reader, time_text(review.at)


def review_value(verdict: str | None, code: str | None, reader: str | None, at: str | None) -> Review | None:
    """Read a review from its four columns."""
    if verdict is None or reader is None or at is None:
        return None
    return Review(Verdict(verdict), code, reader, time_value(at))

"""Segments of HL7 v2, and typed text in them: every separator is escaped, nothing is lost."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from marrowdesk.report.exchange.text import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

_ESCAPES = {"|": "\\F\\", "^": "\\S\\", "&": "\\T\\", "~": "\\R\\", "\\": "\\E\\", "\t": "\\X09\\"}
_LINE_END = re.compile("\r\n|\r|\n")
_TO_ESCAPE = re.compile(r"[|^&~\\\t]")


def escaped(text: str) -> str:
    """Write a typed text so that it stays within its field; line ends become breaks."""
    lines = _LINE_END.split(plain(text))
    return "\\.br\\".join(_TO_ESCAPE.sub(lambda found: _ESCAPES[found.group()], line) for line in lines)


def composed(*parts: str) -> str:
    """Write the components of a field; empty ones at the end are left out."""
    return "^".join(escaped(part) for part in parts).rstrip("^")


def segment(name: str, fields: Mapping[int, str]) -> str:
    """Write a segment.

    Args:
        name: its three letters.
        fields: by number from 1, with all separators of typed text escaped; others are empty.
    """
    last = max(number for number, value in fields.items() if value)
    return "|".join((name, *(fields.get(number, "") for number in range(1, last + 1))))

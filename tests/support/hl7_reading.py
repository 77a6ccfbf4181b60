"""Read an HL7 message back as a receiver would: by hl7apy's parser, then the escapes of its texts undone."""

from __future__ import annotations

import re

from hl7apy.parser import parse_message

_ESCAPES = {"F": "|", "S": "^", "T": "&", "R": "~", "E": "\\", ".br": "\n", "X09": "\t"}


def unescaped(text: str) -> str:
    """Undo the escapes of HL7 (chapter 2.7)."""
    return re.sub(r"\\([^\\]*)\\", lambda found: _ESCAPES[found.group(1)], text)


def message(content: bytes):
    """Parse a message with its groups; fails where the standard does."""
    parsed = parse_message(content.decode(), find_groups=True)
    parsed.validate()
    return parsed


def fields(content: bytes, segment: str) -> list[list[str]]:
    """Give the fields of all segments of a name as they stand, field 0 the name; MSH counts its separator."""
    rows = [line.split("|") for line in content.decode().split("\r") if line.startswith(segment)]
    return [[row[0], "|", *row[1:]] if segment == "MSH" else row for row in rows]


def components(field: str) -> list[str]:
    """Give the components of a field, their escapes undone."""
    return [unescaped(part) for part in field.split("^")]

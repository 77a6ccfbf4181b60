"""Texts that a person typed, as other programs' files can hold them; and names that files may have."""

from __future__ import annotations

import re
import unicodedata

_PICTURES = {code: 0x2400 + code for code in range(32)} | {0x7F: 0x2421}
_KEPT = ("\t", "\n", "\r")
_NO_TEXT = re.compile("[\ud800-\udfff\ufffe\uffff]")
_NO_NAME = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]+')
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")
_LONGEST_NAME = 100  # bytes; leaves room for an ending and for what is put before a draft


def plain(text: str) -> str:
    """Give a text that XML, FHIR and HL7 can hold: control characters become their pictures (␀, ␛).

    Tabs and line breaks stay. Lone surrogates, of file names that are no valid text, are written as escapes.
    """
    shown = text.translate({code: mark for code, mark in _PICTURES.items() if chr(code) not in _KEPT})
    return _NO_TEXT.sub(lambda found: f"\\u{ord(found.group()):04x}", shown)


def file_name(text: str, otherwise: str) -> str:
    """Make a name of a text that files of every system may have; ``otherwise`` where nothing is left of it.

    Separators, control and direction characters become ``_``; dots and spaces at the ends go, so that the
    name neither leads to another folder nor hides; names of Windows devices get a ``_`` before them.
    """
    name = _NO_NAME.sub("_", unicodedata.normalize("NFC", plain(text)))
    name = name.encode()[:_LONGEST_NAME].decode(errors="ignore").strip(" ._")
    if not name:
        return otherwise
    return f"_{name}" if _DEVICES.match(name) else name

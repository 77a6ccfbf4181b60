"""Who answers for the report: lines to sign on, or who signed it in the program, when, and what exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marrowdesk.report.pdf.layout import AtBottom, Element, Text
from marrowdesk.report.pdf.masthead import long_field
from marrowdesk.report.pdf.styles import INK, LABEL, VALUE
from marrowdesk.report.words import moment

if TYPE_CHECKING:
    from marrowdesk.report.document import Report
    from marrowdesk.report.pdf.paper import Paper

_SHARES = (0.36, 0.34, 0.3)
_BETWEEN = 16.0
_HASH_GROUP = 16


class Signature(Element):
    """Reader, signature and date on a line each; below, where it is signed, the hash of what was signed.

    Args:
        lines: label and text of each line; an empty text leaves the line to a hand.
        below: a sentence below the lines; empty for none.
    """

    def __init__(self, lines: tuple[tuple[str, str], ...], below: str = "") -> None:
        self._lines = lines
        self._below = below

    def height(self, width: float) -> float:
        """Give the height with room for a hand."""
        return 44.0 if self._below else 34.0

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw a line for each."""
        y, left = top - 24, x
        room = width - _BETWEEN * (len(_SHARES) - 1)
        for (label, text), share in zip(self._lines, _SHARES, strict=True):
            paper.rule(left, y, room * share, INK, 0.6)
            paper.text(label, left, y - 9, LABEL)
            paper.text(text, left, y + 3.5, VALUE, width=room * share)
            left += room * share + _BETWEEN
        if self._below:
            paper.text(self._below, x, y - 19, LABEL, width=width)


def signature_section(report: Report, width: float) -> list[Element]:
    """Give who answers for the report; a name too long for its line is printed in full above."""
    signed = report.signed
    if signed is None:
        name, section = (
            report.reader,
            Signature((("Read by", report.reader), ("Signature", ""), ("Date", ""))),
        )
    else:
        name = f"{signed.reader}, {signed.role}" if signed.role else signed.reader
        state = " ".join(
            signed.state[at : at + _HASH_GROUP] for at in range(0, len(signed.state), _HASH_GROUP)
        )
        section = Signature(
            (
                ("Read and signed by", name),
                ("Signature", f"signed in the program, version {report.version}"),
                ("Date", moment(signed.at)),
            ),
            f"State of the case that was signed: SHA-256 {state}",
        )
    signature = AtBottom(section, gap=6)
    line = (width - _BETWEEN * (len(_SHARES) - 1)) * _SHARES[0]
    if Text(name, VALUE, most=1).fits(line):
        return [signature]
    return [long_field("Read by", name), signature]

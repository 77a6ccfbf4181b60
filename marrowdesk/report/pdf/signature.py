"""Who answers for the report: lines to sign on, or who signed it in the program, when, and what exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marrowdesk.report.pdf.fields import long_field
from marrowdesk.report.pdf.layout import Element, Text
from marrowdesk.report.pdf.method import grouped
from marrowdesk.report.pdf.pagination import AtBottom
from marrowdesk.report.pdf.styles import INK, LABEL, VALUE

if TYPE_CHECKING:
    from marrowdesk.report.pdf.edition import Edition
    from marrowdesk.report.pdf.paper import Paper

_SHARES = (0.36, 0.34, 0.3)
_BETWEEN = 16.0
_LEAST = 7.0


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
            paper.text(text, left, y + 3.5, VALUE, width=room * share, least=_LEAST)
            left += room * share + _BETWEEN
        if self._below:
            paper.text(self._below, x, y - 19, LABEL, width=width, least=5.8)


def _signature(edition: Edition) -> tuple[str, Signature]:
    """Give the name of who answers for the report, and the lines."""
    report, say = edition.report, edition.say
    signed = report.signed
    if signed is None:
        lines = ((say("Read by"), report.reader), (say("Signature"), ""), (say("Date"), ""))
        return report.reader, Signature(lines)
    name = f"{signed.reader}, {signed.role}" if signed.role else signed.reader
    how = say("signed in the program, version {}").format(report.version)
    lines = (
        (say("Read and signed by"), name),
        (say("Signature"), how),
        (say("Date"), edition.words.moment(signed.at)),
    )
    hashed = f"SHA-256 {grouped(signed.state)}"
    return name, Signature(lines, edition.words.told(say("State of the case that was signed"), hashed))


def signature_section(edition: Edition, width: float) -> list[Element]:
    """Give who answers for the report, at the bottom of its page; a long name is printed in full above."""
    name, lines = _signature(edition)
    signature = AtBottom(lines, gap=6)
    room = (width - _BETWEEN * (len(_SHARES) - 1)) * _SHARES[0]
    if Text(name, VALUE.sized(_LEAST), most=1).fits(room):
        return [signature]
    return [long_field(edition.say("Read by"), name), signature]


def signature_here(edition: Edition, width: float) -> list[Element]:
    """Give the same where it comes to lie."""
    *above, signature = signature_section(edition, width)
    assert isinstance(signature, AtBottom)
    return [*above, signature.element]

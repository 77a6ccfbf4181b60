"""Lines to sign on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marrowdesk.report.pdf.layout import AtBottom, Element, Text
from marrowdesk.report.pdf.masthead import long_field
from marrowdesk.report.pdf.styles import INK, LABEL, VALUE

if TYPE_CHECKING:
    from marrowdesk.report.pdf.paper import Paper

_SHARES = (("Read by", 0.4), ("Signature", 0.38), ("Date", 0.22))
_BETWEEN = 16.0


class Signature(Element):
    """Name, signature and date of the reader; the name is printed where it is known.

    Args:
        reader: name of the reader; empty for a line to be filled by hand.
    """

    def __init__(self, reader: str) -> None:
        self._reader = reader

    def height(self, width: float) -> float:
        """Give the height with room for a hand."""
        return 34.0

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw a line for each."""
        y = top - 24
        room = width - _BETWEEN * (len(_SHARES) - 1)
        for label, share in _SHARES:
            paper.rule(x, y, room * share, INK, 0.6)
            paper.text(label, x, y - 9, LABEL)
            if label == _SHARES[0][0]:
                paper.text(self._reader, x, y + 3.5, VALUE, width=room * share)
            x += room * share + _BETWEEN


def signature_section(reader: str, width: float) -> list[Element]:
    """Give the lines to sign on; a name too long for its line is printed in full above them."""
    line = (width - _BETWEEN * (len(_SHARES) - 1)) * _SHARES[0][1]
    signature = AtBottom(Signature(reader), gap=6)
    if Text(reader, VALUE, most=1).fits(line):
        return [signature]
    return [long_field(_SHARES[0][0], reader), signature]

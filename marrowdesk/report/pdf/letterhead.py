"""The top of the first page: institution with its logo, the kind of document, the case and the moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marrowdesk.report.pdf.layout import Element, Text
from marrowdesk.report.pdf.logo import Logo
from marrowdesk.report.pdf.styles import BRAND, INSTITUTION, LABEL, TITLE, VALUE

if TYPE_CHECKING:
    from marrowdesk.report.pdf.edition import Edition
    from marrowdesk.report.pdf.paper import Paper

_UNITS = 12
_BETWEEN = 10.0
_LOGO = 40.0
_LOGO_SHARE = 0.45


class Letterhead(Element):
    """Institution, logo, title of the document, name of the case and the moment it was frozen.

    Attributes:
        cut_off: label and text of what is too long for its place.
    """

    def __init__(self, edition: Edition, width: float) -> None:
        report, words = edition.report, edition.words
        self._title = edition.title
        self._case = edition.say("Case")
        self._reported = edition.say("Reported {}").format(words.moment(report.made_at))
        self._logo = None if report.logo is None else Logo(report.logo, width * _LOGO_SHARE, _LOGO)
        beside = self._logo.width + _BETWEEN if self._logo else 0.0
        self._institution = Text(report.header.institution.strip(), INSTITUTION, most=2)
        self._empty = not report.header.institution.strip()
        self._room = width - beside
        self._name = Text(report.title, VALUE.strong(), most=2)
        self.cut_off: list[tuple[str, str]] = []
        if not self._institution.fits(self._room):
            self.cut_off.append((edition.label("institution"), report.header.institution))
        if not self._name.fits(width - self._left(width)):
            self.cut_off.append((self._case, report.title))

    @staticmethod
    def _left(width: float) -> float:
        return (width + _BETWEEN) * 8 / _UNITS

    def _head(self) -> float:
        text = 0.0 if self._empty else self._institution.height(self._room)
        highest = max(text, self._logo.height if self._logo else 0.0)
        return highest + 5 if highest else 0.0

    def height(self, width: float) -> float:
        """Give the height of letterhead and title."""
        beside = LABEL.leading + self._name.height(width - self._left(width)) + LABEL.leading + 2
        return self._head() + 8 + max(TITLE.leading, beside) + 4

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw them, with a strong rule between letterhead and title."""
        paper.bookmark(self._title, top)
        if head := self._head():
            if self._logo:
                self._logo.draw(paper, x + width - self._logo.width, top - head + 5)
            if not self._empty:  # it stands on the rule, as the logo does
                bottom = top - head + 5
                self._institution.draw(paper, x, bottom + self._institution.height(self._room), self._room)
            top -= head
        paper.rule(x, top, width, BRAND, 1.4)
        top -= 8
        left = self._left(width)
        paper.text(self._title, x, top - TITLE.size, TITLE, width=left - _BETWEEN)
        paper.text(self._case, x + left, top - LABEL.size, LABEL)
        top -= LABEL.leading
        self._name.draw(paper, x + left, top, width - left)
        top -= self._name.height(width - left) + 2
        paper.text(self._reported, x + left, top - LABEL.size, LABEL, width=width - left)

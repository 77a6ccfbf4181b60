"""What must be known before the numbers: key figures, and sentences that must not be overlooked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marrowdesk.report.pdf.edition import labels
from marrowdesk.report.pdf.layout import Element, Text
from marrowdesk.report.pdf.styles import BODY, FIGURE, GAP, INK, LABEL, RULE, TINT
from marrowdesk.report.words import capital

if TYPE_CHECKING:
    from marrowdesk.core.differential import Alert
    from marrowdesk.report.document import Amends
    from marrowdesk.report.pdf.edition import Edition
    from marrowdesk.report.pdf.paper import Paper

_MOST_LINES = 6
_WORDS = 88.0


class KeyFigures(Element):
    """What a reader looks for first: how many cells, and how many of them a person has seen."""

    gap = GAP - 2

    def __init__(self, edition: Edition) -> None:
        found, words = edition.report.differential, edition.words
        self._figures = (
            (edition.counted, str(found.counted), edition.say("target {}").format(found.rules.target)),
            (
                edition.say("Reviewed by a reader"),
                str(found.reviewed),
                words.share_of(found.reviewed, found.total),
            ),
            (edition.say("Changed by the reader"), str(found.changed), edition.say("proposals")),
            (edition.say("Smears"), *_smears(edition)),
        )

    def height(self, width: float) -> float:
        """Give the height of the strip."""
        return 35.0

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw the figures in a tinted strip."""
        bottom = top - self.height(width)
        paper.box(x, bottom, width, self.height(width), fill=TINT)
        room = width / len(self._figures)
        for at, (label, figure, note) in enumerate(self._figures):
            left = x + at * room + 9
            if at:
                paper.stroke([(left - 9, bottom + 6), (left - 9, top - 6)], RULE)
            paper.text(label, left, top - 10.5, LABEL, width=room - 12)
            drawn = paper.text(figure, left, top - 27, FIGURE)
            paper.text(note, left + drawn + 5, top - 27, LABEL, width=room - drawn - 20)


def _smears(edition: Edition) -> tuple[str, str]:
    """Give the number of smears, and how many cells they hold, those counted by eye apart from the others."""
    slides, manual, words = edition.report.slides, edition.report.manual, edition.words
    cells = words.cells(sum(each.cells for each in slides))
    if manual is None or not manual.included:
        return str(len(slides)), edition.say("{} in all").format(cells)
    by_eye = manual.whole.total
    if not slides:
        return str(len(manual.smears)), edition.say("{} by eye").format(words.cells(by_eye))
    return str(len(slides)), edition.say("{cells} + {by_eye} by eye").format(cells=cells, by_eye=by_eye)


class Notices(Element):
    """Sentences, each with a word before it, in a frame with a strong edge.

    Args:
        sentences: pairs of word and sentence; at least one.
        most: most lines of a sentence.
    """

    gap = 7.0

    def __init__(self, sentences: list[tuple[str, str]], most: int = _MOST_LINES) -> None:
        self._rows = [(word, Text(sentence, BODY, most=most)) for word, sentence in sentences]

    @staticmethod
    def _inner(width: float) -> float:
        return width - _WORDS - 8

    def cuts(self, width: float) -> bool:
        """Say whether a sentence does not fit."""
        return not all(text.fits(self._inner(width)) for _, text in self._rows)

    def height(self, width: float) -> float:
        """Give the height of the frame."""
        return sum(text.height(self._inner(width)) for _, text in self._rows) + 8

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw words and sentences in the frame."""
        height = self.height(width)
        paper.box(x, top - height, width, height, edge=INK, thickness=0.7)
        paper.box(x, top - height, 4, height, fill=INK)
        top -= 4
        for word, text in self._rows:
            paper.text(word, x + 12, top - BODY.size, BODY.strong(), width=_WORDS - 16)
            text.draw(paper, x + _WORDS, top, self._inner(width))
            top -= text.height(self._inner(width))


def sentences(edition: Edition) -> list[tuple[str, str]]:
    """Give what a reader must know before the numbers, as pairs of word and sentence."""
    report, words = edition.report, edition.words
    found = report.differential
    said: list[tuple[str, str]] = []
    if report.amends:
        said += _amendment(edition, report.amends)
    if report.past:
        shown = edition.say(
            "The case as it was after act {act}, by {reader} on {time}; not its present state"
        )
        past = report.past
        said.append(
            (
                edition.say("EARLIER"),
                shown.format(act=past.act, reader=past.reader, time=words.moment(past.at)),
            )
        )
    said += _alerts(edition)
    if report.repeated:
        twice = edition.say(
            "{} showing the very image of another cell of this case, counted once more: to be excluded if "
            "added by mistake"
        )
        said.append((edition.say("REPEATED"), twice.format(words.cells(report.repeated))))
    if report.unreviewed:
        preliminary = report.preliminary and not report.amends  # else it is said above
        word = edition.say("PRELIMINARY") if preliminary else edition.say("UNREVIEWED")
        left = edition.say("{part} of {whole} cells not reviewed by a reader")
        said.append((word, left.format(part=report.unreviewed, whole=found.total)))
        if report.doubt and report.doubt.foreign:
            said.append((edition.say("UNFAMILIAR"), foreign(edition)))
    if report.signed and report.signed.hindrances:
        against = [words.hindrance(kind, count) for kind, count in report.signed.hindrances]
        spite = edition.say("Signed in spite of {what}. Reason: {reason}")
        said.append(
            (
                edition.say("OVERRIDDEN"),
                spite.format(what=words.parts(against), reason=report.signed.reason),
            )
        )
    if found.unresolved:
        open_cells = edition.say("{} not identifiable: to be given a class or dismissed")
        said.append((edition.say("UNRESOLVED"), open_cells.format(words.cells(found.unresolved))))
    return said


def foreign(edition: Edition) -> str:
    """Give what is said of slides of which far more cells are unfamiliar than at home."""
    return edition.say("The classifier does not know slides like these and errs more often on them.")


def _alerts(edition: Edition) -> list[tuple[str, str]]:
    alerts = edition.report.differential.alerts()
    return [(edition.say("ALERT"), _alert(edition, each)) for each in alerts]


def _alert(edition: Edition, found: Alert) -> str:
    """Call for a reader where nobody has looked; say of the other cells that a reader gave them the class."""
    words, known = edition.words, found.cell_class
    given = edition.say("{} given this class by a reader").format(words.cells(found.reviewed))
    if not found.left:
        names = capital(words.plural(known.name))
        return words.told(edition.say("{} found").format(names), given)
    told = words.cells(found.left)
    if found.reviewed:
        told = words.parts([edition.say("{} not yet reviewed").format(told), given])
    return f"{edition.say(known.alert)} ({told})"


def _amendment(edition: Edition, amends: Amends) -> list[tuple[str, str]]:
    """Say what a report takes the place of, or will once it is signed, and why; below that, what changed.

    What changed has lines of its own: a long reason never pushes it out.
    """
    words = edition.words
    if edition.report.signed:
        word = edition.say("AMENDED")
        instead = edition.say(
            "Version {version}, in place of version {before} that {reader} signed on {time}."
        )
    else:
        word = edition.say("PRELIMINARY")
        instead = edition.say(
            "Reopened, not signed; is to be version {version} and to replace version {before} that {reader} "
            "signed on {time}."
        )
    replaced = instead.format(
        version=amends.version + 1,
        before=amends.version,
        reader=amends.reader,
        time=words.moment(amends.at),
    )
    reopened = edition.say("Reopened by {reader} on {time} (“{reason}”).").format(
        reader=amends.reopened_by, time=words.moment(amends.reopened_at), reason=amends.reason
    )
    change = edition.say("Changed: {}.").format(words.differences(amends.changed, labels()))
    return [(word, words.sentences((replaced, reopened))), ("", change)]


def notices(edition: Edition) -> list[Element]:
    """Give the sentences in their frame; nothing where there are none."""
    said = sentences(edition)
    return [Notices(said)] if said else []

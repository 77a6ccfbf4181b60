"""The sentences beside the table: where the count stands against thresholds, how much was reviewed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from marrowdesk.app import numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marrowdesk.core.differential import Alert, Differential, Ratio, ThresholdMark
    from marrowdesk.core.outlook import Outlook

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a share stands against its thresholds.

    Attributes:
        name: what is counted.
        text: a sentence: ``blasts 18.2 % (14.9–21.9): above 10 %, crosses 20 %``.
        reached: whether the share lies above or across one of them.
        source: who set the thresholds.
        codes: the classes summed.
    """

    name: str
    text: str
    reached: bool
    source: str
    codes: tuple[str, ...]


def thresholds(counted: Differential) -> list[Standing]:
    """Say where each share stands against its thresholds; nothing while nothing is counted.

    Of the thresholds that the whole interval has passed only the highest is named, then all that it
    crosses; when it reaches none, the lowest one, as not reached.
    """
    names = dict.fromkeys(mark.threshold.name for mark in counted.marks)
    return [_standing([mark for mark in counted.marks if mark.threshold.name == name]) for name in names]


def _standing(marks: list[ThresholdMark]) -> Standing:
    above = [mark for mark in marks if mark.side == "above"]
    crosses = [mark for mark in marks if mark.side == "crosses"]
    named = [*above[-1:], *crosses] or marks[:1]
    words = {
        "above": translate("DifferentialPanel", "above {}"),
        "crosses": translate("DifferentialPanel", "crosses {}"),
        "below": translate("DifferentialPanel", "below {}"),
    }
    sides = [words[mark.side].format(numbers.whole_percent(mark.threshold.percent)) for mark in named]
    share, first = marks[0].share, marks[0].threshold
    value = f"{numbers.percent_sign(share.percent)} ({numbers.interval(share.low, share.high)})"
    text = f"{first.name} {value}: {', '.join(sides)}"
    return Standing(first.name, text, bool(above or crosses), first.source, first.codes)


def non_erythroid(counted: Differential) -> str:
    """Give blasts as a share of the non-erythroid cells; empty where that is not asked for."""
    share = counted.non_erythroid
    if share is None or share.percent is None:
        return ""
    return translate("DifferentialPanel", "of all but erythroid cells {} ({})").format(
        numbers.percent_sign(share.percent), numbers.interval(share.low, share.high)
    )


def equivalents(counted: Differential) -> str:
    """Name the classes that count with the blasts, as far as there are cells of them; empty for none."""
    names = [f"{row.name} {numbers.count(row.share.count)}" for row in counted.equivalents()]
    return translate("DifferentialPanel", "with them: {}").format(", ".join(names)) if names else ""


def alerts(counted: Differential) -> list[str]:
    """Say of which classes with an alert there are cells; a reader is called for where none has looked."""
    return [_alert(each) for each in counted.alerts()]


def _alert(found: Alert) -> str:
    known = found.cell_class
    given = translate("DifferentialPanel", "{} given by a reader").format(numbers.count(found.reviewed))
    if not found.left:
        name = f"{known.name[:1].upper()}{known.name[1:]}"
        return translate("DifferentialPanel", "{}: {}").format(name, given)
    told = translate("DifferentialPanel", "{} not reviewed").format(numbers.count(found.left))
    return f"{known.alert} ({', '.join([told, given] if found.reviewed else [told])})"


@dataclass(frozen=True, slots=True)
class Prospect:
    """What the review of the rest can still do at the thresholds of one share.

    Attributes:
        text: a sentence.
        tip: what it rests on.
        listed: what the cells are, where some would settle it; for the gallery.
        cells: numbers of the cells whose review would settle it; empty where none is named.
    """

    text: str
    tip: str
    listed: str = ""
    cells: tuple[int, ...] = ()


def prospects(found: Sequence[Outlook], name: str) -> list[Prospect]:
    """Say of the thresholds of one share whether cells not reviewed can still change the side.

    Args:
        found: one for each threshold.
        name: what is counted.
    """
    own = [each for each in found if each.threshold.name == name]
    if not own:
        return []
    low, high = own[0].low, own[0].high
    if not all(each.known for each in own):
        text = translate(
            "DifferentialPanel", "The classifier cannot propose {}: only a review of all cells tells"
        )
        return [
            Prospect(
                text.format(name),
                translate("DifferentialPanel", "Cells that are not reviewed may hold some."),
            )
        ]
    tip = translate(
        "DifferentialPanel",
        "Drawn from the probabilities of the cells not reviewed and the shares of this case. Sampling and "
        "what is open together: {} % (95 %). It does not cover a stain in which the classifier errs more "
        "than was measured.",
    ).format(numbers.interval(low, high))
    unsettled = [each for each in own if not each.settled]
    if not unsettled:
        sure = 100 * min(each.sure for each in own)
        over = sure > 99  # never said to be quite sure
        text = (
            translate("DifferentialPanel", "A review of the rest will hardly change this (over {} sure)")
            if over
            else translate("DifferentialPanel", "A review of the rest will hardly change this ({} sure)")
        )
        return [Prospect(text.format(numbers.whole_percent(99 if over else round(sure))), tip)]
    return [_open(each, tip) for each in unsettled]


def _open(outlook: Outlook, tip: str) -> Prospect:
    percent, cells = numbers.whole_percent(outlook.threshold.percent), len(outlook.decisive)
    if cells == 1:
        text = translate("DifferentialPanel", "{} is still open: 1 cell would settle it – show it")
    else:
        text = translate("DifferentialPanel", "{} is still open: {} cells would settle it – show them")
    listed = translate("DifferentialPanel", "Decisive: {} {}").format(outlook.threshold.name, percent)
    return Prospect(text.format(percent, numbers.count(cells)), tip, listed, outlook.decisive)


def ratio(value: Ratio) -> str:
    """Write a ratio with its interval: ``M:E ratio 3.21 (2.60–3.98)``."""
    if value.value is None:
        return translate("DifferentialPanel", "{} not computable").format(value.name)
    return f"{value.name} {numbers.ratio(value.value)} ({numbers.interval(value.low, value.high, 2)})"


def progress(counted: Differential) -> str:
    """Say how far the count is: ``412 of 500 counted, 120 reviewed``."""
    return translate("DifferentialPanel", "{} of {} counted, {} reviewed").format(
        numbers.count(counted.counted),
        numbers.count(counted.rules.target),
        numbers.count(counted.counted_reviewed),
    )


def review(counted: Differential) -> str:
    """Say how much of the case was reviewed and how much of that changed."""
    share = numbers.percent_sign(100 * counted.reviewed / counted.total) if counted.total else numbers.NOTHING
    text = translate("DifferentialPanel", "Reviewed {} of {} cells ({}), changed {}").format(
        numbers.count(counted.reviewed), numbers.count(counted.total), share, numbers.count(counted.changed)
    )
    if counted.unresolved:
        text += " · " + translate("DifferentialPanel", "{} not identified").format(
            numbers.count(counted.unresolved)
        )
    if counted.unfamiliar:
        text += " · " + translate("DifferentialPanel", "{} unfamiliar").format(
            numbers.count(counted.unfamiliar)
        )
    return text


def no_ranges(counted: Differential) -> str:
    """Say why no reference ranges are held against the count; empty where they are, or there are none."""
    rules = counted.rules
    if not rules.ranges_left_out:
        return ""
    if rules.age_unclear:
        return translate(
            "DifferentialPanel",
            "No reference ranges: the dates in the report leave open how old the patient is",
        )
    return translate(
        "DifferentialPanel", "No reference ranges: {} does not hold for the patient's age"
    ).format(rules.references.name)


def agreement(counted: Differential) -> str:
    """Compare with the labels of the folders; empty where there are none."""
    if not counted.compared:
        return ""
    return translate("DifferentialPanel", "Same as folder label: {} of {} ({})").format(
        numbers.count(counted.agreeing),
        numbers.count(counted.compared),
        numbers.percent_sign(100 * counted.agreeing / counted.compared),
    )

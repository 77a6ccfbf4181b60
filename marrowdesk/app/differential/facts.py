"""The sentences beside the table: where the count stands against thresholds, how much was reviewed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from marrowdesk.app import numbers

if TYPE_CHECKING:
    from marrowdesk.core.differential import Differential, Ratio, ThresholdMark

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a share stands against its thresholds.

    Attributes:
        name: what is counted.
        text: a sentence: ``blasts 18.2 % (14.9–21.9): above 10 %, crosses 20 %``.
        reached: whether the share lies above or across one of them.
        source: who set the thresholds.
    """

    name: str
    text: str
    reached: bool
    source: str


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
    return Standing(first.name, text, bool(above or crosses), first.source)


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


def agreement(counted: Differential) -> str:
    """Compare with the labels of the folders; empty where there are none."""
    if not counted.compared:
        return ""
    return translate("DifferentialPanel", "Same as folder label: {} of {} ({})").format(
        numbers.count(counted.agreeing),
        numbers.count(counted.compared),
        numbers.percent_sign(100 * counted.agreeing / counted.compared),
    )

"""What is said of a gain: its interval, and why it is not enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from marrowdesk.app import numbers
from marrowdesk.services.adapting import MOST_WORSE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from marrowdesk.services.adapted_models import Gain
    from marrowdesk.services.adapting import Adapted

translate = QCoreApplication.translate


def interval(gain: Gain) -> str:
    """Write the interval in percent points; a dash would look like one more minus: ``+1.2 to +5.4``."""
    return translate("ResultView", "{} to {}").format(numbers.points(gain.low), numbers.points(gain.high))


def origin(cells: int, cases: int) -> str:
    """Say from how much something was learned: ``1,240 cells of 6 cases``."""
    if cases == 1:
        return translate("ResultView", "{} cells of 1 case").format(numbers.count(cells))
    return translate("ResultView", "{} cells of {} cases").format(numbers.count(cells), numbers.count(cases))


def verdict(adapted: Adapted) -> str:
    """Say in one sentence whether it is better, and by how much."""
    value = round(adapted.gain.value, 1)
    if adapted.better:
        text = translate(
            "ResultView",
            "Better: it names {} percent points more of the cells as your readers do (95 %: {}).",
        )
    elif value < 0:
        text = translate(
            "ResultView",
            "Not better: it names {} percent points less of the cells as your readers do (95 %: {}).",
        )
    else:
        text = translate(
            "ResultView",
            "Not better: it names {} percent points more of the cells as your readers do (95 %: {}).",
        )
    return text.format(f"{abs(value):.1f}", interval(adapted.gain))


def reasons(adapted: Adapted) -> str:
    """Say why it cannot be kept; empty where it can."""
    return "" if adapted.better else " ".join(_against(adapted))


def basis(adapted: Adapted) -> str:
    """Say on what the two were compared."""
    measured = translate("ResultView", "On {} the shipped model names {} so, the adapted one {}.").format(
        origin(adapted.cells, adapted.cases),
        numbers.percent_sign(100 * adapted.shipped),
        numbers.percent_sign(100 * adapted.adapted),
    )
    if adapted.by_case:
        fair = translate("ResultView", "Each cell was judged by a model that had not learned from its case.")
    else:
        fair = translate("ResultView", "Each cell was judged by a model that had not learned from it.")
    return f"{measured} {fair}"


def _against(adapted: Adapted) -> Iterator[str]:
    """Say what stands against keeping it, and what can be done."""
    if adapted.gain.value <= 0:
        yield translate("ResultView", "It gains nothing on these cells.")
    elif adapted.gain.low <= 0:
        yield translate("ResultView", "So small a gain may be chance; more reviewed cells can settle it.")
    if adapted.recall_gain.value < 0:
        yield translate(
            "ResultView", "On average over the classes it finds fewer cells ({} percent points)."
        ).format(numbers.points(adapted.recall_gain.value))
    if adapted.calibration[1] - adapted.calibration[0] > MOST_WORSE:
        yield translate("ResultView", "Its percentages tell worse than the shipped model's how sure it is.")
    yield translate("ResultView", "So it cannot be kept, and nothing changes.")

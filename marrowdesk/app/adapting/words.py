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
    return translate("adapting", "{} to {}").format(numbers.points(gain.low), numbers.points(gain.high))


def origin(cells: int, cases: int) -> str:
    """Say from how much something was learned: ``1,240 cells of 6 cases``."""
    if cases == 1:
        return translate("adapting", "{} cells of 1 case").format(numbers.count(cells))
    return translate("adapting", "{} cells of {} cases").format(numbers.count(cells), numbers.count(cases))


def verdict(adapted: Adapted) -> str:
    """Say in one sentence whether it is better, and by how much."""
    if adapted.better:
        text = translate(
            "adapting", "Better. Named as your readers do: {} percent points of the cells (95 % interval {})."
        )
    else:
        text = translate(
            "adapting",
            "Not better. Named as your readers do: {} percent points of the cells (95 % interval {}).",
        )
    return text.format(numbers.points(adapted.gain.value), interval(adapted.gain))


def basis(adapted: Adapted) -> str:
    """Say what was compared, on what, and why it is not kept where it is not."""
    measured = translate("adapting", "On {} the shipped model names {} so, the adapted one {}.").format(
        origin(adapted.cells, adapted.cases),
        numbers.percent_sign(100 * adapted.shipped),
        numbers.percent_sign(100 * adapted.adapted),
    )
    fair = (
        translate("adapting", "Each cell was judged by a model that had not learned from its case.")
        if adapted.by_case
        else translate("adapting", "Each cell was judged by a model that had not learned from it.")
    )
    return " ".join((measured, fair, *([] if adapted.better else _against(adapted))))


def _against(adapted: Adapted) -> Iterator[str]:
    """Say what stands against keeping it, and what can be done."""
    if adapted.gain.value <= 0:
        yield translate("adapting", "It gains nothing on these cells.")
    elif adapted.gain.low <= 0:
        yield translate("adapting", "So small a gain may be chance; more reviewed cells can settle it.")
    if adapted.recall_gain.value < 0:
        yield translate(
            "adapting", "On average over the classes it finds fewer cells ({} percent points)."
        ).format(numbers.points(adapted.recall_gain.value))
    if adapted.calibration[1] - adapted.calibration[0] > MOST_WORSE:
        yield translate("adapting", "Its percentages tell worse than the shipped model's how sure it is.")
    yield translate("adapting", "So it cannot be kept, and nothing changes.")

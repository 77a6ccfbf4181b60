"""The curves of a training run as a picture: loss, rate, speed, and what was measured on the way."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from marrowdesk.atomic import write_atomically
from marrowdesk.training.checkpoint import writing
from marrowdesk.training.log import read_log

if TYPE_CHECKING:
    from pathlib import Path

CURVES = "curves.png"
_PANELS = (
    ("loss", ("loss",)),
    ("on held-out cells", ("macro_f1", "mean_recall")),
    ("learning rate", ("rate",)),
    ("images / s", ("images_per_second",)),
)
_NAMES = {"macro_f1": "macro F1", "mean_recall": "mean recall"}
_COLOURS = ("#1f5fa8", "#c2571a")


def draw_curves(folder: Path) -> None:
    """Write ``curves.png`` of a run's log beside it; panels without a value are left out.

    Raises:
        MarrowdeskError: the picture cannot be written.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    series = read_log(folder)
    panels = [(label, names) for label, names in _PANELS if any(series[name] for name in names)]
    if not panels:
        return
    height = 0.9 + 2.0 * len(panels)
    # Margins by hand: an automatic layout takes longer than all the rest, at every checkpoint.
    margins = {"left": 0.14, "right": 0.98, "top": 1 - 0.35 / height, "bottom": 0.55 / height, "hspace": 0.12}
    figure = Figure(figsize=(8, height))
    FigureCanvasAgg(figure)
    grid = {"sharex": True, "squeeze": False, "gridspec_kw": margins}
    axes = figure.subplots(len(panels), 1, **grid)[:, 0]
    for axis, (label, names) in zip(axes, panels, strict=True):
        for name, colour in zip(names, _COLOURS, strict=False):
            steps, values = zip(*series[name], strict=True)
            marker = "o" if len(steps) < 30 else ""
            axis.plot(steps, values, color=colour, marker=marker, markersize=3, label=_NAMES.get(name))
        axis.set_ylabel(label)
        axis.yaxis.set_label_coords(-0.125, 0.5)
        axis.grid(alpha=0.3)
        axis.margins(x=0.01)
        if len(names) > 1:
            axis.legend(loc="lower right", frameon=False)
    axes[-1].set_xlabel("step")
    axes[0].set_title(folder.resolve().name)
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=110)
    with writing(folder / CURVES):
        write_atomically(folder / CURVES, picture.getvalue())

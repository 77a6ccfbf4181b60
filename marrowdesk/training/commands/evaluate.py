"""``marrowdesk evaluate``: measure a model bundle on labelled cells."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from marrowdesk.training.commands.options import Defaults, add_data, read_cells

if TYPE_CHECKING:
    import argparse

    from marrowdesk.training.commands.options import Parsers


def add_command(subparsers: Parsers) -> None:
    """Add ``evaluate`` and its options."""
    parser = subparsers.add_parser(
        "evaluate",
        help="measure a model bundle on labelled cells",
        description="Measure a bundle on held-out cells, decoded and classified as the program does it.",
        formatter_class=Defaults,
    )
    add_data(parser)
    parser.add_argument("--bundle", type=Path, required=True, help="folder of the bundle")
    parser.add_argument("--json", type=Path, help="also write the results to this file")
    parser.add_argument("--keep", action="store_true", help="write the results into the bundle's card")
    parser.set_defaults(handler=measure)


def measure(arguments: argparse.Namespace) -> int:
    """Run ``marrowdesk evaluate``."""
    from marrowdesk.inference.bundle import load_bundle
    from marrowdesk.inference.torch_engine import load_engine
    from marrowdesk.training.evaluate import evaluate, keep_results

    bundle = load_bundle(arguments.bundle)
    samples, held = read_cells(arguments, arguments.bundle)
    results = evaluate(load_engine(bundle), arguments.data, samples, held)
    text = json.dumps(results, indent=1)
    print(text)
    if arguments.json is not None:
        arguments.json.write_text(text + "\n", encoding="utf-8")
    if arguments.keep:
        keep_results(bundle, results)
    return 0

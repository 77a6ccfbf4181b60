"""The command ``marrowdesk count``: count slide folders without a window."""

from __future__ import annotations

import argparse
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from marrowdesk.cli.options import add_paper, add_rules, choice_of, paper_of, positive, tell_contradiction
from marrowdesk.core.blood import blood_count, cells_of_blood, looks_like_blood
from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.core.shipped_schemes import SCHEMES
from marrowdesk.core.shown_lines import Rank, shown_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from marrowdesk.core.differential import Differential
    from marrowdesk.core.shown_lines import ShownLine
    from marrowdesk.imaging.kept import KeptImages
    from marrowdesk.inference.bundle import Bundle
    from marrowdesk.inference.engine import Engine
    from marrowdesk.services.reporting import Snapshot
    from marrowdesk.store.casefile import CaseFile
    from marrowdesk.store.values import Problem

DONE, SOME_UNREADABLE = 0, 3

_HELP = """\
Counts the cells in folders of images: finds the images, lets the bundled classifier propose a class for
each, keeps everything in a case file, and prints the differential count. Decisions a reader made in the
window go before the proposals, and keep those they were made on when another model proposes anew. Running
the same command again goes on where it stopped and costs nothing for cells that are classified already. A
signed case is reported as it was signed; nothing is added to it.
"""

_EXAMPLES = """\
examples:
  marrowdesk count slides/2031-A
  marrowdesk count slides/2031-A slides/2031-B --pdf 2031.pdf --csv 2031.csv --json 2031.json
  marrowdesk count slides/2031-A --sex F --references wintrobe --field accession=2031/25
  marrowdesk count slides/2031-A --pdf 2031.pdf --template summary --language de
  marrowdesk count slides/2031-A --case 2031.mdcase      # then: marrowdesk 2031.mdcase
  parallel --jobs 2 marrowdesk count {} --threads 2 --csv {/}.csv ::: slides/*      # a case for each slide
"""


def add_command(commands: Any) -> None:
    """Add ``count`` to the sub-commands of an argparse parser."""
    count = commands.add_parser(
        "count", help="count the cells of slide folders", description=_HELP, epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    _add_options(count)
    count.set_defaults(handler=run)


_COUNT_AS_FILM = {
    True: "If it is a film, the same command with --scheme blood-5 counts it with the classes of blood.",
    False: "If it is a film, count its folder with --scheme blood-5 --case NEW.mdcase, or choose the classes "
    "of blood in the window.",
}
"""What to do about a film counted as a marrow, by whether its case may simply be counted otherwise."""


def _add_options(count: argparse.ArgumentParser) -> None:
    count.add_argument(
        "paths", nargs="+", type=Path, metavar="FOLDER", help="folders, images or one case file"
    )
    out = count.add_argument_group("what is written")
    out.add_argument("--pdf", type=Path, metavar="FILE", help="the report")
    out.add_argument("--csv", type=Path, metavar="FILE", help="one row a cell")
    out.add_argument("--json", type=Path, metavar="FILE", help="the differential and the cells, for programs")
    out.add_argument("--case", type=Path, metavar="FILE.mdcase", help="where the case is kept")
    add_paper(out)
    how = count.add_argument_group("how it is counted")
    how.add_argument("--model", type=Path, metavar="FOLDER", help="another model bundle than the shipped one")
    how.add_argument(
        "--engine",
        choices=("auto", "openvino", "torch"),
        help="library that runs the classifier; as set in the window, or the fastest, where left out",
    )
    how.add_argument(
        "--threads", type=positive, metavar="N", help="processors it may use (default: all of this process)"
    )
    how.add_argument(
        "--scheme",
        choices=tuple(SCHEMES),
        help="classes of a new case, or of one that nobody has reviewed; your own, or the 21, where left out",
    )
    add_rules(how)
    count.add_argument(
        "--field", action="append", default=[], metavar="NAME=TEXT", type=_field,
        help="a line of the report's header, for example accession=2031/25; may be repeated",
    )  # fmt: skip
    count.add_argument("--quiet", action="store_true", help="print nothing but errors")


def _field(text: str) -> tuple[str, str]:
    from marrowdesk.report.document import header_labels

    name, sign, value = text.partition("=")
    known = [each.name for each in header_labels()]
    if not sign or name not in known:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=TEXT with a NAME of: {', '.join(known)}")
    return name, value


def run(options: argparse.Namespace) -> int:
    """Count folders as the options say; give the exit code.

    Raises:
        MarrowdeskError: nothing could be counted or written; the message says why.
    """
    from marrowdesk.imaging.kept import KeptImages
    from marrowdesk.services import opening, reporting
    from marrowdesk.store.schemes import own_scheme

    _check_targets(options)
    choice = choice_of(options)
    scheme = SCHEMES[options.scheme] if options.scheme else own_scheme()
    cancel, kept = threading.Event(), KeptImages()
    with opening.case_for(options.paths, scheme, options.case) as case:
        if options.scheme:
            opening.count_with(case, scheme)
        signed = case.signed is not None
        if not signed and case.path not in [path.absolute() for path in options.paths]:
            _read_folders(case, options, cancel, kept)
        if not case.cells():
            _list_problems(case.problems())
            raise MarrowdeskError(
                "No image of a cell was found.", "Name a folder of JPEG, PNG or TIFF images."
            )
        if not signed:
            _classify(case, options, cancel, kept)
        for name, value in options.field:
            case.set_field(name, value)
        rules = choice.rules(case.scheme.specimen, case.fields())
        if not signed:
            tell_contradiction(choice, case.fields())
        frozen = reporting.snapshot(
            case, rules, with_pictures=options.pdf is not None, template=options.template
        )
        written = reporting.export(
            frozen,
            pdf=options.pdf,
            csv=options.csv,
            json=options.json,
            options=paper_of(options),
        )
        problems = case.problems()
        if not options.quiet:
            _print_count(frozen, case, written, afresh=opening.untouched(case))
    _list_problems(problems)
    return SOME_UNREADABLE if problems else DONE


def _check_targets(options: argparse.Namespace) -> None:
    """Fail before an hour of counting rather than after it."""
    from marrowdesk.services.delivery import check_targets
    from marrowdesk.services.opening import case_file

    targets = [path for path in (options.pdf, options.csv, options.json) if path is not None]
    check_targets(targets, case_file(options.paths, options.case))


def _read_folders(
    case: CaseFile, options: argparse.Namespace, cancel: threading.Event, kept: KeptImages
) -> None:
    from marrowdesk.services.opening import open_slides

    with _bar("reading", None, options.quiet) as bar:
        files = 0
        for step in open_slides(case, options.paths, cancel, kept=kept):
            bar.update(step.files - files)
            files = step.files


def _classify(case: CaseFile, options: argparse.Namespace, cancel: threading.Event, kept: KeptImages) -> None:
    from marrowdesk.inference.bundle import load_bundle, shipped_bundle
    from marrowdesk.services.analysis import analyse, unclassified

    bundle = load_bundle(options.model) if options.model else shipped_bundle()
    cells = unclassified(case, bundle.sha256)
    if not cells:
        return
    with _bar("classifying", len(cells), options.quiet) as bar:
        engine = _engine(bundle, options)
        for step in analyse(case, engine, cells, cancel, kept):
            bar.update(len(step.cells) + len(step.failed))


def _engine(bundle: Bundle, options: argparse.Namespace) -> Engine:
    from marrowdesk.inference.loading import load_fastest
    from marrowdesk.services.engines import wished

    return load_fastest(bundle, wished(options.engine, options.threads))


@contextmanager
def _bar(text: str, total: int | None, quiet: bool) -> Iterator[Any]:
    from tqdm import tqdm

    off = quiet or not sys.stderr.isatty()
    with tqdm(desc=text, total=total, unit=" cells" if total else " files", disable=off) as bar:
        yield bar


def _list_problems(problems: list[Problem]) -> None:
    if problems:
        count = "1 image" if len(problems) == 1 else f"{len(problems)} images"
        print(f"{count} could not be read:", file=sys.stderr)
    for each in problems:
        print(f"  {each.path}: {each.reason}", file=sys.stderr)


def _print_count(frozen: Snapshot, case: CaseFile, written: list[Path], *, afresh: bool) -> None:
    for line in differential_lines(frozen.report.differential):
        print(line)
    doubt = frozen.report.doubt
    if doubt is not None and doubt.foreign:
        print(
            f"The classifier does not know slides like these: {doubt.unfamiliar} of {doubt.measured} cells "
            "are unfamiliar to it. It errs more often on them: review every cell."
        )
    if frozen.report.repeated:
        print(_repeated(frozen.report.repeated))
    found = frozen.report.differential
    if looks_like_blood(found):
        print(
            f"{cells_of_blood(found)} of {found.counted} counted cells belong in blood: a blood film, or an "
            f"aspirate diluted by blood? {_COUNT_AS_FILM[afresh]}"
        )
    if signed := frozen.report.signed:
        print(f"Signed by {signed.reader}, version {frozen.report.version}: counted as it was signed.")
    print(f"\nCase     {case.path}")
    for path in written:
        print(f"Written  {path}")


def _repeated(count: int) -> str:
    if count == 1:
        return (
            "1 cell shows the very same image as another cell of this case: both are counted. Exclude it in "
            "the window if it was added by mistake."
        )
    return (
        f"{count} cells show the very same image as another cell of this case, and are counted twice. "
        "Exclude them in the window if they were added by mistake."
    )


def differential_lines(count: Differential) -> list[str]:
    """Give the differential as lines of text: groups with their classes, ratios, thresholds, cells apart."""
    lines = [f"{'':32}{'cells':>7}{'%':>8}   {'95 % interval':<15}{'reference':<14}"]
    lines.extend(_line(each) for each in shown_lines(count))
    film = count.specimen == "blood"
    lines.append(f"{'White cells counted' if film else 'Nucleated cells counted':32}{count.counted:>7}")
    if count.rules.ranges_left_out:
        why = "is not certain" if count.rules.age_unclear else f"is outside of {count.rules.references.name}"
        lines.append(f"No reference ranges are held against this count: the patient's age {why}.")
    red = blood_count(count).red
    if film and red.per_hundred is not None:
        lines += [
            "",
            f"Nucleated red cells per 100 white cells  {red.per_hundred:.1f} ({red.low:.1f}-{red.high:.1f})",
        ]
    if ratio := count.me_ratio:
        value = "not computable" if ratio.value is None else f"{ratio.value:.2f} : 1"
        lines += ["", f"M:E ratio  {value}  ({ratio.definition})"]
    for mark in count.marks:
        if mark.side != "below" and mark.share.percent is not None:
            verb = "crosses" if mark.side == "crosses" else "is above"
            lines.append(
                f"{mark.threshold.name.capitalize()} {mark.share.percent:.1f} % "
                f"({mark.share.low:.1f}-{mark.share.high:.1f}) {verb} {mark.threshold.percent:.0f} %"
            )
    if (share := count.non_erythroid) is not None and share.percent is not None:
        lines.append(
            f"Of all but erythroid cells {share.percent:.1f} % ({share.low:.1f}-{share.high:.1f}) are blasts"
        )
    lines += [f"Apart: {each.name} {each.count}" for each in count.apart]
    lines.append(f"Reviewed {count.reviewed} of {count.total} cells, {count.changed} changed.")
    if count.unfamiliar:
        lines.append(f"{count.unfamiliar} cells are unfamiliar to the model: look at them first.")
    return lines


def _line(shown: ShownLine) -> str:
    share, name = shown.row.share, shown.row.name
    name = name.capitalize() if shown.rank.heads else f"  ({name})" if shown.rank is Rank.SUM else f"  {name}"
    if share.percent is None:
        return f"{name:32}{share.count:>7}"
    interval = f"{share.low:.1f}-{share.high:.1f}"
    limits = "" if shown.range is None else f"{shown.range.low:.1f}-{shown.range.high:.1f}"
    mark = {"": "", "low": "below range", "high": "above range"}[shown.mark]
    return f"{name:32}{share.count:>7}{share.percent:>8.1f}   {interval:<15}{limits:<14}{mark}".rstrip()

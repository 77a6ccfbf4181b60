"""The report of a data set as lines of text, to be read in a terminal."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from marrowdesk.core.taxonomy import MARROW
from marrowdesk.training.data_report import FEW, count_cells, few_cells, one_source

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from marrowdesk.training.data_report import Copies, DataReport, Pictures
    from marrowdesk.training.samples import Sample

_SHOWN = 10


def count_lines(samples: Sequence[Sample], held: Collection[str] | None = None) -> list[str]:
    """Give the cells of each class and source as a table, and what a training should beware of.

    Args:
        samples: the labelled cells.
        held: files that are kept back, for a column of their own; None where there is no split.
    """
    counts = count_cells(samples)
    totals = Counter(sample.code for sample in samples)
    kept = None if held is None else Counter(sample.code for sample in samples if sample.file in held)
    heads = [*counts, "total", *(["kept back"] if kept is not None else [])]
    rows = [
        (code, MARROW[code].name, [*(each.get(code, 0) for each in counts.values()), totals[code]])
        for code in MARROW.codes
        if code in totals
    ]
    rows.append(("", "all", [*(sum(each.values()) for each in counts.values()), len(samples)]))
    if kept is not None:
        for code, _, numbers in rows:
            numbers.append(kept[code] if code else kept.total())
    kinds = "1 class" if len(totals) == 1 else f"{len(totals)} classes"
    lines = [f"{_many(len(samples), 'cell')}, {kinds}, {_many(len(counts), 'source')}", ""]
    lines.append(_row("", "", heads))
    lines += [_row(code, name, [f"{each:,}" if each else "-" for each in n], heads) for code, name, n in rows]
    return [*lines, *_cautions(counts)]


def report_lines(
    samples: Sequence[Sample], report: DataReport, held: Collection[str] | None = None
) -> list[str]:
    """Give the whole report as lines of text.

    Args:
        samples: the labelled cells.
        report: what was found.
        held: files that are kept back; None where there is no split.
    """
    return [
        *count_lines(samples, held),
        *_picture_lines(report.pictures),
        *_group_lines(report),
        *_copy_lines(report.copies, split=held is not None),
        *_problem_lines(report),
    ]


def _row(code: str, name: str, values: Sequence[str], heads: Sequence[str] = ()) -> str:
    widths = [max(9, len(head) + 2) for head in heads or values]
    cells = "".join(f"{value:>{width}}" for value, width in zip(values, widths, strict=True))
    return f"{code:<5}{name:<24}{cells}"


def _cautions(counts: dict[str, dict[str, int]]) -> list[str]:
    """Name the classes with few cells, and those of one source."""
    lines = []
    for least, most in zip((0, *FEW), FEW, strict=False):
        few = [f"{code} {count}" for code, count in few_cells(counts, most).items() if count >= least]
        if few:
            lines.append(f"Fewer than {most} cells: {', '.join(few)}")
    alone: dict[str, list[str]] = defaultdict(list)
    for code, source in one_source(counts).items():
        alone[source].append(code)
    for source, codes in alone.items():
        lines.append(f"(Almost) only from {source}: {', '.join(codes)}")
    if alone:
        lines.append(
            "A network can tell the class of one source by the look of the slides instead of the cell."
        )
    return ["", *lines] if lines else []


def _picture_lines(pictures: dict[str, Pictures]) -> list[str]:
    if not pictures:
        return []
    width = max(12, *(len(source) + 2 for source in pictures))
    lines = ["", f"{'Pictures':<{width}}{'number':>8}{'width, px':>16}{'height, px':>16}   kind"]
    for source, each in pictures.items():
        kinds = ", ".join(
            kind if len(each.kinds) == 1 else f"{kind} {count:,}" for kind, count in each.kinds.items()
        )
        sizes = f"{_spread(each.width):>16}{_spread(each.height):>16}"
        lines.append(f"{source:<{width}}{each.images:>8,}{sizes}   {kinds}")
    if any(len(set(each.width)) > 1 or len(set(each.height)) > 1 for each in pictures.values()):
        lines.append("(smallest / median / largest)")
    return lines


def _spread(values: tuple[int, int, int]) -> str:
    return str(values[0]) if len(set(values)) == 1 else " / ".join(str(value) for value in values)


def _group_lines(report: DataReport) -> list[str]:
    if not report.groups:
        return [
            "",
            "Slides or patients are not known (no column group): a split takes runs of image numbers.",
        ]
    known = ", ".join(f"{source} {count:,}" for source, count in report.groups.items())
    rest = f"; not known for {report.ungrouped:,} cells" if report.ungrouped else ""
    return ["", f"Slides or patients, kept on one side of a split: {known}{rest}"]


def _copy_lines(copies: Sequence[Copies], *, split: bool) -> list[str]:
    if not copies:
        return ["No picture is there twice (by SHA-256 of the decoded pixels)."]
    surplus = sum(len(each.files) - 1 for each in copies)
    total = "1 picture is" if len(copies) == 1 else f"{len(copies):,} pictures are"
    lines = [f"{total} there more than once, {surplus:,} too many (by SHA-256 of the decoded pixels):"]
    lines += _first(_listed(each) for each in copies if not each.contradict)
    crossing = sum(each.split for each in copies)
    if split and crossing:
        lines.append(f"WARNING: of {crossing:,} of them one copy is trained on and another kept back.")
        lines.append("  Give copies one name in the column group, or take all but one out, and split anew.")
    contradicting = [each for each in copies if each.contradict]
    if contradicting:
        lines.append(f"WARNING: {len(contradicting):,} of them have labels that CONTRADICT each other:")
        lines += _first((_listed(each) for each in contradicting), most=None)
    return lines


def _listed(copies: Copies) -> str:
    if not copies.contradict:
        return f"{copies.codes[0]}: {', '.join(copies.files)}"
    return ", ".join(f"{code}: {file}" for file, code in zip(copies.files, copies.codes, strict=True))


def _problem_lines(report: DataReport) -> list[str]:
    lines = []
    if report.unreadable:
        lines += ["", f"{_many(len(report.unreadable), 'image')} cannot be read; a training goes on without:"]
        lines += _first(f"{file}: {reason}" for file, reason in report.unreadable.items())
    else:
        lines.append("Every image can be read.")
    if report.left_out:
        lines += ["", "Left out:", *_first(report.left_out, most=None)]
    return lines


def _many(count: int, thing: str) -> str:
    return f"1 {thing}" if count == 1 else f"{count:,} {thing}s"


def _first(lines: Iterable[str], most: int | None = _SHOWN) -> list[str]:
    """Indent lines; of very many, give the first."""
    every = list(lines)
    rest = len(every) - most if most is not None else 0
    told = [f"  {line}" for line in every[:most]]
    return [*told, f"  ... and {rest:,} more; --json FILE lists all"] if rest > 0 else told

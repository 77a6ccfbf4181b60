"""The results of an evaluation as a page a person can read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marrowdesk import RESEARCH_USE
from marrowdesk.training.metrics import DETAIL
from marrowdesk.training.page_parts import (
    Html,
    class_name,
    page,
    paragraph,
    section,
    shade,
    span,
    table,
    text,
)
from marrowdesk.training.plots import coverage_plot, figure, ratio_plot, reliability_plot

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NOTABLE_FALL = 0.05


def evaluation_page(results: Mapping[str, Any], title: str, about: Mapping[str, str]) -> str:
    """Write the page.

    Args:
        results: what :func:`marrowdesk.training.evaluate.evaluate` gives, with ``shifts`` where they were
            measured.
        title: title of the page.
        about: what was measured, by what name; stands in a table at the head.

    Returns:
        HTML that needs nothing from outside.
    """
    detail = results[DETAIL]
    parts = [
        _about(about),
        _headline(results),
        _sources(results),
        _classes(results),
        _confusion("Confusion matrix", detail["confusion"]),
        _confusion("Confusion of lineages", detail["confusion by lineage"]),
        _confidence(results),
        *_elsewhere(results),
        *_shifts(results),
        _foreign(results),
        _unreadable(detail["unreadable images"]),
    ]
    return page(title, RESEARCH_USE, parts)


def _about(about: Mapping[str, str]) -> str:
    rows = [(name, Html(f'<td class="words whole">{text(value)}</td>')) for name, value in about.items()]
    return section("What was measured", table((), rows))


def _headline(results: Mapping[str, Any]) -> str:
    whole, sources = results["intervals"], results[DETAIL]["intervals by source"]
    head = ("measure", f"all {results['cells']:,} cells", *sources)
    rows = [
        (name, span(row), *(span(each[name]) for each in sources.values())) for name, row in whole.items()
    ]
    which = results.get("note", "Held-out cells of the classes and sources that the model was trained on.")
    told = (
        f"{which} Each number stands with its 95 % interval (bootstrap of the cells within class and "
        "source). Cells of one patient are alike, so the true intervals are wider. Macro: each class weighs "
        "the same. Tolerant: a neighbouring stage counts as right."
    )
    columns = ("reading", *next(iter(results["agreement"].values())))
    readings = [(name, *row.values()) for name, row in results["agreement"].items()]
    return section("Headline", paragraph(told), table(head, rows), table(columns, readings))


def _rows(rows: Mapping[str, Mapping[str, Any]], first: str, classes: bool = False) -> str:
    """Lay a mapping of mappings out as a table with their common columns."""
    columns = list(dict.fromkeys(column for each in rows.values() for column in each))
    return table(
        (first, *columns),
        [
            (class_name(name) if classes else name, *(each.get(column, "") for column in columns))
            for name, each in rows.items()
        ],
    )


def _sources(results: Mapping[str, Any]) -> str:
    parts = [_rows(results["by source"], "source")]
    if never := results.get("sources never seen in training"):
        parts += [paragraph("Sources that the model was never trained on:"), _rows(never, "source")]
    recalls = results["recall by class and source"]
    sources = list(dict.fromkeys(name for row in recalls.values() for name in row))
    rows = [
        (class_name(code), *(shade(row[name], row[name]) if name in row else "" for name in sources))
        for code, row in recalls.items()
    ]
    return section("By source", *parts, paragraph("Recall:"), table(("class", *sources), rows, "matrix"))


def _classes(results: Mapping[str, Any]) -> str:
    rows = results["by class"]
    ratios = {class_name(code): row["predicted/true"] for code, row in rows.items()}
    caption = "A count is right where the dot stands on the line at 1, whatever the single proposals are."
    lacking = results.get("classes without held-out cells", "")
    note = [paragraph(f"Not measured, for no cells were kept back: {lacking}.")] if lacking else []
    plot = figure(ratio_plot(ratios), caption)
    return section("By class", _rows(rows, "class", classes=True), *note, plot)


def _confusion(title: str, matrix: Mapping[str, Any]) -> str:
    codes, counts = matrix["codes"], matrix["counts"]
    rows = []
    for code, row in zip(codes, counts, strict=True):
        total = sum(row)
        cells = [shade(each, each / total) if each else Html("<td></td>") for each in row]
        if total:
            rows.append((class_name(code), *cells, total))
    told = (
        "A row holds the cells of one label, a column those proposed as one class; the deeper, the larger "
        "the share of the row."
    )
    return section(title, paragraph(told), table(("label", *codes, "cells"), rows, "matrix"))


def _confidence(results: Mapping[str, Any]) -> str:
    detail = results[DETAIL]
    names = (
        "expected calibration error",
        "error at 100 % coverage",
        "error at 90 % coverage",
        "error at 90 % over 100 % coverage",
        "coverage at half the error",
        "area under risk-coverage curve",
        "macro top-2 recall",
        "unfamiliar",
    )
    told = (
        "The bundle's temperature and doubt threshold were fitted on held-out cells. Here, calibration error "
        "and unfamiliar cells are measured on one of three blocks of them, with both fitted on the other two."
    )
    fits = detail["cross-fit"]
    shipped = [(name, fits[name]) for name in fits if name.endswith("as shipped")]
    curve = detail["risk and coverage"]
    return section(
        "Confidence",
        paragraph(told),
        table(("measure", "value"), [*((name, results[name]) for name in names), *shipped]),
        figure(
            reliability_plot(detail["reliability"]),
            "Where the bars end at the dashed line, a proposal of 80 % is right in 80 of 100 cells.",
        ),
        figure(
            coverage_plot(curve["coverage"], curve["error"]),
            "How many proposals are wrong when only the most confident ones are taken.",
        ),
        paragraph(
            "Other measures of how sure a proposal is, none of them fitted to these cells; and what any of "
            "them could reach (error at 90 over 100 % coverage):"
        ),
        _rows(detail["orderings"], "ordered by"),
        table(("measure", "value"), list(detail["orderings at best"].items())),
    )


def _elsewhere(results: Mapping[str, Any]) -> list[str]:
    """Tell of the cells that enter no mean."""
    told = {
        "classes seen only in another source": (
            "Classes seen only in another source",
            "A few cells of classes that the model knows from another source only. They enter no mean.",
        ),
        "labels the model has no output for": (
            "Labels the model has no output for",
            "Only a reader gives these classes. What the model proposes instead; they enter no mean.",
        ),
    }
    return [
        section(title, paragraph(words), _rows(results[name], "class", classes=True))
        for name, (title, words) in told.items()
        if results.get(name)
    ]


def _shifts(results: Mapping[str, Any]) -> list[str]:
    rows = results.get("shifts")
    if not rows:
        return []
    sources = [name.removesuffix(" fall") for name in list(rows.values())[-1] if name.endswith(" fall")]
    head = ["images", *(each for name in sources for each in (name, "fall")), "unfamiliar"]
    lines = []
    for name, row in rows.items():
        cells = [each for source in sources for each in (row[source], _fall(row.get(f"{source} fall")))]
        lines.append((name, *cells, row["unfamiliar"]))
    told = (
        f"Mean recall of {rows['unchanged']['cells']} cells whose images were changed by measured amounts "
        f"before the program saw them. Falls of more than {_NOTABLE_FALL} stand out."
    )
    return [section("Changed images", paragraph(told), table(head, lines))]


def _fall(value: float | None) -> Html:
    if value is None:
        return Html("<td></td>")
    kind = ' class="fall"' if value > _NOTABLE_FALL else ""
    return Html(f"<td{kind}>{value:.3f}</td>".replace(">-", ">−"))


def _foreign(results: Mapping[str, Any]) -> str:
    told = (
        "Drawn images that show no cell of a smear, and cells kept back that were spoiled; all of them should"
        " be called unfamiliar."
    )
    return section(
        "Images that show no cell", paragraph(told), _rows(results["images that show no cell"], "kind")
    )


def _unreadable(problems: Sequence[str]) -> str:
    if not problems:
        return section("Unreadable images", paragraph("None."))
    items = "".join(f"<li>{text(each)}</li>" for each in problems)
    return section("Unreadable images", Html(f"<ul>{items}</ul>"))

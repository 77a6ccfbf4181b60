"""The model card as a page for people, made from ``card.json``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marrowdesk.core.taxonomy import MARROW
from marrowdesk.inference.precision import MOST_CHANGED, MOST_LOST, changed_at_most, proved

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from marrowdesk.inference.card import ModelCard


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return [*lines, *(f"| {' | '.join(str(each) for each in row)} |" for row in rows), ""]


def _number(value: Any) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _name(code: str) -> str:
    return MARROW[code].name if code in MARROW else code


def _classes(card: ModelCard) -> list[str]:
    rows = [
        (
            each.code,
            _name(each.code),
            each.images,
            "proposed" if each.proposed else f"reader only: {each.reason}",
        )
        for each in card.classes
    ]
    return ["## Classes", "", *_table(("code", "name", "training images", "use"), rows)]


def _data(card: ModelCard) -> list[str]:
    rows = [(each.title, each.link, each.licence, each.images) for each in card.data]
    return ["## Data", "", *_table(("data set", "where", "licence", "images used"), rows)] if rows else []


def _results(results: Mapping[str, Any]) -> list[str]:
    lines = ["## Results", ""]
    if not results:
        return [*lines, "Not measured.", ""]
    flat = {name: value for name, value in results.items() if not isinstance(value, dict)}
    lines += _table(("measure", "value"), [(name, _number(value)) for name, value in flat.items()])
    for name, value in results.items():
        if isinstance(value, dict) and value:
            lines += [f"### {name}", "", *_result_table(value)]
    return lines


def _result_table(values: Mapping[str, Any]) -> list[str]:
    """Lay a mapping of mappings out as a table with their common columns; anything else as two columns."""
    if not all(isinstance(each, dict) for each in values.values()):
        return _table(("measure", "value"), [(name, _number(value)) for name, value in values.items()])
    columns = list(dict.fromkeys(column for each in values.values() for column in each))
    rows = [
        (name, *(_number(each[column]) if column in each else "" for column in columns))
        for name, each in values.items()
    ]
    return _table(("", *columns), rows)


def _precisions(card: ModelCard) -> list[str]:
    if not card.precisions:
        return []
    rows = [
        (
            f"{each.engine}, {each.precision}",
            each.cells,
            f"{each.f1_lost:+.4f}",
            f"{each.changed:.2%}",
            f"{changed_at_most(each):.2%}",
            "used where it is fast" if proved(card, each.engine, each.precision) else "not used",
            each.measured_with,
        )
        for each in card.precisions
    ]
    head = (
        "engine and numbers",
        "cells",
        "macro F1 lost",
        "other class",
        "at most (95 %)",
        "use",
        "measured with",
    )
    limits = (
        f"Allowed are {MOST_LOST:.3f} of macro F1, and with 95 % confidence {MOST_CHANGED:.0%} of the cells, "
        "against float32."
    )
    if card.adapted is not None:
        limits += (
            " Measured on reviewed cells of the laboratory, once with this last layer and once with layers "
            "that were fitted without the cell; the worse of the two is told."
        )
    return ["## Fewer bits", "", limits, "", *_table(head, rows)]


def _again(card: ModelCard) -> list[str]:
    """Give the commands that make the bundle again: where there is a recipe, first the one that does all."""
    single = [*(f"    {line}" for line in card.training.command.splitlines()), ""]
    if not card.training.recipe:
        return single
    return [f"    {card.training.recipe}", "", "The recipe's stages, as single commands:", "", *single]


def _adapted(card: ModelCard) -> list[str]:
    origin = card.adapted
    if origin is None:
        return []
    told = (
        f"The last layer was fitted on {origin.made:%Y-%m-%d} to {origin.cells:,} reviewed cells of "
        f"{origin.cases} cases; all else is {origin.base} {origin.base_revision} (sha256 "
        f"`{origin.base_sha256}`). Judged {origin.results.get('judged', 'by nothing')}."
    )
    lines = ["## Adapted to a laboratory", "", told, ""]
    for name, value in origin.results.items():
        if isinstance(value, dict):
            lines += [f"### {name}", "", *_result_table(value)]
    return lines


def card_page(card: ModelCard) -> str:
    """Write the card as Markdown."""
    weaknesses = [f"- {each}" for each in card.weaknesses]
    options = ", ".join(f"{name}={value}" for name, value in card.architecture.options.items())
    parameters = ", ".join(f"{name} {value:g}" for name, value in card.preprocessing.parameters.items())
    lines = [
        f"# {card.name} {card.revision}",
        "",
        card.summary,
        "",
        f"**{card.use}**",
        "",
        "This page is made from `card.json`; change nothing here by hand.",
        "",
        *_classes(card),
        *_adapted(card),
        *_results(card.results),
        *_precisions(card),
        *(["## Known weaknesses", "", *weaknesses, ""] if weaknesses else []),
        "## How it works",
        "",
        f"- Network: timm `{card.architecture.name}` ({options or 'as it is'}).",
        f"- Preprocessing: {card.preprocessing.method} ({parameters}).",
        "- Probabilities: softmax((logits − log class weights) / temperature), temperature "
        f"{card.calibration.temperature:.3f}; {card.calibration.note}".rstrip("; "),
        f"- Doubt: {card.doubt.method}; of the held-out real cells"
        f" {card.doubt.held_out_share:.1%} are unfamiliar.",
        "",
        *_data(card),
        "## Making it again",
        "",
        *_again(card),
        *([card.training.note, ""] if card.training.note else []),
        f"Cells kept back: `{card.training.held_out}`."
        if card.training.held_out
        else "No cells were kept back.",
        "",
        f"sha256 of `{card.weights.file}`: `{card.weights.sha256}`",
        "",
    ]
    return "\n".join(lines)

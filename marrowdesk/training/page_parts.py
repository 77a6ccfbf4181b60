"""What a self-contained HTML page is put together from: text, numbers, tables, sections, the style."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from marrowdesk.core.shipped_schemes import class_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Html(str):
    """Text that is HTML already and is not escaped again."""

    __slots__ = ()


def text(value: object) -> str:
    """Write a value as HTML: a float with three decimals, everything else as it is, escaped."""
    if isinstance(value, Html):
        return value
    return escape(f"{value:.3f}".replace("-", "−") if isinstance(value, float) else str(value))


def class_name(code: str) -> str:
    """Give a class as a person reads it, for example ``band neutrophil (NGB)``."""
    found = class_of(code)
    return code if found is None else f"{found.name} ({code})"


def span(row: Mapping[str, float]) -> Html:
    """Write a measure with its 95 % interval."""
    low, high = row["95 % from"], row["95 % to"]
    return Html(f'{row["value"]:.3f} <span class="soft">{low:.3f}–{high:.3f}</span>')


def shade(value: float, share: float) -> Html:
    """Write a number on a ground that is the deeper the larger ``share``, 0 to 1."""
    deep = " deep" if share > 0.8 else ""
    shown = f"{value:.3f}" if isinstance(value, float) else str(value)
    return Html(f'<td class="shade{deep}" style="--share:{share:.3f}">{shown}</td>')


def table(head: Sequence[str], rows: Sequence[Sequence[object]], kind: str = "") -> str:
    """Write a table; the first column holds the names of the rows.

    Args:
        head: names of the columns; empty for a table without a head.
        rows: the cells; :class:`Html` that begins with ``<td`` is taken as the whole cell.
        kind: CSS class of the table.
    """
    lines = [f'<div class="wide"><table class="{kind}">']
    if head:
        words = [False, *(_is_words(each) for each in rows[0][1:])] if rows else [False] * len(head)
        names = [
            f'<th scope="col"{_WORDS if left else ""}>{text(each)}</th>'
            for each, left in zip(head, words, strict=True)
        ]
        lines.append(f"<thead><tr>{''.join(names)}</tr></thead>")
    lines.append("<tbody>")
    for first, *others in rows:
        cells = "".join(_cell(each) for each in others)
        lines.append(f'<tr><th scope="row">{text(first)}</th>{cells}</tr>')
    return "".join([*lines, "</tbody></table></div>"])


_WORDS = ' class="words"'


def _is_words(value: object) -> bool:
    return isinstance(value, str) and not isinstance(value, Html) and value != ""


def _cell(value: object) -> str:
    if isinstance(value, Html) and value.startswith("<td"):
        return value
    return f"<td{_WORDS if _is_words(value) else ''}>{text(value)}</td>"


def paragraph(words: str) -> str:
    """Write a paragraph of plain words; a number keeps its percent sign."""
    return f"<p>{escape(words).replace(' %', '&nbsp;%')}</p>"


def section(title: str, *parts: str) -> str:
    """Write a part of the page under its title."""
    return f"<section><h2>{escape(title)}</h2>{''.join(parts)}</section>"


def page(title: str, notice: str, parts: Sequence[str]) -> str:
    """Write the whole page; it needs nothing from outside.

    Args:
        title: title of the page.
        notice: sentence that stands above everything and at the end.
        parts: what the page holds.
    """
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style></head><body><main><h1>{escape(title)}</h1>"
        f'<p class="notice">{escape(notice)}</p>\n'
        + "\n".join(parts)
        + f'\n<footer class="notice">{escape(notice)}</footer></main></body></html>\n'
    )


_STYLE = """
:root { --ink: #1b2430; --paper: #ffffff; --soft: #566270; --line: #d5dbe2; --band: #f3f6f8;
  --accent: #0b7285; --ground: 11 114 133; --deep: #ffffff; --warn: #a61e4d; color-scheme: light; }
@media screen and (prefers-color-scheme: dark) {
  :root { --ink: #e3e8ee; --paper: #14191f; --soft: #9aa7b5; --line: #333d48; --band: #1c232b;
    --accent: #4fc3d6; --ground: 26 122 139; --deep: #ffffff; --warn: #f783ac; color-scheme: dark; }
}
* { box-sizing: border-box; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main { max-width: 66rem; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; border-bottom: 1px solid var(--line); padding-bottom: .25rem; }
p { margin: .4rem 0 .8rem; max-width: 48rem; }
.notice { font-weight: 600; color: var(--warn); }
.soft { color: var(--soft); }
.wide { overflow-x: auto; margin: .5rem 0 1rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; }
th, td { padding: .25rem .6rem; text-align: right; white-space: nowrap;
  border-bottom: 1px solid var(--line); }
thead th { vertical-align: bottom; color: var(--soft); font-weight: 600; white-space: normal; }
tbody th, thead th:first-child, thead th.words { text-align: left; }
tbody th { font-weight: 500; }
tbody tr:hover { background: var(--band); }
td.words { text-align: left; white-space: normal; overflow-wrap: anywhere; }
td .soft { font-size: .85em; }
.matrix th, .matrix td { padding: .25rem .4rem; }
.matrix td, .matrix thead th:not(:first-child) { text-align: center; min-width: 2.6rem; }
td.shade { background: rgb(var(--ground) / var(--share)); }
td.deep { color: var(--deep); }
td.fall { color: var(--warn); font-weight: 600; }
td.whole { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .85rem; }
figure { display: inline-block; margin: .5rem 1rem .5rem 0; vertical-align: top; max-width: 100%; }
figcaption { font-size: .85rem; color: var(--soft); max-width: 28rem; }
svg { display: block; max-width: 100%; height: auto; font: 12px system-ui, "DejaVu Sans", sans-serif; }
svg text { fill: var(--soft); }
svg .name { fill: var(--ink); }
svg .axis { stroke: var(--line); fill: none; }
svg .bar { fill: var(--accent); fill-opacity: .45; }
svg .curve { stroke: var(--accent); stroke-width: 2; fill: none; }
svg .dot { fill: var(--accent); }
svg .ideal { stroke: var(--soft); stroke-dasharray: 4 4; fill: none; }
li { overflow-wrap: anywhere; }
footer { margin-top: 2.5rem; border-top: 1px solid var(--line); padding-top: .75rem; }
@media print {
  @page { margin: 14mm; }
  body { font-size: 10pt; } main { max-width: none; padding: 0; } .wide { overflow: visible; }
  table { font-size: 8pt; } th, td { padding: .15rem .35rem; } td.whole { font-size: 8pt; }
  .matrix th, .matrix td { padding: .15rem .2rem; }
  .matrix td, .matrix thead th:not(:first-child) { min-width: 0; }
  .wide, figure, p { break-inside: avoid; } h2, p { break-after: avoid; }
  figure:has(+ figure), figure + figure { max-width: 47%; margin-right: 2%; }
}
"""

"""The differential with what must be known to read it: notes on intervals, ranges and columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marrowdesk.report.pdf.layout import Element, Stack, Text
from marrowdesk.report.pdf.styles import GAP, NOTE
from marrowdesk.report.pdf.table import DifferentialTable
from marrowdesk.report.rows import absent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marrowdesk.report.pdf.edition import Edition
    from marrowdesk.report.rows import PrintedRow

SEXES = {"F": "women", "M": "men", "": "either sex (span of both)"}
"""Whose ranges are printed."""


def differential_section(edition: Edition) -> Element:
    """Give the table with its notes."""
    notes = [*about_numbers(edition), *_about_columns(edition)]
    if missing := absent(edition.report.differential, list(edition.rows), edition.words):
        notes.append(edition.say("No cells counted as: {}.").format(edition.words.listed(missing)))
    return differential_of(edition, edition.rows, notes)


def differential_of(edition: Edition, rows: Sequence[PrintedRow], notes: Sequence[str]) -> Element:
    """Give some lines of the differential with notes below them."""
    text = Text(edition.words.sentences(notes), NOTE, gap=4)
    return Stack([DifferentialTable(edition, rows), text], edition.heading("Differential count"), GAP)


def about_numbers(edition: Edition) -> list[str]:
    """Say what intervals and ranges are."""
    rules, words = edition.report.differential.rules, edition.words
    level = words.with_sign(words.plain(100 * rules.confidence))
    notes = [
        edition.say(
            "Intervals: exact binomial, {level} (Clopper and Pearson 1934). They cover the sampling of cells "
            "alone, not errors of classification."
        ).format(level=level)
    ]
    if edition.ranges:
        notes.append(
            edition.say("Reference: {name}, {sex} (source: see method).").format(
                name=edition.say(rules.references.name), sex=edition.say(SEXES[rules.sex])
            )
        )
    elif rules.ranges_left_out:
        notes.append(words.why_no_ranges(rules))
    elif edition.red is not None:
        notes.append(
            edition.say("Percent of white cells; reference ranges of the marrow do not hold for blood.")
        )
    return notes


def _about_columns(edition: Edition) -> list[str]:
    """Say what the chosen columns mean, and why one is left out."""
    chosen, report = edition.options.columns, edition.report
    if "adjusted" not in chosen:
        return []
    if not report.unreviewed:
        return [edition.say("All cells were reviewed: the count needs no adjusting.")]
    if report.adjusted is None:
        return [
            edition.say(
                "No adjusted column: the classifier's mistakes are not known for all cells that were not "
                "reviewed."
            )
        ]
    return [
        edition.say(
            "Adjusted: the count corrected for the classifier's known confusion where cells are not "
            "reviewed, with an interval that covers both (Saerens et al. 2002); reviewed cells count as they "
            "are."
        )
    ]

"""What there is of a language: its texts by the English ones, its class names, its way with numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime


@dataclass(frozen=True)
class Catalogue:
    """One language.

    Attributes:
        tag: as a PDF names it (BCP 47).
        decimal: the decimal sign.
        percent: a percentage with its sign, of a text.
        comma: between the parts of a list.
        colon: between a word and what it tells.
        semicolon: between parts of a sentence.
        space: between sentences.
        date: how a day is written.
        clock: between the day and the time, and after it, as a pattern of both.
        texts: sentences and labels by the English ones.
        classes: singular and plural of each shipped class by its English name.
        domain: definitions, names of reference sets and other names of the domain, by the English ones.
    """

    tag: str
    decimal: str
    percent: str
    comma: str
    colon: str
    semicolon: str
    space: str
    date: Callable[[datetime], str]
    clock: str
    texts: Mapping[str, str] = field(default_factory=dict)
    classes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    domain: Mapping[str, str] = field(default_factory=dict)

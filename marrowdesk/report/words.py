"""How a report says numbers, limits, marks and names, in the language it is printed in."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Any

from marrowdesk.core.manual import FIELD
from marrowdesk.core.sex import gender_of
from marrowdesk.core.signoff import Hindrance
from marrowdesk.core.taxonomy import Lineage
from marrowdesk.report.language import CATALOGUES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from marrowdesk.core.amendment import Changed
    from marrowdesk.core.counting import CountingRules
    from marrowdesk.core.differential import Mark, Ratio, Share, ThresholdMark
    from marrowdesk.core.reference import Range
    from marrowdesk.core.sex import Gender
    from marrowdesk.report.options import Language

NOTHING = "–"
"""Stands where there is no number."""

LINEAGES = {
    Lineage.BLAST: "Blasts",
    Lineage.NEUTROPHILIC: "Neutrophilic series",
    Lineage.EOSINOPHILIC: "Eosinophilic series",
    Lineage.BASOPHILIC: "Basophilic series",
    Lineage.MONOCYTIC: "Monocytic series",
    Lineage.ERYTHROID: "Erythroid series",
    Lineage.LYMPHOID: "Lymphoid cells",
    Lineage.PLASMA_CELL: "Plasma cells",
    Lineage.OTHER: "Other cells",
    Lineage.NONE: "Not assigned to a lineage",
}
"""How subtotals are called."""

HINDRANCES = {
    Hindrance.UNCLASSIFIED: "{} without any class",
    Hindrance.UNIDENTIFIED: "{} not identifiable",
    Hindrance.UNFAMILIAR: "{} unfamiliar to the classifier and not reviewed",
    Hindrance.ALWAYS_REVIEWED: "{} of a class that needs a reader and not reviewed",
    Hindrance.DIFFERING: "{} on which two readers differ",
    Hindrance.REPEATED: "{} showing the very image of another cell",
    Hindrance.REPLACED: "{} whose image file is not the one that was read",
    Hindrance.TOO_FEW: "{} fewer than the target",
    Hindrance.EMPTY_FIELDS: "{} left empty",
}
"""What stood against a signature, with the number of cells or fields put in."""

MARKS = {"low": "▼ below range", "high": "▲ above range"}
SHORT_MARKS = {"low": "▼ below", "high": "▲ above"}
GENDERS: dict[Gender, str] = {"F": "female", "M": "male", "O": "other", "U": "unknown"}
"""The sex of the patient, where what was typed is understood."""

RULES = {
    "scheme": "classes of the case",
    "target": "target",
    "me_ratio": "definition of the M:E ratio",
    "references": "reference ranges",
    "sex": "sex for the reference ranges",
    "blast_equivalents": "blast equivalents",
    "non_erythroid": "blasts as a share of all but erythroid cells",
    "confidence": "level of the intervals",
}
"""What a version may be counted by otherwise than the one before: the ``rules`` of what changed."""

OTHER_FIELDS = {FIELD: "whether the manual count is part of the differential", "logo": "Logo"}
"""What is kept with the header of a case and has no label there."""

SIDES = {
    "below": "below {limits}", "crosses": "crosses {limits}", "above": "above {limits}",
}  # fmt: skip


class Words:
    """One language, as the parts of a report speak it.

    Args:
        language: which one.
    """

    def __init__(self, language: Language = "en") -> None:
        self.catalogue = CATALOGUES[language]

    def say(self, text: str) -> str:
        """Give a text of the program; one that is in no catalogue was typed and stays as it is."""
        found = self.catalogue
        return found.texts.get(text) or found.domain.get(text) or text

    def name(self, name: str) -> str:
        """Give the name of a class, singular; a laboratory's own class keeps its name.

        This and :meth:`plural` are the one place where names of classes are put into a language.
        """
        known = self.catalogue.classes.get(name)
        return known[0] if known else name

    def plural(self, name: str) -> str:
        """Give the name of a class for several cells, or that of a kind of cells apart."""
        known = self.catalogue.classes.get(name)
        if known:
            return known[1]
        return self.catalogue.domain.get(name) or (name if self.catalogue.classes else plural(name))

    def lineage(self, lineage: Lineage) -> str:
        """Give the name of a subtotal."""
        return self.say(LINEAGES[lineage])

    def number(self, value: float, digits: int = 1) -> str:
        """Say a number with its decimals."""
        return f"{value:.{digits}f}".replace(".", self.catalogue.decimal)

    def plain(self, value: float) -> str:
        """Say a number with as few decimals as it has."""
        return f"{value:g}".replace(".", self.catalogue.decimal)

    def with_sign(self, text: str) -> str:
        """Put the percent sign to a number."""
        return self.catalogue.percent.format(text)

    def percent(self, value: float | None) -> str:
        """Say a percentage with one decimal, without its sign."""
        return NOTHING if value is None else self.number(value)

    def span(self, low: float | None, high: float | None, digits: int = 1) -> str:
        """Say two limits."""
        if low is None or high is None:
            return NOTHING
        return f"{self.number(low, digits)}–{self.number(high, digits)}"

    def sex(self, text: str) -> str:
        """Say the sex of the patient; what is not understood stays as it was typed."""
        gender = gender_of(text)
        return text if gender is None else self.say(GENDERS[gender])

    def interval(self, share: Share) -> str:
        """Say the interval of a share in percent."""
        return self.span(share.low, share.high)

    def limits(self, limit: Range | None) -> str:
        """Say a reference range; empty where there is none."""
        return "" if limit is None else self.span(limit.low, limit.high)

    def why_no_ranges(self, rules: CountingRules) -> str:
        """Say why no reference ranges are held against a count, where the patient's age is the reason."""
        if rules.age_unclear:
            return self.say(
                "No reference ranges are held against this count: how old the patient was does not follow "
                "for certain from the dates of birth and collection as they are written."
            )
        return self.say(
            "No reference ranges are held against this count: {name} does not hold for the age of the "
            "patient."
        ).format(name=self.say(rules.references.name))

    def mark(self, found: Mark, short: bool = False) -> str:
        """Say on which side of its range a value lies, in words; empty when inside."""
        return self.say((SHORT_MARKS if short else MARKS)[found]) if found else ""

    def ratio(self, found: Ratio) -> str:
        """Say a ratio, or that it cannot be computed."""
        return self.say("not computable") if found.value is None else self.number(found.value, 2)

    def ratio_interval(self, found: Ratio) -> str:
        """Say the interval of a ratio."""
        return self.span(found.low, found.high, 2)

    def sides(self, found: Sequence[ThresholdMark]) -> str:
        """Say where an interval stands against thresholds: "crosses 5 %, below 10 and 20 %"."""
        said = []
        for side, group in groupby(found, key=lambda each: each.side):
            *others, last = [self.plain(each.threshold.percent) for each in group]
            limits = self.with_sign(last)
            if others:
                limits = self.say("{first} and {last}").format(first=self.listed(others), last=limits)
            said.append(self.say(SIDES[side]).format(limits=limits))
        return self.listed(said)

    def listed(self, parts: Iterable[str]) -> str:
        """Join the parts of a list."""
        return self.catalogue.comma.join(parts)

    def parts(self, parts: Iterable[str]) -> str:
        """Join parts of a sentence that hold commas themselves."""
        return self.catalogue.semicolon.join(parts)

    def sentences(self, parts: Iterable[str]) -> str:
        """Join sentences."""
        return self.catalogue.space.join(parts)

    def told(self, word: str, what: str) -> str:
        """Say a word and after a colon what it tells."""
        return f"{word}{self.catalogue.colon}{what}"

    def cells(self, count: int) -> str:
        """Say a number of cells."""
        return self.say("{} cell" if count == 1 else "{} cells").format(count)

    def hindrance(self, kind: str, count: int) -> str:
        """Say what stood against a signature; a kind that a newer program found is said by its name."""
        if kind not in set(Hindrance):
            return self.told(self.cells(count), kind)
        said = self.required_fields(count) if kind == Hindrance.EMPTY_FIELDS else self.cells(count)
        return self.say(HINDRANCES[Hindrance(kind)]).format(said)

    def required_fields(self, count: int) -> str:
        """Say a number of header fields that the laboratory requires."""
        return self.say("{} required field" if count == 1 else "{} required fields").format(count)

    def differences(self, found: Changed, labels: dict[str, str]) -> str:
        """Say what an amended report says otherwise: "1 cell (blast 4 to 5, lymphocyte 9 to 8), Comment".

        Args:
            found: the differences.
            labels: how each header field is called in English, by its name.
        """
        said = []
        if found.cells:
            classes = self._classes(found.classes)
            said.append(self.cells(found.cells) + (f" ({classes})" if classes else ""))
        for smear, classes_of_it in groupby(found.manual, key=lambda each: each[0]):
            told = self._classes(counts for _, *counts in classes_of_it)
            said.append(self.say("manual count of smear {} ({})").format(smear, told))
        said += [self.say(RULES[name]) for name in found.rules]
        known = labels | OTHER_FIELDS
        said += [self.say(known.get(name, name)) for name in found.fields]
        return self.listed(said) or self.say("nothing")

    def _classes(self, counts: Iterable[Iterable[Any]]) -> str:
        """Say how counts of classes differ, of (name, before, after)."""
        change = self.say("{name} {before} to {after}")
        return self.listed(
            change.format(name=self.name(name), before=before, after=after) for name, before, after in counts
        )

    def of(self, part: int, whole: int) -> str:
        """Say a part of a whole with its percentage."""
        share = self._share(part, whole)
        return self.say("{part} of {whole}").format(part=part, whole=whole) + share

    def share_of(self, part: int, whole: int) -> str:
        """Say what a number is a part of."""
        return self.say("of {whole}").format(whole=whole) + self._share(part, whole)

    def _share(self, part: int, whole: int) -> str:
        return f" ({self.with_sign(f'{100 * part / whole:.0f}')})" if whole else ""

    def moment(self, at: datetime) -> str:
        """Say a time in its own zone, with the offset from UTC."""
        offset = f"{at:%z}"
        zone = f" (UTC{offset[:3]}:{offset[3:5]})" if offset else ""
        return self.catalogue.clock.format(day=self.catalogue.date(at), time=f"{at:%H:%M}") + zone


def plural(name: str) -> str:
    """Give the plural of an English class name; one that does not end like a cell's is left as it is."""
    if name.endswith("mitosis"):
        return f"{name[:-2]}es"
    return f"{name}s" if re.search("(cell|cyte|blast|phil|phage|fact)$", name) else name


def capital(name: str) -> str:
    """Begin a name with a capital letter."""
    return name[:1].upper() + name[1:]


ENGLISH = Words()
"""The language of the code, for what is printed without a choice."""

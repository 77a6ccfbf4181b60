"""The rules of a count: what the M:E ratio divides, which thresholds are marked, the target."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.core.reference import BAIN_1996, REFERENCE_SETS, ReferenceSet, Sex
from marrowdesk.core.reference_text import reference_set, told
from marrowdesk.core.taxonomy import MARROW, Lineage, Scheme, Specimen

_GRANULOCYTIC = (Lineage.NEUTROPHILIC, Lineage.EOSINOPHILIC, Lineage.BASOPHILIC)


@dataclass(frozen=True, slots=True)
class RatioRule:
    """A ratio of lineages; the report prints ``definition`` beside the value.

    Attributes:
        key: short name kept in settings.
        definition: the ratio in words.
        above: lineages in the numerator.
        below: lineages in the denominator.
    """

    key: str
    definition: str
    above: tuple[Lineage, ...]
    below: tuple[Lineage, ...] = (Lineage.ERYTHROID,)


ME_RULES = {
    rule.key: rule
    for rule in (
        RatioRule(
            "icsh",
            "granulocytic and monocytic cells and their precursors, blasts included : "
            "all erythroid cells (ICSH, Lee 2008)",
            (Lineage.BLAST, *_GRANULOCYTIC, Lineage.MONOCYTIC),
        ),
        RatioRule(
            "without-blasts",
            "granulocytic and monocytic cells without blasts : all erythroid cells",
            (*_GRANULOCYTIC, Lineage.MONOCYTIC),
        ),
        RatioRule(
            "granulocytic",
            "granulocytic cells without blasts and monocytes : all erythroid cells",
            _GRANULOCYTIC,
        ),
        RatioRule(
            "granulocytic-with-blasts",
            "granulocytic cells and blasts without monocytes : all erythroid cells",
            (Lineage.BLAST, *_GRANULOCYTIC),
        ),
    )
}
"""The definitions of the myeloid-to-erythroid ratio to choose from, by key."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """A share that matters clinically; the program says where the count stands, never what it means.

    Attributes:
        name: what is counted, plural.
        codes: the classes summed.
        percent: the threshold in percent of all counted nucleated cells.
        source: who set it.
    """

    name: str
    codes: tuple[str, ...]
    percent: float
    source: str


_WHO = "WHO, 5th ed."
_BLASTS: dict[Specimen, tuple[float, ...]] = {"marrow": (5.0, 10.0, 20.0), "blood": (2.0, 5.0, 20.0)}
_PLASMA_CELLS: dict[Specimen, tuple[tuple[float, ...], str]] = {
    "marrow": ((10.0, 60.0), "IMWG 2014"),
    "blood": ((5.0,), "IMWG 2021"),
}


EQUIVALENTS = ("FGC", "PRM")
"""Classes that may count with the blasts at the thresholds: faggot cells, the abnormal promyelocytes of acute
promyelocytic leukaemia, and promonocytes (blast equivalents of the WHO, 5th ed., 2022)."""


def thresholds(blast_equivalents: tuple[str, ...] = (), scheme: Scheme = MARROW) -> tuple[Threshold, ...]:
    """Give the thresholds marked in a count by a scheme.

    Marrow: blasts 5, 10 and 20 % (WHO, 5th ed., 2022), plasma cells 10 and 60 % (IMWG, Rajkumar 2014).
    Blood: blasts 2, 5 and 20 % (WHO, 5th ed.: MDS with increased blasts 1 and 2, acute leukaemia), plasma
    cells 5 % (IMWG, Fernández de Larrea 2021). Equivalents that the scheme does not tell apart count with the
    class they stand under, and no threshold is named after them.
    """
    equivalents = tuple(code for code in blast_equivalents if code in scheme)
    blasts = ("BLA", *equivalents)
    name = "blasts and equivalents" if equivalents else "blasts"
    limits, source = _PLASMA_CELLS[scheme.specimen]
    return (
        *(Threshold(name, blasts, percent, _WHO) for percent in _BLASTS[scheme.specimen]),
        *(Threshold("plasma cells", ("PLM",), percent, source) for percent in limits),
    )


@dataclass(frozen=True, slots=True)
class CountingRules:
    """Everything that turns a tally into a differential.

    Attributes:
        target: nucleated cells wanted; 500 is the standard for a marrow (ICSH, Lee 2008).
        me_rule: definition of the M:E ratio.
        references: the set of reference ranges.
        sex: sex of the patient, for ranges that differ; empty when unknown.
        confidence: level of the intervals.
        blast_equivalents: codes of classes counted with the blasts at the thresholds, of
            :data:`EQUIVALENTS`.
        age: of the patient in years, for ranges that hold for some ages only; the least one where the dates
            leave it open; None when unknown.
        non_erythroid: whether blasts are also given as a share of the non-erythroid cells of a marrow: of
            all that is counted but the erythroid series, lymphocytes and plasma cells too. The WHO asked for
            such a share in erythroid leukaemia until its revised 4th ed. (2017) left it.
        age_unclear: whether a date is filled in that leaves open which ranges hold; none are held against
            the count then.
    """

    target: int = 500
    me_rule: RatioRule = ME_RULES["icsh"]
    references: ReferenceSet = BAIN_1996
    sex: Sex = ""
    confidence: float = 0.95
    blast_equivalents: tuple[str, ...] = ()
    age: float | None = None
    non_erythroid: bool = False
    age_unclear: bool = False

    @property
    def held(self) -> ReferenceSet:
        """The ranges held against the count: those for the age of the patient, and for this M:E ratio."""
        held = self.references.none_held() if self.age_unclear else self.references.at_age(self.age)
        return held if held.me_definition == self.me_rule.key else replace(held, me_ratio=None)

    @property
    def ranges_left_out(self) -> bool:
        """Whether there are ranges that are not held against the count because of the patient's age."""
        return bool(self.references.entries) and not self.held.entries

    def to_json(self) -> str:
        """Write the rules as JSON text, read back by :meth:`from_json`; what is shipped by its key."""
        references = self.references
        return json.dumps(
            {
                "target": self.target,
                "me": self.me_rule.key,
                "references": references.key,
                **({} if references == REFERENCE_SETS.get(references.key) else {"ranges": told(references)}),
                "sex": self.sex,
                "age": self.age,
                "age_unclear": self.age_unclear,
                "confidence": self.confidence,
                "blast_equivalents": self.blast_equivalents,
                "non_erythroid": self.non_erythroid,
            }
        )

    @classmethod
    def from_json(cls, text: str) -> CountingRules:
        """Read rules written by :meth:`to_json`.

        Raises:
            MarrowdeskError: the text is no such rules, or they name ranges or a ratio that are not known.
        """
        try:
            kept = json.loads(text)
            ranges = kept.get("ranges")  # those of the laboratory, as they were then
            return cls(
                target=kept["target"],
                me_rule=ME_RULES[kept["me"]],
                references=reference_set(ranges) if ranges else REFERENCE_SETS[kept["references"]],
                sex=kept["sex"],
                age=kept.get("age"),  # not kept by earlier programs
                age_unclear=bool(kept.get("age_unclear")),  # not kept by earlier programs
                confidence=kept["confidence"],
                blast_equivalents=tuple(kept["blast_equivalents"]),
                non_erythroid=bool(kept.get("non_erythroid")),  # not kept by earlier programs
            )
        except (KeyError, TypeError, ValueError) as error:
            raise MarrowdeskError(
                f"The rules that a version was counted by are not understood ({error}).",
                "Open the case with the version of the program that signed it, or a newer one.",
            ) from error

"""The rules of a count: what the M:E ratio divides, which thresholds are marked, the target."""

from __future__ import annotations

import json
from dataclasses import dataclass

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.core.reference import BAIN_1996, REFERENCE_SETS, ReferenceSet, Sex
from marrowdesk.core.taxonomy import Lineage

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


def thresholds(blast_equivalents: tuple[str, ...] = ()) -> tuple[Threshold, ...]:
    """Give the marked thresholds: blasts 5, 10, 20 % (WHO, 5th ed.), plasma cells 10, 60 % (IMWG 2014)."""
    blasts = ("BLA", *blast_equivalents)
    name = "blasts and equivalents" if blast_equivalents else "blasts"
    return (
        *(Threshold(name, blasts, percent, "WHO, 5th ed.") for percent in (5.0, 10.0, 20.0)),
        *(Threshold("plasma cells", ("PLM",), percent, "IMWG 2014") for percent in (10.0, 60.0)),
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
        blast_equivalents: codes of classes counted with the blasts at the thresholds, for example
            ``("FGC",)`` or ``("PRM",)``.
    """

    target: int = 500
    me_rule: RatioRule = ME_RULES["icsh"]
    references: ReferenceSet = BAIN_1996
    sex: Sex = ""
    confidence: float = 0.95
    blast_equivalents: tuple[str, ...] = ()

    def to_json(self) -> str:
        """Write the rules as JSON text, read back by :meth:`from_json`; ranges and ratio by their keys."""
        return json.dumps(
            {
                "target": self.target,
                "me": self.me_rule.key,
                "references": self.references.key,
                "sex": self.sex,
                "confidence": self.confidence,
                "blast_equivalents": self.blast_equivalents,
            }
        )

    @classmethod
    def from_json(cls, text: str) -> CountingRules:
        """Read rules written by :meth:`to_json`.

        Raises:
            MarrowdeskError: the text is no such rules, or they name ranges or a ratio that are not known.
        """
        try:
            told = json.loads(text)
            return cls(
                target=told["target"],
                me_rule=ME_RULES[told["me"]],
                references=REFERENCE_SETS[told["references"]],
                sex=told["sex"],
                confidence=told["confidence"],
                blast_equivalents=tuple(told["blast_equivalents"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise MarrowdeskError(
                f"The rules that a version was counted by are not understood ({error}).",
                "Open the case with the version of the program that signed it, or a newer one.",
            ) from error

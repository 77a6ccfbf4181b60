"""What a laboratory chose for its counts; sex, age and specimen come with each case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from marrowdesk.core.age import ANY_AGE, age_of
from marrowdesk.core.counting import ME_RULES, CountingRules, RatioRule
from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.core.reference import BAIN_1996, DACIE_LEWIS, ReferenceSet, Sex
from marrowdesk.core.sex import gender_of, sex_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from marrowdesk.core.taxonomy import Specimen


@dataclass(frozen=True, slots=True)
class RuleChoice:
    """What is chosen once for many cases.

    Attributes:
        target: nucleated cells wanted in a marrow; 500 is its standard (ICSH, Lee 2008).
        blood_target: cells wanted in a blood film; 200 is usual there.
        me_rule: definition of the M:E ratio.
        marrow: reference ranges of marrow.
        blood: reference ranges of blood.
        sex: of the patients whose header does not say it.
        blast_equivalents: codes of classes that count with the blasts at the thresholds.
        non_erythroid: whether blasts are also given as a share of the non-erythroid cells of a marrow.
    """

    target: int = 500
    blood_target: int = 200
    me_rule: RatioRule = ME_RULES["icsh"]
    marrow: ReferenceSet = BAIN_1996
    blood: ReferenceSet = DACIE_LEWIS
    sex: Sex = ""
    blast_equivalents: tuple[str, ...] = ()
    non_erythroid: bool = False

    def contradicted(self, fields: Mapping[str, str]) -> bool:
        """Tell whether a header says another sex than the one chosen, or neither; it holds then."""
        said = gender_of(fields.get("sex", ""))
        return bool(self.sex) and said not in (None, "U", self.sex)

    def rules(
        self, specimen: Specimen, fields: Mapping[str, str], read_sex: Callable[[str], Sex] = sex_of
    ) -> CountingRules:
        """Give the rules for a case.

        Args:
            specimen: what it counts.
            fields: its header, as typed: ``sex``, ``birth_date`` and ``collected`` choose the ranges.
            read_sex: reads the sex from the header.

        Raises:
            MarrowdeskError: the ranges chosen are not for this specimen.
        """
        references = self.blood if specimen == "blood" else self.marrow
        if references.specimen not in (None, specimen):
            raise MarrowdeskError(
                f"The reference ranges {references.name!r} are not for {specimen}, which this case counts.",
                "Choose others.",
            )
        typed = fields.get("sex", "")
        ages = age_of(fields.get("birth_date", ""), fields.get("collected", ""), date.today()).ages
        unclear = ages is not None and references.changes_between(*ages)
        age = None if ages is None or unclear or ages == ANY_AGE else ages[0]
        return CountingRules(
            target=self.blood_target if specimen == "blood" else self.target,
            me_rule=self.me_rule,
            references=references,
            blast_equivalents=self.blast_equivalents,
            non_erythroid=self.non_erythroid,
            sex=read_sex(typed) or ("" if self.contradicted(fields) else self.sex),
            age=age,
            age_unclear=unclear,
        )

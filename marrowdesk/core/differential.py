"""The differential count: shares with intervals, ranges and marks, all computed from one tally."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from marrowdesk.core.cell import CellState
from marrowdesk.core.counting import CountingRules, RatioRule, Threshold, thresholds
from marrowdesk.core.intervals import clopper_pearson, ratio_interval
from marrowdesk.core.taxonomy import CellClass, CountRole, Lineage, Scheme, Specimen

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterable

    from marrowdesk.core.reference import Range, RangeEntry
    from marrowdesk.core.tally import Tally

Mark = Literal["", "low", "high"]


@dataclass(frozen=True, slots=True)
class Share:
    """A count as a share of all counted nucleated cells.

    Attributes:
        count: cells.
        percent: in [0, 100]; None while nothing is counted.
        low: lower limit of the interval, in percent; None while nothing is counted.
        high: upper limit of the interval, in percent; None while nothing is counted.
    """

    count: int
    percent: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the differential: a class, a lineage or a sum of classes.

    Attributes:
        name: as printed.
        share: count and share now: reviewed where reviewed, else proposed.
        predicted: cells proposed as this, whatever the reader decided.
        predicted_percent: of all cells proposed as a counted class; None while there are none.
        reviewed: cells a reader gave this class or confirmed in it.
        range: reference range in percent; None where the set has none.
        mark: on which side of the range the share lies; empty when inside or without a range.
        cell_class: the class; None for a lineage or sum.
        lineage: the lineage the row belongs to; None for a sum across lineages.
        codes: the classes summed.
    """

    name: str
    share: Share
    predicted: int
    predicted_percent: float | None
    reviewed: int
    range: Range | None
    mark: Mark
    cell_class: CellClass | None = None
    lineage: Lineage | None = None
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio of two counts.

    Attributes:
        name: as printed.
        definition: what is divided by what, in words.
        above: cells in the numerator.
        below: cells in the denominator.
        value: the ratio; None when not computable (nothing in the denominator).
        low: lower limit of its interval; None when not computable.
        high: upper limit of its interval; None when not computable.
        range: reference range; None where the set has none.
        mark: on which side of the range the value lies.
    """

    name: str
    definition: str
    above: int
    below: int
    value: float | None
    low: float | None
    high: float | None
    range: Range | None = None
    mark: Mark = ""


@dataclass(frozen=True, slots=True)
class ThresholdMark:
    """Where a count stands against a threshold.

    Attributes:
        threshold: the threshold.
        share: the share compared with it.
        side: ``below`` or ``above`` when the whole interval lies there, else ``crosses``.
    """

    threshold: Threshold
    share: Share
    side: Literal["below", "above", "crosses"]


@dataclass(frozen=True, slots=True)
class Apart:
    """Cells outside the differential.

    Attributes:
        name: as printed.
        count: cells.
        per_hundred: per 100 counted nucleated cells; None while nothing is counted.
        reviewed: those that a reader gave this class, confirmed in it or excluded.
        cell_class: the class; None for cells that a reader excluded or that have no proposal yet.
    """

    name: str
    count: int
    per_hundred: float | None
    reviewed: int
    cell_class: CellClass | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """A class with an alert of which there are cells.

    Attributes:
        cell_class: the class.
        reviewed: cells that a reader gave this class or confirmed in it.
        left: the others, which nobody has looked at.
    """

    cell_class: CellClass
    reviewed: int
    left: int


@dataclass(frozen=True, slots=True)
class Differential:
    """The differential count of a case at one moment.

    Attributes:
        rules: the rules it was computed by.
        specimen: what was counted.
        rows: one a counted class, in the order of the scheme.
        groups: one a lineage, in the order of the scheme.
        sums: sums of classes that the reference set gives a range for.
        apart: what stands outside of the differential, with excluded cells.
        me_ratio: myeloid-to-erythroid ratio; None in blood, where ratios of marrow cells mean nothing.
        maturation: maturation index of the neutrophilic line; None in blood.
        marks: the thresholds, each with its side.
        non_erythroid: blasts, with what counts with them, as a share of the non-erythroid cells of a marrow;
            None where the rules do not ask for it.
        counted: nucleated cells in the differential.
        counted_reviewed: those of them that a reader decided on.
        total: all cells of the case, with those of a manual count that is counted together with them.
        reviewed: all cells a reader decided on, excluded ones too.
        judged: those of them that have a proposal.
        changed: those of the judged where the reader's class is not the proposed one, or that were excluded.
        unresolved: cells in a class that must be resolved or dismissed (not identifiable).
        unfamiliar: unreviewed cells that the model calls unfamiliar.
        compared: cells with a reference label and a class.
        agreeing: those where both are the same.
    """

    rules: CountingRules
    specimen: Specimen
    rows: tuple[Row, ...]
    groups: tuple[Row, ...]
    sums: tuple[Row, ...]
    apart: tuple[Apart, ...]
    me_ratio: Ratio | None
    maturation: Ratio | None
    marks: tuple[ThresholdMark, ...]
    non_erythroid: Share | None
    counted: int
    counted_reviewed: int
    total: int
    reviewed: int
    judged: int
    changed: int
    unresolved: int
    unfamiliar: int
    compared: int
    agreeing: int

    def row(self, code: str) -> Row:
        """Give the line of a counted class.

        Raises:
            KeyError: the class is not counted.
        """
        for row in self.rows:
            if row.cell_class is not None and row.cell_class.code == code:
                return row
        raise KeyError(code)

    def alerts(self) -> tuple[Alert, ...]:
        """Give the classes with an alert of which there are cells, those outside of the count last."""
        found = [(row.cell_class, row.share.count, row.reviewed) for row in self.rows]
        found += [(each.cell_class, each.count, each.reviewed) for each in self.apart]
        return tuple(
            Alert(known, reviewed, count - reviewed)
            for known, count, reviewed in found
            if known is not None and known.alert and count
        )

    def equivalents(self) -> tuple[Row, ...]:
        """Give the lines of the classes that count with the blasts, as far as there are cells of them."""
        chosen = self.rules.blast_equivalents
        return tuple(
            row for row in self.rows if row.cell_class and row.cell_class.code in chosen and row.share.count
        )


class _Counter:
    """Turns one tally into rows; holds what every row needs."""

    def __init__(self, tally: Tally, scheme: Scheme, rules: CountingRules) -> None:
        self.tally = tally
        self.scheme = scheme
        self.rules = rules
        self.references = rules.held
        self.counted_codes = [each.code for each in scheme.classes if each.counted]
        self.counted = self._sum(tally.current, self.counted_codes)
        self.predicted = self._sum(tally.predicted, self.counted_codes)

    @staticmethod
    def _sum(counts: Counter[str], codes: Iterable[str]) -> int:
        return sum(counts[code] for code in codes)

    def codes_of(self, lineages: Iterable[Lineage]) -> tuple[str, ...]:
        wanted = set(lineages)
        return tuple(each.code for each in self.scheme.classes if each.counted and each.lineage in wanted)

    def share(self, codes: Iterable[str], less: Iterable[str] = ()) -> Share:
        """Give the share of some classes in all that is counted less some others."""
        count = self._sum(self.tally.current, codes)
        whole = self.counted - self._sum(self.tally.current, less)
        if not whole:
            return Share(count, None, None, None)
        low, high = clopper_pearson(count, whole, self.rules.confidence)
        return Share(count, 100 * count / whole, 100 * low, 100 * high)

    def row(
        self,
        name: str,
        codes: tuple[str, ...],
        entry: RangeEntry | None,
        cell_class: CellClass | None = None,
        lineage: Lineage | None = None,
    ) -> Row:
        share = self.share(codes)
        predicted = self._sum(self.tally.predicted, codes)
        limits = None if entry is None else entry.for_sex(self.rules.sex)
        mark: Mark = "" if limits is None or share.percent is None else limits.mark(share.percent)
        percent = 100 * predicted / self.predicted if self.predicted else None
        reviewed = self._sum(self.tally.reviewed, codes)
        return Row(name, share, predicted, percent, reviewed, limits, mark, cell_class, lineage, codes)

    def ratio(self, name: str, definition: str, above: tuple[str, ...], below: tuple[str, ...]) -> Ratio:
        top, bottom = self._sum(self.tally.current, above), self._sum(self.tally.current, below)
        if not bottom:
            return Ratio(name, definition, top, bottom, None, None, None)
        low, high = ratio_interval(top, bottom, self.rules.confidence)
        return Ratio(name, definition, top, bottom, top / bottom, low, high)

    def me_ratio(self, rule: RatioRule) -> Ratio | None:
        if self.scheme.specimen == "blood":
            return None
        ratio = self.ratio("M:E ratio", rule.definition, self.codes_of(rule.above), self.codes_of(rule.below))
        entry = self.references.me_ratio
        if entry is None:
            return ratio
        limits = entry.for_sex(self.rules.sex)
        mark: Mark = "" if ratio.value is None else limits.mark(ratio.value, digits=2)
        return Ratio(
            ratio.name, ratio.definition, ratio.above, ratio.below, ratio.value, ratio.low, ratio.high,
            limits, mark,
        )  # fmt: skip

    def maturation(self) -> Ratio | None:
        """Maturation index as Celly.AI defines it."""
        if self.scheme.specimen == "blood":
            return None
        definition = "blasts, promyelocytes, myelocytes, metamyelocytes : band and segmented neutrophils"
        return self.ratio("Maturation index", definition, ("BLA", "PMO", "MYB", "MMZ"), ("NGB", "NGS"))

    def marks(self) -> tuple[ThresholdMark, ...]:
        return tuple(
            ThresholdMark(threshold, share, _side(share, threshold.percent))
            for threshold in thresholds(self.rules.blast_equivalents, self.scheme)
            if any(code in self.scheme for code in threshold.codes)
            and (share := self.share(threshold.codes)).percent is not None
        )

    def non_erythroid(self) -> Share | None:
        if not self.rules.non_erythroid or self.scheme.specimen != "marrow":
            return None
        return self.share(("BLA", *self.rules.blast_equivalents), less=self.codes_of((Lineage.ERYTHROID,)))

    def apart(self) -> tuple[Apart, ...]:
        def per_hundred(count: int) -> float | None:
            return 100 * count / self.counted if self.counted else None

        states = self.tally.states
        classes = (each for each in self.scheme.classes if not each.counted)
        return (
            *(
                Apart(each.name, count, per_hundred(count), self.tally.reviewed[each.code], each)
                for each in classes
                if (count := self.tally.current[each.code])
            ),
            *(
                Apart(name, states[state], per_hundred(states[state]), reviewed)
                for name, state, reviewed in (
                    ("excluded by the reader", CellState.EXCLUDED, states[CellState.EXCLUDED]),
                    ("not classified yet", CellState.PENDING, 0),
                )
                if states[state]
            ),
        )


def _side(share: Share, percent: float) -> Literal["below", "above", "crosses"]:
    if share.high is not None and share.high < percent:
        return "below"
    return "above" if share.low is not None and share.low >= percent else "crosses"


def differential(tally: Tally, scheme: Scheme, rules: CountingRules | None = None) -> Differential:
    """Compute the differential of a tally; the cost depends on the number of classes, not of cells.

    Args:
        tally: the counts.
        scheme: the classes, their order, lineages and roles.
        rules: target, ranges, M:E definition; the defaults when None.
    """
    rules = rules or CountingRules()
    counter = _Counter(tally, scheme, rules)
    references, states = counter.references, tally.states
    counted = [each for each in scheme.classes if each.counted]
    unresolved = [each.code for each in scheme.classes if each.role is CountRole.UNRESOLVED]
    return Differential(
        rules=rules,
        specimen=scheme.specimen,
        rows=tuple(
            counter.row(each.name, (each.code,), references.for_code(each.code), each, each.lineage)
            for each in counted
        ),
        groups=tuple(
            counter.row(
                lineage.value, counter.codes_of((lineage,)), references.for_lineage(lineage), None, lineage
            )
            for lineage in scheme.lineages()
        ),
        sums=tuple(
            counter.row(each.name, each.codes, each)
            for each in references.sums()
            if all(code in scheme for code in each.codes)
        ),
        apart=counter.apart(),
        me_ratio=counter.me_ratio(rules.me_rule),
        maturation=counter.maturation(),
        marks=counter.marks(),
        non_erythroid=counter.non_erythroid(),
        counted=counter.counted,
        counted_reviewed=sum(tally.reviewed[each.code] for each in counted),
        total=tally.total,
        reviewed=tally.total - states[CellState.PENDING] - states[CellState.PROPOSED],
        judged=tally.judged,
        changed=tally.changed,
        unresolved=sum(tally.current[code] for code in unresolved),
        unfamiliar=tally.unfamiliar,
        compared=tally.compared,
        agreeing=tally.agreeing,
    )

"""What an amended version of a case says otherwise than the version that it replaces."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from marrowdesk.core.cell import Cell
    from marrowdesk.core.counting import CountingRules
    from marrowdesk.core.taxonomy import Scheme


@dataclass(frozen=True, slots=True, eq=False)
class Version:
    """All of a case that its report rests on, at one moment.

    Attributes:
        cells: its cells.
        manual: keys of the manual count, by smear and class.
        fields: header fields; an empty text is the same as none.
        scheme: the classes.
        rules: what is counted by.
    """

    cells: Sequence[Cell]
    manual: Mapping[int, Counter[str]]
    fields: Mapping[str, str]
    scheme: Scheme
    rules: CountingRules


@dataclass(frozen=True, slots=True)
class Changed:
    """How two versions differ.

    Attributes:
        cells: cells that count under another class, are counted no more, or were not there before.
        classes: name of each class whose count differs, with its cells before and after, in the order of
            the scheme.
        fields: names of the header fields whose text differs, in alphabetical order.
        manual: the same of the manual count as ``classes``, each with the number of its smear first.
        rules: what is counted otherwise: ``scheme`` for the classes and what they mean, ``target``,
            ``me_ratio``, ``references`` for the ranges held against the count, ``sex``,
            ``blast_equivalents``, ``non_erythroid``, ``confidence``.
    """

    cells: int
    classes: tuple[tuple[str, int, int], ...]
    fields: tuple[str, ...]
    manual: tuple[tuple[int, str, int, int], ...] = ()
    rules: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.cells or self.fields or self.manual or self.rules)


def changed(before: Version, after: Version) -> Changed:
    """Compare an earlier version of a case with a later one."""
    old = {cell.id: cell.code for cell in before.cells}
    new = {cell.id: cell.code for cell in after.cells}
    others = sum(code != old.get(cell) for cell, code in new.items() if cell in old or code is not None)
    schemes = (before.scheme, after.scheme)
    counted = Counter(code for code in old.values() if code is not None)
    counts = Counter(code for code in new.values() if code is not None)
    nothing = Counter[str]()
    return Changed(
        cells=others,
        classes=tuple(_differing(counted, counts, schemes)),
        fields=tuple(
            name
            for name in sorted({*before.fields, *after.fields})
            if before.fields.get(name, "") != after.fields.get(name, "")
        ),
        manual=tuple(
            (smear, *found)
            for smear in sorted({*before.manual, *after.manual})
            for found in _differing(
                before.manual.get(smear, nothing), after.manual.get(smear, nothing), schemes
            )
        ),
        rules=tuple(_rules(before, after)),
    )


def _differing(
    before: Counter[str], after: Counter[str], schemes: tuple[Scheme, Scheme]
) -> Iterator[tuple[str, int, int]]:
    """Give each class whose count differs by its name, in the order of the later scheme."""
    names = {each.code: each.name for scheme in schemes for each in scheme.classes}
    listed = [*schemes[1].codes, *sorted({*before, *after} - set(schemes[1].codes))]
    for code in listed:
        if before[code] != after[code]:
            yield names.get(code, code), before[code], after[code]


def _rules(before: Version, after: Version) -> Iterator[str]:
    """Name what is counted otherwise, as far as it can be seen in a report."""
    old, new = before.rules, after.rules
    if _meaning(before.scheme) != _meaning(after.scheme):
        yield "scheme"
    if old.target != new.target:
        yield "target"
    marrow = "marrow" in (before.scheme.specimen, after.scheme.specimen)  # blood has no such ratios
    if marrow and old.me_rule != new.me_rule:
        yield "me_ratio"
    if (old.references, old.held.entries) != (new.references, new.held.entries):
        yield "references"
    if old.sex != new.sex and (old.held.entries or new.held.entries):
        yield "sex"
    if old.blast_equivalents != new.blast_equivalents:
        yield "blast_equivalents"
    if marrow and old.non_erythroid != new.non_erythroid:
        yield "non_erythroid"
    if old.confidence != new.confidence:
        yield "confidence"


def _meaning(scheme: Scheme) -> object:
    """Give what counts of a scheme: its keys, colours and folders may change without changing a count."""
    classes = {
        each.code: (each.name, each.lineage, each.role, each.alert, each.takes, each.prior)
        for each in scheme.classes
    }
    return scheme.specimen, classes

"""What an amended version of a case says otherwise than the version that it replaces."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from marrowdesk.core.cell import Cell
    from marrowdesk.core.taxonomy import Scheme


@dataclass(frozen=True, slots=True)
class Changed:
    """How two versions differ.

    Attributes:
        cells: cells that count under another class, are counted no more, or were not there before.
        classes: name of each class whose count differs, with its cells before and after, in the order of
            the scheme.
        fields: names of the header fields whose text differs, in alphabetical order.
    """

    cells: int
    classes: tuple[tuple[str, int, int], ...]
    fields: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.cells or self.fields)


def changed(
    before: Iterable[Cell],
    after: Iterable[Cell],
    scheme: Scheme,
    fields_before: Mapping[str, str],
    fields_after: Mapping[str, str],
) -> Changed:
    """Compare two versions of a case.

    Args:
        before: the cells of the earlier version.
        after: the cells of the later one.
        scheme: the classes, for names and order.
        fields_before: header fields of the earlier version.
        fields_after: header fields of the later one; an empty text is the same as none.
    """
    old = {cell.id: cell.code for cell in before}
    new = {cell.id: cell.code for cell in after}
    others = sum(code != old.get(cell) for cell, code in new.items() if cell in old or code is not None)
    counted = Counter(code for code in old.values() if code is not None)
    counts = Counter(code for code in new.values() if code is not None)
    names = {each.code: each.name for each in scheme.classes}
    listed = [*scheme.codes, *sorted({*counted, *counts} - set(scheme.codes))]
    return Changed(
        others,
        tuple(
            (names.get(code, code), counted[code], counts[code])
            for code in listed
            if counted[code] != counts[code]
        ),
        tuple(
            name
            for name in sorted({*fields_before, *fields_after})
            if fields_before.get(name, "") != fields_after.get(name, "")
        ),
    )

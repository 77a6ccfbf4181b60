"""Sets of reference ranges as plain values, for a file or the record of a signature, and back."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, get_args

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.core.reference import Ages, MeDefinition, Range, RangeEntry, ReferenceSet
from marrowdesk.core.taxonomy import Lineage

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST = 120
_MOST_ENTRIES = 200


def told(found: ReferenceSet) -> dict[str, Any]:
    """Give a set as values that JSON knows, read back by :func:`reference_set`."""
    return {
        "key": found.key,
        "name": found.name,
        "source": found.source,
        "specimen": found.specimen,
        "ages": _span(found.ages),
        "entries": [_entry(each) for each in found.entries],
        "me_ratio": None if found.me_ratio is None else _entry(found.me_ratio),
        "me_definition": found.me_definition,
    }


def _entry(each: RangeEntry) -> dict[str, Any]:
    limits = {
        name: [found.low, found.high]
        for name, found in (("both", each.both), ("female", each.female), ("male", each.male))
        if found is not None
    }
    return {
        "name": each.name,
        "codes": list(each.codes),
        "lineage": each.lineage,
        "ages": None if each.ages is None else _span(each.ages),
        **limits,
    }


def _span(ages: Ages) -> list[float | None]:
    return [ages[0], None if math.isinf(ages[1]) else ages[1]]


def reference_set(values: Mapping[str, Any]) -> ReferenceSet:
    """Read a set from such values.

    Files of earlier programs do not say for which definition of the M:E ratio its range was made: they get
    that of the ICSH, which those programs count by unless another one is chosen.

    Raises:
        MarrowdeskError: they are no such set, or a range cannot be one; the message says which.
    """
    try:
        entries, ratio = values["entries"], values.get("me_ratio")
        if len(entries) > _MOST_ENTRIES:
            raise MarrowdeskError(f"A set of {len(entries)} reference ranges is too large.")
        return ReferenceSet(
            _text(values["key"]),
            _text(values["name"]),
            str(values["source"])[:500],
            tuple(_read_entry(each) for each in entries),
            None if ratio is None else _read_entry(ratio),
            _specimen(values.get("specimen", "marrow")),
            _ages(values["ages"]),
            _me_definition(values.get("me_definition", "icsh")),
        )
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise MarrowdeskError(
            f"The reference ranges cannot be read: {error}.", "Choose a file exported here."
        ) from error


def _text(value: object) -> str:
    text = str(value).strip()
    if not text or len(text) > _LONGEST:
        raise MarrowdeskError(
            f"A name in the reference ranges is empty or too long: {text[:40]!r}.", "Give another."
        )
    return text


def _specimen(value: object) -> Any:
    if value not in ("marrow", "blood", None):
        raise MarrowdeskError(f"The reference ranges are for {value!r}, which is not known here.")
    return value


def _me_definition(value: object) -> Any:
    if value not in get_args(MeDefinition):
        raise MarrowdeskError(
            f"The reference range of the M:E ratio is by the definition {value!r}, which is not known here.",
            f"Name one of: {', '.join(get_args(MeDefinition))}.",
        )
    return value


def _read_entry(values: Mapping[str, Any]) -> RangeEntry:
    name = _text(values["name"])
    lineage, codes = values.get("lineage"), tuple(str(each) for each in values.get("codes", ()))
    limits = {key: _range(name, values[key]) for key in ("both", "female", "male") if key in values}
    if set(limits) not in ({"both"}, {"female", "male"}):
        raise MarrowdeskError(
            f"The reference range {name!r} needs limits for both sexes, or one for each.", "Give them."
        )
    ages = values.get("ages")
    return RangeEntry(
        name,
        codes,
        None if lineage is None else Lineage(lineage),
        **limits,
        ages=None if ages is None else _ages(ages),
    )


def _range(name: str, values: Any) -> Range:
    low, high = (float(each) for each in values)
    if not (math.isfinite(low) and math.isfinite(high) and 0 <= low <= high):
        raise MarrowdeskError(
            f"The reference range {name!r} goes from {low:g} to {high:g}.", "The lower limit comes first."
        )
    return Range(low, high)


def _ages(values: Any) -> Ages:
    first, last = values
    span = float(first), math.inf if last is None else float(last)
    if not 0 <= span[0] < span[1]:
        raise MarrowdeskError(
            f"Reference ranges cannot hold from {span[0]:g} to {span[1]:g} years.",
            "The lower age comes first.",
        )
    return span

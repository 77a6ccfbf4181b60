"""The order in which people expect numbered names."""

from __future__ import annotations

import re

_DIGITS = re.compile("[0-9]+")


def natural_key(name: str) -> str:
    """Give a sort key that puts ``cell 2`` before ``cell 10`` and takes upper and lower case alike."""
    # Digits are written with their own length in front, so that plain text order is the order of numbers.
    return _DIGITS.sub(lambda found: f"{len(found[0].lstrip('0')):03}{found[0].lstrip('0')}", name.casefold())

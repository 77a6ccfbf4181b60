"""The sex of a patient as it is typed into the header, from which the ranges of the count follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from marrowdesk.core.reference import Sex


def sex_of(text: str) -> Sex:
    """Read the sex from a plain English word or letter; unknown for anything else."""
    word = text.strip().casefold()
    if word in ("f", "female"):
        return "F"
    return "M" if word in ("m", "male") else ""

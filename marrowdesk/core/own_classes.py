"""A laboratory's own classes beside the shipped ones: what they may be called, which keys they may have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.core.taxonomy import MARROW, CountRole, Lineage, Scheme

if TYPE_CHECKING:
    from collections.abc import Collection

_CODE = re.compile(r"[A-Z][A-Z0-9]{1,5}")
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_LONGEST = 40


def is_own(code: str) -> bool:
    """Whether a class is the laboratory's own: the shipped ones keep their name, lineage and role."""
    return code not in MARROW


def check(scheme: Scheme, reserved: Collection[str] = ()) -> Scheme:
    """Make sure that cells can be counted with a scheme in this program.

    Args:
        scheme: the classes; that no code or key is there twice it has made sure of itself.
        reserved: keys that do something else.

    Returns:
        The scheme.

    Raises:
        MarrowdeskError: a shipped class is missing or another one than it was, or a class has a code, name,
            key or colour that cannot be used; the message names it.
    """
    missing = [each for each in MARROW.codes if scheme.place(each) not in scheme]
    if missing:
        raise MarrowdeskError(
            f"The classes lack {', '.join(missing)}, which the classifier or the count needs.",
            "Add to the shipped classes; leave none of them out.",
        )
    for each in MARROW.classes:
        if each.code not in scheme:
            continue  # another class takes its cells
        found = scheme[each.code]
        if (found.name, found.lineage, found.role) != (each.name, each.lineage, each.role):
            raise MarrowdeskError(
                f"The class {each.code} is called {found.name!r} here; it is the shipped class "
                f"{each.name!r} ({each.lineage}).",
                "Give a class of your own another code.",
            )
    names = [each.name.casefold() for each in scheme.classes]
    for each in scheme.classes:
        wrong = ""
        if is_own(each.code) and not _CODE.fullmatch(each.code):
            wrong = f"The code {each.code!r} is not 2 to 6 capital letters and digits, a letter first."
        elif not each.name.strip() or len(each.name) > _LONGEST:
            wrong = f"The class {each.code} needs a name of at most {_LONGEST} letters."
        elif names.count(each.name.casefold()) > 1:
            wrong = f"Two classes are called {each.name!r}."
        elif each.key and (len(each.key) != 1 or not each.key.isalnum() or not each.key.isascii()):
            wrong = f"The key {each.key!r} of the class {each.name!r} is not one letter or digit."
        elif each.key and each.key.upper() in reserved:
            wrong = f"The key {each.key} of the class {each.name!r} does something else in this program."
        elif not _COLOR.fullmatch(each.color):
            wrong = f"The colour {each.color!r} of the class {each.name!r} is not written #rrggbb."
        elif is_own(each.code) and each.role is CountRole.COUNTED and each.lineage is Lineage.NONE:
            wrong = f"The class {each.name!r} is counted and needs a lineage."
        elif unknown := [code for code in each.takes if is_own(code)]:
            wrong = f"The class {each.name!r} takes {', '.join(unknown)}, which is no shipped class."
        elif is_own(each.code) and each.role is CountRole.UNRESOLVED:
            wrong = f"The class {each.name!r} cannot stand for cells that are not identified."
        if wrong:
            raise MarrowdeskError(wrong, "Change it and try again.")
    return scheme

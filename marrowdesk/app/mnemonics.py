"""The letters that Alt reaches controls and menus by, which Qt marks with an ampersand in their texts."""

from __future__ import annotations


def literal(text: str) -> str:
    """Write a name on a button or into a menu as it is: an ampersand in it underlines no letter."""
    return text.replace("&", "&&")

"""Which classes a laboratory may add, and what is said of those it may not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.core.own_classes import check, is_own
from marrowdesk.core.taxonomy import MARROW, CellClass, CountRole, Lineage

OWN = CellClass("SEZ", "Sézary cell", Lineage.LYMPHOID, CountRole.COUNTED, "9", "#123456")


def _with(**changes):
    return replace(MARROW, classes=(*MARROW.classes, replace(OWN, **changes)))


def test_that_a_class_of_the_laboratorys_own_stands_beside_the_shipped_ones():
    assert check(_with(), "QKJ")["SEZ"] == OWN
    assert is_own("SEZ")
    assert not is_own("BLA")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"code": "s"}, "code 's'"),
        ({"code": "TOOLONG"}, "code 'TOOLONG'"),
        ({"name": " "}, "needs a name"),
        ({"name": "x" * 41}, "at most 40"),
        ({"name": "Blast"}, "Two classes are called 'blast'"),
        ({"key": "ab"}, "not one letter or digit"),
        ({"key": "ü"}, "not one letter or digit"),
        ({"key": "Q"}, "does something else"),
        ({"color": "red"}, "not written #rrggbb"),
        ({"lineage": Lineage.NONE}, "needs a lineage"),
        ({"role": CountRole.UNRESOLVED}, "cannot stand for"),
    ],
)
def test_that_what_cannot_be_used_is_named(changes, words):
    with pytest.raises(MarrowdeskError, match=words):
        check(_with(**changes), "QKJ")


def test_that_shipped_classes_are_neither_left_out_nor_made_into_others():
    without = replace(MARROW, classes=tuple(each for each in MARROW.classes if each.code != "PLM"))
    with pytest.raises(MarrowdeskError, match="lack PLM"):
        check(without)
    other = [replace(e, lineage=Lineage.OTHER) if e.code == "PLM" else e for e in MARROW.classes]
    with pytest.raises(MarrowdeskError, match="it is the shipped class 'plasma cell'"):
        check(replace(MARROW, classes=tuple(other)))


def test_that_keys_and_colours_of_shipped_classes_are_free():
    mine = [replace(e, key="9", color="#000000") if e.code == "BLA" else e for e in MARROW.classes]
    assert check(replace(MARROW, classes=tuple(mine)))["BLA"].key == "9"

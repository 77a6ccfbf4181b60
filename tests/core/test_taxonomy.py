"""The classes: unique codes and keys, folder names of public data sets, and schemes as files."""

import json
from dataclasses import replace

import pytest

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.core.taxonomy import MARROW, CellClass, CountRole, Lineage, Scheme

MATEK = [
    "ABE",
    "ART",
    "BAS",
    "BLA",
    "EBO",
    "EOS",
    "FGC",
    "HAC",
    "KSC",
    "LYI",
    "LYT",
    "MMZ",
    "MON",
    "MYB",
    "NGB",
    "NGS",
    "NIF",
    "OTH",
    "PEB",
    "PLM",
    "PMO",
]


def test_that_all_21_classes_of_the_public_set_are_there():
    assert set(MATEK) <= set(MARROW.codes)


def test_that_only_smudge_artefact_other_and_unidentified_stay_out_of_the_count_of_the_21():
    assert {code for code in MATEK if not MARROW[code].counted} == {"KSC", "ART", "OTH", "NIF"}


def test_that_each_class_has_a_key_of_its_own_that_no_command_uses():
    keys = [each.key for each in MARROW.classes]
    assert len(set(keys)) == len(keys)
    assert all(len(key) == 1 and key.isalnum() and key not in "QKJ" for key in keys)
    assert all(MARROW.for_key(each.key.lower()) is each for each in MARROW.classes)


@pytest.mark.parametrize(
    ("folder", "code"),
    [("BLA", "BLA"), ("bla", "BLA"), ("blasts", "BLA"), ("SNE", "NGS"), ("MMY", "MMZ"), ("ERB", "EBO"),
     ("segmented_neutrophil", "NGS"), ("Plasma Cell", "PLM"), ("MYO", "BLA")],
)  # fmt: skip
def test_that_folders_of_public_data_sets_are_known(folder, code):
    found = MARROW.for_folder(folder)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize("folder", ["slide 12", "BLA2", "", "cells", "patient-EOS"])
def test_that_other_folders_are_no_labels(folder):
    assert MARROW.for_folder(folder) is None


def test_that_a_scheme_survives_its_file():
    added = CellClass(
        "SEZ", "Sézary cell", Lineage.LYMPHOID, CountRole.COUNTED, "J", "#123456", folders=("sz",)
    )
    scheme = replace(MARROW, classes=(*MARROW.classes, added))
    assert Scheme.from_json(scheme.to_json()) == scheme


def test_that_a_key_given_twice_is_refused_by_name():
    added = CellClass("NEW", "new", Lineage.OTHER, CountRole.COUNTED, "B", "#000000")
    with pytest.raises(MarrowdeskError, match="key B twice"):
        replace(MARROW, classes=(*MARROW.classes, added))


@pytest.mark.parametrize("damage", ["{", "[]", '{"format": "x", "version": 1}', "null"])
def test_that_a_file_that_is_no_scheme_is_refused(damage):
    with pytest.raises(MarrowdeskError):
        Scheme.from_json(damage)


def test_that_a_scheme_of_a_later_version_is_refused():
    data = json.loads(MARROW.to_json()) | {"version": 2}
    with pytest.raises(MarrowdeskError, match="version"):
        Scheme.from_json(json.dumps(data))


def test_that_an_unknown_class_is_an_error_that_names_it():
    with pytest.raises(MarrowdeskError, match="QQQ"):
        MARROW["QQQ"]

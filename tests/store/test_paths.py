"""Where things lie: stable, in one home when asked, and with names any disk takes."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from marrowdesk.core.taxonomy import MARROW
from marrowdesk.store import paths
from marrowdesk.store.casefile import CaseFile


def test_that_everything_lies_in_the_home_when_one_is_given(home: Path):
    for path in (paths.cases_path(), paths.settings_path(), paths.logs_path(), paths.demonstration_path()):
        assert path.is_relative_to(home)


def test_that_without_a_home_the_places_are_those_of_the_user(monkeypatch):
    monkeypatch.delenv("MARROWDESK_HOME")
    for path in (paths.cases_path(), paths.settings_path(), paths.logs_path()):
        assert path.is_absolute()
        assert "MarrowDesk" in path.parts


def test_that_a_folder_has_one_case_however_it_is_named(tmp_path: Path, monkeypatch):
    folder = tmp_path / "Präparat 12"
    folder.mkdir()
    monkeypatch.chdir(tmp_path)
    case = paths.case_path_for(folder)
    assert paths.case_path_for(Path("Präparat 12")) == case
    assert paths.case_path_for(folder / ".." / "Präparat 12") == case
    assert case.name.startswith("Präparat_12-")


def test_that_folders_of_the_same_name_have_cases_of_their_own(tmp_path: Path):
    assert paths.case_path_for(tmp_path / "a" / "slide") != paths.case_path_for(tmp_path / "b" / "slide")


def test_that_folders_opened_together_have_one_case_in_any_order(tmp_path: Path):
    one, two = tmp_path / "one", tmp_path / "two"
    assert paths.case_path_for(one, two) == paths.case_path_for(two, one, two)
    assert paths.case_path_for(one, two) not in (paths.case_path_for(one), paths.case_path_for(two))


@pytest.mark.parametrize("name", ["骨髄" * 40, "a" * 250, ". .", "x:y|z", "\N{BUG}" * 60, "...hidden"])
def test_that_any_folder_name_gives_a_case_that_can_be_made(tmp_path: Path, name: str):
    path = paths.case_path_for(tmp_path / name)
    CaseFile.create(path, MARROW, name).close()
    assert path.parent == paths.cases_path()
    assert len(os.fsencode(path.name)) < 128
    assert not path.name.startswith((".", "-"))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has file names that are no valid Unicode")
def test_that_a_folder_whose_name_is_no_valid_unicode_has_a_case(tmp_path: Path):
    path = paths.case_path_for(tmp_path / os.fsdecode(b"M\xfcller"))
    CaseFile.create(path, MARROW, "Latin-1").close()
    assert path.is_file()


def test_that_the_root_folder_has_a_case():
    assert paths.case_path_for(Path(Path.cwd().anchor)).name.startswith("slide-")

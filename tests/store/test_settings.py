"""Settings: one readable file that survives crashes, mistakes and newer programs."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.store.errors import SettingsError
from marrowdesk.store.paths import settings_path
from marrowdesk.store.settings import MOST_RECENT, Settings, load_settings, save_settings

if TYPE_CHECKING:
    from pathlib import Path


def test_that_standard_settings_stand_until_some_are_saved(home: Path):
    assert load_settings() == Settings()
    assert not home.exists()


def test_that_settings_come_back_and_are_readable(home: Path):
    chosen = Settings().changed(reader="佐藤", institution="Universität Köln", target_count=200, theme="dark")
    save_settings(chosen)
    assert load_settings() == chosen
    text = (home / "settings.json").read_text("utf-8")
    assert '"institution": "Universität Köln"' in text
    assert '"reader": "佐藤"' in text
    assert [each.name for each in home.iterdir()] == ["settings.json"]


def test_that_keys_of_a_newer_program_are_kept(home: Path):
    home.mkdir()
    given = {"reader": "Ann", "sound_at_target": True, "keys": {"B": "BLA"}}
    settings_path().write_text(json.dumps(given), "utf-8")
    save_settings(load_settings().changed(reader="Ben"))
    kept = json.loads(settings_path().read_text("utf-8"))
    assert (kept["reader"], kept["sound_at_target"], kept["keys"]) == ("Ben", True, {"B": "BLA"})


def test_that_a_file_from_an_editor_that_marks_utf8_is_read(home: Path):
    home.mkdir()
    settings_path().write_bytes(b"\xef\xbb\xbf" + b'{"reader": "Ann"}')
    assert load_settings().reader == "Ann"


@pytest.mark.parametrize(
    ("text", "words"),
    [("{", "Invalid JSON"), ("", "Invalid JSON"), ("[]", "object"), ('{"theme": "pink"}', "theme")],
)
def test_that_a_broken_file_is_set_aside_and_named(home: Path, text, words):
    home.mkdir()
    settings_path().write_text(text)
    with pytest.raises(SettingsError, match=words) as caught:
        load_settings()
    (aside,) = home.iterdir()
    assert aside.name in caught.value.message
    assert caught.value.hint
    assert aside.read_text() == text
    assert load_settings() == Settings()
    save_settings(Settings())
    assert aside.read_text() == text


def test_that_two_broken_files_are_both_kept(home: Path):
    home.mkdir()
    for text in ("{1", "{2"):
        settings_path().write_text(text)
        with pytest.raises(SettingsError):
            load_settings()
    assert sorted(each.read_text() for each in home.iterdir()) == ["{1", "{2"]


def test_that_a_value_out_of_range_is_refused_and_named():
    with pytest.raises(SettingsError, match="target_count"):
        Settings().changed(target_count=0)
    with pytest.raises(SettingsError, match="blood_target_count"):
        Settings().changed(blood_target_count=0)


def test_that_settings_from_before_blood_had_a_target_of_its_own_keep_that_of_marrow():
    settings_path().parent.mkdir(parents=True, exist_ok=True)
    settings_path().write_text('{"target_count": 300}', "utf-8")
    assert (load_settings().target_count, load_settings().blood_target_count) == (300, 200)
    with pytest.raises(SettingsError, match="map_opacity"):
        Settings().changed(map_opacity=1.5)


def test_that_settings_that_cannot_be_written_or_read_are_said(home: Path):
    home.write_text("a file where the folder should be")
    with pytest.raises(SettingsError, match="cannot be written") as caught:
        save_settings(Settings())
    assert isinstance(caught.value, MarrowdeskError)
    home.unlink()
    settings_path().mkdir(parents=True)
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings()
    with pytest.raises(SettingsError, match="cannot be written"):
        save_settings(Settings())
    assert [each.name for each in home.iterdir()] == ["settings.json"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_that_a_linked_file_stays_a_link(home: Path, tmp_path: Path):
    home.mkdir()
    real = tmp_path / "dotfiles.json"
    real.write_text("{}")
    real.chmod(0o600)
    settings_path().symlink_to(real)
    save_settings(Settings(reader="Ann"))
    assert settings_path().is_symlink()
    assert json.loads(real.read_text())["reader"] == "Ann"
    assert real.stat().st_mode & 0o777 == 0o600


def test_that_recent_cases_are_kept_latest_first_each_once(tmp_path: Path):
    settings = Settings()
    for number in range(MOST_RECENT + 3):
        settings = settings.with_recent(tmp_path / f"{number}.mdcase", f"case {number}")
    settings = settings.with_recent(tmp_path / "5.mdcase", "case 5 renamed")
    save_settings(settings)
    recent = load_settings().recent_cases
    assert len(recent) == MOST_RECENT
    assert [each.title for each in recent[:3]] == ["case 5 renamed", "case 14", "case 13"]
    assert recent[0].path == tmp_path / "5.mdcase"
    assert len({each.path for each in recent}) == MOST_RECENT


def test_that_a_recent_case_can_be_forgotten(tmp_path: Path):
    settings = Settings().with_recent(tmp_path / "a.mdcase", "a").with_recent(tmp_path / "b.mdcase", "b")
    assert [each.title for each in settings.without_recent(tmp_path / "b.mdcase").recent_cases] == ["a"]


def test_that_a_recent_case_whose_name_is_no_valid_unicode_does_not_break_saving(tmp_path: Path):
    settings = Settings().with_recent(tmp_path / "a.mdcase", "a")
    assert settings.with_recent(tmp_path / "\udcfc.mdcase", "old name") == settings
    save_settings(settings)


def test_that_the_choices_for_paper_are_those_the_report_knows():
    from typing import get_args

    from marrowdesk.report import options

    for name, known in (
        ("page", options.PageSize),
        ("report_template", options.Template),
        ("report_language", options.Language),
    ):
        assert get_args(Settings.model_fields[name].annotation) == get_args(known)
    columns = get_args(Settings.model_fields["report_columns"].annotation)[0]
    assert get_args(columns) == get_args(options.Column)

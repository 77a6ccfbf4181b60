"""The person's settings: one readable file, written atomically, set aside when it is broken."""

from __future__ import annotations

import codecs
from datetime import UTC, datetime
from pathlib import Path  # noqa: TC003 - pydantic reads it at run time
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from marrowdesk.atomic import set_aside, write_atomically
from marrowdesk.store.errors import SettingsError
from marrowdesk.store.paths import settings_path

MOST_RECENT = 12
"""How many recent cases are remembered."""


class RecentCase(BaseModel):
    """A case that was opened lately.

    Attributes:
        path: the case file.
        title: what the person calls it.
        opened: when, UTC.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    path: Path
    title: str
    opened: datetime


class Settings(BaseModel):
    """What the person chose; keys this program does not know are kept as they are.

    Attributes:
        reader: name or initials that decisions are signed with.
        role: of the reader, printed where a case is signed.
        institution: printed on the report.
        reference_set: key of the reference ranges of marrow.
        blood_reference_set: key of those of blood.
        me_definition: key of the definition of the M:E ratio.
        blast_equivalents: codes of classes that count with the blasts at the thresholds.
        non_erythroid: whether blasts are also given as a share of the non-erythroid cells of a marrow.
        target_count: cells to count in a marrow.
        blood_target_count: cells to count in a blood film.
        thumbnail_side: pixels of a gallery thumbnail.
        map_opacity: of the activation map over the cell, 0 to 1.
        language: code of the language, ``system`` for the computer's own.
        theme: colours of the windows.
        model: key of the adapted model that proposes; the shipped model where it is empty.
        engine: library that runs the classifier; the fastest that works here where auto.
        auto_advance: whether the next unreviewed cell is shown after a decision on a single one.
        keys_follow_mouse: whether keys act on the cell under the mouse, unless several are chosen.
        page: paper of the report.
        report_pictures: whether the report shows representative cells.
        report_template: which report is printed.
        report_language: of what the program says on paper.
        report_columns: what stands beside the counts.
        patient_in_metadata: whether the metadata of a report's file name the patient.
        keep_phrases: whether header fields are completed from what was written in them before.
        hidden_fields: names of header fields that the form leaves out; a required one is shown all the same.
        required_fields: names of header fields that stand against a signature while they are empty.
        recent_cases: the latest first, at most :data:`MOST_RECENT`.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    reader: str = ""
    role: str = ""
    institution: str = ""
    reference_set: str = "bain-1996"
    blood_reference_set: str = "dacie-lewis"
    me_definition: str = "icsh"
    blast_equivalents: tuple[str, ...] = ()
    non_erythroid: bool = False
    target_count: int = Field(default=500, ge=1, le=100_000)
    blood_target_count: int = Field(default=200, ge=1, le=100_000)
    thumbnail_side: int = Field(default=112, ge=32, le=512)
    map_opacity: float = Field(default=0.5, ge=0, le=1)
    language: str = "system"
    theme: Literal["system", "light", "dark"] = "system"
    model: str = ""
    engine: Literal["auto", "openvino", "torch"] = "auto"
    auto_advance: bool = True
    keys_follow_mouse: bool = False
    page: Literal["A4", "Letter"] = "A4"
    report_pictures: bool = True
    report_template: Literal["marrow", "summary", "blood"] = "marrow"
    report_language: Literal["en", "de", "zh"] = "en"
    report_columns: tuple[Literal["predicted", "reviewed", "adjusted"], ...] = ("predicted", "reviewed")
    patient_in_metadata: bool = False
    keep_phrases: bool = True
    hidden_fields: tuple[str, ...] = ()
    required_fields: tuple[str, ...] = ()
    recent_cases: tuple[RecentCase, ...] = ()

    def changed(self, **values: Any) -> Self:
        """Give a copy with other values.

        Raises:
            SettingsError: a value is out of its range; the message names it.
        """
        try:
            return self.model_validate({**self.model_dump(), **values})
        except ValidationError as error:
            raise SettingsError(f"The setting {_first(error)}.", "Choose another value.") from error

    def with_recent(self, path: Path, title: str) -> Self:
        """Give a copy with a case at the head of the recent ones; one that was there moves up.

        A path that is no valid Unicode cannot be written into the file and is not remembered.
        """
        try:
            str(path.absolute()).encode()
        except UnicodeEncodeError:
            return self
        newest = RecentCase(path=path.absolute(), title=title, opened=datetime.now(UTC))
        others = (each for each in self.recent_cases if each.path != newest.path)
        return self.changed(recent_cases=(newest, *others)[:MOST_RECENT])

    def without_recent(self, path: Path) -> Self:
        """Give a copy without a case among the recent ones."""
        kept = tuple(each for each in self.recent_cases if each.path != path.absolute())
        return self.changed(recent_cases=kept)


def load_settings() -> Settings:
    """Read the settings; the standard ones where there is no file yet.

    Raises:
        SettingsError: the file is broken. It was set aside under the name in the message, so that the next
            call gives the standard settings; show the error and go on.
    """
    path = settings_path()
    try:
        text = path.read_bytes().removeprefix(codecs.BOM_UTF8)  # some editors put it there
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise SettingsError(
            f"The settings {path} cannot be read ({error.strerror}).", "Check the rights of the file."
        ) from error
    try:
        return Settings.model_validate_json(text)
    except ValidationError as error:
        aside = _set_aside(path)
        raise SettingsError(
            f"The settings {path} are broken ({_first(error)}) and were set aside as {aside.name}.",
            "The program goes on with standard settings; mend the file and rename it back to have yours.",
        ) from error


def save_settings(settings: Settings) -> None:
    """Write the settings, on the disk when this returns.

    Raises:
        SettingsError: the file cannot be written; the old one is as it was.
    """
    path = settings_path()
    try:
        write_atomically(path, settings.model_dump_json(indent=2).encode() + b"\n")
    except OSError as error:
        raise SettingsError(
            f"The settings {path} cannot be written ({error.strerror}).",
            "Check the rights of the folder and the space on the disk; this session goes on with them.",
        ) from error


def _set_aside(path: Path) -> Path:
    try:
        return set_aside(path)
    except OSError as error:
        raise SettingsError(
            f"The settings {path} are broken and cannot be set aside ({error.strerror}).",
            "Delete or mend the file.",
        ) from error


def _first(error: ValidationError) -> str:
    fault = error.errors()[0]
    where = ".".join(str(part) for part in fault["loc"])
    return f"{where!r}: {fault['msg']}" if where else fault["msg"]

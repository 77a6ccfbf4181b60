"""What was written in the one-line header fields of earlier reports on this computer, to complete them by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from marrowdesk.store.errors import SettingsError
from marrowdesk.store.own_file import MOST_BYTES, delete_own, write_own
from marrowdesk.store.paths import phrases_path

if TYPE_CHECKING:
    from collections.abc import Mapping

NEVER_KEPT = frozenset({"patient_name", "patient_id", "birth_date", "accession", "collected"})
"""Header fields whose texts belong to one patient: nothing of them is ever kept outside of the case."""

MOST_TEXTS = 40
"""How many texts are kept of a field."""

LONGEST_TEXT = 120
"""Characters of a text that is kept; a longer one is no phrase that comes back."""

_MOST_FIELDS = 64


class Phrases(BaseModel):
    """The texts of earlier reports.

    Attributes:
        fields: by name of the header field, the latest text first.
    """

    model_config = ConfigDict(frozen=True)

    fields: dict[str, tuple[str, ...]] = {}

    def of(self, field: str) -> tuple[str, ...]:
        """Give the texts of a field, the latest first."""
        return () if field in NEVER_KEPT else self.fields.get(field, ())[:MOST_TEXTS]

    def with_text(self, field: str, text: str) -> Self:
        """Give a copy with a text at the head of its field; one that was there moves up."""
        text = text.strip()
        if field in NEVER_KEPT or not 0 < len(text) <= LONGEST_TEXT:
            return self
        others = [each for each in self.of(field) if each != text]
        kept = {name: texts for name, texts in self.fields.items() if name not in NEVER_KEPT | {field}}
        fields = {field: (text, *others)[:MOST_TEXTS], **kept}
        return type(self)(fields=dict(list(fields.items())[:_MOST_FIELDS]))


def earlier_phrases() -> Phrases:
    """Read the texts of earlier reports; none where there is no file yet.

    Raises:
        SettingsError: the file cannot be read or is broken; the next :func:`remember` begins it anew.
    """
    path = phrases_path()
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        return Phrases()
    except OSError as error:
        raise _unreadable(error.strerror or str(error)) from error
    if len(content) > MOST_BYTES:
        raise _unreadable("it is too large")
    try:
        return Phrases.model_validate_json(content)
    except ValidationError as error:
        raise _unreadable("it is broken") from error


def remember(texts: Mapping[str, str]) -> None:
    """Keep what was written in some fields, the last one first.

    Raises:
        SettingsError: it cannot be written; what was kept before stays.
    """
    try:
        before = earlier_phrases()
    except SettingsError:  # told when it was read for a form
        before = Phrases()
    phrases = before
    for field, text in texts.items():
        phrases = phrases.with_text(field, text)
    if phrases != before:
        write_own(phrases_path(), phrases.model_dump_json(indent=1).encode() + b"\n")


def forget_phrases() -> None:
    """Forget all of them.

    Raises:
        SettingsError: the file cannot be deleted.
    """
    delete_own(phrases_path())


def _unreadable(why: str) -> SettingsError:
    return SettingsError(
        f"The texts of earlier reports in {phrases_path()} cannot be read: {why}.",
        "Fields are not completed from them; they are begun anew with this report.",
    )

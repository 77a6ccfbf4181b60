"""What can go wrong with a case file or the settings, each with a sentence and a hint for the person."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from marrowdesk.core.errors import CaseFileError, MarrowdeskError
from marrowdesk.store.paths import SUFFIX, is_case_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


SIGNED = "the case is signed"
"""What the triggers say that keep a signed version as it is."""


class CaseFileMissing(CaseFileError):
    """There is no file at that path, or it was moved or deleted while it was open."""


class CaseFileExists(CaseFileError):
    """A new case would overwrite a file."""


class NotACaseFile(CaseFileError):
    """The file is something else."""


class CaseFileTooNew(CaseFileError):
    """The file was written by a newer version of the program."""


class CaseFileReadOnly(CaseFileError):
    """The file or its folder cannot be written."""


class CaseFileIsCopy(CaseFileReadOnly):
    """The file is an earlier copy of a case, which stays as it was made."""


class CaseFileFull(CaseFileError):
    """There is no space left for the decision or the cells; nothing was written."""


class CaseFileLocked(CaseFileError):
    """Another program keeps the file locked."""


class CaseFileInUse(CaseFileError):
    """Another program has the case open."""


class CaseFileTakenOver(CaseFileError):
    """Another program took the case over while it was open here; nothing was written."""


class CaseFileDamaged(CaseFileError):
    """The content of the file is not what was written."""


class CaseFileClosed(CaseFileError):
    """The case was closed while a job still wanted to write into it."""


class CaseRecordRefused(CaseFileError):
    """What should be written contradicts what is in the case; nothing was written."""


class CaseFileSigned(CaseFileError):
    """The case is signed; it has to be reopened before anything in it can be changed."""


class SlideFolderMismatch(CaseFileError):
    """A folder holds none of the images of the slide it was given for."""


class SettingsError(MarrowdeskError):
    """The settings cannot be read or written."""


_CODES: dict[int, tuple[type[CaseFileError], str, str]] = {
    sqlite3.SQLITE_CORRUPT: (
        CaseFileDamaged,
        "The case {path} is damaged ({detail}).",
        "Keep a copy of the file as it is, and restore the case from a backup.",
    ),
    sqlite3.SQLITE_FULL: (
        CaseFileFull,
        "There is no space left to write into the case {path}; the last step was not kept.",
        "Free some space on that disk, then do the step again.",
    ),
    sqlite3.SQLITE_BUSY: (
        CaseFileLocked,
        "Another program keeps the case {path} locked; the last step was not kept.",
        "Close other windows and programs that use the file, then do the step again.",
    ),
    sqlite3.SQLITE_READONLY: (
        CaseFileReadOnly,
        "The case {path} cannot be written ({detail}).",
        "Check the rights of the file and its folder, or copy the case to a folder of your own.",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        CaseFileReadOnly,
        "The case {path} cannot be opened for writing ({detail}).",
        "Check the rights of the file and its folder and that the path is under 500 characters.",
    ),
    sqlite3.SQLITE_CONSTRAINT: (
        CaseRecordRefused,
        "The case {path} refuses what should be written ({detail}); nothing was written.",
        "Close the case and open it again, so that the window shows what is in the file.",
    ),
}
_CODES[sqlite3.SQLITE_LOCKED] = _CODES[sqlite3.SQLITE_BUSY]
_CODES[sqlite3.SQLITE_PERM] = _CODES[sqlite3.SQLITE_READONLY]
_CODES[sqlite3.SQLITE_AUTH] = _CODES[sqlite3.SQLITE_READONLY]
_OTHER = (
    CaseFileError,
    "The case {path} cannot be read or written ({detail}).",
    "Check that the disk is connected and healthy, then open the case again.",
)


def explain(error: sqlite3.Error, path: Path) -> CaseFileError:
    """Give the typed error for what SQLite reports about a case file.

    Args:
        error: what SQLite raised.
        path: the case file.
    """
    if str(error) == SIGNED:
        return CaseFileSigned(
            f"The case {path} is signed; nothing was written.", "Reopen it, with a reason, to change it."
        )
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None and code & 0xFF == sqlite3.SQLITE_NOTADB:
        return not_a_case(path, "is not a MarrowDesk case")
    kind, message, hint = _OTHER if code is None else _CODES.get(code & 0xFF, _OTHER)
    return kind(message.format(path=path, detail=error), hint)


def not_a_case(path: Path, what: str) -> NotACaseFile:
    """Give the error for a file that is something else; by its name it may have been a case.

    Args:
        path: the file.
        what: what is the matter with it, to be said after its name.
    """
    _, _, restore = _CODES[sqlite3.SQLITE_CORRUPT]
    hint = restore if is_case_file(path) else f"Choose a file that ends in {SUFFIX}."
    return NotACaseFile(f"{path} {what}.", hint)


def damaged(path: Path, detail: object) -> CaseFileDamaged:
    """Give the error for rows of a case file that cannot be understood."""
    _, message, hint = _CODES[sqlite3.SQLITE_CORRUPT]
    return CaseFileDamaged(message.format(path=path, detail=detail), hint)


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn errors of SQLite and the system inside the block into typed errors that name the case file.

    Raises:
        CaseFileError: SQLite or the system reported an error; the child class says which kind.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise explain(error, path) from error
    except OSError as error:  # the share it lies on is gone, or its folder may not be entered any more
        kind, message, hint = _OTHER
        raise kind(message.format(path=path, detail=error.strerror or error), hint) from error
    except UnicodeDecodeError as error:  # SQLite quotes what it found, and that is no text any more
        raise damaged(path, error) from error

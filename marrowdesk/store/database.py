"""The connections to one case file, and whose turn it is to write.

Threads: a case may be used from any thread. There is one connection for reading and one for writing, each
behind a lock; in WAL mode readers and the writer do not wait for each other. Writers queue up fairly: a
decision made while a worker streams predictions waits for the transaction that is under way (at most one
chunk of predictions, a few milliseconds), never for the whole batch. Cells are added in one transaction a
call, so add some hundreds at a time. Other processes are waited for up to :data:`BUSY_SECONDS`.

A transaction is on the disk (``synchronous=FULL``) when :meth:`Database.writing` is left.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import quote

from marrowdesk.reach import is_there
from marrowdesk.store.clock import CaseClock
from marrowdesk.store.errors import (
    CaseFileClosed,
    CaseFileExists,
    CaseFileMissing,
    CaseFileReadOnly,
    NotACaseFile,
    damaged,
    explained,
    not_a_case,
)
from marrowdesk.store.schema import migrate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from marrowdesk.store.holding import Holding

BUSY_SECONDS = 5.0
"""How long a locked file is tried before the person is told."""


class Database:
    """An open case file.

    Attributes:
        path: the file, absolute.
        clock: gives the times of what is written.
    """

    def __init__(self, path: Path, holding: Holding | None = None, copy: Path | None = None) -> None:
        """Open a file.

        Args:
            path: the file.
            holding: the right to write, checked before each write and given back at the end; None where
                other programs may write too.
            copy: a copy of the file, alone in its folder, to be read in its place and removed at the end;
                nothing is written then.
        """
        self.path = path.absolute()
        self._holding, self._copy = holding, copy
        opened = copy or self.path
        self._turn = threading.Lock()
        self._write_lock = threading.Lock()
        self._read_lock = threading.Lock()
        self._closed = False
        self.clock = CaseClock()
        check_readable(self.path)  # the person's file, not the copy: the message names it
        with explained(self.path):
            self._writer = connect(opened)
            try:
                migrate(self._writer, self.path)
                _check_writable(self._writer)
                self._identity = _identity(self.path)
                self._reader = connect(opened)
            except BaseException:
                self._writer.close()
                raise

    @classmethod
    def create(
        cls, path: Path, fill: Callable[[sqlite3.Connection], None], holding: Holding | None = None
    ) -> Database:
        """Make a new case file and open it; a crash half-way leaves no broken file at that path.

        Args:
            path: where; missing folders are made.
            fill: writes the first rows.
            holding: as for opening.

        Raises:
            CaseFileExists: there is a file already.
            CaseFileReadOnly: the folder cannot be written.
            CaseFileError: another error while writing.
        """
        path = path.absolute()
        draft = path.with_name(f".{path.name[:40]}.{os.getpid()}-{threading.get_ident()}.new")
        try:
            if path.exists():
                raise _exists(path)
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_draft(draft, path, fill)
            _publish(draft, path)
        except OSError as error:
            raise CaseFileReadOnly(
                f"The case {path} cannot be created ({error.strerror or error}).",
                "Choose a folder you may write to, and a shorter name if the name is long.",
            ) from error
        finally:
            _remove_draft(draft)
        return cls(path, holding)

    def close(self) -> None:
        """Close the file; waits for a transaction under way. Closing twice does no harm."""
        with self._turn, self._write_lock, self._read_lock:
            if not self._closed:
                self._closed = True
                self._reader.close()
                self._writer.close()
                if self._holding is not None:
                    self._holding.release()
                if self._copy is not None:
                    shutil.rmtree(self._copy.parent, ignore_errors=True)

    @property
    def read_only(self) -> bool:
        """Whether a copy is read and nothing can be written."""
        return self._copy is not None

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Read in one snapshot: what is written meanwhile does not show.

        Raises:
            CaseFileError: the file cannot be read.
        """
        with self._read_lock, explained(self.path):
            self._check_open()
            self._reader.execute("BEGIN")
            try:
                yield self._reader
            except (
                KeyError,
                TypeError,
                ValueError,
            ) as error:  # rows that do not fit together or cannot be understood
                raise damaged(self.path, error) from error
            finally:
                if self._reader.in_transaction:
                    self._reader.execute("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Write in one transaction, on the disk when the block is left; keep the block short.

        Raises:
            CaseFileError: nothing was written; the child class says why.
        """
        # Whoever waits holds the turn, so a thread that just wrote cannot write again before.
        with self._turn:
            self._write_lock.acquire()
        try:
            with explained(self.path):
                self._check_open()
                if self.read_only:
                    raise CaseFileReadOnly(
                        f"The case {self.path} is open for reading only; nothing was written.",
                        "Open it again once it can be written.",
                    )
                self._check_in_place()
                if self._holding is not None:
                    self._holding.check()
                self._writer.execute("BEGIN IMMEDIATE")
                try:
                    yield self._writer
                    self._writer.execute("COMMIT")
                except BaseException:
                    if self._writer.in_transaction:
                        self._writer.execute("ROLLBACK")
                    raise
        finally:
            self._write_lock.release()

    def _check_open(self) -> None:
        if self._closed:
            raise CaseFileClosed(f"The case {self.path} is closed.", "Open it again to go on.")

    def _check_in_place(self) -> None:
        """Refuse to write into a file that was deleted or replaced: SQLite in WAL mode would not notice."""
        if _identity(self.path) != self._identity:
            raise CaseFileMissing(
                f"The case {self.path} was moved, replaced or deleted while it was open.",
                "Put the file back and open it again; the last step was not kept.",
            )


def connect(path: Path, mode: str = "rw") -> sqlite3.Connection:
    """Open a connection by the rules of all case files.

    Args:
        path: the file.
        mode: ``rw``, ``ro``, ``rwc`` to make the file; ``ro&immutable=1`` where nobody writes into it.
    """
    posix = path.as_posix()
    root = "" if posix.startswith("/") else "/"
    uri = f"file://{root}{quote(posix.encode('utf-8', 'surrogateescape'))}?mode={mode}"
    connection = sqlite3.connect(
        uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA fullfsync = ON")  # macOS: down to the disk, not to its cache
        connection.execute("PRAGMA cell_size_check = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
    except BaseException:
        connection.close()
        raise
    return connection


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


def check_readable(path: Path) -> None:
    """Make sure that a file can be read and begins as a database does.

    Raises:
        CaseFileMissing: there is no such file.
        NotACaseFile: it is a folder, or something else.
        CaseFileReadOnly: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise CaseFileMissing(
            f"There is no case at {path}.", "Was it moved or renamed? Open it from where it is now."
        ) from error
    except IsADirectoryError as error:
        raise NotACaseFile(f"{path} is a folder, not a case.", "Open a folder as a slide instead.") from error
    except OSError as error:
        raise CaseFileReadOnly(
            f"The case {path} cannot be read ({error.strerror}).", "Check the rights of the file."
        ) from error
    if head != b"SQLite format 3\x00":
        what = "is not a MarrowDesk case" if head else "is empty, not a MarrowDesk case"
        raise not_a_case(path, what)


def _check_writable(connection: sqlite3.Connection) -> None:
    """Fail at opening, not at the first decision; BEGIN IMMEDIATE alone would not fail."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute(f"PRAGMA user_version = {version}")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _write_draft(draft: Path, path: Path, fill: Callable[[sqlite3.Connection], None]) -> None:
    with explained(path):
        connection = connect(draft, "rwc")
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            migrate(connection, path)
            connection.execute("BEGIN IMMEDIATE")
            fill(connection)
            connection.execute("COMMIT")
        finally:
            connection.close()


def _publish(draft: Path, path: Path) -> None:
    try:
        os.link(draft, path)  # unlike a rename, fails where a file exists
    except FileExistsError:
        raise _exists(path) from None
    except OSError:  # a file system without hard links
        if path.exists():
            raise _exists(path) from None
        draft.rename(path)


def _remove_draft(draft: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        leftover = draft.with_name(draft.name + ending)
        if is_there(leftover):
            leftover.unlink()


def _exists(path: Path) -> CaseFileExists:
    return CaseFileExists(f"There is already a file at {path}.", "Open it, or choose another name.")

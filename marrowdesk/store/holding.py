"""Who has a case open: one program at a time writes into it, also where several computers share its folder.

Beside an open case lies a small file that names its holder: computer, person, process, since when. Whoever
comes second reads a copy. A holder that crashed is recognised on its own computer, and its place is taken
without a word; on another computer nobody can know, so a person decides to take over. A holder that was
taken over from notices it before its next step is written.

SQLite's own locks do not do this: they protect a single write, and its write-ahead log must not be shared
between computers at all (sqlite.org/wal.html).
"""

from __future__ import annotations

import contextlib
import errno
import getpass
import json
import os
import socket
import sys
import threading
import time
import uuid
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from marrowdesk.atomic import write_atomically
from marrowdesk.store.errors import CaseFileFull, CaseFileInUse, CaseFileReadOnly, CaseFileTakenOver

if TYPE_CHECKING:
    from pathlib import Path

ENDING = ".in-use"
"""What is appended to the name of a case for the file that names its holder."""

BEAT_SECONDS = 20.0
"""How often a holder touches that file."""

_SILENT_SECONDS = 120.0
"""A process of this computer that was silent for so long is another one that got its number."""

_STILL_ACTIVE = 259  # GetExitCodeProcess, processthreadsapi.h
_QUERY_LIMITED = 0x1000  # PROCESS_QUERY_LIMITED_INFORMATION


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has a case open.

    Attributes:
        token: tells this holding from all others.
        computer: its name in the network.
        person: name of the account.
        process: number on that computer.
        since: when it was opened, UTC, ISO 8601.
    """

    token: str
    computer: str
    person: str
    process: int
    since: str

    @classmethod
    def here(cls) -> Holder:
        """Name this process."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        return cls(uuid.uuid4().hex, socket.gethostname(), _person(), os.getpid(), now)

    @property
    def elsewhere(self) -> bool:
        """Whether it is another computer than this one."""
        return self.computer != socket.gethostname()

    @property
    def words(self) -> str:
        """Who and where, for a sentence."""
        return f"{self.person} on {self.computer}" if self.person else self.computer


class Holding:
    """The right of this process to write into a case.

    Several holdings of one case in one process share it; it ends with the last.
    """

    def __init__(self, held: _Held) -> None:
        """Use :meth:`acquire`."""
        self._held = held
        self._released = False

    @classmethod
    def acquire(cls, case: Path, *, take_over: bool = False) -> Self:
        """Take the right to write into a case.

        Args:
            case: the case file; it need not exist yet.
            take_over: take it from another holder, whoever that is.

        Raises:
            CaseFileInUse: another program has it.
            CaseFileFull: there is no space left for the file that says so.
            CaseFileReadOnly: the folder cannot be written.
        """
        key = case.resolve()
        with _guard:
            held = _held.get(key)
            if held is None or not held.stands:
                held = _held[key] = _Held(key, _taken(key, take_over))
            held.count += 1
        return cls(held)

    def check(self) -> None:
        """Make sure that nobody took over; called before every step is written.

        Raises:
            CaseFileTakenOver: another program has it now.
        """
        held = self._held
        if held.stands:
            return
        if not held.mark.exists():
            with contextlib.suppress(OSError):  # somebody tidied the folder up
                _write(held.case, held.holder)
                return
        found = read_holder(held.case)
        who = found.words if found is not None else "another program"
        raise CaseFileTakenOver(
            f"The case {held.case} was taken over by {who}; the last step was not kept.",
            "Close it here and open it again to see what was decided there.",
        )

    def release(self) -> None:
        """Give the right back; doing it twice does no harm."""
        with _guard:
            if self._released:
                return
            self._released = True
            held = self._held
            held.count -= 1
            if held.count:
                return
            if _held.get(held.case) is held:
                del _held[held.case]
            held.stop()
            if held.stands:
                with contextlib.suppress(OSError):
                    held.mark.unlink()


class _Held:
    """What all holdings of one case in this process share; a thread of it tells that the process lives."""

    def __init__(self, case: Path, holder: Holder) -> None:
        self.case, self.holder = case, holder
        self.mark = _mark_of(case)
        self.count = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="holding", daemon=True)
        self._thread.start()

    def _beat(self) -> None:
        while not self._ended.wait(BEAT_SECONDS):
            with contextlib.suppress(OSError):  # gone, or the share is away: the next step will tell
                if self.stands:
                    os.utime(self.mark)

    @property
    def stands(self) -> bool:
        """Whether nobody took it over."""
        found = read_holder(self.case)
        return found is not None and found.token == self.holder.token

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()


_guard = threading.Lock()
_held: dict[Path, _Held] = {}


def read_holder(case: Path) -> Holder | None:
    """Give who has a case open; None where nobody has, or the file that says so cannot be understood."""
    try:
        told: dict[str, Any] = json.loads(_mark_of(case).read_bytes())
        return Holder(**told)
    except (OSError, TypeError, ValueError):
        return None


def living_holder(case: Path) -> Holder | None:
    """Give the program that has a case open, be it this one; None where it is free.

    A holder that crashed on this computer holds nothing; of one on another computer nobody can know.
    """
    found = read_holder(case)
    return found if found is not None and _lives(_mark_of(case), found) else None


def held_by_another(case: Path) -> Holder | None:
    """Give the other program that has a case open; None where it is free, or open in this one."""
    found = living_holder(case)
    if found is None or (found.process == os.getpid() and not found.elsewhere):
        return None
    return found


def _mark_of(case: Path) -> Path:
    return case.with_name(case.name + ENDING)


def _taken(case: Path, take_over: bool) -> Holder:
    path, mine = _mark_of(case), Holder.here()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            _begin(path, mine)
        except FileExistsError:
            found = read_holder(case)
            if not take_over and _lives(path, found):
                raise CaseFileInUse(
                    f"The case {case} is open already: {found.words if found else 'by another program'}.",
                    "Close it there, or take it over if that program no longer runs.",
                ) from None
            _write(case, mine)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise CaseFileFull(
                f"There is no space left beside the case {case} to open it for writing.",
                "Free some space on that disk, then open it again.",
            ) from error
        raise CaseFileReadOnly(
            f"The case {case} cannot be opened for writing ({error.strerror or error}).",
            "Check the rights of its folder, or copy the case to a folder of your own.",
        ) from error
    return mine


def _begin(path: Path, holder: Holder) -> None:
    """Write the file that names a holder, where there is none; an empty one would hold the case for minutes.

    Raises:
        FileExistsError: there is one.
        OSError: it cannot be written; nothing is left of it.
    """
    file = path.open("xb")
    try:
        with file:
            file.write(_text(holder))
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _write(case: Path, holder: Holder) -> None:
    write_atomically(_mark_of(case), _text(holder))


def _text(holder: Holder) -> bytes:
    return json.dumps(asdict(holder)).encode()


def _lives(path: Path, holder: Holder | None) -> bool:
    """Whether a holder may still be at work; one on another computer always may."""
    try:
        silent = time.time() - path.stat().st_mtime
    except FileNotFoundError:  # it has just ended
        return False
    if holder is None:  # being written, or broken
        return silent < _SILENT_SECONDS
    if holder.elsewhere:
        return True
    return silent < _SILENT_SECONDS and runs(holder.process)


def runs(process: int) -> bool:
    """Whether this computer has a process of that number."""
    if sys.platform == "win32":
        import ctypes

        kernel = ctypes.windll.kernel32
        handle = kernel.OpenProcess(_QUERY_LIMITED, False, process)
        if not handle:
            return False
        code = ctypes.c_ulong()
        kernel.GetExitCodeProcess(handle, ctypes.byref(code))
        kernel.CloseHandle(handle)
        return code.value == _STILL_ACTIVE
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # of another person
        return True
    return True


def _person() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an account without a name
        return ""

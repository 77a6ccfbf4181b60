"""A lock between processes: two set-ups of one checkout at the same time would spoil each other's work."""

import contextlib
import os


@contextlib.contextmanager
def only_one(path, on_wait):
    """Hold the lock on a file; the system gives it back when the process ends, however it ends.

    Args:
        path: the lock file; made when missing.
        on_wait: called once when another process holds the lock, before waiting for it.

    Yields:
        the open file. A child process that inherits it keeps the lock until it has ended too.
    """
    with open(path, "a", encoding="utf-8") as handle:
        if not _take(handle, wait=False):
            on_wait()
            while not _take(handle, wait=True):
                pass
        yield handle


if os.name == "nt":
    import msvcrt

    def _take(handle, wait):
        try:
            msvcrt.locking(handle.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        except OSError:  # LK_LOCK gives up after ten seconds
            return False
        return True

else:
    import fcntl

    def _take(handle, wait):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

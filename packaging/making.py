"""Makes the virtual environment and installs the project into it."""

import contextlib
import importlib.util
import os
import queue
import shutil
import subprocess
import sys
import threading
import time

import apt
from environment import LOG, SetupError, python_series
from pip_messages import explanation, last_error, progress

NEEDED_BYTES = 10e9 if sys.platform == "linux" else 3e9
"""Measured for the environment and pip's temporary files: on Linux torch brings the CUDA libraries along."""

SILENCE = 30.0
"""Seconds without a line after which the set-up says that it is still at work."""


def check_machine(root):
    """Refuse early what would fail late: no room on the disk, or a Python without ``venv``.

    Raises:
        SetupError: with what to do.
    """
    free = shutil.disk_usage(root).free
    if free < NEEDED_BYTES:
        raise SetupError(
            f"The disk of {root} has {free / 1e9:.1f} GB left, and {NEEDED_BYTES / 1e9:.0f} GB are needed.\n"
            "Make room, or move the checkout to another disk, and start again."
        )
    if importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip"):
        return
    package = f"python3.{sys.version_info.minor}-venv"
    if apt.may_install():
        print(f"This Python cannot make virtual environments; installing {package}.")
        apt.install([package])
        importlib.invalidate_caches()
        if importlib.util.find_spec("ensurepip"):
            return
    raise SetupError(
        "This Python cannot make virtual environments: its modules venv and ensurepip are missing.\n"
        f"On Debian and Ubuntu type: {apt.line([package])}\n"
        "Elsewhere install the complete Python of your system, or the one from python.org."
    )


def answers(python):
    """Tell whether an environment's Python starts and is of the series that runs now."""
    question = "import sys; print('Python %d.%d' % sys.version_info[:2])"
    try:
        reply = subprocess.run([python, "-c", question], capture_output=True, text=True, check=False)
    except OSError:
        return False
    return reply.stdout.strip() == python_series()


def make(folder, base):
    """Make an empty environment with pip in it.

    Args:
        folder: where; it may exist.
        base: the Python to make it from.

    Raises:
        SetupError: with the words of ``venv``.
    """
    made = subprocess.run([base, "-m", "venv", folder], capture_output=True, text=True, check=False)
    if made.returncode != 0:
        words = (made.stdout + made.stderr).strip()
        cause = explanation(words.splitlines())
        raise SetupError(cause or f"The virtual environment cannot be made:\n{words}")


def install(environment, extras, lock):
    """Install the project, editable, with the tested versions of all it needs, and tell how it goes on.

    Args:
        environment: where to.
        extras: the project's extras.
        lock: the open lock file; pip inherits it, so that a pip whose parent was killed is waited for.

    Raises:
        SetupError: with what to do.
    """
    begun = time.monotonic()
    print("MarrowDesk: installing what the program needs; pip's settings and proxies are used as they are.")
    project = ".[" + ",".join(extras) + "]" if extras else "."
    command = [
        environment.python, "-m", "pip", "install", "--no-input", "--progress-bar", "off",
        "--disable-pip-version-check", "--constraint", os.path.join("packaging", "constraints.txt"),
        "--editable", project,
    ]  # fmt: skip
    log = os.path.join(environment.folder, LOG)
    with _room(environment.folder) as settings:
        status, lines = _follow(command, environment.root, settings, lock, log)
    if status != 0:
        said = explanation(lines) or "pip could not install what the program needs:\n" + last_error(lines)
        raise SetupError(f"{said}\nAll that pip said is in {log}")
    print(f"MarrowDesk: the set-up took {_spoken(time.monotonic() - begun)}.")


@contextlib.contextmanager
def _room(folder):
    """Give pip's surroundings: its temporary files lie on the checkout's disk, for /tmp is often small."""
    settings = dict(os.environ, PIP_USER="0", PYTHONUNBUFFERED="1")
    room = os.path.join(folder, "tmp")
    os.makedirs(room, exist_ok=True)
    for name in ("TMPDIR", "TEMP", "TMP"):
        settings.setdefault(name, room)
    try:
        yield settings
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _follow(command, cwd, settings, lock, log):
    """Run pip; write all it says into the log, its progress on the screen; give its status and lines."""
    inherited = {} if os.name == "nt" else {"pass_fds": (lock.fileno(),)}
    pip = subprocess.Popen(
        command, cwd=cwd, env=settings, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, encoding="utf-8", errors="replace", **inherited,
    )  # fmt: skip
    lines, arriving = [], queue.SimpleQueue()
    threading.Thread(target=_hand_over, args=(pip.stdout, arriving), daemon=True).start()
    begun = time.monotonic()
    with open(log, "w", encoding="utf-8", buffering=1) as file:
        while True:
            try:
                line = arriving.get(timeout=SILENCE)
            except queue.Empty:
                print(f"  still at work ({_spoken(time.monotonic() - begun)} so far)")
                continue
            if line is None:
                return pip.wait(), lines
            lines.append(line.rstrip())
            file.write(line)
            told = progress(lines[-1])
            if told:
                print(f"  {told}")


def _hand_over(source, arriving):
    """Put every line into a queue when it comes, and None at the end."""
    for line in source:
        arriving.put(line)
    arriving.put(None)


def _spoken(seconds):
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"

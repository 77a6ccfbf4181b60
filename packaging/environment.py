"""The program's virtual environment in the checkout: whether it is ready, and how it is made.

A stamp in the environment says what was installed and from what. ``is_ready`` compares it with the checkout:
one short file read, two small ones hashed, two looked for. Everything else happens only when they differ.
"""

import hashlib
import os
import sys

from one_at_a_time import only_one

STAMP = "marrowdesk-setup.txt"
LOCK = "marrowdesk-setup.lock"
LOG = "marrowdesk-setup.log"


class SetupError(Exception):
    """The set-up cannot go on; the text says why and what to do."""


class Environment:
    """The folder ``.venv`` of one checkout.

    Attributes:
        root: the checkout.
        folder: the environment.
        python: its interpreter, there or not.
    """

    def __init__(self, root):
        self.root = root
        self.folder = os.path.join(root, ".venv")
        inside = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
        self.python = os.path.join(self.folder, *inside)

    def is_ready(self, extras):
        """Tell whether the environment holds what the checkout asks for, with these extras at least."""
        stamp = self._read()
        return (
            stamp.get("state") == "ready"
            and self._stands(stamp)
            and stamp.get("contents") == self._contents()
            and set(extras) <= set(stamp.get("extras", "").split())
        )

    def prepare(self, extras, check_system):
        """Make the environment or bring it up to date.

        Args:
            extras: the project's extras to install.
            check_system: called last; gives False where something of the system is still missing, so that the
                next start looks again, and raises SetupError where the program cannot start without it.

        Raises:
            SetupError: with a sentence for the person.
        """
        with self._only_one() as lock:
            if self.is_ready(extras):
                return
            stamp = self._read()
            wanted = sorted(set(extras) | set(stamp.get("extras", "").split()))
            if not self._installed(stamp, wanted):
                self._install(stamp, wanted, lock)
            self._write("installed", wanted)
            if check_system():
                self._write("ready", wanted)

    def _installed(self, stamp, wanted):
        return (
            stamp.get("state") in ("ready", "installed")
            and self._stands(stamp)
            and stamp.get("contents") == self._contents()
            and set(wanted) == set(stamp.get("extras", "").split())
        )

    def _stands(self, stamp):
        """Tell whether the environment was made here, and by a Python that is still there."""
        return (
            stamp.get("checkout") == self.root
            and stamp.get("python") == python_series()
            and os.path.exists(self.python)
            and os.path.exists(stamp.get("interpreter", ""))
        )

    def _install(self, stamp, extras, lock):
        import making  # what only a set-up needs is not loaded by a start that finds all ready

        afresh = self._reason_to_begin_afresh(stamp)
        if afresh is not None:
            print(f"MarrowDesk: {afresh}")
            self._empty()
            making.check_machine(self.root)
        self._write("unfinished", extras)
        if afresh is not None:
            making.make(self.folder, _interpreter())
        making.install(self, extras, lock)

    def _reason_to_begin_afresh(self, stamp):
        """Give the sentence that tells why the environment is made anew, or None where it can be kept."""
        if not stamp:
            return self._first_time()
        if stamp.get("state") == "unfinished":
            return "the last set-up did not come to its end; it is made anew."
        if stamp.get("checkout") != self.root:
            return "the checkout was moved; its environment is made anew."
        if not self._stands(stamp):
            return f"the environment's Python is gone or another one; it is made anew with {python_series()}."
        return None

    def _first_time(self):
        others = set(os.listdir(self.folder)) - {LOCK}
        if not others:
            return "first start here. The environment is made in .venv: some minutes, some gigabytes, once."
        if "pyvenv.cfg" not in others:
            raise SetupError(
                f"The folder {self.folder} is in the way: it is no virtual environment.\n"
                "Move it away and start again."
            )
        import making

        if making.answers(self.python):
            return None
        return "the environment in .venv does not start or has another Python; it is made anew."

    def _empty(self):
        """Remove all but the lock and the stamp, which says until the end that the work is unfinished."""
        import shutil

        self._write("unfinished", [])
        for name in os.listdir(self.folder):
            path = os.path.join(self.folder, name)
            if name in (LOCK, STAMP):
                continue
            try:
                shutil.rmtree(path) if os.path.isdir(path) and not os.path.islink(path) else os.remove(path)
            except OSError as error:
                raise SetupError(
                    f"{path} cannot be removed ({error.strerror}).\n"
                    "Close MarrowDesk if it is open and start again."
                ) from error

    def _only_one(self):
        """Hold the lock of this environment."""
        try:
            os.makedirs(self.folder, exist_ok=True)
        except OSError as error:
            raise SetupError(f"{self.folder} cannot be made ({error.strerror}).") from error
        waiting = "MarrowDesk: another set-up of this checkout is running; waiting for it to end."
        return only_one(os.path.join(self.folder, LOCK), lambda: print(waiting))

    def _contents(self):
        """Give the fingerprint of all that decides what is installed."""
        digest = hashlib.sha256()
        for name in ("pyproject.toml", os.path.join("packaging", "constraints.txt")):
            with open(os.path.join(self.root, name), "rb") as file:
                digest.update(file.read() + b"\0")
        return digest.hexdigest()

    def _read(self):
        try:
            with open(os.path.join(self.folder, STAMP), encoding="utf-8") as file:
                return dict(line.rstrip("\n").split(": ", 1) for line in file if ": " in line)
        except FileNotFoundError:
            return {}

    def _write(self, state, extras):
        lines = {
            "state": state,
            "checkout": self.root,
            "python": python_series(),
            "interpreter": _interpreter(),
            "contents": self._contents(),
            "extras": " ".join(extras),
        }
        path = os.path.join(self.folder, STAMP)
        with open(path + ".new", "w", encoding="utf-8") as file:
            file.writelines(f"{key}: {value}\n" for key, value in lines.items())
        os.replace(path + ".new", path)


def python_series():
    """Name the series of the Python that runs, as the stamp writes it."""
    return f"Python {sys.version_info.major}.{sys.version_info.minor}"


def _interpreter():
    """Give the Python that stands behind this one: inside an environment, the one it was made from."""
    return getattr(sys, "_base_executable", None) or sys.executable

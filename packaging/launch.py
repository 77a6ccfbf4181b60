"""The commands of the checkout: make what is missing, then start the program or its tests."""

import os
import subprocess
import sys

import qt_libraries
from environment import Environment, SetupError

ROOT = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))

HELP = """\
MarrowDesk from a checkout: one command makes everything that is missing and starts.

  python3 packaging/bootstrap.py run                  open the window
  python3 packaging/bootstrap.py run -- ARGS          the same as 'marrowdesk ARGS', for example
      python3 packaging/bootstrap.py run -- slides/2024-117
      python3 packaging/bootstrap.py run -- count slides/2024-117 --pdf report.pdf
      python3 packaging/bootstrap.py run -- --help    what the program itself can do
  python3 packaging/bootstrap.py test                 run all tests, without a screen, four at once at most
  python3 packaging/bootstrap.py test -- PYTEST ARGS  run some of them, one by one, for example
      python3 packaging/bootstrap.py test -- -k differential -x

The first start makes a virtual environment in the folder .venv of the checkout and installs the program and
the tested versions of what it needs (packaging/constraints.txt) into it: some minutes, on Linux several
gigabytes. Later starts find it ready and take no set-up time; they notice by themselves when the project's
needs, the place of the checkout or the Python have changed. A set-up that was stopped is made good by the
next start. To begin afresh, delete the folder .venv.

Needs Python 3.11 or newer and, once, a way to the package registry; pip's settings and proxies are used as
they are. On Linux the shared libraries of Qt are looked for: as root on Debian or Ubuntu missing ones are
installed, elsewhere the line to type is printed.
"""


def main(arguments):
    """Carry out a command line and give the exit status.

    Args:
        arguments: the words after ``bootstrap.py``.
    """
    # A set-up takes minutes: its lines must appear when they are written, also in a log file or a pipe.
    # A path may hold letters that an old console cannot show.
    sys.stdout.reconfigure(line_buffering=True, errors="backslashreplace")
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(HELP, end="")
        return 0 if arguments else 2
    command, rest = arguments[0], arguments[1:]
    if command not in ("run", "test"):
        print(f"'{command}' is not known; the commands are run and test (see --help).", file=sys.stderr)
        return 2
    if rest[:1] in (["-h"], ["--help"]):
        print(HELP, end="")
        return 0
    if rest[:1] == ["--"]:
        rest = rest[1:]
    try:
        return _start(command, rest)
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The next start makes good what was left undone.", file=sys.stderr)
        return 130


def _start(command, rest):
    environment = Environment(ROOT)
    extras = ["dev"] if command == "test" else []
    if not environment.is_ready(extras):
        environment.prepare(extras, check_system=lambda: qt_libraries.check(_needs_x11(command)))
    if command == "run":
        return _become([environment.python, "-P", "-m", "marrowdesk", *rest])
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.chdir(ROOT)
    return _become([environment.python, "-P", "-m", "pytest", *(rest or side_by_side())])


def side_by_side():
    """Tell pytest to share the files of tests among processes: one a processor, four at the most.

    A file stays together: what its tests share is made once. The files keep their order, as when they run one
    by one. More than four would only take memory, for each loads PyTorch. Where one of them crashes, the test
    is named and all end: xdist would start another, hand it files that are done with, and wait for ever.
    """
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    shared = ["--numprocesses", str(min(allowed, 4)), "--dist", "loadfile", "--no-loadscope-reorder"]
    return [*shared, "--max-worker-restart", "0"]


def _needs_x11(command):
    """Tell whether this start will draw on an X11 screen."""
    chosen = os.environ.get("QT_QPA_PLATFORM", "")
    wayland = "WAYLAND_DISPLAY" in os.environ and chosen != "xcb"
    return command == "run" and "DISPLAY" in os.environ and not wayland and chosen in ("", "xcb")


def _become(command):
    """Hand this process over to a command; on Windows, which cannot, wait for it instead."""
    sys.stdout.flush()
    if os.name == "nt":
        return subprocess.call(command)
    os.execv(command[0], command)
    return None

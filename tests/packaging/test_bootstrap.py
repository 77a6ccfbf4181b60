"""The one command of a checkout: first start, second start, and what may go wrong on a person's machine."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import SmallCheckout

ROOT = Path(__file__).resolve().parents[2]
NOWHERE = "http://127.0.0.1:9/simple"
posix = pytest.mark.skipif(os.name == "nt", reason="process groups and signals as POSIX has them")


def _wait_for(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    while not condition():
        assert process.poll() is None, "the set-up ended before it reached the place where the test stops it"
        time.sleep(0.02)


def _begin_and_hold(checkout: SmallCheckout) -> subprocess.Popen[str]:
    """Start a first set-up and stop it in the middle of pip's work."""
    (checkout.root / "hold").touch()
    process = subprocess.Popen(
        checkout.command("run"),
        env=checkout.surroundings(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        text=True,
    )
    _wait_for((checkout.root / "reached").exists, process)
    return process


def test_that_a_second_start_sets_nothing_up_and_passes_its_arguments_on(
    ready_checkout: SmallCheckout,
) -> None:
    before = {path: path.stat().st_mtime_ns for path in ready_checkout.environment.iterdir()}
    second = ready_checkout.start("run", "--", "count", "a folder", "--pdf", "R.pdf")
    assert second.returncode == 0
    assert second.stdout.splitlines()[0] == "ARGS|count|a folder|--pdf|R.pdf"
    assert second.stderr == ""
    assert before == {path: path.stat().st_mtime_ns for path in ready_checkout.environment.iterdir()}


def test_that_the_program_runs_in_the_environment_of_the_checkout(ready_checkout: SmallCheckout) -> None:
    said = ready_checkout.start("run", "slides").stdout.splitlines()
    assert said[0] == "ARGS|slides"
    assert Path(said[1].removeprefix("PREFIX ")) == ready_checkout.environment
    assert Path(said[2].removeprefix("FILE ")) == ready_checkout.root / "marrowdesk" / "__main__.py"


def test_that_all_tests_share_the_processors_and_chosen_ones_run_as_typed(checkout: SmallCheckout) -> None:
    (checkout.root / "pytest.py").write_text('import sys; print("PYTEST", *sys.argv[1:], sep="|")')
    chosen = checkout.start("test", "--", "-k", "differential", "-x")
    assert chosen.stdout.splitlines()[-1] == "PYTEST|-k|differential|-x"
    _, option, number, *rest = checkout.start("test").stdout.splitlines()[-1].split("|")
    assert (option, rest[:2]) == ("--numprocesses", ["--dist", "loadfile"])
    assert 1 <= int(number) <= 4


def test_that_changed_needs_are_installed_into_the_environment_that_is_there(checkout: SmallCheckout) -> None:
    assert checkout.start("run").returncode == 0
    witness = checkout.environment / "witness"
    witness.touch()
    with (checkout.root / "packaging" / "constraints.txt").open("a") as file:
        file.write("# changed\n")
    again = checkout.start("run")
    assert again.returncode == 0
    assert "installing" in again.stdout
    assert witness.exists()
    assert "installing" not in checkout.start("run").stdout


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("interpreter: /no/such/python", "the environment's Python is gone"),
        ("python: Python 3.10", "the environment's Python is gone"),
        ("state: unfinished", "did not come to its end"),
    ],
)
def test_that_an_environment_that_cannot_be_trusted_is_made_anew(
    checkout: SmallCheckout, line: str, sentence: str
) -> None:
    _leave_an_environment(checkout, line)
    again = checkout.start("run", "--", "x")
    assert again.returncode == 0, again.stderr
    assert sentence in again.stdout
    assert "ARGS|x" in again.stdout
    assert not (checkout.environment / "left over").exists()


def _leave_an_environment(checkout: SmallCheckout, changed: str) -> None:
    """Leave what an earlier start would have left, but for one line of its stamp."""
    checkout.environment.mkdir()
    (checkout.environment / "left over").touch()
    stamp = {
        "state": "ready",
        "checkout": str(checkout.root),
        "python": f"Python {sys.version_info.major}.{sys.version_info.minor}",
        "interpreter": sys.executable,
    }
    key, value = changed.split(": ")
    stamp[key] = value
    text = "".join(f"{name}: {entry}\n" for name, entry in stamp.items())
    (checkout.environment / "marrowdesk-setup.txt").write_text(text, encoding="utf-8")


def test_that_a_moved_checkout_starts_again(checkout: SmallCheckout) -> None:
    assert checkout.start("run").returncode == 0
    moved = type(checkout)(checkout.root.with_name("elsewhere"))
    checkout.root.rename(moved.root)
    again = moved.start("run", "--", "x")
    assert again.returncode == 0, again.stderr
    assert "the checkout was moved" in again.stdout
    assert f"FILE {moved.root / 'marrowdesk' / '__main__.py'}" in again.stdout


@posix
def test_that_a_set_up_killed_in_the_middle_is_made_good_by_the_next_start(checkout: SmallCheckout) -> None:
    process = _begin_and_hold(checkout)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    (checkout.root / "hold").unlink()
    again = checkout.start("run", "--", "x")
    assert again.returncode == 0, again.stderr
    assert "did not come to its end" in again.stdout
    assert "ARGS|x" in again.stdout


@posix
def test_that_two_set_ups_at_once_do_not_meet(checkout: SmallCheckout) -> None:
    first = _begin_and_hold(checkout)
    os.kill(first.pid, signal.SIGKILL)  # its pip goes on alone, and a second start must wait for that too
    first.wait()
    second = subprocess.Popen(
        checkout.command("run", "--", "x"),
        env=checkout.surroundings(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert second.stdout is not None
    assert "waiting for it to end" in second.stdout.readline()
    (checkout.root / "hold").unlink()
    rest, _ = second.communicate()
    assert second.returncode == 0, rest
    assert "ARGS|x" in rest


def test_that_a_missing_network_is_said_in_a_sentence(checkout: SmallCheckout) -> None:
    backend = (checkout.root / "backend.py").read_text()
    needed = backend.replace("Provides-Extra: dev", "Requires-Dist: a-package-that-is-not-here")
    (checkout.root / "backend.py").write_text(needed)
    tried = checkout.start("run", PIP_NO_INDEX="0", PIP_INDEX_URL=NOWHERE, PIP_RETRIES="1")
    assert tried.returncode == 1
    assert "The package registry cannot be reached." in tried.stderr
    assert "marrowdesk-setup.log" in tried.stderr
    assert "Traceback" not in tried.stderr


def test_that_a_folder_in_the_way_is_left_alone(checkout: SmallCheckout) -> None:
    checkout.environment.mkdir()
    (checkout.environment / "thesis.txt").write_text("mine")
    tried = checkout.start("run")
    assert tried.returncode == 1
    assert "is in the way" in tried.stderr
    assert (checkout.environment / "thesis.txt").read_text() == "mine"


def test_that_help_teaches_and_an_unknown_command_is_refused(checkout: SmallCheckout) -> None:
    told = checkout.start("--help")
    assert told.returncode == 0
    assert "bootstrap.py run -- count" in told.stdout
    unknown = checkout.start("install")
    assert unknown.returncode == 2
    assert "run and test" in unknown.stderr
    assert not checkout.environment.exists()


def test_that_an_old_python_is_answered_with_a_sentence() -> None:
    bootstrap = ROOT / "packaging" / "bootstrap.py"
    ast.parse(bootstrap.read_text(encoding="utf-8"), feature_version=(3, 4))
    pretend = (
        "import runpy, sys; sys.version_info = (3, 9, 2); "
        f"sys.argv = ['bootstrap.py', 'run']; runpy.run_path({str(bootstrap)!r}, run_name='__main__')"
    )
    said = subprocess.run([sys.executable, "-c", pretend], capture_output=True, text=True, check=False)
    assert said.returncode == 1
    assert said.stderr.startswith("MarrowDesk needs Python 3.11 or newer; this is Python 3.9.2")

"""The test command when a test takes its whole process with it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_that_a_crash_ends_the_tests_and_names_the_one_that_crashed(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "packaging"))
    from launch import side_by_side

    for number in range(12):
        body = "import os\n" if number == 6 else ""
        for each in range(4):
            crash = number == 6 and each == 1
            body += f"def test_{each}():\n    {'os._exit(3)' if crash else 'assert True'}\n"
        (tmp_path / f"test_{number:02d}.py").write_text(body)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *side_by_side(), "--numprocesses", "2"],
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ended.returncode == 1, ended.stdout
    assert "FAILED test_06.py::test_1" in ended.stdout

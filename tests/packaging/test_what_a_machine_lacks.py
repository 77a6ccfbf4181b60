"""What pip's errors mean, which libraries Qt needs, and whether the tested set of versions is whole."""

from __future__ import annotations

import importlib.metadata
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def bootstrap_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the modules beside bootstrap.py importable."""
    monkeypatch.syspath_prepend(str(ROOT / "packaging"))


def constraints() -> dict[str, Requirement]:
    lines = (ROOT / "packaging" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {_plain(pin.name): pin for pin in pins}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


# Last lines of real failures of pip 23 and 25.
FULL = ["ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device"]
OFFLINE = [
    "WARNING: Retrying (Retry(total=4, connect=None, read=None)) after connection broken by "
    "'NewConnectionError('<pip._vendor.urllib3.connection.HTTPSConnection object at 0x7f>: Failed to "
    "establish a new connection: [Errno -3] Temporary failure in name resolution')': /simple/numpy/",
    "ERROR: Could not find a version that satisfies the requirement numpy>=1.26 (from versions: none)",
    "ERROR: No matching distribution found for numpy>=1.26",
]
PROXY = [
    "WARNING: Retrying (Retry(total=0)) after connection broken by 'ProxyError('Cannot connect to proxy.', "
    "OSError('Tunnel connection failed: 407 Proxy Authentication Required'))': /simple/numpy/",
    "ERROR: No matching distribution found for numpy>=1.26",
]
CERTIFICATE = [
    "WARNING: Retrying (Retry(total=0)) after connection broken by 'SSLError(SSLCertVerificationError(1, "
    "'[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate in chain'))'",
    "ERROR: No matching distribution found for numpy>=1.26",
]
NO_BUILD = ["ERROR: No matching distribution found for torch===2.15.0"]


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (FULL, "The disk is full."),
        (OFFLINE, "The package registry cannot be reached."),
        (PROXY, "The proxy did not let pip through."),
        (CERTIFICATE, "certificate was not accepted"),
        (NO_BUILD, "The registry has no torch===2.15.0 for this Python"),
    ],
)
def test_that_a_failure_of_pip_is_explained_by_its_cause(lines: list[str], sentence: str) -> None:
    from pip_messages import explanation

    assert sentence in explanation(lines)


def test_that_large_downloads_are_told_and_small_ones_are_not() -> None:
    from pip_messages import progress

    name = "torch-2.15.0-cp311-cp311-manylinux_2_28_x86_64.whl"
    assert progress(f"  Downloading {name} (530.7 MB)") == "downloading torch 2.15.0 (531 MB)"
    mirrored = progress(f"  Downloading https://mirror.example/packages/a1/{name} (530.7 MB)")
    assert mirrored == "downloading torch 2.15.0 (531 MB)"
    assert progress(f"Using cached {name} (1.2 GB)") == "from pip's cache: torch 2.15.0 (1200 MB)"
    assert progress("  Downloading idna-3.20-py3-none-any.whl (71 kB)") == ""
    assert progress("Installing collected packages: a, b, c").startswith("unpacking 3 packages")


@pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("readelf") is None, reason="reads ELF files with readelf"
)
def test_that_the_table_of_libraries_names_all_that_qt_is_linked_with() -> None:
    import PySide6
    from qt_libraries import PACKAGES

    qt = Path(PySide6.__file__).parent / "Qt"
    names = (
        "Core",
        "DBus",
        "Gui",
        "OpenGL",
        "OpenGLWidgets",
        "PrintSupport",
        "Svg",
        "Test",
        "WaylandClient",
        "Widgets",
        "XcbQpa",
    )
    files = [qt / "lib" / f"libQt6{name}.so.6" for name in names]
    for plugin in (
        "platforms/libqxcb",
        "platforms/libqwayland",
        "platforms/libqoffscreen",
        "iconengines/libqsvgicon",
        "printsupport/libcupsprintersupport",
    ):
        files.append(qt / "plugins" / f"{plugin}.so")
    for folder in ("xcbglintegrations", "wayland-shell-integration", "wayland-graphics-integration-client"):
        files.extend((qt / "plugins" / folder).glob("*xcb*.so" if folder[0] == "x" else "*xdg*.so"))
    said = subprocess.run(
        ["readelf", "-d", *map(str, files)], capture_output=True, text=True, check=True
    ).stdout
    needed = set(re.findall(r"\(NEEDED\).*\[(.+?)\]", said))
    brought_by_qt = {
        name for name in needed if name.startswith(("libQt6", "libicu", "libpyside6", "libshiboken6"))
    }
    every_linux = {
        name for name in needed if re.match(r"(libc|libm|libdl|librt|libpthread|libgcc_s|ld-linux)[.-]", name)
    }
    assert needed - brought_by_qt - every_linux <= set(PACKAGES)


def test_that_a_missing_library_is_told_with_the_line_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    import qt_libraries
    from environment import SetupError

    monkeypatch.setattr(qt_libraries.apt, "may_install", lambda: False)
    monkeypatch.setitem(
        qt_libraries.ALWAYS, "libnothere.so.1", ("libnothere1", "nothere", "nothere", "libnothere1")
    )
    monkeypatch.setitem(qt_libraries.PACKAGES, "libnothere.so.1", qt_libraries.ALWAYS["libnothere.so.1"])
    monkeypatch.setattr(qt_libraries.sys, "platform", "linux")
    monkeypatch.setattr(qt_libraries.shutil, "which", lambda name: name if name == "dnf" else None)
    with pytest.raises(
        SetupError, match=r"lacks: .*libnothere\.so\.1(.|\n)*Type: sudo dnf install .*nothere"
    ):
        qt_libraries.check(x11_is_needed=False)


def test_that_every_package_the_project_needs_is_pinned() -> None:
    pins, seen, waiting = constraints(), set(), [("marrowdesk", "dev")]
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        for text in importlib.metadata.requires(name) or []:
            needed = Requirement(text)
            if needed.marker is None or needed.marker.evaluate({"extra": extra}):
                waiting.extend((_plain(needed.name), part) for part in ("", *needed.extras))
    assert {name for name, _ in seen} - {"marrowdesk", "setuptools"} <= set(pins)


def test_that_a_local_build_of_torch_cannot_take_the_place_of_the_tested_one() -> None:
    for name in ("torch", "torchvision"):
        pin = constraints()[name].specifier
        version = importlib.metadata.version(name)
        assert pin.contains(version)
        assert not pin.contains(f"{version}+cpu")


def test_that_the_licence_of_every_library_the_program_stands_on_is_named() -> None:
    told = (ROOT / "resources" / "licences" / "third-party.txt").read_text(encoding="utf-8").lower()
    names = {"opencv-python-headless": "opencv", "torch": "pytorch", "pyside6-essentials": "pyside6"}
    for text in importlib.metadata.requires("marrowdesk") or []:
        needed = Requirement(text)
        if needed.marker is None:
            name = _plain(needed.name)
            assert names.get(name, name) in told

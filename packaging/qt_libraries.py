"""The shared libraries of the system that Qt's own files are linked with on Linux, and who brings them.

Which ones they are was read with ``ldd`` off the pinned PySide6; a test reads it again.
"""

import ctypes
import shutil
import sys

import apt
from environment import SetupError

MANAGERS = {
    "apt-get": "apt-get install",
    "dnf": "dnf install",
    "pacman": "pacman -S --needed",
    "zypper": "zypper install",
}

# library: the package that brings it on Debian and Ubuntu, Fedora, Arch, openSUSE
ALWAYS = {
    "libstdc++.so.6": ("libstdc++6", "libstdc++", "gcc-libs", "libstdc++6"),
    "libz.so.1": ("zlib1g", "zlib", "zlib", "libz1"),
    "libzstd.so.1": ("libzstd1", "libzstd", "zstd", "libzstd1"),
    "libglib-2.0.so.0": ("libglib2.0-0", "glib2", "glib2", "libglib-2_0-0"),
    "libgthread-2.0.so.0": ("libglib2.0-0", "glib2", "glib2", "libgthread-2_0-0"),
    "libdbus-1.so.3": ("libdbus-1-3", "dbus-libs", "dbus", "libdbus-1-3"),
    "libfontconfig.so.1": ("libfontconfig1", "fontconfig", "fontconfig", "libfontconfig1"),
    "libfreetype.so.6": ("libfreetype6", "freetype", "freetype2", "libfreetype6"),
    "libGL.so.1": ("libgl1", "libglvnd-glx", "libglvnd", "libglvnd"),
    "libEGL.so.1": ("libegl1", "libglvnd-egl", "libglvnd", "libglvnd"),
    "libX11.so.6": ("libx11-6", "libX11", "libx11", "libX11-6"),
    "libxkbcommon.so.0": ("libxkbcommon0", "libxkbcommon", "libxkbcommon", "libxkbcommon0"),
}
X11 = {
    "libX11-xcb.so.1": ("libx11-xcb1", "libX11-xcb", "libx11", "libX11-xcb1"),
    "libxcb.so.1": ("libxcb1", "libxcb", "libxcb", "libxcb1"),
    "libxcb-cursor.so.0": ("libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor", "libxcb-cursor0"),
    "libxcb-glx.so.0": ("libxcb-glx0", "libxcb", "libxcb", "libxcb-glx0"),
    "libxcb-icccm.so.4": ("libxcb-icccm4", "xcb-util-wm", "xcb-util-wm", "libxcb-icccm4"),
    "libxcb-image.so.0": ("libxcb-image0", "xcb-util-image", "xcb-util-image", "libxcb-image0"),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms", "libxcb-keysyms1"),
    "libxcb-randr.so.0": ("libxcb-randr0", "libxcb", "libxcb", "libxcb-randr0"),
    "libxcb-render.so.0": ("libxcb-render0", "libxcb", "libxcb", "libxcb-render0"),
    "libxcb-render-util.so.0": (
        "libxcb-render-util0", "xcb-util-renderutil", "xcb-util-renderutil", "libxcb-render-util0",
    ),
    "libxcb-shape.so.0": ("libxcb-shape0", "libxcb", "libxcb", "libxcb-shape0"),
    "libxcb-shm.so.0": ("libxcb-shm0", "libxcb", "libxcb", "libxcb-shm0"),
    "libxcb-sync.so.1": ("libxcb-sync1", "libxcb", "libxcb", "libxcb-sync1"),
    "libxcb-util.so.1": ("libxcb-util1", "xcb-util", "xcb-util", "libxcb-util1"),
    "libxcb-xfixes.so.0": ("libxcb-xfixes0", "libxcb", "libxcb", "libxcb-xfixes0"),
    "libxcb-xkb.so.1": ("libxcb-xkb1", "libxcb", "libxcb", "libxcb-xkb1"),
    "libxkbcommon-x11.so.0": (
        "libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11", "libxkbcommon-x11-0",
    ),
}  # fmt: skip
WAYLAND = {
    "libwayland-client.so.0": ("libwayland-client0", "libwayland-client", "wayland", "libwayland-client0"),
    "libwayland-cursor.so.0": ("libwayland-cursor0", "libwayland-cursor", "wayland", "libwayland-cursor0"),
    "libwayland-egl.so.1": ("libwayland-egl1", "libwayland-egl", "wayland", "libwayland-egl1"),
}
PRINTING = {
    "libcups.so.2": ("libcups2", "cups-libs", "libcups", "libcups2"),
}
PACKAGES = ALWAYS | X11 | WAYLAND | PRINTING


def check(x11_is_needed):
    """See that Qt will find its libraries; install them where that may be done, otherwise say how.

    Args:
        x11_is_needed: whether the program is about to open a window on an X11 screen.

    Returns:
        whether all is there.

    Raises:
        SetupError: the program cannot start with what is there.
    """
    if sys.platform != "linux":
        return True
    missing = [name for name in PACKAGES if not _loads(name)]
    if missing and apt.may_install():
        packages = _packages(missing, "apt-get")
        print(f"MarrowDesk: installing the system libraries that Qt needs: {' '.join(packages)}")
        apt.install(packages)
        missing = [name for name in missing if not _loads(name)]
    if not missing:
        return True
    advice = _advice(missing)
    if any(name in ALWAYS or (name in X11 and x11_is_needed) for name in missing):
        raise SetupError(advice)
    print(f"MarrowDesk: {advice}\nGoing on without them: this start does not need them.")
    return False


def _loads(name):
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _packages(missing, manager):
    column = list(MANAGERS).index(manager)
    return sorted({PACKAGES[name][column] for name in missing})


def _advice(missing):
    """Give the sentence that names what is missing, with the exact line to type where the system is known."""
    told = "Qt needs shared libraries that this system lacks: " + " ".join(missing) + "."
    for manager, verb in MANAGERS.items():
        if shutil.which(manager):
            packages = _packages(missing, manager)
            command = apt.line(packages) if manager == "apt-get" else f"sudo {verb} {' '.join(packages)}"
            return f"{told}\nType: {command}"
    return f"{told}\nInstall the packages that bring them and start again."

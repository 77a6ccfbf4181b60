"""Is there a screen to open a window on? Asked before Qt, which would abort the process without one."""

from __future__ import annotations

import ctypes
import os
import sys

from marrowdesk.core.errors import MarrowdeskError


class NoScreen(MarrowdeskError):
    """No window can be opened here."""


def require_screen() -> None:
    """See that a window can be opened.

    A platform that the person chose for Qt (``QT_QPA_PLATFORM``) is left to Qt.

    Raises:
        NoScreen: on Linux without a desktop session, or with one that does not answer.
    """
    if sys.platform != "linux" or "QT_QPA_PLATFORM" in os.environ or "WAYLAND_DISPLAY" in os.environ:
        return
    hint = "Start it in a desktop session (or with ssh -X); 'marrowdesk count FOLDER' needs no screen."
    if "DISPLAY" not in os.environ:
        raise NoScreen(
            "There is no screen to open a window on: neither DISPLAY nor WAYLAND_DISPLAY is set.", hint
        )
    if not _x11_answers():
        raise NoScreen(f"The screen DISPLAY={os.environ['DISPLAY']} does not answer.", hint)


def _x11_answers() -> bool:
    """Tell whether the X11 server takes a connection; where libxcb is missing, Qt will say so itself."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    refused = bool(xcb.xcb_connection_has_error(connection))
    xcb.xcb_disconnect(connection)
    return not refused

"""Keep the image libraries' own remarks off the terminal; what matters reaches the person as our error."""

from __future__ import annotations

import logging
import threading
import warnings

import cv2

_lock = threading.Lock()
_filter: object = None

# Python prints records of a logger without any handler; with this one they still reach the app's log.
for _name in ("tifffile", "PIL"):
    logging.getLogger(_name).addHandler(logging.NullHandler())
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


def hush() -> None:
    """Ignore Python warnings raised inside Pillow and tifffile, from now on.

    Called before each decoding, because ``warnings.catch_warnings`` of anyone else may have taken the filter
    away, and using ``catch_warnings`` here would not be safe with several threads.
    """
    global _filter
    with _lock:
        if _filter is None or _filter not in warnings.filters:
            warnings.filterwarnings("ignore", module=r"(PIL|tifffile)(\.|\Z)")
            _filter = warnings.filters[0]

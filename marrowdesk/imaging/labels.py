"""Notice folders that are named after classes, as public data sets and other programs export them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marrowdesk.core.taxonomy import MARROW

if TYPE_CHECKING:
    from pathlib import Path

    from marrowdesk.core.taxonomy import Scheme


def folder_label(path: Path, root: Path, scheme: Scheme) -> str | None:
    """Give the class that the nearest folder around an image is named after.

    Folders above the opened one are not looked at: what lies there was not chosen by the person. A name
    counts only as a whole (``BLA``, ``blasts``; not ``blasts_old``), as :meth:`Scheme.for_folder` says.

    The label stays that of the shipped class where the scheme counts it under another: with another scheme
    the same folder must say the same.

    Args:
        path: the image file.
        root: the folder that was opened; its own name counts too.
        scheme: the classes of the case.

    Returns:
        The code of the class, or None.
    """
    for folder in path.parents:
        found = MARROW.for_folder(folder.name)
        if found is None or scheme.place(found.code) not in scheme:
            found = scheme.for_folder(folder.name)
        if found is not None:
            return found.code
        if folder == root:
            return None
    return None

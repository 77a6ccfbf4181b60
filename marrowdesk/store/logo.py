"""The laboratory's logo: one PNG beside the settings, taken over by new reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marrowdesk.core.errors import ImageUnreadable
from marrowdesk.imaging.logo import logo_png
from marrowdesk.store.errors import SettingsError
from marrowdesk.store.own_file import delete_own, write_own
from marrowdesk.store.paths import logo_path

if TYPE_CHECKING:
    from pathlib import Path


def own_logo() -> bytes | None:
    """Give the laboratory's logo as PNG; None where none was chosen.

    Raises:
        SettingsError: the file beside the settings is no logo any more.
    """
    path = logo_path()
    if not path.exists():
        return None
    try:
        return logo_png(path)
    except ImageUnreadable as error:
        raise SettingsError(
            f"The laboratory's logo {path} cannot be used: {error.message}",
            "Choose the logo anew in the report window, or remove it there.",
        ) from error


def keep_logo(chosen: Path) -> bytes:
    """Use an image as the laboratory's logo for new reports.

    Returns:
        The PNG that is kept.

    Raises:
        ImageUnreadable: it cannot be used as a logo; the one before stays.
        SettingsError: it cannot be written; the one before stays.
    """
    png = logo_png(chosen)
    write_own(logo_path(), png, "The logo")
    return png


def forget_logo() -> None:
    """Use no logo for new reports.

    Raises:
        SettingsError: the file cannot be deleted.
    """
    delete_own(logo_path(), "The logo")

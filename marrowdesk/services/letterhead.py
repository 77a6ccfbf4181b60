"""The letterhead of a case: institution and logo as the laboratory had them when its report was first made.

Both are fields of the case, and so they are signed with it: a later logo changes no earlier report.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from marrowdesk.core.errors import MarrowdeskError
from marrowdesk.store.logo import own_logo

if TYPE_CHECKING:
    from collections.abc import Mapping

    from marrowdesk.store.casefile import CaseFile

INSTITUTION, LOGO = "institution", "logo"
"""Names of the fields of a case; the logo is a PNG in base64, empty for none."""


def new_letterhead(fields: Mapping[str, str], institution: str, logo: bytes | None) -> dict[str, str]:
    """Give the fields that a case takes over from the laboratory; a field that was ever set stays as it is.

    Args:
        fields: those of the case.
        institution: of the laboratory; may be empty.
        logo: of the laboratory as PNG; None for none.
    """
    found = {}
    if INSTITUTION not in fields and institution:
        found[INSTITUTION] = institution
    if LOGO not in fields and logo is not None:
        found[LOGO] = logo_text(logo)
    return found


def take_letterhead(case: CaseFile, institution: str) -> None:
    """Write into a case what it takes over from the laboratory.

    Raises:
        SettingsError: the laboratory's logo cannot be used.
        CaseFileError: it cannot be written.
    """
    fields = case.fields()
    logo = None if LOGO in fields else own_logo()
    for name, text in new_letterhead(fields, institution, logo).items():
        case.set_field(name, text)


def logo_text(logo: bytes | None) -> str:
    """Give a logo as the text that the case keeps."""
    return "" if logo is None else base64.b64encode(logo).decode("ascii")


def logo_of(fields: Mapping[str, str]) -> bytes | None:
    """Give the logo of a case; None where it has none.

    Raises:
        MarrowdeskError: what the case keeps is no logo.
    """
    text = fields.get(LOGO, "")
    try:
        return base64.b64decode(text, validate=True) if text else None
    except (binascii.Error, ValueError) as error:
        raise MarrowdeskError(
            "The logo that is kept in the case cannot be read.",
            "Choose or remove the logo in the report window.",
        ) from error

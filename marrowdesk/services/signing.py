"""Signing a case and reopening it, each with a copy of the case beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marrowdesk.core.errors import CaseFileError, MarrowdeskError
from marrowdesk.core.manual import FIELD, TOGETHER, counted_by_eye
from marrowdesk.core.repeated import counted_again
from marrowdesk.core.signoff import hindrances
from marrowdesk.services.second_reading import differing
from marrowdesk.store.backup import back_up

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from marrowdesk.core.counting import CountingRules
    from marrowdesk.core.signoff import Found
    from marrowdesk.store.casefile import CaseFile
    from marrowdesk.store.values import Signature


@dataclass(frozen=True, slots=True)
class SignedOff:
    """What came of signing.

    Attributes:
        signature: what stands in the file now.
        no_copy: why no copy of the signed case could be made; None where there is one.
    """

    signature: Signature
    no_copy: CaseFileError | None = None


def against_signing(
    case: CaseFile, rules: CountingRules, required: Sequence[str] = (), replaced: Collection[Path] = ()
) -> list[Found]:
    """List what stands between a case, as it is in its file now, and its signature.

    Args:
        case: the case.
        rules: what it is counted by.
        required: names of the header fields that must not be empty.
        replaced: image files that were seen to be others than were read.

    Raises:
        CaseFileError: the case cannot be read.
    """
    scheme, fields = case.scheme, case.fields()
    by_eye = counted_by_eye(case.presses(), scheme) if fields.get(FIELD) == TOGETHER else 0
    empty = [name for name in required if not fields.get(name, "").strip()]
    cells, differ = case.cells(), frozenset(differing(case))
    repeated = frozenset(counted_again(cells, case.alike()))
    others = frozenset(cell.id for cell in cells if cell.place.path in replaced)
    return hindrances(cells, scheme, rules.target, differ, by_eye, empty, repeated, others)


def sign_off(
    case: CaseFile,
    rules: CountingRules,
    reader: str,
    role: str = "",
    reason: str = "",
    required: Sequence[str] = (),
    replaced: Collection[Path] = (),
) -> SignedOff:
    """Sign a case as it is in its file now, and copy it.

    Args:
        case: the case; nothing may be classified or decided in it meanwhile.
        rules: what it is counted by; kept with the signature.
        reader: who signs.
        role: of the reader, as typed; may be empty.
        reason: why it is signed although something stands against it; needed in that case only.
        required: names of the header fields that must not be empty.
        replaced: image files that were seen to be others than were read.

    Raises:
        MarrowdeskError: there are no cells, no name, or no reason where one is needed.
        CaseFileError: the case is signed already, or nothing could be written.
    """
    if not case.progress()[0] and not case.presses():
        raise MarrowdeskError("The case holds no cells to sign.", "Open a folder of cell images first.")
    if not reader.strip():
        raise MarrowdeskError("A signature needs a name.", "Say who signs.")
    against = against_signing(case, rules, required, replaced)
    if against and not reason.strip():
        kinds = ", ".join(f"{each.kind} ({each.count})" for each in against)
        raise MarrowdeskError(
            f"The case is not ready to be signed: {kinds}.",
            "Do what is missing, or say why it is signed all the same.",
        )
    told = [(each.kind.value, each.count) for each in against]
    signature = case.sign(reader, rules.to_json(), role, told, reason)
    try:
        back_up(case.path)
    except CaseFileError as error:  # signed all the same
        return SignedOff(signature, error)
    return SignedOff(signature)

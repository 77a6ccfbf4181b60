"""Signing a case: a version that stands as it is until it is reopened, and the hash of what was signed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from marrowdesk import __version__
from marrowdesk.core.manual import counts_of
from marrowdesk.store.cells import STANDING
from marrowdesk.store.columns import now_text, path_text, time_value
from marrowdesk.store.errors import CaseFileSigned
from marrowdesk.store.presses import standing_presses
from marrowdesk.store.values import Moment, Reopening, Signature

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from marrowdesk.store.database import Database

_NOW = """
SELECT (SELECT ifnull(max(id), 0) FROM cell), (SELECT ifnull(max(id), 0) FROM prediction),
       (SELECT ifnull(max(id), 0) FROM decision), (SELECT ifnull(max(id), 0) FROM field),
       (SELECT ifnull(max(id), 0) FROM scheme), (SELECT ifnull(max(id), 0) FROM press)
"""

_AFTER_ACT = """
WITH act AS (SELECT id, (SELECT max(at) FROM batch WHERE id <= :act) AS at FROM batch WHERE id = :act)
SELECT (SELECT ifnull(max(id), 0) FROM cell),
       (SELECT ifnull(max(prediction.id), 0) FROM prediction JOIN analysis ON analysis.id = analysis
        WHERE analysis.at <= act.at OR analysis.id <= (
          SELECT max(seen.analysis) FROM decision JOIN prediction AS seen ON seen.id = decision.prediction
          WHERE decision.batch <= act.id)),
       (SELECT ifnull(max(id), 0) FROM decision WHERE batch <= act.id),
       (SELECT ifnull(max(id), 0) FROM field WHERE field.at <= act.at),
       (SELECT max(id) FROM scheme WHERE scheme.at <= act.at OR id = (SELECT min(id) FROM scheme)),
       (SELECT ifnull(max(id), 0) FROM press WHERE press.at <= act.at)
FROM act
"""
"""By time, as :mod:`marrowdesk.store.clock` writes it. In an older case the clock may have been set back
before an act: then what stood at an earlier act stands, and so does each proposal decided on."""

_SIGNATURES = """
SELECT signature.id, signature.at, signature.reader, role, signature.program, rules, hindrances,
       signature.reason, hex(state), cell, prediction, decision, field, scheme, press,
       reopening.at, reopening.reader, reopening.reason
FROM signature LEFT JOIN reopening ON reopening.id = signature.id ORDER BY signature.id
"""

_STATE = f"""
SELECT image.slide, image.path, image.page, hex(image.sha256), cell.x, cell.y, cell.width, cell.height,
       hex((SELECT sha256 FROM model WHERE id = analysis.model)), hex(prediction.probabilities),
       decision.to_verdict, decision.to_code, decision.to_reader, decision.to_at
{STANDING}
"""


class SignatureTable:
    """The part of a case file that holds its signatures."""

    _db: Database

    def sign(
        self,
        reader: str,
        rules: str,
        role: str = "",
        hindrances: Iterable[tuple[str, int]] = (),
        reason: str = "",
    ) -> Signature:
        """Sign what is in the case now; nothing that counts can be written then, until it is reopened.

        Args:
            reader: who signs.
            rules: what it is counted by, as JSON.
            role: of the reader, as typed.
            hindrances: what stands against it, as (kind, cells).
            reason: why it is signed all the same; needed where something stands against it.

        Raises:
            CaseFileSigned: it is signed already.
            CaseFileError: nothing was written; the child class says why.
            ValueError: there is no reader, or no reason where one is needed.
        """
        against = [list(each) for each in hindrances]
        if not reader.strip() or (against and not reason.strip()):
            raise ValueError("A signature needs a name, and a reason where something stands against it.")
        with self._db.writing() as connection:
            moment = Moment(*connection.execute(_NOW).fetchone())
            before = _signatures(connection)
            if before and before[-1].reopened is None:
                raise CaseFileSigned(
                    f"The case {self._db.path} is signed already, by {before[-1].reader}.",
                    "Close it and open it again to see the signature.",
                )
            version = len(before) + 1
            # What is signed ends before the signature: a file that is altered later gives another hash.
            state = _state_hash(connection, moment, rules)
            row = (version, now_text(), reader.strip(), role.strip(), __version__, *asdict(moment).values())
            connection.execute(
                "INSERT INTO signature(id, at, reader, role, program, cell, prediction, decision, field, "
                "scheme, press, rules, hindrances, reason, state) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*row, rules, json.dumps(against), reason.strip() if against else "", state),
            )
            return _signatures(connection)[-1]

    def reopen(self, reader: str, reason: str) -> Signature:
        """End the standing signature; its version stays, and what follows will be an amendment.

        Args:
            reader: who reopens.
            reason: why; it is printed on the amended report.

        Returns:
            The signature that was ended.

        Raises:
            CaseRecordRefused: the case is not signed.
            CaseFileError: nothing was written; the child class says why.
            ValueError: there is no reader or no reason.
        """
        if not reader.strip() or not reason.strip():
            raise ValueError("Reopening needs a name and a reason.")
        with self._db.writing() as connection:
            (version,) = connection.execute("SELECT 1 + ifnull(max(id), 0) FROM reopening").fetchone()
            connection.execute(
                "INSERT INTO reopening(id, at, reader, program, reason) VALUES (?, ?, ?, ?, ?)",
                (version, now_text(), reader.strip(), __version__, reason.strip()),
            )
            return next(each for each in _signatures(connection) if each.version == version)

    def signatures(self) -> list[Signature]:
        """Give all versions that were ever signed, the oldest first."""
        with self._db.reading() as connection:
            return _signatures(connection)

    @property
    def signed(self) -> Signature | None:
        """The signature that stands, or None while the case is open for review."""
        last = self.signatures()[-1:]
        return last[0] if last and last[0].reopened is None else None

    def unaltered(self, signature: Signature) -> bool:
        """Whether what was signed is still in the file as it was: the hash is computed anew."""
        with self._db.reading() as connection:
            return _state_hash(connection, signature.moment, signature.rules).hex() == signature.state

    def after_act(self, batch: int) -> Moment:
        """Give the state that an act of the journal left.

        Cells are all that the case has now: when one was added is not kept.

        Raises:
            KeyError: the journal has no such act.
        """
        with self._db.reading() as connection:
            row = connection.execute(_AFTER_ACT, {"act": batch}).fetchone()
        if row is None:
            raise KeyError(batch)
        return Moment(*row)


def _signatures(connection: sqlite3.Connection) -> list[Signature]:
    return [_signature(row) for row in connection.execute(_SIGNATURES).fetchall()]


def _signature(row: Sequence[Any]) -> Signature:
    version, at, reader, role, program, rules, hindrances, reason, state, *bounds, ended, by, why = row
    signature = Signature(
        version=version,
        at=time_value(at),
        reader=reader,
        role=role,
        program=program,
        rules=rules,
        hindrances=tuple((kind, cells) for kind, cells in json.loads(hindrances)),
        reason=reason,
        state=state.lower(),
        moment=Moment(*bounds),
    )
    if ended is None:
        return signature
    return replace(signature, reopened=Reopening(time_value(ended), by, why))


def _state_hash(connection: sqlite3.Connection, moment: Moment, rules: str) -> bytes:
    """Hash what is signed: rules, scheme, fields, manual counts, of each cell image, proposal and decision.

    SHA-256 over JSON lines, so that another program can do the same. The folder of a slide is left out: it
    may move.
    """
    found = hashlib.sha256()

    def add(*line: object) -> None:
        found.update(json.dumps(line, ensure_ascii=True, separators=(",", ":")).encode() + b"\n")

    (scheme,) = connection.execute("SELECT json FROM scheme WHERE id = ?", (moment.scheme,)).fetchone()
    add("rules", rules)
    add("scheme", scheme)
    rows = connection.execute("SELECT name, value FROM field WHERE id <= ? ORDER BY id", (moment.field,))
    for name, value in sorted(dict(rows.fetchall()).items()):
        add("field", name, value)
    for slide, path, *rest in connection.execute(_STATE, asdict(moment)):
        add("cell", slide, path_text(path), *rest)
    for smear, counts in counts_of(standing_presses(connection, moment.press)).items():
        for code, count in sorted(counts.items()):
            add("manual", smear, code, count)
    return found.digest()

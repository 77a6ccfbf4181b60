"""The tables of a case file, and the steps that bring an older file up to date.

A step that was ever released is never edited: a change of the tables is a new step at the end of
:data:`STEPS`. What is planned fits in by adding tables that point at these:

* the reason of an act: text by ``batch.id``.

A second reading (``sitting``) has a journal of its own, made like the first one, so that neither reader's
decisions ever stand for the other's. What settles a cell on which two readers differ is an act of the first
journal, and ``resolution`` says that it is one.

A signed version (``signature``) keeps the last row of each table that it covers: rows are only appended, and
so everything up to them is the state of that moment. While the latest version is not reopened, triggers keep
out whatever would change what was signed; the folder of a slide may still move.

Rows of append-only tables have rising ids without AUTOINCREMENT, for none is ever deleted; that spares
a page in every transaction.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from marrowdesk.store.errors import SIGNED, CaseFileTooNew, not_a_case

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

APPLICATION_ID = 0x4D44434B
"""The letters ``MDCK`` in the header of the file."""

_TABLES_1 = """
CREATE TABLE about(
  id INTEGER PRIMARY KEY CHECK (id = 1),
  title TEXT NOT NULL,
  created TEXT NOT NULL,             -- UTC, ISO 8601 with milliseconds, as all times here
  program TEXT NOT NULL              -- version of the program, as everywhere here
);
CREATE TABLE scheme(                 -- the classes; the latest row stands
  id INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  json TEXT NOT NULL
);
CREATE TABLE field(                  -- header fields of the report; the latest row of a name stands
  id INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL
);
CREATE TABLE slide(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  folder NOT NULL                    -- absolute; text, or bytes where the name is no valid Unicode
);
CREATE TABLE image(                  -- one page of one image file
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  slide INTEGER NOT NULL REFERENCES slide(id),
  path NOT NULL,                     -- relative to the folder of the slide, with forward slashes
  page INTEGER NOT NULL,
  sha256 BLOB NOT NULL CHECK (length(sha256) = 32),    -- of the whole file
  width INTEGER NOT NULL,            -- pixels
  height INTEGER NOT NULL,
  UNIQUE (slide, path, page, sha256)
);
CREATE TABLE cell(                   -- a box in an image; all four NULL: the whole image
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  image INTEGER NOT NULL REFERENCES image(id),
  x INTEGER, y INTEGER, width INTEGER, height INTEGER,
  reference TEXT,
  CHECK ((x IS NULL) = (y IS NULL) AND (x IS NULL) = (width IS NULL) AND (x IS NULL) = (height IS NULL))
);
CREATE UNIQUE INDEX cell_once
  ON cell(image, ifnull(x, -1), ifnull(y, -1), ifnull(width, -1), ifnull(height, -1));
CREATE TABLE problem(                -- images that cannot be read
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  slide INTEGER NOT NULL REFERENCES slide(id),
  path NOT NULL,
  reason TEXT NOT NULL,
  hint TEXT NOT NULL,
  UNIQUE (slide, path, reason)
);
CREATE TABLE model(
  id INTEGER PRIMARY KEY,
  sha256 BLOB NOT NULL UNIQUE CHECK (length(sha256) = 32),
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  codes TEXT NOT NULL                -- JSON list of the K class codes
);
CREATE TABLE analysis(               -- one batch of predictions
  id INTEGER PRIMARY KEY,
  model INTEGER NOT NULL REFERENCES model(id),
  at TEXT NOT NULL,
  program TEXT NOT NULL
);
CREATE TABLE prediction(             -- the latest row of a cell stands
  id INTEGER PRIMARY KEY,
  analysis INTEGER NOT NULL REFERENCES analysis(id),
  cell INTEGER NOT NULL REFERENCES cell(id),
  probabilities BLOB NOT NULL,       -- K float32, little endian
  doubt REAL
);
CREATE INDEX prediction_of_cell ON prediction(cell, id);
CREATE TABLE feature(                -- what a prediction rests on; it may be computed again and replaced
  prediction INTEGER PRIMARY KEY REFERENCES prediction(id),
  height INTEGER, width INTEGER,     -- of the maps
  ranges BLOB,                       -- K x (low, high) float32, little endian
  maps BLOB,                         -- K x height x width uint8, 0 = low, 255 = high
  window_left REAL, window_top REAL, window_width REAL, window_height REAL,
  embedding_scale REAL,
  embedding BLOB                     -- D float16, little endian, times embedding_scale
);
CREATE TABLE batch(                  -- the journal: one act of a reader
  id INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  reader TEXT NOT NULL,
  program TEXT NOT NULL,
  text TEXT NOT NULL,
  undoes INTEGER REFERENCES batch(id)    -- an undo names the act, a redo names the undo
);
CREATE UNIQUE INDEX undone_once ON batch(undoes) WHERE undoes IS NOT NULL;
CREATE TABLE decision(               -- the journal: what it did to one cell; the latest row of a cell stands
  id INTEGER PRIMARY KEY,
  batch INTEGER NOT NULL REFERENCES batch(id),
  cell INTEGER NOT NULL REFERENCES cell(id),
  prediction INTEGER REFERENCES prediction(id),    -- the proposal that stood at that moment
  from_verdict TEXT, from_code TEXT, from_reader TEXT, from_at TEXT,
  to_verdict TEXT, to_code TEXT, to_reader TEXT, to_at TEXT
);
CREATE INDEX decision_of_cell ON decision(cell, id);
"""

APPEND_ONLY = ("about", "scheme", "field", "model", "analysis", "prediction", "batch", "decision")
"""Tables of version 1 whose rows are never changed or deleted; triggers in the file refuse it."""

# INSERT OR REPLACE deletes a row without firing delete triggers, hence the third trigger.
_GUARD_1 = """
CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}
BEGIN SELECT RAISE(ABORT, 'rows of {table} are never changed'); END;
CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
BEGIN SELECT RAISE(ABORT, 'rows of {table} are never deleted'); END;
CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'rows of {table} are never replaced'); END;
"""

_TABLES_2 = f"""
CREATE TABLE signature(              -- a version of the case that a reader signed: 1, 2, ...
  id INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  reader TEXT NOT NULL,
  role TEXT NOT NULL,                -- as typed; may be empty
  program TEXT NOT NULL,
  cell INTEGER NOT NULL,             -- the last row that it covers of each table; 0 for none
  prediction INTEGER NOT NULL,
  decision INTEGER NOT NULL,
  field INTEGER NOT NULL,
  scheme INTEGER NOT NULL,
  press INTEGER NOT NULL,
  rules TEXT NOT NULL,               -- JSON: what it was counted by
  hindrances TEXT NOT NULL,          -- JSON: [kind, cells] of what stood against it
  reason TEXT NOT NULL,              -- why it was signed all the same; empty where nothing stood against it
  state BLOB NOT NULL CHECK (length(state) = 32),    -- SHA-256 of what was signed
  CHECK (reader <> '' AND (hindrances = '[]' OR reason <> ''))
);
CREATE TABLE reopening(              -- ends the signature of that number, which stays
  id INTEGER PRIMARY KEY REFERENCES signature(id),
  at TEXT NOT NULL,
  reader TEXT NOT NULL,
  program TEXT NOT NULL,
  reason TEXT NOT NULL CHECK (reason <> '')
);
CREATE TRIGGER signature_in_turn BEFORE INSERT ON signature
WHEN NEW.id <> 1 + (SELECT ifnull(max(id), 0) FROM reopening)
BEGIN SELECT RAISE(ABORT, '{SIGNED}'); END;
CREATE TRIGGER reopening_in_turn BEFORE INSERT ON reopening
WHEN NEW.id <> (SELECT ifnull(max(id), 0) FROM signature)
BEGIN SELECT RAISE(ABORT, 'the case is not signed'); END;
CREATE TABLE sitting(                -- a reading of its own, apart from the first
  id INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  reader TEXT NOT NULL CHECK (reader <> ''),
  program TEXT NOT NULL
);
CREATE TABLE sitting_batch(          -- as batch
  id INTEGER PRIMARY KEY,
  sitting INTEGER NOT NULL REFERENCES sitting(id),
  at TEXT NOT NULL,
  reader TEXT NOT NULL,
  program TEXT NOT NULL,
  text TEXT NOT NULL,
  undoes INTEGER REFERENCES sitting_batch(id)
);
CREATE UNIQUE INDEX sitting_undone_once ON sitting_batch(undoes) WHERE undoes IS NOT NULL;
CREATE TABLE sitting_decision(       -- as decision
  id INTEGER PRIMARY KEY,
  batch INTEGER NOT NULL REFERENCES sitting_batch(id),
  cell INTEGER NOT NULL REFERENCES cell(id),
  prediction INTEGER REFERENCES prediction(id),
  from_verdict TEXT, from_code TEXT, from_reader TEXT, from_at TEXT,
  to_verdict TEXT, to_code TEXT, to_reader TEXT, to_at TEXT
);
CREATE INDEX sitting_decision_of_batch ON sitting_decision(batch);
CREATE TABLE resolution(             -- an act of the first journal that settles where two readers differ
  id INTEGER PRIMARY KEY,
  batch INTEGER NOT NULL REFERENCES batch(id),
  sitting INTEGER NOT NULL REFERENCES sitting(id)
);
CREATE TABLE press(                  -- a manual count at the microscope: one row a key
  id INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  reader TEXT NOT NULL,
  program TEXT NOT NULL,
  smear INTEGER NOT NULL CHECK (smear >= 1),
  code TEXT NOT NULL,
  undoes INTEGER REFERENCES press(id)    -- takes that one back
);
CREATE UNIQUE INDEX press_undone_once ON press(undoes) WHERE undoes IS NOT NULL;
CREATE TABLE packed(                 -- image files, by image.sha256; what is signed is their hash
  sha256 BLOB PRIMARY KEY CHECK (length(sha256) = 32),
  bytes BLOB NOT NULL
);
"""

_BESIDE = ("sitting", "sitting_batch", "sitting_decision", "resolution", "press")
_KEPT_WHEN_SIGNED = ("scheme", "field", "image", "cell", "analysis", "prediction", "batch", "decision")

_GUARD_2 = f"""
CREATE TRIGGER {{table}}_signed BEFORE INSERT ON {{table}}
WHEN (SELECT ifnull(max(id), 0) FROM signature) > (SELECT ifnull(max(id), 0) FROM reopening)
BEGIN SELECT RAISE(ABORT, '{SIGNED}'); END;
"""

_TABLES_3 = """
CREATE TABLE origin(                 -- of the model of that number, where it was adapted to a laboratory
  id INTEGER PRIMARY KEY REFERENCES model(id),
  name TEXT NOT NULL,                -- of the model it was made of
  version TEXT NOT NULL,
  sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
  made TEXT NOT NULL,
  cases INTEGER NOT NULL CHECK (cases > 0),
  cells INTEGER NOT NULL CHECK (cells > 0)
);
"""

STEPS: tuple[str, ...] = (
    _TABLES_1 + "".join(_GUARD_1.format(table=table) for table in APPEND_ONLY),
    _TABLES_2
    + "".join(_GUARD_1.format(table=table) for table in ("signature", "reopening", *_BESIDE))
    + "".join(_GUARD_2.format(table=table) for table in (*_KEPT_WHEN_SIGNED, *_BESIDE)),
    _TABLES_3 + _GUARD_1.format(table="origin"),
)
"""SQL that takes an empty file to version 1, version 1 to 2, and so on."""


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Bring a case file to the program's version, in one transaction: all steps or none.

    Args:
        connection: in autocommit mode; an empty database gets all tables.
        path: the file, for the messages.

    Raises:
        NotACaseFile: the file is a database of another program.
        CaseFileTooNew: the file was written by a newer version of the program.
        sqlite3.Error: a step failed; the file is as it was.
    """
    if version_of(connection, path) == len(STEPS):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        # asked again: another process may have done the steps since
        for step in STEPS[version_of(connection, path) :]:
            for statement in _statements(step):
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {len(STEPS)}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def version_of(connection: sqlite3.Connection, path: Path) -> int:
    """Give the version of a case file; 0 for an empty database.

    Raises:
        NotACaseFile: the file is a database of another program.
        CaseFileTooNew: the file was written by a newer version of the program.
    """
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    empty = connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is None
    if application == 0 and version == 0 and empty:
        return 0
    if application != APPLICATION_ID:
        raise not_a_case(path, "is a database of another program, not a MarrowDesk case")
    if version > len(STEPS):
        raise CaseFileTooNew(
            f"The case {path} was written by a newer MarrowDesk (file version {version}, "
            f"this program knows {len(STEPS)}).",
            "Install the newer program to open it; the file was not touched.",
        )
    return int(version)


def _statements(script: str) -> Iterator[str]:
    """Split a script, for ``executescript`` would commit between its statements."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""

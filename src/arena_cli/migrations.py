"""The schema: an append-only list of functions. Never edit one that has been released; each is frozen code.

Conventions: STRICT tables, dates as ISO text that must exist in the calendar, timestamps in UTC, lookup tables with
`name` (Swedish) and `name_en`. Rows of `participant`, `spell` and `step_move` never get a used id again
(AUTOINCREMENT), since the journal refers to them.

Only foreign keys that are looked up by their parent have an index: an index on a lookup code (a handful of values over
the whole table) tempts SQLite's planner into reading the table in that order, and the month's figures get slower.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlite_utils.migrations import Migrations

if TYPE_CHECKING:
    from sqlite_utils import Database

migrations = Migrations("arena")

_CORE = """
CREATE TABLE project (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    name_en TEXT NOT NULL,
    owner TEXT NOT NULL,
    starts_on TEXT NOT NULL CHECK (date(starts_on, '+0 days') IS starts_on),
    ends_on TEXT NOT NULL CHECK (date(ends_on, '+0 days') IS ends_on AND ends_on >= starts_on),
    funding TEXT NOT NULL,
    fund_rules TEXT NOT NULL,
    target_group TEXT NOT NULL,
    age_from INTEGER,
    age_to INTEGER,
    planned_participants INTEGER,
    demo INTEGER NOT NULL CHECK (demo IN (0, 1))
) STRICT;

CREATE TABLE municipality (
    code TEXT PRIMARY KEY CHECK (code GLOB '[0-9][0-9][0-9][0-9]'),
    name TEXT NOT NULL UNIQUE,
    short_name TEXT NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;

CREATE TABLE step (
    code TEXT PRIMARY KEY,
    position INTEGER NOT NULL UNIQUE CHECK (position >= 1),
    name TEXT NOT NULL,
    name_en TEXT NOT NULL,
    description TEXT NOT NULL,
    description_en TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE destination (
    code TEXT PRIMARY KEY,
    position INTEGER NOT NULL UNIQUE,
    destination_group TEXT NOT NULL CHECK (destination_group IN ('work', 'studies', 'other', 'unknown')),
    name TEXT NOT NULL,
    name_en TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE referral (
    code TEXT PRIMARY KEY,
    position INTEGER NOT NULL UNIQUE,
    name TEXT NOT NULL,
    name_en TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sex (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    name_en TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO sex VALUES
    ('woman', 'kvinna', 'woman'),
    ('man', 'man', 'man'),
    ('other', 'annat', 'other'),
    ('unknown', 'okänt', 'unknown');

CREATE TABLE exit_type (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    name_en TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO exit_type VALUES
    ('completed', 'avslutad', 'completed'),
    ('discontinued', 'avbrott', 'discontinued'),
    ('deceased', 'avliden', 'deceased'),
    ('transferred', 'överflyttad', 'transferred'),
    ('misregistered', 'felregistrerad', 'misregistered');

CREATE TABLE participant (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    code TEXT NOT NULL UNIQUE,
    ref TEXT,
    sex TEXT NOT NULL REFERENCES sex (code),
    birth_year INTEGER CHECK (birth_year BETWEEN 1880 AND 2200),
    registered_at TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX participant_ref ON participant (ref) WHERE ref IS NOT NULL;

CREATE TABLE spell (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    participant_id INTEGER NOT NULL REFERENCES participant (id),
    municipality TEXT NOT NULL REFERENCES municipality (code),
    entered_on TEXT NOT NULL CHECK (date(entered_on, '+0 days') IS entered_on),
    exited_on TEXT CHECK (exited_on IS NULL OR date(exited_on, '+0 days') IS exited_on),
    exit_type TEXT REFERENCES exit_type (code),
    destination TEXT REFERENCES destination (code),
    referral TEXT REFERENCES referral (code),
    registered_at TEXT NOT NULL,
    CHECK (exited_on IS NULL OR exited_on >= entered_on),
    CHECK ((exited_on IS NULL) = (exit_type IS NULL) OR exit_type = 'misregistered')
) STRICT;
CREATE INDEX spell_participant ON spell (participant_id);

CREATE TABLE step_move (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    spell_id INTEGER NOT NULL REFERENCES spell (id),
    moved_on TEXT NOT NULL CHECK (date(moved_on, '+0 days') IS moved_on),
    step TEXT NOT NULL REFERENCES step (code),
    registered_at TEXT NOT NULL
) STRICT;
CREATE INDEX step_move_spell ON step_move (spell_id, moved_on, id, step);

CREATE TABLE journal (
    seq INTEGER PRIMARY KEY,
    change INTEGER NOT NULL,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    command TEXT NOT NULL,
    why TEXT,
    undoes INTEGER,
    subject TEXT NOT NULL,
    record INTEGER NOT NULL,
    before TEXT,
    after TEXT,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;
CREATE INDEX journal_change ON journal (change);
CREATE INDEX journal_record ON journal (subject, record);
CREATE INDEX journal_undoes ON journal (undoes) WHERE undoes IS NOT NULL;
CREATE TRIGGER journal_is_never_changed BEFORE UPDATE ON journal
    BEGIN SELECT RAISE(ABORT, 'the journal is never changed'); END;
CREATE TRIGGER journal_is_never_shortened BEFORE DELETE ON journal
    BEGIN SELECT RAISE(ABORT, 'the journal is never shortened'); END;
CREATE TRIGGER journal_grows_at_its_end BEFORE INSERT ON journal
    WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM journal)
    BEGIN SELECT RAISE(ABORT, 'the journal grows at its end'); END;

CREATE VIEW counted_spell AS
    SELECT id, participant_id, municipality, entered_on, exited_on, exit_type, destination, referral
    FROM spell
    WHERE exit_type IS NULL OR exit_type <> 'misregistered';
"""


@migrations(name="0001_core")
def core(db: Database) -> None:
    """Project, lookups, participants, spells, moves and the journal."""
    statement = ""
    for line in _CORE.splitlines():
        statement += line + "\n"
        if line.endswith("END;") or (line.endswith(";") and not line.startswith("    BEGIN")):
            db.execute(statement)
            statement = ""

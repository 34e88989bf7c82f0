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


_JOURNEY = """
CREATE TABLE activity (
    code TEXT PRIMARY KEY,
    position INTEGER NOT NULL UNIQUE,
    name TEXT NOT NULL,
    name_en TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE answer (code TEXT PRIMARY KEY, name TEXT NOT NULL, name_en TEXT NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO answer VALUES
    ('yes', 'ja', 'yes'), ('no', 'nej', 'no'),
    ('declined', 'vill inte svara', 'declined'), ('not_asked', 'inte tillfrågad', 'not asked');

CREATE TABLE employment (code TEXT PRIMARY KEY, name TEXT NOT NULL, name_en TEXT NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO employment VALUES
    ('unemployed', 'arbetslös', 'unemployed'),
    ('inactive', 'utanför arbetskraften', 'inactive'),
    ('inactive_in_education', 'utanför arbetskraften, studerar', 'inactive, in education'),
    ('employed', 'sysselsatt', 'employed'),
    ('declined', 'vill inte svara', 'declined'),
    ('not_asked', 'inte tillfrågad', 'not asked');

CREATE TABLE education (code TEXT PRIMARY KEY, name TEXT NOT NULL, name_en TEXT NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO education VALUES
    ('isced_0', 'ingen avslutad grundskola, årskurs 1-6', 'less than primary education'),
    ('isced_1', 'grundskola, årskurs 1-6', 'primary education'),
    ('isced_2', 'grundskola, årskurs 7-9', 'lower secondary education'),
    ('isced_3', 'gymnasium', 'upper secondary education'),
    ('isced_4', 'eftergymnasial, inte högskola', 'post-secondary non-tertiary education'),
    ('isced_5', 'kort högskoleutbildning', 'short-cycle tertiary education'),
    ('isced_6', 'kandidatnivå', 'bachelor or equivalent'),
    ('isced_7', 'masternivå', 'master or equivalent'),
    ('isced_8', 'forskarnivå', 'doctoral or equivalent'),
    ('declined', 'vill inte svara', 'declined'),
    ('not_asked', 'inte tillfrågad', 'not asked');

CREATE TABLE income_source (code TEXT PRIMARY KEY, name TEXT NOT NULL, name_en TEXT NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO income_source VALUES
    ('wage_unsubsidised', 'lön utan stöd', 'wage, unsubsidised'),
    ('wage_subsidised', 'lön med stöd', 'wage, subsidised'),
    ('self_employed', 'eget företag', 'self-employed'),
    ('unemployment_insurance', 'a-kassa', 'unemployment insurance'),
    ('activity_support', 'aktivitetsstöd', 'activity support'),
    ('development_allowance', 'utvecklingsersättning', 'development allowance'),
    ('establishment_allowance', 'etableringsersättning', 'establishment allowance'),
    ('social_assistance', 'ekonomiskt bistånd', 'social assistance'),
    ('sickness_benefit', 'sjukpenning', 'sickness benefit'),
    ('rehabilitation_benefit', 'rehabiliteringspenning', 'rehabilitation benefit'),
    ('activity_compensation', 'aktivitetsersättning', 'activity compensation'),
    ('sickness_compensation', 'sjukersättning', 'sickness compensation'),
    ('parental_benefit', 'föräldrapenning', 'parental benefit'),
    ('study_support', 'studiestöd', 'study support'),
    ('none_or_family', 'ingen egen eller familjen', 'none or family'),
    ('other', 'annat', 'other'),
    ('unknown', 'okänt', 'unknown');

CREATE TABLE pause_reason (code TEXT PRIMARY KEY, name TEXT NOT NULL, name_en TEXT NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO pause_reason VALUES
    ('sick_leave', 'sjukskrivning', 'sick leave'),
    ('parental_leave', 'föräldraledighet', 'parental leave'),
    ('care_of_relative', 'vård av anhörig', 'care of a relative'),
    ('other_intervention', 'annan insats', 'another intervention'),
    ('leave', 'ledighet', 'leave'),
    ('other', 'annat', 'other');

CREATE TABLE sector (code TEXT PRIMARY KEY, name TEXT NOT NULL, name_en TEXT NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO sector VALUES
    ('public', 'offentlig', 'public'), ('private', 'privat', 'private'), ('association', 'förening', 'association');

CREATE TABLE assignment (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    participant_id INTEGER NOT NULL REFERENCES participant (id),
    municipality TEXT NOT NULL REFERENCES municipality (code),
    assigned_on TEXT NOT NULL CHECK (date(assigned_on, '+0 days') IS assigned_on),
    referral TEXT REFERENCES referral (code),
    ended_on TEXT CHECK (ended_on IS NULL OR date(ended_on, '+0 days') IS ended_on AND ended_on >= assigned_on),
    outcome TEXT CHECK (outcome IN ('started', 'withdrawn')),
    registered_at TEXT NOT NULL,
    CHECK ((ended_on IS NULL) = (outcome IS NULL))
) STRICT;
CREATE INDEX assignment_participant ON assignment (participant_id);

CREATE TABLE pause (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    spell_id INTEGER NOT NULL REFERENCES spell (id),
    paused_on TEXT NOT NULL CHECK (date(paused_on, '+0 days') IS paused_on),
    reason TEXT NOT NULL REFERENCES pause_reason (code),
    resumed_on TEXT CHECK (resumed_on IS NULL OR date(resumed_on, '+0 days') IS resumed_on AND resumed_on > paused_on),
    registered_at TEXT NOT NULL
) STRICT;
CREATE INDEX pause_spell ON pause (spell_id, paused_on, resumed_on);

CREATE TABLE background (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    participant_id INTEGER NOT NULL UNIQUE REFERENCES participant (id),
    employment TEXT NOT NULL REFERENCES employment (code),
    months_without_work INTEGER CHECK (months_without_work BETWEEN 0 AND 1200),
    education TEXT NOT NULL REFERENCES education (code),
    jobless_household TEXT NOT NULL REFERENCES answer (code),
    dependent_children TEXT NOT NULL REFERENCES answer (code),
    single_adult TEXT NOT NULL REFERENCES answer (code),
    foreign_background TEXT NOT NULL REFERENCES answer (code),
    third_country_national TEXT NOT NULL REFERENCES answer (code),
    minority TEXT NOT NULL REFERENCES answer (code),
    disability TEXT NOT NULL REFERENCES answer (code),
    other_disadvantage TEXT NOT NULL REFERENCES answer (code),
    homeless TEXT NOT NULL REFERENCES answer (code),
    rural TEXT NOT NULL REFERENCES answer (code),
    registered_at TEXT NOT NULL
) STRICT;

CREATE TABLE income (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    participant_id INTEGER NOT NULL REFERENCES participant (id),
    moment TEXT NOT NULL CHECK (moment IN ('before', 'immediate', 'six_months')),
    source TEXT NOT NULL REFERENCES income_source (code),
    is_main INTEGER NOT NULL CHECK (is_main IN (0, 1)),
    spell_id INTEGER REFERENCES spell (id),
    registered_at TEXT NOT NULL,
    CHECK ((moment = 'before') = (spell_id IS NULL))
) STRICT;
CREATE UNIQUE INDEX income_source_of ON income (participant_id, moment, coalesce(spell_id, 0), source);
CREATE UNIQUE INDEX income_main ON income (participant_id, moment, coalesce(spell_id, 0)) WHERE is_main = 1;
CREATE INDEX income_spell ON income (spell_id) WHERE spell_id IS NOT NULL;

CREATE TABLE place (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    code TEXT NOT NULL UNIQUE,
    host TEXT NOT NULL,
    sector TEXT NOT NULL REFERENCES sector (code),
    municipality TEXT NOT NULL REFERENCES municipality (code),
    capacity INTEGER NOT NULL CHECK (capacity >= 1),
    opens_on TEXT NOT NULL CHECK (date(opens_on, '+0 days') IS opens_on),
    closes_on TEXT CHECK (closes_on IS NULL OR date(closes_on, '+0 days') IS closes_on AND closes_on >= opens_on),
    registered_at TEXT NOT NULL
) STRICT;

CREATE TABLE placement (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    spell_id INTEGER NOT NULL REFERENCES spell (id),
    place_id INTEGER NOT NULL REFERENCES place (id),
    placed_on TEXT NOT NULL CHECK (date(placed_on, '+0 days') IS placed_on),
    planned_end_on TEXT CHECK (planned_end_on IS NULL OR date(planned_end_on, '+0 days') IS planned_end_on),
    ended_on TEXT CHECK (ended_on IS NULL OR date(ended_on, '+0 days') IS ended_on AND ended_on >= placed_on),
    registered_at TEXT NOT NULL
) STRICT;
CREATE INDEX placement_spell ON placement (spell_id);
CREATE INDEX placement_place ON placement (place_id);

CREATE VIEW counted_placement AS
    SELECT placement.id, placement.place_id, placement.spell_id, spell.participant_id, spell.municipality,
           placement.placed_on, coalesce(placement.ended_on, place.closes_on) AS ended_on
    FROM placement
    JOIN counted_spell spell ON spell.id = placement.spell_id
    JOIN place ON place.id = placement.place_id;

CREATE TABLE attendance (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    spell_id INTEGER NOT NULL REFERENCES spell (id),
    month TEXT NOT NULL CHECK (date(month || '-01', '+0 days') IS month || '-01'),
    activity TEXT NOT NULL REFERENCES activity (code),
    minutes INTEGER NOT NULL CHECK (minutes BETWEEN 1 AND 44640),
    certified INTEGER NOT NULL CHECK (certified IN (0, 1)),
    registered_at TEXT NOT NULL,
    UNIQUE (spell_id, month, activity)
) STRICT;

CREATE TABLE follow_up (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    spell_id INTEGER NOT NULL REFERENCES spell (id),
    kind TEXT NOT NULL CHECK (kind IN ('immediate', 'six_months')),
    followed_up_on TEXT NOT NULL CHECK (date(followed_up_on, '+0 days') IS followed_up_on),
    reached INTEGER NOT NULL CHECK (reached IN (0, 1)),
    working TEXT NOT NULL REFERENCES answer (code),
    work_extent INTEGER CHECK (work_extent BETWEEN 1 AND 100),
    subsidised TEXT NOT NULL REFERENCES answer (code),
    employer_sector TEXT REFERENCES sector (code),
    studying TEXT NOT NULL REFERENCES answer (code),
    study_extent INTEGER CHECK (study_extent BETWEEN 1 AND 100),
    job_searching TEXT NOT NULL REFERENCES answer (code),
    qualification TEXT NOT NULL REFERENCES answer (code),
    improved TEXT NOT NULL REFERENCES answer (code),
    lasts_a_month TEXT NOT NULL REFERENCES answer (code),
    municipal_job TEXT NOT NULL REFERENCES answer (code),
    study_aid_eligible TEXT NOT NULL REFERENCES answer (code),
    registered_at TEXT NOT NULL,
    UNIQUE (spell_id, kind)
) STRICT;

CREATE TABLE target (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    municipality TEXT REFERENCES municipality (code),
    measure TEXT NOT NULL CHECK (measure IN ('intake', 'moved_up', 'work_or_studies', 'placements')),
    period TEXT NOT NULL CHECK (period IN ('month', 'total')),
    value INTEGER NOT NULL CHECK (value >= 0),
    valid_from TEXT NOT NULL CHECK (date(valid_from, '+0 days') IS valid_from),
    registered_at TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX target_key ON target (coalesce(municipality, 'all'), measure, period, valid_from);
"""

_KEPT_COUNTS = """
CREATE TABLE kept_counts (
    month TEXT PRIMARY KEY CHECK (date(month || '-01', '+0 days') IS month || '-01'),
    seq INTEGER NOT NULL,
    counts BLOB NOT NULL
) STRICT, WITHOUT ROWID;
"""

_KEPT_TABLES = """
DROP TABLE kept_counts;
CREATE TABLE kept_counts (
    month TEXT PRIMARY KEY CHECK (date(month || '-01', '+0 days') IS month || '-01'),
    seq INTEGER NOT NULL,
    made BLOB NOT NULL,
    counts BLOB NOT NULL
) STRICT, WITHOUT ROWID;
"""


_DELIVERY = """
CREATE TABLE delivered_figures (
    fingerprint TEXT PRIMARY KEY,
    figures BLOB NOT NULL
) STRICT;

CREATE TABLE delivery (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    month TEXT NOT NULL CHECK (date(month || '-01', '+0 days') IS month || '-01'),
    audience TEXT NOT NULL CHECK (audience IN ('meeting', 'public')),
    language TEXT NOT NULL,
    municipalities TEXT NOT NULL,
    revision INTEGER NOT NULL CHECK (revision >= 1),
    reason TEXT NOT NULL,
    preliminary INTEGER NOT NULL CHECK (preliminary IN (0, 1)),
    reconciles INTEGER NOT NULL CHECK (reconciles IN (0, 1)),
    fingerprint TEXT NOT NULL REFERENCES delivered_figures (fingerprint),
    journal_seq INTEGER NOT NULL REFERENCES journal (seq),
    journal_hash TEXT NOT NULL,
    as_of TEXT NOT NULL CHECK (date(as_of, '+0 days') IS as_of),
    made_at TEXT NOT NULL,
    version TEXT NOT NULL,
    delivered_at TEXT NOT NULL,
    actor TEXT NOT NULL,
    restated BLOB NOT NULL
) STRICT;
CREATE INDEX delivery_month ON delivery (month);

CREATE TABLE delivered_file (
    delivery_id INTEGER NOT NULL REFERENCES delivery (id),
    name TEXT NOT NULL,
    form TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size INTEGER NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (delivery_id, name)
) STRICT;

CREATE TRIGGER delivery_is_never_changed BEFORE UPDATE ON delivery
    BEGIN SELECT RAISE(ABORT, 'a delivery is never changed'); END;
CREATE TRIGGER delivered_file_is_never_changed BEFORE UPDATE ON delivered_file
    BEGIN SELECT RAISE(ABORT, 'a delivery is never changed'); END;
CREATE TRIGGER delivered_figures_are_never_changed BEFORE UPDATE ON delivered_figures
    BEGIN SELECT RAISE(ABORT, 'a delivery is never changed'); END;
"""

_LEARNING = """
CREATE TABLE note (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    municipality TEXT REFERENCES municipality (code),
    month TEXT NOT NULL CHECK (date(month || '-01', '+0 days') IS month || '-01'),
    tried TEXT,
    happened TEXT,
    next_step TEXT,
    question TEXT,
    contact TEXT,
    shows_in TEXT,
    settled_on TEXT CHECK (settled_on IS NULL OR date(settled_on, '+0 days') IS settled_on AND next_step IS NOT NULL),
    result TEXT CHECK (result IS NULL OR settled_on IS NOT NULL),
    registered_at TEXT NOT NULL,
    CHECK (coalesce(tried, happened, next_step, question) IS NOT NULL)
) STRICT;

CREATE TABLE decision (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    municipality TEXT REFERENCES municipality (code),
    decided_on TEXT NOT NULL CHECK (date(decided_on, '+0 days') IS decided_on),
    what TEXT NOT NULL,
    responsible TEXT NOT NULL,
    due_on TEXT NOT NULL CHECK (date(due_on, '+0 days') IS due_on AND due_on >= decided_on),
    shows_in TEXT,
    closed_on TEXT CHECK (closed_on IS NULL OR date(closed_on, '+0 days') IS closed_on AND closed_on >= decided_on),
    closed_as TEXT CHECK (closed_as IN ('done', 'dropped')),
    result TEXT CHECK (result IS NULL OR closed_on IS NOT NULL),
    registered_at TEXT NOT NULL,
    CHECK ((closed_on IS NULL) = (closed_as IS NULL))
) STRICT;
"""

_SENT = """
CREATE TABLE sent (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    delivery_id INTEGER NOT NULL REFERENCES delivery (id),
    recipient TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('begun', 'accepted', 'failed', 'drafted')),
    at TEXT NOT NULL,
    actor TEXT NOT NULL
) STRICT;
CREATE INDEX sent_delivery ON sent (delivery_id);

CREATE TRIGGER sent_is_never_changed BEFORE UPDATE ON sent
    BEGIN SELECT RAISE(ABORT, 'what was sent is never changed'); END;
"""

_ACCESS = """
CREATE TABLE access (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    action TEXT NOT NULL CHECK (action IN ('read', 'search', 'export', 'extract')),
    purpose TEXT NOT NULL CHECK (length(purpose) > 0),
    what TEXT NOT NULL,
    persons INTEGER NOT NULL CHECK (persons >= 0),
    code TEXT,
    registered_at TEXT NOT NULL
) STRICT;
CREATE INDEX access_code ON access (code);

CREATE TRIGGER access_is_never_changed BEFORE UPDATE ON access
    BEGIN SELECT RAISE(ABORT, 'what was seen is never changed'); END;
"""

_OFFICIAL_FILE = """
CREATE TABLE official_file (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    month TEXT NOT NULL CHECK (month GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]'),
    revision INTEGER NOT NULL CHECK (revision >= 1),
    persons INTEGER NOT NULL CHECK (persons >= 0),
    is_draft INTEGER NOT NULL CHECK (is_draft IN (0, 1)),
    digest TEXT NOT NULL,
    registered_at TEXT NOT NULL,
    UNIQUE (month, revision)
) STRICT;

CREATE TRIGGER official_file_is_never_changed BEFORE UPDATE ON official_file
    BEGIN SELECT RAISE(ABORT, 'what was written is never changed'); END;
"""

_DUPLICATES = """
CREATE TABLE merge (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    participant_id INTEGER NOT NULL UNIQUE REFERENCES participant (id),
    into_id INTEGER NOT NULL REFERENCES participant (id) CHECK (into_id <> participant_id),
    registered_at TEXT NOT NULL
) STRICT;
CREATE INDEX merge_into ON merge (into_id);

CREATE TABLE distinction (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    participant_id INTEGER NOT NULL REFERENCES participant (id),
    other_id INTEGER NOT NULL REFERENCES participant (id) CHECK (other_id > participant_id),
    registered_at TEXT NOT NULL,
    UNIQUE (participant_id, other_id)
) STRICT;
CREATE INDEX distinction_other ON distinction (other_id);

CREATE INDEX participant_birth_year ON participant (birth_year, sex) WHERE birth_year IS NOT NULL;
CREATE INDEX participant_ref_alike ON participant (ltrim(lower(ref), '0')) WHERE ref IS NOT NULL;
"""

_IDENTITY = """
ALTER TABLE project ADD COLUMN identity TEXT NOT NULL DEFAULT 'none'
    CHECK (identity IN ('none', 'names', 'personnummer'));
ALTER TABLE participant ADD COLUMN protection TEXT NOT NULL DEFAULT 'none'
    CHECK (protection IN ('none', 'marked', 'registered', 'assumed', 'unknown'));

CREATE TABLE identity (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    participant_id INTEGER NOT NULL UNIQUE REFERENCES participant (id),
    salt TEXT NOT NULL,
    given_name TEXT,
    family_name TEXT,
    phone TEXT,
    email TEXT,
    address TEXT,
    registered_at TEXT NOT NULL
) STRICT;

CREATE TABLE identity_number (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    participant_id INTEGER NOT NULL REFERENCES participant (id),
    salt TEXT NOT NULL,
    number TEXT NOT NULL UNIQUE CHECK (length(number) = 12),
    registered_at TEXT NOT NULL
) STRICT;
CREATE INDEX identity_number_participant ON identity_number (participant_id);
"""

_BATCH_JOURNAL = """
ALTER TABLE journal ADD COLUMN records INTEGER NOT NULL DEFAULT 1 CHECK (records >= 1);
CREATE INDEX journal_batch ON journal (subject, record, records) WHERE records > 1;
"""

_RETENTION = """
CREATE TABLE retention_rule (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    edition INTEGER NOT NULL CHECK (edition >= 1),
    code TEXT NOT NULL,
    stage TEXT NOT NULL CHECK (stage IN ('identities', 'records')),
    after TEXT NOT NULL,
    years INTEGER NOT NULL CHECK (years BETWEEN 0 AND 100),
    counted_from TEXT NOT NULL CHECK (counted_from IN ('day', 'year_end')),
    name TEXT NOT NULL,
    name_en TEXT NOT NULL,
    source TEXT NOT NULL,
    UNIQUE (edition, code)
) STRICT;

CREATE TABLE retention_date (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    event TEXT NOT NULL,
    happened_on TEXT CHECK (happened_on IS NULL OR date(happened_on, '+0 days') IS happened_on)
) STRICT;

CREATE TABLE retention (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    stage TEXT NOT NULL CHECK (stage IN ('identities', 'records')),
    rules TEXT NOT NULL,
    due_on TEXT NOT NULL CHECK (date(due_on, '+0 days') IS due_on),
    decision TEXT NOT NULL,
    plan TEXT NOT NULL,
    persons INTEGER NOT NULL CHECK (persons >= 0),
    counts TEXT NOT NULL,
    scrubbed INTEGER NOT NULL CHECK (scrubbed >= 0),
    journal_seq INTEGER NOT NULL,
    journal_hash TEXT NOT NULL,
    reports INTEGER NOT NULL,
    new_hash TEXT NOT NULL,
    erased_on TEXT NOT NULL CHECK (date(erased_on, '+0 days') IS erased_on)
) STRICT;

CREATE TRIGGER retention_is_never_changed BEFORE UPDATE ON retention
    BEGIN SELECT RAISE(ABORT, 'a retention is never changed'); END;
"""


_DICTIONARY = """
CREATE TABLE data_dictionary (
    table_name TEXT NOT NULL,
    column_name TEXT NOT NULL,
    meaning_sv TEXT NOT NULL,
    meaning_en TEXT NOT NULL,
    PRIMARY KEY (table_name, column_name)
) STRICT, WITHOUT ROWID;

CREATE VIEW spell_in_order AS
    SELECT id, participant_id, municipality, entered_on, exited_on, exit_type, destination, referral,
           row_number() OVER theirs = 1 AS is_first,
           lag(exit_type) OVER theirs IS 'transferred' AS continues_transfer,
           lead(id) OVER theirs IS NULL AS is_latest
    FROM counted_spell
    WINDOW theirs AS (PARTITION BY participant_id
                      ORDER BY entered_on, coalesce(exited_on, '9999-12-31'), exit_type IS NOT 'transferred', id);

CREATE VIEW spells AS
    SELECT s.id, p.code AS participant,
           (SELECT count(*) FROM spell o
            WHERE o.participant_id = s.participant_id
              AND (o.entered_on, coalesce(o.exited_on, '9999-12-31'), o.exit_type IS NOT 'transferred', o.id)
               <= (s.entered_on, coalesce(s.exited_on, '9999-12-31'), s.exit_type IS NOT 'transferred', s.id)) AS spell,
           x.name AS sex, x.name_en AS sex_en, p.birth_year,
           iif(p.protection = 'none', s.municipality, 'protected') AS municipality,
           iif(p.protection = 'none', m.short_name, 'skyddad') AS municipality_name,
           s.entered_on, s.exited_on,
           s.exit_type, e.name AS exit_type_name, e.name_en AS exit_type_name_en,
           s.destination, d.name AS destination_name, d.name_en AS destination_name_en,
           iif(s.exited_on IS NOT NULL AND s.exit_type <> 'transferred',
               coalesce(d.destination_group, 'unknown'), NULL) AS destination_group,
           iif(p.protection = 'none', r.name, NULL) AS referral_name,
           iif(p.protection = 'none', r.name_en, NULL) AS referral_name_en,
           t.code AS step, t.name AS step_name, t.name_en AS step_name_en,
           s.is_first, s.continues_transfer, s.is_latest
    FROM spell_in_order s
    JOIN participant p ON p.id = s.participant_id
    JOIN sex x ON x.code = p.sex
    JOIN municipality m ON m.code = s.municipality
    LEFT JOIN exit_type e ON e.code = s.exit_type
    LEFT JOIN destination d ON d.code = s.destination
    LEFT JOIN referral r ON r.code = s.referral
    LEFT JOIN step t ON t.code = (SELECT step FROM step_move
                                  WHERE spell_id = s.id ORDER BY moved_on DESC, id DESC LIMIT 1);

CREATE VIEW participants AS
    SELECT participant AS code, sex, sex_en, birth_year, municipality, municipality_name,
           (SELECT count(*) FROM counted_spell c
            WHERE c.participant_id = (SELECT id FROM participant WHERE code = spells.participant)) AS spells,
           entered_on AS latest_entered_on, exited_on, exited_on IS NULL AS is_in_project,
           step, step_name, step_name_en, destination_name, destination_name_en
    FROM spells
    WHERE is_latest;

CREATE VIEW moves AS
    SELECT v.id, s.participant, s.spell, s.municipality, s.municipality_name, v.moved_on,
           t.code AS step, t.name AS step_name, t.name_en AS step_name_en, b.code AS step_before,
           CASE WHEN b.code IS NULL THEN 'first' WHEN t.position > b.position THEN 'up'
                WHEN t.position < b.position THEN 'down' ELSE 'same' END AS direction
    FROM step_move v
    JOIN spells s ON s.id = v.spell_id
    JOIN step t ON t.code = v.step
    LEFT JOIN step b ON b.code = (SELECT o.step FROM step_move o
                                  WHERE o.spell_id = v.spell_id AND (o.moved_on, o.id) < (v.moved_on, v.id)
                                  ORDER BY o.moved_on DESC, o.id DESC LIMIT 1);

CREATE VIEW placements AS
    SELECT c.id, s.participant, s.spell, s.municipality, s.municipality_name,
           iif(s.municipality = 'protected', NULL, place.code) AS place,
           x.name AS sector, x.name_en AS sector_en, c.placed_on, c.ended_on
    FROM counted_placement c
    JOIN spells s ON s.id = c.spell_id
    JOIN place ON place.id = c.place_id
    JOIN sector x ON x.code = place.sector;

CREATE VIEW hours AS
    SELECT h.id, s.participant, s.spell, s.municipality, s.municipality_name, h.month,
           a.code AS activity, a.name AS activity_name, a.name_en AS activity_name_en, h.minutes, h.certified
    FROM attendance h
    JOIN spells s ON s.id = h.spell_id
    JOIN activity a ON a.code = h.activity;
"""


@migrations(name="0001_core")
def core(db: Database) -> None:
    """Project, lookups, participants, spells, moves and the journal."""
    _execute(db, _CORE)


@migrations(name="0002_journey")
def journey(db: Database) -> None:
    """Waiting, pauses, background, income, places, placements, hours, follow-up and targets."""
    _execute(db, _JOURNEY)


@migrations(name="0003_network_share")
def network_share(db: Database) -> None:
    """Whether the project has allowed its file to be written to on a network share."""
    db.execute(
        "ALTER TABLE project ADD COLUMN network_share INTEGER NOT NULL DEFAULT 0 CHECK (network_share IN (0, 1))"
    )


@migrations(name="0004_delivery")
def delivery(db: Database) -> None:
    """Reports as delivered: their figures and the bytes of their files. Retention may delete them, nobody may edit."""
    _execute(db, _DELIVERY)


@migrations(name="0005_learning")
def learning(db: Database) -> None:
    """Notes of a month and decisions."""
    _execute(db, _LEARNING)


@migrations(name="0006_kept_counts")
def kept_counts(db: Database) -> None:
    """What has been counted of a month, as of a journal entry."""
    _execute(db, _KEPT_COUNTS)


@migrations(name="0007_sent")
def sent(db: Database) -> None:
    """What has become of sending a delivered report to each recipient: a row each time something did."""
    _execute(db, _SENT)


@migrations(name="0008_access")
def access(db: Database) -> None:
    """Who looked at what is kept of persons, and what for."""
    _execute(db, _ACCESS)


@migrations(name="0009_identity")
def identity(db: Database) -> None:
    """Who the participants are, where the project keeps that, and whose data are protected."""
    _execute(db, _IDENTITY)


@migrations(name="0010_batch_journal")
def batch_journal(db: Database) -> None:
    """A row of the journal can hold a batch of records that were added or taken away at once."""
    _execute(db, _BATCH_JOURNAL)


@migrations(name="0011_duplicates")
def duplicates(db: Database) -> None:
    """Participants who were found to be one person, or said not to be, and what finds those who are alike."""
    _execute(db, _DUPLICATES)


@migrations(name="0012_retention")
def retention(db: Database) -> None:
    """How long what is kept of persons is kept, the days that counts from, and what was erased by which decision."""
    _execute(db, _RETENTION)


@migrations(name="0013_dictionary")
def dictionary(db: Database) -> None:
    """What each table and column means, filled in when a file is made or migrated, and views for people who use SQL."""
    _execute(db, _DICTIONARY)


@migrations(name="0014_public_figures")
def public_figures(db: Database) -> None:
    """Below which number a report for the public hides a count."""
    db.execute("ALTER TABLE project ADD COLUMN hide_below INTEGER NOT NULL DEFAULT 5 CHECK (hide_below >= 3)")


@migrations(name="0015_official_file")
def official_file(db: Database) -> None:
    """The months' files for SCB: which were written, and a hash of what each said."""
    _execute(db, _OFFICIAL_FILE)


@migrations(name="0016_kept_tables")
def kept_tables(db: Database) -> None:
    """Beside the counts of a month, the tables that were made of them; what was kept before is counted anew."""
    _execute(db, _KEPT_TABLES)


@migrations(name="0017_fewer_indexes")
def fewer_indexes(db: Database) -> None:
    """Who was born in a year is found by going through all participants: an index of it cost an import too much."""
    db.execute("DROP INDEX participant_birth_year")


def _execute(db: Database, script: str) -> None:
    """Run statements one by one: `executescript` would commit the transaction the migration runs in."""
    statement = ""
    for line in script.splitlines():
        statement += line + "\n"
        if line.endswith("END;") or (line.endswith(";") and not line.startswith("    BEGIN")):
            db.execute(statement)
            statement = ""

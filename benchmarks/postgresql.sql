-- What the figures' SQL calls and PostgreSQL does not have, in the words of SQLite. Days are ISO text, as in the file.

CREATE FUNCTION julianday(day text) RETURNS integer IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
    RETURN CAST(day AS date) - DATE '2000-01-01';

-- '+2 days' and '-1 day' as SQLite counts. Months as the figures want them: the last day of a shorter month, not the
-- first days of the next one, so that of the two days of months_after (figures/spells.py) the first is the smaller.
CREATE FUNCTION date(day text, step text) RETURNS text IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
    RETURN to_char(CAST(day AS date) + CAST(step AS interval), 'YYYY-MM-DD');

CREATE FUNCTION date(day text, start text, step text, back text) RETURNS text IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
    RETURN to_char(date_trunc('month', CAST(day AS date)) + CAST(step AS interval) + CAST(back AS interval), 'YYYY-MM-DD');

CREATE FUNCTION min(one text, other text) RETURNS text IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
    RETURN least(one, other);

-- The journal's entries are kept as the text that was hashed.
CREATE FUNCTION json_extract(record text, path text) RETURNS text IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
    RETURN CAST(record AS json) ->> substr(path, 3);

CREATE FUNCTION json_type(record text, path text) RETURNS text IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
    RETURN json_typeof(CAST(record AS json) -> substr(path, 3));

-- What the journal's chain costs many writers on PostgreSQL: one participant with a spell and three journal entries a
-- transaction, in one chain or in many. A chain's head is locked from the first entry to the commit. docs/scale.md
-- has what was measured, with chains=1 and chains=290:
--
--   psql -f benchmarks/chains.sql
--   echo '\set chain random(1, :chains)
--         SELECT arena_chains.add_participant(:chain)' | pgbench -n -c 8 -j 2 -T 10 -D chains=290 -f /dev/stdin

DROP SCHEMA IF EXISTS arena_chains CASCADE;
CREATE SCHEMA arena_chains;
SET search_path = arena_chains;

CREATE TABLE participant (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, code text NOT NULL UNIQUE, sex text NOT NULL);
CREATE TABLE spell (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    participant_id bigint NOT NULL REFERENCES participant (id),
    municipality text NOT NULL,
    entered_on text NOT NULL
);
CREATE INDEX spell_participant ON spell (participant_id);
CREATE TABLE step_move (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    spell_id bigint NOT NULL REFERENCES spell (id),
    moved_on text NOT NULL,
    step text NOT NULL
);
CREATE INDEX step_move_spell ON step_move (spell_id, moved_on, id, step);
CREATE TABLE journal (
    chain integer, seq bigint, entry text NOT NULL, previous_hash text NOT NULL, hash text NOT NULL,
    PRIMARY KEY (chain, seq)
);
CREATE TABLE head (chain integer PRIMARY KEY, seq bigint NOT NULL, hash text NOT NULL) WITH (fillfactor = 50);
INSERT INTO head SELECT chain, 0, repeat('0', 64) FROM generate_series(1, 290) chain;

CREATE FUNCTION add_participant(its_chain integer) RETURNS void LANGUAGE plpgsql SET search_path = arena_chains AS $$
DECLARE
    person bigint;
    stay bigint;
    moved bigint;
    entry text;
    last head;
    its_hash text;
BEGIN
    INSERT INTO participant (code, sex) VALUES (gen_random_uuid(), 'woman') RETURNING id INTO person;
    INSERT INTO spell (participant_id, municipality, entered_on) VALUES (person, its_chain, '2018-03-01') RETURNING id INTO stay;
    INSERT INTO step_move (spell_id, moved_on, step) VALUES (stay, '2018-03-01', '1') RETURNING id INTO moved;
    SELECT * FROM head INTO STRICT last WHERE chain = its_chain FOR UPDATE;
    FOREACH entry IN ARRAY ARRAY['participant ' || person, 'spell ' || stay, 'step_move ' || moved] LOOP
        its_hash := encode(sha256(convert_to(last.hash || entry, 'UTF8')), 'hex');
        INSERT INTO journal VALUES (its_chain, last.seq + 1, entry, last.hash, its_hash);
        last := (its_chain, last.seq + 1, its_hash);
    END LOOP;
    UPDATE head SET seq = last.seq, hash = last.hash WHERE chain = its_chain;
END $$;

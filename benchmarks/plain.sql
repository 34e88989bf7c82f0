-- The figures of a month as somebody who knows SQL well would count them by hand in the sqlite3 shell, with temporary
-- tables for what is used more than once. :first and :last are replaced by the month's days.
-- One row a figure: section, measure, municipality, sex, count; totals are left to be added up.
.mode list
.separator ,
PRAGMA temp_store = MEMORY;

CREATE TEMP TABLE one AS
SELECT s.id, s.participant_id, s.municipality, p.sex, s.entered_on, s.exited_on, s.exit_type,
       CASE s.exit_type WHEN 'transferred' THEN 'transferred' ELSE coalesce(s.destination, 'unknown') END AS destination,
       row_number() OVER w AS number, lag(s.exit_type) OVER w AS type_before, lead(s.id) OVER w AS next,
       row_number() OVER here AS number_here, lead(s.id) OVER here AS next_here
FROM spell s JOIN participant p ON p.id = s.participant_id
WHERE s.exit_type IS NOT 'misregistered' AND s.entered_on <= :last
WINDOW w AS (PARTITION BY s.participant_id
             ORDER BY s.entered_on, coalesce(s.exited_on, '9'), s.exit_type IS NOT 'transferred', s.id),
       here AS (PARTITION BY s.participant_id, s.municipality
                ORDER BY s.entered_on, coalesce(s.exited_on, '9'), s.exit_type IS NOT 'transferred', s.id);

CREATE TEMP TABLE flow AS
SELECT municipality, sex,
       sum(entered_on < :first AND (exited_on IS NULL OR exited_on >= :first)) AS opening,
       sum(entered_on >= :first AND number = 1) AS entered,
       sum(entered_on >= :first AND number > 1 AND type_before <> 'transferred') AS re_entered,
       sum(entered_on >= :first AND number > 1 AND type_before = 'transferred') AS transferred_in,
       sum(exited_on BETWEEN :first AND :last AND exit_type <> 'transferred') AS exited,
       sum(exited_on BETWEEN :first AND :last AND exit_type = 'transferred') AS transferred_out,
       sum(exited_on IS NULL OR exited_on > :last) AS closing
FROM one GROUP BY municipality, sex;
SELECT 'stock_flow', 'opening', municipality, sex, opening FROM flow;
SELECT 'stock_flow', 'entered', municipality, sex, entered FROM flow;
SELECT 'stock_flow', 're_entered', municipality, sex, re_entered FROM flow;
SELECT 'stock_flow', 'transferred_in', municipality, sex, transferred_in FROM flow;
SELECT 'stock_flow', 'exited', municipality, sex, coalesce(exited, 0) FROM flow;
SELECT 'stock_flow', 'transferred_out', municipality, sex, coalesce(transferred_out, 0) FROM flow;
SELECT 'stock_flow', 'closing', municipality, sex, closing FROM flow;

CREATE TEMP TABLE persons AS
SELECT municipality, sex, count(DISTINCT participant_id) AS participants, count(*) AS spells,
       sum(number_here > 1 AND type_before <> 'transferred') AS re_entries,
       sum(number_here > 1 AND type_before = 'transferred') AS transfer_continuations,
       count(DISTINCT CASE WHEN exited_on IS NULL OR exited_on > :last THEN participant_id END) AS active
FROM one GROUP BY municipality, sex;
INSERT INTO persons
SELECT 'all', sex, count(DISTINCT participant_id), count(*),
       sum(number > 1 AND type_before <> 'transferred'), sum(number > 1 AND type_before = 'transferred'),
       count(DISTINCT CASE WHEN exited_on IS NULL OR exited_on > :last THEN participant_id END)
FROM one GROUP BY sex;
SELECT 'persons', 'participants', municipality, sex, participants FROM persons;
SELECT 'persons', 'spells', municipality, sex, spells FROM persons;
SELECT 'persons', 're_entries', municipality, sex, coalesce(re_entries, 0) FROM persons;
SELECT 'persons', 'transfer_continuations', municipality, sex, coalesce(transfer_continuations, 0) FROM persons;
SELECT 'persons', 'active', municipality, sex, active FROM persons;
SELECT 'persons', 'left', municipality, sex, participants - active FROM persons;

SELECT 'exits_by_destination', destination, municipality, sex, count(*) FROM one
WHERE exited_on BETWEEN :first AND :last AND exit_type <> 'transferred' GROUP BY destination, municipality, sex;
SELECT 'left_by_destination', destination, municipality, sex, count(*) FROM one
WHERE exited_on <= :last AND next_here IS NULL GROUP BY destination, municipality, sex;
SELECT 'left_by_destination', destination, 'all', sex, count(*) FROM one
WHERE exited_on <= :last AND next IS NULL GROUP BY destination, sex;

CREATE TEMP TABLE served AS
SELECT municipality, sex, entered_on >= :first AS is_new, exited_on IS NOT NULL AND exited_on <= :last AS is_out,
       CASE WHEN entered_on < :first
            THEN (SELECT step FROM step_move WHERE spell_id = one.id AND moved_on < :first
                  ORDER BY moved_on DESC, id DESC LIMIT 1)
            ELSE (SELECT step FROM step_move WHERE spell_id = one.id AND moved_on <= :last ORDER BY moved_on, id LIMIT 1)
       END AS step_from,
       (SELECT step FROM step_move WHERE spell_id = one.id AND moved_on <= :last
        ORDER BY moved_on DESC, id DESC LIMIT 1) AS step_to
FROM one WHERE exited_on IS NULL OR exited_on >= :first;
SELECT 'progression', CASE WHEN a.position IS NULL OR b.position IS NULL THEN 'not_placed' WHEN b.position > a.position
       THEN 'up' WHEN b.position < a.position THEN 'down' ELSE 'same' END, municipality, sex, count(*)
FROM served LEFT JOIN step a ON a.code = step_from LEFT JOIN step b ON b.code = step_to GROUP BY 2, 3, 4;
SELECT 'steps', coalesce(step_to, 'not_placed'), municipality, sex, count(*) FROM served
WHERE NOT is_out GROUP BY 2, 3, 4;
SELECT 'movement', iif(is_new, 'in', coalesce(step_from, 'not_placed')) || ' to ' ||
       iif(is_out, 'out', coalesce(step_to, 'not_placed')), municipality, sex, count(*)
FROM served GROUP BY 2, 3, 4;

SELECT 'progression', iif(b.position > a.position, 'moves_up', 'moves_down'), municipality, sex, count(*)
FROM (SELECT one.municipality, one.sex, m.step,
             (SELECT step FROM step_move b WHERE b.spell_id = m.spell_id AND (b.moved_on, b.id) < (m.moved_on, m.id)
              ORDER BY b.moved_on DESC, b.id DESC LIMIT 1) AS step_before
      FROM step_move m JOIN one ON one.id = m.spell_id WHERE m.moved_on BETWEEN :first AND :last) moved
JOIN step a ON a.code = moved.step_before JOIN step b ON b.code = moved.step
WHERE a.position <> b.position GROUP BY 2, 3, 4;

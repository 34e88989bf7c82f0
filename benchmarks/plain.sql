-- The figures of a month as somebody who knows SQL well would count them by hand in the sqlite3 shell.
-- :first and :last are replaced by the month's days. One row a figure: section, measure, municipality, sex, count.
.mode list
.separator ,
CREATE TEMP TABLE one AS
SELECT s.*, p.sex,
       row_number() OVER w AS number, row_number() OVER here AS number_here, lag(s.exit_type) OVER w AS type_before,
       row_number() OVER (PARTITION BY participant_id ORDER BY entered_on DESC, coalesce(exited_on, '9') DESC,
                          s.exit_type IS NOT 'transferred' DESC, s.id DESC) AS from_last,
       row_number() OVER (PARTITION BY participant_id, municipality ORDER BY entered_on DESC,
                          coalesce(exited_on, '9') DESC, s.exit_type IS NOT 'transferred' DESC, s.id DESC) AS from_last_here
FROM spell s JOIN participant p ON p.id = s.participant_id
WHERE s.exit_type IS NOT 'misregistered' AND s.entered_on <= :last
WINDOW w AS (PARTITION BY participant_id ORDER BY entered_on, coalesce(exited_on, '9'),
             s.exit_type IS NOT 'transferred', s.id),
       here AS (PARTITION BY participant_id, municipality ORDER BY entered_on, coalesce(exited_on, '9'),
                s.exit_type IS NOT 'transferred', s.id);
SELECT 'stock_flow', 'opening', municipality, sex, count(*) FROM one
WHERE entered_on < :first AND coalesce(exited_on, '9') >= :first GROUP BY 3, 4;
SELECT 'stock_flow', CASE WHEN number = 1 THEN 'entered' WHEN type_before = 'transferred' THEN 'transferred_in'
                          ELSE 're_entered' END, municipality, sex, count(*) FROM one
WHERE entered_on >= :first GROUP BY 2, 3, 4;
SELECT 'stock_flow', CASE exit_type WHEN 'transferred' THEN 'transferred_out' ELSE 'exited' END, municipality, sex,
       count(*) FROM one WHERE exited_on BETWEEN :first AND :last GROUP BY 2, 3, 4;
SELECT 'stock_flow', 'closing', municipality, sex, count(*) FROM one
WHERE coalesce(exited_on, '9') > :last GROUP BY 3, 4;
SELECT 'persons', 'spells', municipality, sex, count(*) FROM one GROUP BY 3, 4;
SELECT 'persons', 'participants', municipality, sex, count(DISTINCT participant_id) FROM one GROUP BY 3, 4;
SELECT 'persons', 'participants', 'all', sex, count(DISTINCT participant_id) FROM one GROUP BY 4;
SELECT 'persons', 'active', 'all', sex, count(DISTINCT participant_id) FROM one
WHERE coalesce(exited_on, '9') > :last GROUP BY 4;
SELECT 'persons', CASE type_before WHEN 'transferred' THEN 'transfer_continuations' ELSE 're_entries' END, municipality,
       sex, count(*) FROM one WHERE number_here > 1 GROUP BY 2, 3, 4;
SELECT 'exits_by_destination', coalesce(destination, 'unknown'), municipality, sex, count(*) FROM one
WHERE exited_on BETWEEN :first AND :last AND exit_type <> 'transferred' GROUP BY 2, 3, 4;
SELECT 'left_by_destination', CASE exit_type WHEN 'transferred' THEN 'transferred' ELSE coalesce(destination, 'unknown')
       END, municipality, sex, count(*) FROM one WHERE from_last_here = 1 AND exited_on <= :last GROUP BY 2, 3, 4;
SELECT 'left_by_destination', CASE exit_type WHEN 'transferred' THEN 'transferred' ELSE coalesce(destination, 'unknown')
       END, 'all', sex, count(*) FROM one WHERE from_last = 1 AND exited_on <= :last GROUP BY 2, 4;
CREATE TEMP TABLE moved AS
SELECT m.spell_id, m.moved_on, m.id, e.position, m.step,
       lag(e.position) OVER w AS position_before,
       row_number() OVER (PARTITION BY spell_id ORDER BY moved_on DESC, m.id DESC) AS from_last
FROM step_move m JOIN step e ON e.code = m.step WHERE moved_on <= :last
WINDOW w AS (PARTITION BY spell_id ORDER BY moved_on, m.id);
CREATE TEMP TABLE at_last AS SELECT spell_id, position, step FROM moved WHERE from_last = 1;
CREATE TEMP TABLE at_first AS
SELECT spell_id, position FROM (
    SELECT m.*, row_number() OVER (PARTITION BY m.spell_id ORDER BY m.moved_on DESC, m.id DESC) AS n
    FROM moved m JOIN one o ON o.id = m.spell_id WHERE o.entered_on < :first AND m.moved_on < :first)
WHERE n = 1
UNION ALL
SELECT spell_id, position FROM (
    SELECT m.*, row_number() OVER (PARTITION BY m.spell_id ORDER BY m.moved_on, m.id) AS n
    FROM moved m JOIN one o ON o.id = m.spell_id WHERE o.entered_on >= :first)
WHERE n = 1;
SELECT 'progression', CASE WHEN a.position IS NULL OR b.position IS NULL THEN 'not_placed' WHEN b.position > a.position
       THEN 'up' WHEN b.position < a.position THEN 'down' ELSE 'same' END, o.municipality, o.sex, count(*)
FROM one o LEFT JOIN at_first a ON a.spell_id = o.id LEFT JOIN at_last b ON b.spell_id = o.id
WHERE coalesce(o.exited_on, '9') >= :first GROUP BY 2, 3, 4;
SELECT 'steps', coalesce(b.step, 'not_placed'), o.municipality, o.sex, count(*)
FROM one o LEFT JOIN at_last b ON b.spell_id = o.id WHERE coalesce(o.exited_on, '9') > :last GROUP BY 2, 3, 4;
SELECT 'progression', CASE WHEN m.position > m.position_before THEN 'moves_up' ELSE 'moves_down' END, o.municipality,
       o.sex, count(*) FROM moved m JOIN one o ON o.id = m.spell_id
WHERE m.moved_on >= :first AND m.position <> m.position_before GROUP BY 2, 3, 4;

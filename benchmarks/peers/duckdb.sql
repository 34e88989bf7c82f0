CREATE TEMP TABLE one AS
SELECT s.*, p.sex, coalesce(s.exited_on, '9') AS ended, lag(s.exit_type) OVER w AS type_before,
       row_number() OVER w AS number
FROM file.spell s JOIN file.participant p ON p.id = s.participant_id
WHERE s.exit_type IS DISTINCT FROM 'misregistered' AND s.entered_on <= :last
WINDOW w AS (PARTITION BY s.participant_id ORDER BY s.entered_on, coalesce(s.exited_on, '9'),
             s.exit_type IS DISTINCT FROM 'transferred', s.id);
CREATE TEMP TABLE flow AS
SELECT municipality, sex,
       count(*) FILTER (entered_on < :first AND ended >= :first) AS opening,
       count(*) FILTER (entered_on >= :first AND number = 1) AS entered,
       count(*) FILTER (entered_on >= :first AND number > 1 AND type_before <> 'transferred') AS re_entered,
       count(*) FILTER (entered_on >= :first AND number > 1 AND type_before = 'transferred') AS transferred_in,
       count(*) FILTER (ended BETWEEN :first AND :last AND exit_type <> 'transferred') AS exited,
       count(*) FILTER (ended BETWEEN :first AND :last AND exit_type = 'transferred') AS transferred_out,
       count(*) FILTER (ended > :last) AS closing
FROM one GROUP BY ALL;
SELECT 'stock_flow', measure, municipality, sex, count
FROM (UNPIVOT flow ON opening, entered, re_entered, transferred_in, exited, transferred_out, closing
      INTO NAME measure VALUE count);
SELECT 'exits_by_destination', coalesce(destination, 'unknown') AS d, municipality, sex, count(*) FROM one
WHERE ended BETWEEN :first AND :last AND exit_type <> 'transferred' GROUP BY ALL;
CREATE TEMP TABLE moves AS
SELECT m.spell_id, m.moved_on, m.step, step.position,
       lag(step.position) OVER w AS position_before, lead(m.id) OVER w AS next
FROM file.step_move m JOIN file.step step ON step.code = m.step WHERE m.moved_on <= :last
WINDOW w AS (PARTITION BY m.spell_id ORDER BY m.moved_on, m.id);
SELECT 'steps', coalesce(m.step, 'not_placed') AS s, one.municipality, one.sex, count(*)
FROM one LEFT JOIN moves m ON m.spell_id = one.id AND m.next IS NULL WHERE one.ended > :last GROUP BY ALL;
SELECT 'progression', if(m.position > m.position_before, 'moves_up', 'moves_down') AS d, one.municipality, one.sex,
       count(*)
FROM moves m JOIN one ON one.id = m.spell_id
WHERE m.moved_on >= :first AND m.position <> m.position_before GROUP BY ALL

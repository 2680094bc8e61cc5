-- SPDX-FileCopyrightText: The Tocsin contributors
-- SPDX-License-Identifier: Apache-2.0

-- Since when a case waits and which banks point to its item: the fold of events that are there already.
UPDATE record SET body = json_set(body, '$.since', (
  SELECT json_extract(CAST(e.header AS TEXT), '$.at') FROM event e
  WHERE e.record = record.id AND e.kind IN ('case.opened', 'case.reopened') ORDER BY e.version DESC LIMIT 1))
WHERE kind = 'case' AND EXISTS (
  SELECT 1 FROM event e WHERE e.record = record.id AND e.kind IN ('case.opened', 'case.reopened'));
UPDATE record SET body = json_set(body, '$.banks', json((
  SELECT json_group_array(b.bank) FROM (
    SELECT json_extract(CAST(e.header AS TEXT), '$.facts.record') AS bank, min(e.version) AS first FROM event e
    WHERE e.record = record.id AND e.kind IN ('case.opened', 'case.matched')
      AND json_extract(CAST(e.header AS TEXT), '$.facts.record') > 'bnk_'
      AND json_extract(CAST(e.header AS TEXT), '$.facts.record') < 'bnk`'
    GROUP BY bank ORDER BY first) AS b)))
WHERE kind = 'case' AND EXISTS (
  SELECT 1 FROM event e WHERE e.record = record.id AND e.kind IN ('case.opened', 'case.matched')
    AND json_extract(CAST(e.header AS TEXT), '$.facts.record') > 'bnk_'
    AND json_extract(CAST(e.header AS TEXT), '$.facts.record') < 'bnk`');

-- By what a queue is narrowed, and counted: a row for each facet of a case, with the state and the place that the case
-- has in it. Derived from the record's state.
CREATE TABLE facet (
  name   TEXT NOT NULL,
  status TEXT NOT NULL,
  place  INTEGER NOT NULL,
  record TEXT NOT NULL,
  PRIMARY KEY (name, status, place, record)
) STRICT, WITHOUT ROWID;

INSERT INTO facet (name, status, place, record)
SELECT 'priority/' || json_extract(body, '$.priority'), status, due_at, id FROM record WHERE kind = 'case';
INSERT INTO facet (name, status, place, record)
SELECT DISTINCT 'category/' || c.value, r.status, r.due_at, r.id FROM record r, json_each(r.body, '$.categories') c
WHERE r.kind = 'case';
INSERT INTO facet (name, status, place, record)
SELECT DISTINCT 'bank/' || b.value, r.status, r.due_at, r.id FROM record r, json_each(r.body, '$.banks') b
WHERE r.kind = 'case';
INSERT INTO facet (name, status, place, record)
SELECT 'since', r.status, e.at, r.id FROM record r JOIN event e ON e.record = r.id
WHERE r.kind = 'case' AND r.status IN ('open', 'overdue', 'claimed') AND e.version = (
  SELECT max(o.version) FROM event o WHERE o.record = r.id AND o.kind IN ('case.opened', 'case.reopened'));

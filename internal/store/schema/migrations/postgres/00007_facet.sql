-- SPDX-FileCopyrightText: The Tocsin contributors
-- SPDX-License-Identifier: Apache-2.0

-- Since when a case waits and which banks point to its item: the fold of events that are there already.
UPDATE record SET body = (body::jsonb || jsonb_build_object('since', (
  SELECT convert_from(e.header, 'UTF8')::json ->> 'at' FROM event e
  WHERE e.record = record.id AND e.kind IN ('case.opened', 'case.reopened') ORDER BY e.version DESC LIMIT 1)))::json
WHERE kind = 'case' AND EXISTS (
  SELECT 1 FROM event e WHERE e.record = record.id AND e.kind IN ('case.opened', 'case.reopened'));
UPDATE record SET body = (body::jsonb || jsonb_build_object('banks', (
  SELECT jsonb_agg(b.bank ORDER BY b.first) FROM (
    SELECT convert_from(e.header, 'UTF8')::json -> 'facts' ->> 'record' AS bank, min(e.version) AS first FROM event e
    WHERE e.record = record.id AND e.kind IN ('case.opened', 'case.matched')
      AND convert_from(e.header, 'UTF8')::json -> 'facts' ->> 'record' LIKE 'bnk\_%'
    GROUP BY 1) AS b)))::json
WHERE kind = 'case' AND EXISTS (
  SELECT 1 FROM event e WHERE e.record = record.id AND e.kind IN ('case.opened', 'case.matched')
    AND convert_from(e.header, 'UTF8')::json -> 'facts' ->> 'record' LIKE 'bnk\_%');

-- By what a queue is narrowed, and counted: a row for each facet of a case, with the state and the place that the case
-- has in it. Derived from the record's state.
CREATE TABLE facet (
  name   text COLLATE "C" NOT NULL,
  status text COLLATE "C" NOT NULL,
  place  bigint NOT NULL,
  record text COLLATE "C" NOT NULL,
  PRIMARY KEY (name, status, place, record)
);

INSERT INTO facet (name, status, place, record)
SELECT 'priority/' || (body ->> 'priority'), status, due_at, id FROM record WHERE kind = 'case';
INSERT INTO facet (name, status, place, record)
SELECT DISTINCT 'category/' || c.value, r.status, r.due_at, r.id
FROM record r CROSS JOIN LATERAL json_array_elements_text(r.body -> 'categories') AS c (value)
WHERE r.kind = 'case' AND json_typeof(r.body -> 'categories') = 'array';
INSERT INTO facet (name, status, place, record)
SELECT DISTINCT 'bank/' || b.value, r.status, r.due_at, r.id
FROM record r CROSS JOIN LATERAL json_array_elements_text(r.body -> 'banks') AS b (value)
WHERE r.kind = 'case' AND json_typeof(r.body -> 'banks') = 'array';
INSERT INTO facet (name, status, place, record)
SELECT 'since', r.status, e.at, r.id FROM record r JOIN event e ON e.record = r.id
WHERE r.kind = 'case' AND r.status IN ('open', 'overdue', 'claimed') AND e.version = (
  SELECT max(o.version) FROM event o WHERE o.record = r.id AND o.kind IN ('case.opened', 'case.reopened'));

-- SPDX-FileCopyrightText: The Tocsin contributors
-- SPDX-License-Identifier: Apache-2.0

-- Whose a case is: of whoever holds it, and of whom it is assigned to. Derived from the record's state, so that a
-- person finds hers among however many there are.
CREATE TABLE whose (
  person TEXT NOT NULL,
  record TEXT NOT NULL,
  PRIMARY KEY (person, record)
) STRICT, WITHOUT ROWID;
CREATE INDEX whose_record ON whose (record);

INSERT INTO whose (person, record)
SELECT json_extract(body, '$.assigned'), id FROM record
WHERE kind = 'case' AND json_extract(body, '$.assigned') IS NOT NULL
UNION
SELECT json_extract(body, '$.claim.holder'), id FROM record
WHERE kind = 'case' AND json_extract(body, '$.claim.holder') IS NOT NULL;

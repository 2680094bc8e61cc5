-- SPDX-FileCopyrightText: The Tocsin contributors
-- SPDX-License-Identifier: Apache-2.0

-- Hashes of what a host screened, for a stated time: so that a later signal finds what is already there.
-- item is the platform's own opaque reference.
CREATE TABLE kept (
  id       INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  type     TEXT NOT NULL,
  value    TEXT NOT NULL,
  item     TEXT NOT NULL,
  until_at INTEGER NOT NULL,
  UNIQUE (type, value, item)
) STRICT;
CREATE INDEX kept_until ON kept (until_at);

-- SPDX-FileCopyrightText: The Tocsin contributors
-- SPDX-License-Identifier: Apache-2.0

-- Hashes of what a host screened, for a stated time: so that a later signal finds what is already there.
-- item is the platform's own opaque reference.
CREATE TABLE kept (
  id       bigint GENERATED ALWAYS AS IDENTITY NOT NULL PRIMARY KEY,
  type     text COLLATE "C" NOT NULL,
  value    text COLLATE "C" NOT NULL,
  item     text COLLATE "C" NOT NULL,
  until_at bigint NOT NULL,
  UNIQUE (type, value, item)
);
CREATE INDEX kept_until ON kept (until_at);

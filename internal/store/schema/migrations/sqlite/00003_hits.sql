-- SPDX-FileCopyrightText: The Tocsin contributors
-- SPDX-License-Identifier: Apache-2.0

-- How often signals hit, so that a restart forgets no history: the count of an hour since 1970 and the average of the
-- hours before it, in thousandths. place is the beginning of a keyed digest of the signal; nothing leads back to it.
CREATE TABLE hits (
  place   INTEGER NOT NULL PRIMARY KEY,
  hour    INTEGER NOT NULL,
  number  INTEGER NOT NULL,
  average INTEGER NOT NULL
) STRICT;
CREATE INDEX hits_hour ON hits (hour);

-- Work that one process of a node does at a time. holder is drawn anew by each process; whoever is killed holds its
-- lease until the end of it.
CREATE TABLE lease (
  name     TEXT NOT NULL PRIMARY KEY,
  holder   TEXT NOT NULL,
  until_at INTEGER NOT NULL
) STRICT;

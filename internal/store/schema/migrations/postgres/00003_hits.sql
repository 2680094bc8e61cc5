-- SPDX-FileCopyrightText: The Tocsin contributors
-- SPDX-License-Identifier: Apache-2.0

-- How often signals hit, so that a restart forgets no history: the count of an hour since 1970 and the average of the
-- hours before it, in thousandths. place is the beginning of a keyed digest of the signal; nothing leads back to it.
CREATE TABLE hits (
  place   bigint NOT NULL PRIMARY KEY,
  hour    bigint NOT NULL,
  number  bigint NOT NULL,
  average bigint NOT NULL
);
CREATE INDEX hits_hour ON hits (hour);

-- Work that one process of a node does at a time. holder is drawn anew by each process; whoever is killed holds its
-- lease until the end of it.
CREATE TABLE lease (
  name     text COLLATE "C" NOT NULL PRIMARY KEY,
  holder   text COLLATE "C" NOT NULL,
  until_at bigint NOT NULL
);

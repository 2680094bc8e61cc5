-- SPDX-FileCopyrightText: The Tocsin contributors
-- SPDX-License-Identifier: Apache-2.0

-- Times are microseconds since 1970 in UTC. Same tables and columns as ../postgres, tested.

-- One row is the lock, the end of the journal and the end of the log shard. It is updated last in a
-- transaction, so that sequence numbers have no gap and commit order is their order.
CREATE TABLE journal_head (
  id        INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  seq       INTEGER NOT NULL,
  hash      BLOB NOT NULL CHECK (length(hash) = 32),
  shard     INTEGER NOT NULL,
  tree_size INTEGER NOT NULL,
  tree_root BLOB NOT NULL CHECK (length(tree_root) = 32),
  tree_edge BLOB NOT NULL
) STRICT;

INSERT INTO journal_head (id, seq, hash, shard, tree_size, tree_root, tree_edge) VALUES (1, 0,
  x'0000000000000000000000000000000000000000000000000000000000000000', 1, 0,
  x'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', x'');

-- header holds the exact bytes that the chain covers; payload is sealed, and NULL once erased.
CREATE TABLE event (
  seq     INTEGER NOT NULL PRIMARY KEY,
  id      TEXT NOT NULL UNIQUE,
  record  TEXT NOT NULL,
  version INTEGER NOT NULL,
  kind    TEXT NOT NULL,
  at      INTEGER NOT NULL,
  actor   TEXT NOT NULL,
  header  BLOB NOT NULL,
  payload BLOB,
  hash    BLOB NOT NULL CHECK (length(hash) = 32),
  UNIQUE (record, version)
) STRICT;

-- due_at is 9223372036854775807 when no clock runs, so that pages by due time need no NULL.
CREATE TABLE record (
  id         TEXT NOT NULL PRIMARY KEY,
  kind       TEXT NOT NULL,
  version    INTEGER NOT NULL,
  status     TEXT NOT NULL,
  body       TEXT NOT NULL CHECK (json_valid(body)),
  due_at     INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  key        BLOB,
  document   BLOB,
  erased     INTEGER NOT NULL CHECK (erased IN (0, 1))
) STRICT;
CREATE INDEX record_due ON record (kind, due_at, id);
CREATE INDEX record_page ON record (kind, updated_at, id);

-- One row a word: the only text in the clear. No full-text index, because its hidden tables keep
-- parts of deleted words.
CREATE TABLE search (
  record TEXT NOT NULL,
  word   TEXT NOT NULL,
  PRIMARY KEY (word, record)
) STRICT, WITHOUT ROWID;
CREATE INDEX search_record ON search (record);

CREATE TABLE lookup (
  kind   TEXT NOT NULL,
  key    BLOB NOT NULL,
  record TEXT NOT NULL,
  PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE log_shard (
  shard     INTEGER NOT NULL PRIMARY KEY,
  tree_size INTEGER NOT NULL,
  tree_root BLOB NOT NULL CHECK (length(tree_root) = 32)
) STRICT;

CREATE TABLE leaf (
  shard     INTEGER NOT NULL,
  idx       INTEGER NOT NULL,
  event_seq INTEGER NOT NULL UNIQUE,
  body      BLOB NOT NULL,
  PRIMARY KEY (shard, idx)
) STRICT, WITHOUT ROWID;

CREATE TABLE leaf_hash (
  shard INTEGER NOT NULL,
  idx   INTEGER NOT NULL,
  hash  BLOB NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (shard, idx)
) STRICT, WITHOUT ROWID;

-- done_at and failed_at are both set when a job was given up.
CREATE TABLE job (
  id           INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  kind         TEXT NOT NULL,
  key          TEXT NOT NULL,
  args         TEXT NOT NULL CHECK (json_valid(args)),
  run_at       INTEGER NOT NULL,
  lease_until  INTEGER NOT NULL,
  attempt      INTEGER NOT NULL,
  first_run_at INTEGER,
  last_error   TEXT NOT NULL,
  done_at      INTEGER,
  failed_at    INTEGER,
  UNIQUE (kind, key)
) STRICT;
CREATE INDEX job_ready ON job (run_at, id) WHERE done_at IS NULL;
CREATE INDEX job_done ON job (done_at) WHERE done_at IS NOT NULL;

CREATE TABLE delivery (
  event      TEXT NOT NULL,
  target     TEXT NOT NULL,
  kind       TEXT NOT NULL,
  record     TEXT NOT NULL,
  attempts   INTEGER NOT NULL,
  offered_at INTEGER,
  tried_at   INTEGER,
  acked_at   INTEGER,
  refused_at INTEGER,
  code       TEXT NOT NULL,
  PRIMARY KEY (event, target)
) STRICT, WITHOUT ROWID;
CREATE INDEX delivery_record ON delivery (record);

-- key is the SHA-256 of the idempotency key, which a client chooses.
CREATE TABLE command (
  key    BLOB NOT NULL PRIMARY KEY,
  at     INTEGER NOT NULL,
  result BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE follower (
  name TEXT NOT NULL PRIMARY KEY,
  seq  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- digest is the SHA-256 of the key's name and the nonce, which a peer chooses.
CREATE TABLE nonce (
  digest   BLOB NOT NULL PRIMARY KEY,
  until_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX nonce_until ON nonce (until_at);

-- token is the SHA-256 of the cookie's value.
CREATE TABLE session (
  token     BLOB NOT NULL PRIMARY KEY,
  data      BLOB NOT NULL,
  expiry_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_expiry ON session (expiry_at);

CREATE TABLE schema_mark (
  version     INTEGER NOT NULL PRIMARY KEY,
  sha256      BLOB NOT NULL,
  fingerprint BLOB NOT NULL
) STRICT;

-- Append-only. Connections of this program set recursive_triggers, so that REPLACE is refused too.
CREATE TRIGGER event_only_erase BEFORE UPDATE ON event
WHEN NOT (OLD.payload IS NOT NULL AND NEW.payload IS NULL
  AND NEW.seq IS OLD.seq AND NEW.id IS OLD.id AND NEW.record IS OLD.record AND NEW.version IS OLD.version
  AND NEW.kind IS OLD.kind AND NEW.at IS OLD.at AND NEW.actor IS OLD.actor AND NEW.header IS OLD.header
  AND NEW.hash IS OLD.hash)
BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;
CREATE TRIGGER event_no_delete BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;
CREATE TRIGGER leaf_no_update BEFORE UPDATE ON leaf
BEGIN SELECT RAISE(ABORT, 'leaf is append-only'); END;
CREATE TRIGGER leaf_no_delete BEFORE DELETE ON leaf
BEGIN SELECT RAISE(ABORT, 'leaf is append-only'); END;
CREATE TRIGGER leaf_hash_no_update BEFORE UPDATE ON leaf_hash
BEGIN SELECT RAISE(ABORT, 'leaf_hash is append-only'); END;
CREATE TRIGGER leaf_hash_no_delete BEFORE DELETE ON leaf_hash
BEGIN SELECT RAISE(ABORT, 'leaf_hash is append-only'); END;
CREATE TRIGGER log_shard_no_update BEFORE UPDATE ON log_shard
BEGIN SELECT RAISE(ABORT, 'log_shard is append-only'); END;
CREATE TRIGGER log_shard_no_delete BEFORE DELETE ON log_shard
BEGIN SELECT RAISE(ABORT, 'log_shard is append-only'); END;

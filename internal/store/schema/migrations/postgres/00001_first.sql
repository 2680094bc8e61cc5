-- SPDX-FileCopyrightText: The Tocsin contributors
-- SPDX-License-Identifier: Apache-2.0

-- Times are microseconds since 1970 in UTC. Same tables and columns as ../sqlite, tested.

-- One row is the lock, the end of the journal and the end of the log shard. It is updated last in a
-- transaction, so that sequence numbers have no gap and commit order is their order. The fill factor
-- keeps its many versions on one page.
CREATE TABLE journal_head (
  id        bigint NOT NULL PRIMARY KEY CHECK (id = 1),
  seq       bigint NOT NULL,
  hash      bytea NOT NULL CHECK (octet_length(hash) = 32),
  shard     bigint NOT NULL,
  tree_size bigint NOT NULL,
  tree_root bytea NOT NULL CHECK (octet_length(tree_root) = 32),
  tree_edge bytea NOT NULL
) WITH (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

INSERT INTO journal_head (id, seq, hash, shard, tree_size, tree_root, tree_edge) VALUES (1, 0,
  '\x0000000000000000000000000000000000000000000000000000000000000000', 1, 0,
  '\xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', '');

-- header holds the exact bytes that the chain covers; payload is sealed, and NULL once erased.
CREATE TABLE event (
  seq     bigint NOT NULL PRIMARY KEY,
  id      text COLLATE "C" NOT NULL UNIQUE,
  record  text COLLATE "C" NOT NULL,
  version bigint NOT NULL,
  kind    text COLLATE "C" NOT NULL,
  at      bigint NOT NULL,
  actor   text COLLATE "C" NOT NULL,
  header  bytea NOT NULL,
  payload bytea,
  hash    bytea NOT NULL CHECK (octet_length(hash) = 32),
  UNIQUE (record, version)
);

-- due_at is 9223372036854775807 when no clock runs, so that pages by due time need no NULL.
CREATE TABLE record (
  id         text COLLATE "C" NOT NULL PRIMARY KEY,
  kind       text COLLATE "C" NOT NULL,
  version    bigint NOT NULL,
  status     text COLLATE "C" NOT NULL,
  body       json NOT NULL,
  due_at     bigint NOT NULL,
  updated_at bigint NOT NULL,
  key        bytea,
  document   bytea,
  erased     boolean NOT NULL
);
CREATE INDEX record_due ON record (kind, due_at, id);
CREATE INDEX record_page ON record (kind, updated_at, id);

-- One row a word: the only text in the clear. No full-text index, because SQLite's keeps parts of
-- deleted words and both engines share one text.
CREATE TABLE search (
  record text COLLATE "C" NOT NULL,
  word   text COLLATE "C" NOT NULL,
  PRIMARY KEY (word, record)
);
CREATE INDEX search_record ON search (record);

CREATE TABLE lookup (
  kind   text COLLATE "C" NOT NULL,
  key    bytea NOT NULL,
  record text COLLATE "C" NOT NULL,
  PRIMARY KEY (kind, key)
);

CREATE TABLE log_shard (
  shard     bigint NOT NULL PRIMARY KEY,
  tree_size bigint NOT NULL,
  tree_root bytea NOT NULL CHECK (octet_length(tree_root) = 32)
);

CREATE TABLE leaf (
  shard     bigint NOT NULL,
  idx       bigint NOT NULL,
  event_seq bigint NOT NULL UNIQUE,
  body      bytea NOT NULL,
  PRIMARY KEY (shard, idx)
);

CREATE TABLE leaf_hash (
  shard bigint NOT NULL,
  idx   bigint NOT NULL,
  hash  bytea NOT NULL CHECK (octet_length(hash) = 32),
  PRIMARY KEY (shard, idx)
);

-- done_at and failed_at are both set when a job was given up.
CREATE TABLE job (
  id           bigint GENERATED ALWAYS AS IDENTITY NOT NULL PRIMARY KEY,
  kind         text COLLATE "C" NOT NULL,
  key          text COLLATE "C" NOT NULL,
  args         json NOT NULL,
  run_at       bigint NOT NULL,
  lease_until  bigint NOT NULL,
  attempt      bigint NOT NULL,
  first_run_at bigint,
  last_error   text COLLATE "C" NOT NULL,
  done_at      bigint,
  failed_at    bigint,
  UNIQUE (kind, key)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
CREATE INDEX job_ready ON job (run_at, id) WHERE done_at IS NULL;
CREATE INDEX job_done ON job (done_at) WHERE done_at IS NOT NULL;

CREATE TABLE delivery (
  event      text COLLATE "C" NOT NULL,
  target     text COLLATE "C" NOT NULL,
  kind       text COLLATE "C" NOT NULL,
  record     text COLLATE "C" NOT NULL,
  attempts   bigint NOT NULL,
  offered_at bigint,
  tried_at   bigint,
  acked_at   bigint,
  refused_at bigint,
  code       text COLLATE "C" NOT NULL,
  PRIMARY KEY (event, target)
);
CREATE INDEX delivery_record ON delivery (record);

-- key is the SHA-256 of the idempotency key, which a client chooses.
CREATE TABLE command (
  key    bytea NOT NULL PRIMARY KEY,
  at     bigint NOT NULL,
  result bytea NOT NULL
);

CREATE TABLE follower (
  name text COLLATE "C" NOT NULL PRIMARY KEY,
  seq  bigint NOT NULL
);

-- digest is the SHA-256 of the key's name and the nonce, which a peer chooses.
CREATE TABLE nonce (
  digest   bytea NOT NULL PRIMARY KEY,
  until_at bigint NOT NULL
);
CREATE INDEX nonce_until ON nonce (until_at);

-- token is the SHA-256 of the cookie's value.
CREATE TABLE session (
  token     bytea NOT NULL PRIMARY KEY,
  data      bytea NOT NULL,
  expiry_at bigint NOT NULL
);
CREATE INDEX session_expiry ON session (expiry_at);

CREATE TABLE schema_mark (
  version     bigint NOT NULL PRIMARY KEY,
  sha256      bytea NOT NULL,
  fingerprint bytea NOT NULL
);

-- Append-only. A role without UPDATE, DELETE and TRUNCATE on these tables does the same against
-- somebody who can drop triggers; see docs/erasure.md.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER event_only_erase BEFORE UPDATE ON event FOR EACH ROW
WHEN (NOT (OLD.payload IS NOT NULL AND NEW.payload IS NULL
  AND (NEW.seq, NEW.id, NEW.record, NEW.version, NEW.kind, NEW.at, NEW.actor, NEW.header, NEW.hash)
    IS NOT DISTINCT FROM
      (OLD.seq, OLD.id, OLD.record, OLD.version, OLD.kind, OLD.at, OLD.actor, OLD.header, OLD.hash)))
EXECUTE FUNCTION refuse_change();
CREATE TRIGGER event_no_delete BEFORE DELETE ON event FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER event_no_truncate BEFORE TRUNCATE ON event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER leaf_no_update BEFORE UPDATE ON leaf FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER leaf_no_delete BEFORE DELETE ON leaf FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER leaf_no_truncate BEFORE TRUNCATE ON leaf FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER leaf_hash_no_update BEFORE UPDATE ON leaf_hash FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER leaf_hash_no_delete BEFORE DELETE ON leaf_hash FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER leaf_hash_no_truncate BEFORE TRUNCATE ON leaf_hash
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_shard_no_update BEFORE UPDATE ON log_shard FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_shard_no_delete BEFORE DELETE ON log_shard FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_shard_no_truncate BEFORE TRUNCATE ON log_shard
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- SPDX-FileCopyrightText: The Tocsin contributors
-- SPDX-License-Identifier: Apache-2.0
--
-- Times are UTC Unix microseconds. Rows of post and picture are never deleted: a restriction hides, it does not destroy.

CREATE TABLE post (
    id          INTEGER PRIMARY KEY,
    text        TEXT    NOT NULL,
    alt         TEXT    NOT NULL,                -- what the picture shows, for those who do not see it
    width       INTEGER NOT NULL,
    height      INTEGER NOT NULL,
    posted_at   INTEGER NOT NULL,
    language    TEXT    NOT NULL,                -- what the author is told things in; empty when she did not choose
    author_hash BLOB,                            -- SHA-256 of the author token; NULL on the first posts, which have no author
    removed_at  INTEGER,                         -- set while the post is removed under the board's own terms
    version     INTEGER NOT NULL DEFAULT 0,      -- the highest event version applied
    changes     INTEGER NOT NULL DEFAULT 0       -- how many events changed this post: the second count of measures
) STRICT;

CREATE TABLE picture (
    post   INTEGER PRIMARY KEY REFERENCES post (id),
    png    BLOB NOT NULL,
    sha256 BLOB NOT NULL
) STRICT;

CREATE TABLE tag (
    name TEXT    NOT NULL,
    post INTEGER NOT NULL REFERENCES post (id),
    PRIMARY KEY (name, post)
) STRICT, WITHOUT ROWID;

CREATE INDEX tag_post ON tag (post);

-- The whole set of restrictions the node named last, for each post.
CREATE TABLE restriction (
    post            INTEGER NOT NULL REFERENCES post (id),
    id              TEXT    NOT NULL,
    from_at         INTEGER NOT NULL,
    until_at        INTEGER,                     -- NULL: until the node lifts it
    territory       TEXT    NOT NULL,            -- codes, comma-separated
    disclosure      TEXT    NOT NULL CHECK (disclosure IN ('full', 'own', 'neutral')),
    authority       TEXT    NOT NULL,
    basis           TEXT    NOT NULL,
    order_reference TEXT    NOT NULL,
    reasons         TEXT    NOT NULL,
    remedies        TEXT    NOT NULL,
    provision       TEXT    NOT NULL,            -- this and what follows: only of the board's own decisions
    facts           TEXT    NOT NULL,
    language        TEXT    NOT NULL,
    detection       TEXT    NOT NULL,
    automated       INTEGER NOT NULL,            -- a machine decided
    complaint       TEXT    NOT NULL,            -- where the author complains
    PRIMARY KEY (post, id)
) STRICT, WITHOUT ROWID;

-- Posts the node was not asked about yet. The row is written with the post and deleted once the node has answered.
CREATE TABLE unscreened (
    post INTEGER PRIMARY KEY REFERENCES post (id)
) STRICT;

-- Reports the node was not told of yet. A number is never used twice: the node knows reports by it.
CREATE TABLE unreported (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    post    INTEGER NOT NULL REFERENCES post (id),
    reasons TEXT    NOT NULL
) STRICT;

-- What the board did for each event, written in the transaction that did it. A row is the claim of its event id.
CREATE TABLE measure (
    seq        INTEGER PRIMARY KEY,
    event      TEXT    NOT NULL UNIQUE,
    post       INTEGER NOT NULL REFERENCES post (id),
    version    INTEGER NOT NULL,
    action     TEXT    NOT NULL CHECK (action IN ('restricted', 'reinstated', 'unchanged')),
    at         INTEGER NOT NULL,
    deliveries INTEGER NOT NULL DEFAULT 1        -- how often the event arrived; it was applied once
) STRICT;

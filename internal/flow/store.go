// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"tocsin"
)

// Store is the journal with everything that commits together with it. Implementations pass
// storetest.Run. Only flow opens transactions.
type Store interface {
	// View runs fn in a read-only transaction with one consistent view.
	View(ctx context.Context, fn func(Tx) error) error
	// Update runs fn in one write transaction and commits if fn returns nil. The first error inside
	// the transaction is remembered: it cannot commit after one, even if fn swallowed it.
	// Serialisation failures run fn again, so fn must have no effect outside the transaction.
	// An error with code "unknown_outcome" as Reason means that the commit may have happened: the
	// caller looks up its command key.
	Update(ctx context.Context, fn func(Tx) error) error
	// Committed gives a channel that receives (buffer of one, coalesced) after commits that
	// appended events or enqueued jobs, also those of other processes on the same database.
	Committed() <-chan struct{}
}

// ReasonUnknownOutcome marks a commit whose answer was lost.
const ReasonUnknownOutcome tocsin.Reason = "unknown_outcome"

// Row is a record as stored: its folded state in the clear (structural by construction), and its
// readable document sealed under its own key.
type Row struct {
	ID        tocsin.RecordID
	Kind      tocsin.RecordKind
	Version   int64
	Status    string     // Aggregate.State()
	Body      []byte     // JSON of the aggregate
	Due       *time.Time // Aggregate.Due()
	UpdatedAt time.Time
	Key       []byte // the record key, wrapped; nil once erased
	Document  []byte // sealed; nil when there is none, or erased
	Erased    bool   // as read; only Tx.Erase sets it
}

// Entry is an event as stored.
type Entry struct {
	Header  tocsin.Header
	Exact   []byte // exact header bytes, what the chain covers
	Payload []byte // sealed; nil when there is none, or erased
	Leaf    []byte // transparency log leaf, nil when the event is not accountable
}

// StoredEntry is an entry with its place.
type StoredEntry struct {
	Entry
	Seq       int64
	Hash      [32]byte // SHA-256(previous hash ‖ seq as 8 bytes big-endian ‖ Exact)
	Shard     int64    // of the leaf, 0 when there is none
	LeafIndex int64    // within the shard, -1 when there is none
}

// Head is the end of the journal and of the current log shard.
type Head struct {
	Seq      int64
	Hash     [32]byte
	Shard    int64 // from 1
	TreeSize int64
	TreeRoot tlog.Hash
	TreeEdge string // the bytes of the tree's translog.Edge; as Seq, only of the current shard
}

// Page asks for rows of one kind, a page at a time.
type Page struct {
	Kind     tocsin.RecordKind
	Statuses []string       // any, when empty
	DueBy    *time.Time     // only rows with a clock due at or before
	ByDue    bool           // earliest due first, rows without a clock last; else latest update first
	ByID     bool           // by id: rows keep their place whatever happens to them meanwhile
	Whose    tocsin.ActorID // only a person's own, as SetWhose says; anybody's when empty
	// Facets are names, all of which a record has: for pages by due of named states. Where several are asked for, a page
	// looks at a bounded number of records: it may hold few or none, and there may be more all the same.
	Facets []string
	After  string // cursor of the previous page
	Limit  int    // 1–200
}

// Facet is one thing by which a queue is narrowed or counted: what a record has, with the state it is in and its place
// there.
type Facet struct {
	Name   string
	Status string
	At     *time.Time // Aggregate.Due(), or what the facet says; last when nil
}

// Trail asks for events, the latest first. There is no asking for whoever did something: nobody has a dossier.
type Trail struct {
	Before int64             // only events with a lower number; from the end when 0
	Since  *time.Time        // at this time or later
	Until  *time.Time        // before this time
	Kind   tocsin.RecordKind // of the record; any when empty
	Limit  int               // 1–200
}

// Trace is an event as a trail shows it: its header's columns, and its place in the public log.
type Trace struct {
	Seq       int64
	ID        tocsin.EventID
	Kind      tocsin.EventKind
	Record    tocsin.RecordID
	At        time.Time
	Actor     tocsin.ActorID
	Shard     int64 // of the leaf, 0 when there is none
	LeafIndex int64 // within the shard, -1 when there is none
}

// Job is work to do outside, at least once. Args hold ids only.
type Job struct {
	Kind  string
	Key   string // (Kind, Key) is unique: event id + target
	Args  map[string]string
	RunAt time.Time
}

// ClaimedJob is a job under lease. Finish, Retry and Fail are fenced by Attempt.
type ClaimedJob struct {
	Job
	ID       int64
	Attempt  int64
	FirstRun time.Time // when it was claimed first, since it was enqueued or run again by a person
}

// JobRow is a job for people to see.
type JobRow struct {
	ClaimedJob
	LastError string // a code, never text
	DoneAt    *time.Time
	FailedAt  *time.Time
}

// KeptHash is a hash of something that was screened, and nothing else of it.
type KeptHash struct {
	ID    int64 // as stored
	Type  string
	Value string
	Item  string // the platform's own opaque reference
	Until time.Time
}

// HitCount is how often a signal hit.
type HitCount struct {
	Place   int64 // the beginning of a keyed digest of the signal
	Hour    int64 // since 1970
	Count   int64 // in that hour
	Average int64 // of the hours before, in thousandths
}

// Delivery is one document or callback offered to one target, and what became of it.
type Delivery struct {
	Event     tocsin.EventID
	Target    string // party id, or "platform"
	Kind      string // document type or callback
	Record    tocsin.RecordID
	Attempts  int64
	OfferedAt *time.Time // first time
	TriedAt   *time.Time // last time
	AckedAt   *time.Time
	RefusedAt *time.Time
	Code      string // refusal or last failure
}

// Tx is one transaction. Methods return *tocsin.Error with CodeNotFound or CodeConflict where said. Not to
// find something is an answer; every other error ends the transaction. Empty sealed bytes are none.
type Tx interface {
	// Records. Record: CodeNotFound. Create: CodeConflict when the id exists. Save: CodeConflict, stale_version
	// when the stored version is not the expected one or there is no row. Records gives the cursor of the next
	// page, "" at the end. Count counts no further than most. Erase destroys key, document, search
	// text and every sealed payload of the record.
	Record(id tocsin.RecordID) (Row, error)
	Create(r Row) error
	Save(r Row, expected int64) error
	Records(p Page) ([]Row, string, error)
	Count(kind tocsin.RecordKind, most int64, status ...string) (int64, error)
	Erase(id tocsin.RecordID) error

	// Whose a record is, for pages of one person's own. SetWhose replaces it; each person counts once.
	SetWhose(id tocsin.RecordID, people ...tocsin.ActorID) error
	Whose(id tocsin.RecordID) ([]tocsin.ActorID, error)

	// Facets of records. MoveFacets takes those away that a record had and gives it others. CountFacet counts no further
	// than most those in some states, with a place from since and before until. Facets counts them all.
	MoveFacets(id tocsin.RecordID, from, to []Facet) error
	HasFacet(id tocsin.RecordID, f Facet) (bool, error)
	CountFacet(name string, since, until *time.Time, most int64, statuses ...string) (int64, error)
	Facets() (int64, error)

	// Lookups: a unique key → record. Keys are keyed digests, never plain text.
	Reserve(kind string, key []byte, id tocsin.RecordID) error // another's: CodeConflict, duplicate
	Lookup(kind string, key []byte) (tocsin.RecordID, error)   // CodeNotFound
	Release(kind string, key []byte) error

	// Search rows: the only plain text. Folded by the caller; erased with the record.
	SetSearchText(id tocsin.RecordID, text string) error
	Search(words []string, limit int) ([]tocsin.RecordID, error) // all of the words, each whole

	// Journal. Append assigns sequence numbers, chains, and appends the leaves to the current shard.
	// Call it once, last, in a transaction.
	Append(entries []Entry) error
	Head() (Head, error)
	Entries(after int64, limit int) ([]StoredEntry, error)
	EntriesOf(id tocsin.RecordID) ([]StoredEntry, error)
	EntryByID(id tocsin.EventID) (StoredEntry, error)
	// Trail gives a page and what Before of the next one is, 0 at the end. Where a page asks for some events only it
	// looks through a bounded part of the journal: it may hold few or none, and there may be more all the same.
	Trail(q Trail) (page []Trace, next int64, err error)

	// Transparency log.
	// Shards gives the final state of closed shards and the state of the current one; Seq and Hash only there.
	Shards() ([]Head, error)
	// OpenShard closes the current shard and starts the next, empty one. The next Append in the same
	// transaction writes its first leaf. A new database stands at shard 1, empty.
	OpenShard() error
	Leaves(shard, from int64, limit int) ([][]byte, error)
	StoredHashes(shard int64, indexes []int64) ([]tlog.Hash, error)

	// Commands: idempotency.
	Command(key string) ([]byte, bool, error)
	SaveCommand(key string, result []byte, at time.Time) error // key exists: CodeConflict

	// Jobs.
	Enqueue(jobs ...Job) error // an existing (Kind, Key) is left as it is
	ClaimJobs(now time.Time, lease time.Duration, limit int) ([]ClaimedJob, error)
	ExtendJob(id, attempt int64, until time.Time) (bool, error)
	FinishJob(id, attempt int64, at time.Time) (bool, error) // false: the lease was lost
	RetryJob(id, attempt int64, runAt time.Time, code string) (bool, error)
	FailJob(id, attempt int64, at time.Time, code string) (bool, error)
	Jobs(unfinished bool, limit int) ([]JobRow, error)            // unfinished includes failed
	RerunJob(id int64, at time.Time) error                        // a failed job again, by a person
	PruneJobs(finishedBefore time.Time, limit int) (int64, error) // never those that failed

	// Deliveries.
	SaveDelivery(d Delivery) error // by (Event, Target)
	Delivery(event tocsin.EventID, target string) (Delivery, error)
	DeliveriesOf(id tocsin.RecordID) ([]Delivery, error)

	// Followers.
	Position(follower string) (int64, error)
	SetPosition(follower string, seq int64) error

	// Hashes kept of what was screened. Keep sets the end anew of what is kept already. Kept gives those with an
	// id above after whose end is later than now, by id.
	Keep(rows ...KeptHash) error
	Kept(after int64, now time.Time, limit int) ([]KeptHash, error)
	PruneKept(before time.Time) error
	// KeptOf gives what is kept of one item, KeptAs the items of which one hash is kept, by id.
	KeptOf(item string, now time.Time) ([]KeptHash, error)
	KeptAs(typ, value string, now time.Time, limit int) ([]KeptHash, error)

	// Hits of signals, for a restart. SaveHits replaces what is not of a later hour. Hits gives those after a place,
	// by place. PruneHits leaves none of an hour before, and at most so many: the latest, of them the greatest.
	SaveHits(rows ...HitCount) error
	Hits(after *int64, limit int) ([]HitCount, error)
	DropHits(places ...int64) error
	PruneHits(before int64, most int) error

	// Leases: work that one process does at a time. TakeLease takes or prolongs; false while another holds it.
	TakeLease(name, holder string, now, until time.Time) (bool, error)
	FreeLease(name, holder string) error

	// Hop replay protection.
	UseNonce(key tocsin.KeyID, nonce string, until time.Time) (fresh bool, err error)
	PruneNonces(before time.Time) error
}

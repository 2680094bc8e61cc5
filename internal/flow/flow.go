// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"crypto"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"tocsin"
	"tocsin/internal/locale"
	"tocsin/wire"
)

// Identity is the party this node speaks for and the keys it signs with.
type Identity struct {
	Party    tocsin.PartyID
	Document wire.Signer   // orders, receipts and every other document
	Officer  wire.Signer   // officer certificates
	Log      crypto.Signer // checkpoints; an Ed25519 key
	LogHost  string        // address of the log without the scheme; origins are LogHost/log/<shard>
}

// Settings are the operator's choices that use cases read. They are values, fixed at start.
type Settings struct {
	Periods       tocsin.Periods
	Automatic     Automatic
	Demonstration bool   // accept parties and passkeys that say they are not real
	Procedures    string // what an authority tells a host before its first order (Art. 3(2))
	Deadlines     string
	Language      string // BCP 47, of the texts above
	Source        string // this node's public address, the CloudEvents source
	Flood         Flood
	UndoWindow    time.Duration // in which a decision can be taken back
	ReviewShare   int           // percent of what people decide that a second person reviews blind
	Standing      StandingDecisions
	EscalateAfter time.Duration  // unacknowledged, the next person is called
	KeepHashesFor time.Duration  // of what is screened, to match later signals against; 0 keeps none
	Wellness      Wellness       // the least that everybody at this node has
	Passwords     bool           // people who need no passkey may choose a password and a code
	Provider      string         // or this OpenID Connect provider, by its issuer; empty: none
	Terms         []TermsSection // of the host, shown beside a decision
	// ExchangesEntries shares entries of lexicons with other parties, and takes those that they send.
	ExchangesEntries bool
}

// Automatic is the host's switch for automatic execution, off by default (design, refusal 2).
type Automatic struct {
	Enabled    bool
	MaxPerHour int // per issuer; above it a person decides
	// TrustedFrom counts an issuer as known after this many of its orders were decided by a person.
	TrustedFrom int
}

// Peers carries bundles to other nodes and brings back what they answer.
type Peers interface {
	// Send posts a bundle to a party's inbox and returns the signed document it answers with.
	// Errors: CodeBusy (with RetryAfter), CodeUnsupported, or anything else, after which the outcome
	// is unknown: the document may have arrived.
	Send(ctx context.Context, to tocsin.Party, bundle []byte) (reply []byte, err error)
}

// Named is what a platform says an address names.
type Named struct {
	Kind    string // "item", "collection" or "none"
	Ref     string // the platform's own reference, with an item
	Address string // canonical, with an item
	// Language is the one the content provider is told things in (BCP 47), where the platform knows it.
	Language string
	Media    []ItemMedium // files of the item, where the platform tells them
}

// Visibility is the state of an item as a platform needs it: the whole set of active restrictions.
type Visibility struct {
	Event        tocsin.EventID
	At           time.Time // of the event
	Ref          string
	Address      string
	Version      int64
	Restrictions []Shown
}

// Shown is one active restriction as a platform shows it. With Neutral set, nothing else but the id,
// the dates and the territory may be told (Art. 11(3)).
type Shown struct {
	tocsin.Restriction
	Neutral        bool
	Authority      string
	OrderReference string
	Reasons        string
	Remedies       string
	Statement      *Statement // of what the host itself decided
}

// Platform is the service whose items this host's node restricts.
type Platform interface {
	Resolve(ctx context.Context, address string) (Named, error)
	// Identify says what a reference of the platform's own names.
	Identify(ctx context.Context, ref string) (Named, error)
	// Apply tells the platform the state of an item, keyed by the event id; it answers with its measure.
	Apply(ctx context.Context, v Visibility) (tocsin.Measure, error)
}

// Policy decides who may do what on a loaded record; nil means allowed, else a CodeForbidden error that
// says why.
type Policy interface {
	Decide(actor Actor, action Action, on tocsin.Aggregate) error
	// Rules are the written rules in force, whose digest the journal tells.
	Rules() []byte
}

// Mark keeps the last published size and root of the log outside the database.
type Mark interface {
	ReadMark() (p Published, found bool, err error)
	WriteMark(Published) error // durable when it returns; refuses to go backwards
}

// Published is a tree this node has served, or is about to.
type Published struct {
	Origin string
	Shard  int64
	Size   int64
	Root   tlog.Hash
}

// Deps is what a node plugs in. Platform is nil where the party is not a host.
type Deps struct {
	Store    Store
	Sealer   Sealer
	Clock    tocsin.Clock
	Identity Identity
	Settings Settings
	Peers    Peers
	Platform Platform
	Policy   Policy
	Mark     Mark
	Log      *slog.Logger
	// Messenger reaches people outside the console; nil where no channel is configured.
	Messenger  Messenger
	Catalogues *locale.Catalogues // words for people outside, each in their own language
	// Machines are the service keys; nil where nobody looks after them.
	Machines MachineKeys
	// Matcher and Blobs hold what is matched on; nil where a node does no matching.
	Matcher Matcher
	// Reader reads texts for the entries of this node's lexicons; nil where it has none.
	Reader Reader
	Blobs  Blobs
	Media  Media
	// Viewer makes stills of what items show, and Sessions tells who is signed in; nil where no media are shown.
	Viewer   Viewer
	Sessions Sessions
	// Compact removes from the disk what an erasure left in free pages and logs; may be nil.
	Compact func(context.Context) error
	// Directed is told the directory in use at start and after each import; may be nil.
	Directed func(tocsin.Directory)
}

// Flow runs the use cases of one node.
type Flow struct {
	Deps
	directory atomic.Pointer[tocsin.Directory]
	edition   atomic.Int64 // serial of the newest edition read, in use or not
	published atomic.Pointer[checkpoint]
	publish   chan struct{} // one publisher at a time
	conduct   conduct
	catalogue *catalogue
	follower  follower
	hits      hits
	arriving  arriving
	stills    stills

	precisions precisions
	adopted    atomic.Pointer[AdoptedEntries]
}

// New makes a flow. Call [Flow.Start] before serving.
func New(d Deps) *Flow {
	d.Policy = confined{d.Policy}
	f := &Flow{Deps: d, publish: make(chan struct{}, 1), catalogue: newCatalogue()}
	f.directory.Store(&tocsin.Directory{})
	f.adopted.Store(&AdoptedEntries{})
	return f
}

// Start opens the log of a new node, refuses a database older than the published mark, loads the
// directory and what is matched on, and publishes what was committed and not yet served.
func (f *Flow) Start(ctx context.Context) error {
	if err := f.checkMark(ctx); err != nil {
		return err
	}
	if err := f.loadDirectory(ctx); err != nil {
		return err
	}
	if err := f.adoptPolicy(ctx); err != nil {
		return err
	}
	if err := f.loadCatalogue(ctx); err != nil {
		return err
	}
	if err := f.sweepRows(ctx); err != nil {
		return err
	}
	if err := f.loadHits(ctx); err != nil {
		return err
	}
	return f.Publish(ctx)
}

// ContactPoint is how a party is reached, as it stands in forms (Art. 12(2), Art. 15).
func ContactPoint(p tocsin.Party) string {
	if len(p.Contacts) == 0 {
		return p.Name
	}
	c := p.Contacts[0]
	return strings.Join(slices.DeleteFunc([]string{c.Name, c.Email, c.Telephone},
		func(s string) bool { return s == "" }), ", ")
}

// use makes an edition the one in use.
func (f *Flow) use(dir tocsin.Directory) {
	f.directory.Store(&dir)
	if f.Directed != nil {
		f.Directed(dir)
	}
}

// Directory is the edition in use; empty when none was imported.
func (f *Flow) Directory() tocsin.Directory { return *f.directory.Load() }

// Self is this node's own entry in the directory.
func (f *Flow) Self() (tocsin.Party, error) { return f.Directory().Party(f.Identity.Party) }

func (f *Flow) verification() wire.Context {
	return wire.Context{Directory: f.Directory(), Audience: f.Identity.Party, Now: f.Clock.Now(),
		Demonstration: f.Settings.Demonstration}
}

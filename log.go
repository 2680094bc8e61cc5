// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import "time"

// EventShardOpened records the opening of a shard of the transparency log; its leaf is the shard's first.
const EventShardOpened EventKind = "log.shard_opened"

// EventPolicyAdopted records which rules of who may do what hold from now on, by their digest.
const EventPolicyAdopted EventKind = "policy.adopted"

// EventKeyMade records that a person made a service key in the console: its id, its scopes, its limit and its end. What it
// is called is sealed, with her passkey's word; its token is known to nobody here.
const EventKeyMade EventKind = "key.made"

// Log is the node's record of its own transparency log: which shard is open. A new shard is opened when
// a node starts, and when an operator opens the next: after restoring an older database, so that a restore
// never forks the log, or to begin a new year.
type Log struct {
	Root
	Shard  int64  `json:"shard"`
	Policy Digest `json:"policy,omitempty"` // of the rules in force
}

// Kind is [KindLog].
func (l *Log) Kind() RecordKind { return KindLog }

// State is "open".
func (l *Log) State() string { return "open" }

// Due is never set.
func (l *Log) Due() *time.Time { return nil }

// Apply folds one event.
func (l *Log) Apply(h Header) error {
	switch h.Kind {
	case EventShardOpened:
		l.Shard = h.Facts.Number
	case EventPolicyAdopted:
		l.Policy = h.Facts.Digest
	case EventKeyMade: // the key folder holds what is
	default:
		return unknownEvent(l, h)
	}
	return nil
}

// OpenShard records the next shard.
func (l *Log) OpenShard(by By, shard int64) ([]Event, error) {
	if shard <= l.Shard {
		return nil, Errorf(CodeConflict, ReasonStale, "Shard %d is not newer than shard %d.", shard, l.Shard)
	}
	return happened(l, by.event(EventShardOpened, Facts{Number: shard}, nil))
}

// AdoptPolicy records the rules a node starts with, unless they are those it had.
func (l *Log) AdoptPolicy(by By, rules Digest) ([]Event, error) {
	if rules == l.Policy {
		return nil, nil
	}
	if !rules.Valid() {
		return nil, Invalid(ReasonFormat, "rules", "This is no digest.")
	}
	return happened(l, by.event(EventPolicyAdopted, Facts{Digest: rules}, nil))
}

// MakeKey records a service key, before there is one: so that none exists of which nobody can say who made it.
func (l *Log) MakeKey(by By, key ActorID, scopes []string, perMinute int64, until time.Time, payload any) ([]Event, error) {
	if !by.Actor.isPerson() {
		return nil, personDecides()
	}
	return happened(l, by.event(EventKeyMade, Facts{Record: RecordID(key), Codes: scopes, Number: perMinute, Until: &until}, payload))
}

// Tick does nothing: a log has no clock.
func (l *Log) Tick(By, Periods) ([]Event, error) { return nil, nil }

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package logaudit

import (
	"time"

	"tocsin/translog"
)

// Report is what a log that can be believed says, and what it does wrong.
type Report struct {
	Checkpoint translog.Checkpoint `json:"checkpoint"`
	// Signed is the checkpoint as it was served. Keep it: the next audit is to contain it.
	Signed []byte `json:"signed"`
	// Party is the log's owner, as leaf 0 says; Shard its number for this shard.
	Party string `json:"party"`
	Shard int64  `json:"shard"`
	// Counts are the leaves that show what they are, opaque leaves once opened among them, in order.
	Counts []Count `json:"counts"`
	// Opaque counts opaque leaves; those still owed are in Owed too.
	Opaque int64 `json:"opaque"`
	// First and Last are the hours of the first and last leaf that shows one.
	First translog.Hour `json:"first,omitempty"`
	Last  translog.Hour `json:"last,omitempty"`
	// Owed lists what is withheld and not opened yet, whether due or not, by date.
	Owed []Obligation `json:"owed"`
	// Faults lists the first broken rules; FaultCount counts all.
	Faults     []Fault `json:"faults"`
	FaultCount int64   `json:"fault_count"`
}

// Tally is what leaves are counted by.
type Tally struct {
	Day    translog.Hour `json:"day"`
	Issuer string        `json:"issuer,omitempty"`
	To     string        `json:"to,omitempty"`
	Type   translog.Type `json:"type"`
	Of     translog.Type `json:"of,omitempty"`
	Code   string        `json:"code,omitempty"`
	// Answers tells leaves that answer an earlier leaf of their log from those that stand alone.
	Answers bool `json:"answers,omitempty"`
}

// Count is the number of leaves of a tally.
type Count struct {
	Tally
	Leaves int64 `json:"leaves"`
}

// Obligation is one leaf that must be opened.
type Obligation struct {
	Shard  int64         `json:"shard"`
	Index  int64         `json:"index"`
	Due    translog.Hour `json:"due"`
	Max    translog.Hour `json:"max"` // no extension may reach past it
	Opaque bool          `json:"opaque"`

	signers []string // of the leaf: an extension needs another
	sealed  translog.Opaque
}

// Rule is one rule that a believable log can break.
type Rule string

// The rules that are followed.
const (
	RuleSchema      Rule = "schema"       // the entry is not a leaf that the schema allows
	RuleShardStart  Rule = "shard-start"  // leaf 0 opens the shard, no other does, and it names the one before
	RuleReference   Rule = "reference"    // a leaf answers an earlier leaf
	RuleOpening     Rule = "opening"      // an opening opens what is owed, once, and shows what was committed to
	RuleLateOpening Rule = "late-opening" // it comes by the due date
	RuleExtension   Rule = "extension"    // by another key, in time, within the limit, not of an opaque leaf
)

// Fault is one broken rule.
type Fault struct {
	Shard int64 `json:"shard"`
	Index int64 `json:"index"`
	Rule  Rule  `json:"rule"`
}

// Sum counts the leaves whose tally matches.
func (r Report) Sum(match func(Tally) bool) int64 {
	var n int64
	for _, c := range r.Counts {
		if match(c.Tally) {
			n += c.Leaves
		}
	}
	return n
}

// Overdue lists what should have been opened by a time and was not.
func (r Report) Overdue(at time.Time) []Obligation {
	hour, overdue := translog.HourOf(at), []Obligation{}
	for _, o := range r.Owed {
		if o.Due < hour {
			overdue = append(overdue, o)
		}
	}
	return overdue
}

// Clean reports whether the log breaks no rule at a time.
func (r Report) Clean(at time.Time) bool { return r.FaultCount == 0 && len(r.Overdue(at)) == 0 }

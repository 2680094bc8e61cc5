// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package logaudit

import (
	"cmp"
	"errors"
	"maps"
	"slices"

	"tocsin/translog"
)

// Bounds of what an audit remembers, so that a hostile log cannot fill its memory.
const (
	maxFaults  = 1000
	maxTallies = 1 << 18
	maxOwed    = 1 << 18
)

var errTooMuch = errors.New("audit log: more parties, days or open embargoes than an audit can follow")

// position names a leaf across shards.
type position struct{ shard, index int64 }

// ledger takes in leaves one by one, whose place in the log is checked elsewhere.
type ledger struct {
	r       Report
	before  *Report // on the shard before
	tallies map[Tally]int64
	owed    map[position]Obligation
}

func newLedger(previous *Report) *ledger {
	l := &ledger{before: previous, tallies: make(map[Tally]int64), owed: make(map[position]Obligation)}
	if previous == nil {
		return l
	}
	l.r = *previous
	l.r.Faults = slices.Clone(previous.Faults)
	for _, c := range previous.Counts {
		l.tallies[c.Tally] = c.Leaves
	}
	for _, o := range previous.Owed {
		l.owed[position{o.Shard, o.Index}] = o
	}
	return l
}

func (l *ledger) report() Report {
	l.r.Counts = make([]Count, 0, len(l.tallies))
	for t, n := range l.tallies {
		l.r.Counts = append(l.r.Counts, Count{Tally: t, Leaves: n})
	}
	slices.SortFunc(l.r.Counts, func(a, b Count) int { return compareTallies(a.Tally, b.Tally) })
	l.r.Owed = slices.SortedFunc(maps.Values(l.owed), func(a, b Obligation) int {
		return cmp.Or(cmp.Compare(a.Due, b.Due), cmp.Compare(a.Shard, b.Shard), cmp.Compare(a.Index, b.Index))
	})
	return l.r
}

func compareTallies(a, b Tally) int {
	answers := 0
	if a.Answers != b.Answers {
		answers = 1
		if b.Answers {
			answers = -1
		}
	}
	return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Type, b.Type), cmp.Compare(a.Of, b.Of),
		cmp.Compare(a.Issuer, b.Issuer), cmp.Compare(a.To, b.To), cmp.Compare(a.Code, b.Code), answers)
}

// add takes in the entry at an index of the current shard.
func (l *ledger) add(index int64, entry []byte) error {
	parsed, err := translog.ParseEntry(entry)
	leaf, isLeaf := parsed.(translog.Leaf)
	if starts := err == nil && isLeaf && leaf.Type == translog.TypeShardStart; index == 0 {
		l.start(leaf, starts)
	} else if starts {
		l.fault(index, RuleShardStart)
	}
	switch {
	case err != nil:
		l.fault(index, RuleSchema)
	case isLeaf:
		l.leaf(index, leaf)
	default:
		l.opaque(index, parsed.(translog.Opaque))
	}
	if len(l.tallies) > maxTallies || len(l.owed) > maxOwed {
		return errTooMuch
	}
	return nil
}

// start takes the shard's number and owner from leaf 0.
func (l *ledger) start(leaf translog.Leaf, ok bool) {
	l.r.Shard++ // the number it should have, if leaf 0 says none
	if ok {
		l.r.Party, l.r.Shard = leaf.Issuer, leaf.Shard
	}
	if l.before != nil {
		ok = ok && leaf.Shard == l.before.Shard+1 && leaf.Issuer == l.before.Party &&
			leaf.Digest == translog.DigestOf([]byte(l.before.Checkpoint.Text()))
	}
	if !ok {
		l.fault(0, RuleShardStart)
	}
}

func (l *ledger) opaque(index int64, o translog.Opaque) {
	l.r.Opaque++
	at := position{l.r.Shard, index}
	l.owed[at] = Obligation{
		Shard: at.shard, Index: at.index, Due: o.EmbargoMax, Max: o.EmbargoMax, Opaque: true, sealed: o,
	}
}

func (l *ledger) leaf(index int64, leaf translog.Leaf) {
	if l.r.First == 0 {
		l.r.First = leaf.Hour
	}
	l.r.Last = leaf.Hour
	l.count(leaf)
	target := position{cmp.Or(leaf.Shard, l.r.Shard), 0}
	if leaf.Re != nil {
		target.index = *leaf.Re
		if target.shard > l.r.Shard || (target.shard == l.r.Shard && target.index >= index) {
			l.fault(index, RuleReference)
			return
		}
	}
	switch {
	case leaf.Type == translog.TypeOpening:
		l.open(index, target, leaf)
	case leaf.Type == translog.TypeEmbargoExtension:
		l.extend(index, target, leaf)
	case leaf.EmbargoUntil != 0:
		at := position{l.r.Shard, index}
		l.owed[at] = Obligation{
			Shard: at.shard, Index: at.index, Due: leaf.EmbargoUntil, Max: leaf.EmbargoMax, signers: leaf.Signers,
		}
	}
}

func (l *ledger) count(leaf translog.Leaf) {
	l.tallies[Tally{
		Day: leaf.Hour.Day(), Issuer: leaf.Issuer, To: leaf.To, Type: leaf.Type, Of: leaf.Of, Code: leaf.Code,
		Answers: leaf.Re != nil,
	}]++
}

// seen reports whether the audit has read the shard of a position, so that its silence about it counts.
func (l *ledger) seen(p position) bool { return p.shard == l.r.Shard || l.before != nil }

func (l *ledger) open(index int64, target position, leaf translog.Leaf) {
	o, owed := l.owed[target]
	if !owed {
		if l.seen(target) {
			l.fault(index, RuleOpening)
		}
		return
	}
	if o.Opaque {
		inner, err := o.sealed.Reveal(leaf.Inner)
		if err != nil {
			l.fault(index, RuleOpening)
			return
		}
		l.count(inner)
	} else if len(leaf.Inner) > 0 {
		l.fault(index, RuleOpening)
		return
	}
	if leaf.Hour > o.Due {
		l.fault(index, RuleLateOpening)
	}
	delete(l.owed, target)
}

func (l *ledger) extend(index int64, target position, leaf translog.Leaf) {
	o, owed := l.owed[target]
	if !owed && !l.seen(target) {
		return
	}
	another := slices.ContainsFunc(leaf.Signers, func(id string) bool { return !slices.Contains(o.signers, id) })
	if !owed || o.Opaque || !another || leaf.Hour > o.Due || leaf.EmbargoUntil > o.Max {
		l.fault(index, RuleExtension)
		return
	}
	o.Due = leaf.EmbargoUntil
	l.owed[target] = o
}

func (l *ledger) fault(index int64, rule Rule) {
	l.r.FaultCount++
	if len(l.r.Faults) < maxFaults {
		l.r.Faults = append(l.r.Faults, Fault{Shard: l.r.Shard, Index: index, Rule: rule})
	}
}

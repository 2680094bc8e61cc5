// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"tocsin"
	"tocsin/translog"
)

// accountable says which events have a place in the public log, and as what. An order's arrival has its
// leaf when it authenticated, and its refusal when it did not; an erasure has one where there was one before.
var accountable = map[tocsin.EventKind]translog.Type{
	tocsin.EventContactInformed:    translog.TypePriorInformation,
	tocsin.EventContactReceived:    translog.TypeReceipt,
	tocsin.EventOrderIssued:        translog.TypeOrder,
	tocsin.EventOrderCopySent:      translog.TypeCopy,
	tocsin.EventOrderWithdrawn:     translog.TypeWithdrawal,
	tocsin.EventOrderReceived:      translog.TypeReceipt,
	tocsin.EventReceivedRefused:    translog.TypeRefusal,
	tocsin.EventReceivedConfirmed:  translog.TypeAction,
	tocsin.EventReceivedImpeded:    translog.TypeImpediment,
	tocsin.EventReceivedWithdrawn:  translog.TypeReceipt,
	tocsin.EventReceivedReinstated: translog.TypeReinstatement,
	tocsin.EventCopyReceived:       translog.TypeReceipt,
	tocsin.EventLeafOpened:         translog.TypeOpening,
	tocsin.EventRecordErased:       translog.TypeErasure,
	tocsin.EventDirectoryImported:  translog.TypeKeyEvent,
	tocsin.EventShardOpened:        translog.TypeShardStart,
}

// leaf checks that an event has the leaf it must have, in its place, with the hashes stored for it.
func (x *examination) leaf(u *unit, on examined) {
	want, has := accountable[on.header.Kind]
	switch on.header.Kind {
	case tocsin.EventOrderReceived:
		has = on.Leaf != nil // what follows decides
	case tocsin.EventRecordErased:
		has = on.record.logged
	case tocsin.EventReceivedAuthenticated:
		if !on.record.logged {
			on.report("leaf", "The order's receipt is missing in the public log.")
		}
	}
	if has != (on.Leaf != nil) {
		on.report("leaf", "The event's place in the public log is missing, or it has one and must not.")
	}
	if on.Leaf == nil {
		return
	}
	x.Leaves++
	on.record.logged = true
	if !says(on, want) {
		on.report("leaf", "The leaf is malformed, or not the one that belongs to its event.")
	}
	x.place(u, on)
}

// says reports whether a leaf is of a type, or conceals one that the payload keeps.
func says(on examined, want translog.Type) bool {
	entry, err := translog.ParseEntry(on.Leaf)
	if err != nil {
		return false
	}
	switch e := entry.(type) {
	case translog.Leaf:
		return e.Type == want
	case translog.Opaque:
		if on.plain == nil {
			return on.record.erased || on.Payload == nil // cannot be told any more
		}
		var kept struct{ Inner []byte }
		if json.Unmarshal(on.plain, &kept) != nil {
			return false
		}
		inner, err := e.Reveal(kept.Inner)
		return err == nil && inner.Type == want
	}
	return false
}

// place holds a leaf's index and hashes against the leaves before it.
func (x *examination) place(u *unit, on examined) {
	edge := x.edges[on.Shard]
	if on.LeafIndex != edge.Size() {
		on.report("leaf", "The leaf stands at another place than its order in the journal.")
	}
	hashes, grown, err := edge.Append(on.Leaf)
	if err != nil {
		on.report("leaf", "The leaf cannot be appended.")
		return
	}
	x.edges[on.Shard] = grown
	indexes := make([]int64, len(hashes))
	for i, h := range hashes {
		indexes[i] = h.Index
	}
	stored, err := u.tx.StoredHashes(on.Shard, indexes)
	for i, h := range hashes {
		if err != nil || stored[i] != h.Hash {
			on.report("leaf", "A hash stored for the leaf is missing or not the one it gives.")
			return
		}
	}
}

// trees compares every shard's size, root and edge with those of the leaves in the journal.
func (x *examination) trees(u *unit) error {
	shards, err := u.tx.Shards()
	if err != nil {
		return err
	}
	for i, s := range shards {
		edge := x.edges[s.Shard]
		delete(x.edges, s.Shard)
		current := i == len(shards)-1
		if edge.Size() != s.TreeSize || edge.Root() != s.TreeRoot || current && string(edge.Bytes()) != s.TreeEdge {
			x.differ(Difference{Kind: "tree", Detail: fmt.Sprintf("Shard %d is not the tree of its leaves.", s.Shard)})
		}
	}
	for _, shard := range slices.Sorted(maps.Keys(x.edges)) {
		x.differ(Difference{Kind: "tree", Detail: fmt.Sprintf("Shard %d has leaves and no row.", shard)})
	}
	return nil
}

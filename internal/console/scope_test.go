// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tocsin"
	"tocsin/internal/flow"
)

// TestListsGiveExactlyWhatSinglePagesGive draws duties and compares, for each kind of record, what a list gives with
// what opens one by one: no list is wider than the door, and none narrower.
func TestListsGiveExactlyWhatSinglePagesGive(t *testing.T) {
	t.Parallel()
	o := newOffice(t, flow.Settings{KeepHashesFor: 24 * time.Hour, ReviewShare: 100})
	held := o.records()
	all := tocsin.Duties()
	rapid.Check(t, func(r *rapid.T) {
		duties := rapid.SliceOfNDistinct(rapid.SampledFrom(all), 0, 4, rapid.ID).Draw(r, "duties")
		who := flow.Actor{ID: "prs_aaaaaaaaaaaaaaaaaaaaaaaaaa", Duties: duties, Passkey: rapid.Bool().Draw(r, "passkey")}
		at := rapid.SampledFrom([]tocsin.PartyID{authority, host}).Draw(r, "at")
		n := o.nodes[at]
		for kind, list := range lists(n.flow) {
			if _, there := held[kind]; !there {
				continue
			}
			listed, err := list(context.Background(), who)
			if err != nil && tocsin.CodeOf(err) != tocsin.CodeForbidden {
				r.Fatalf("list %s: %v", kind, err)
			}
			var opened []tocsin.RecordID
			for _, id := range idsOf(t, n, kind) {
				if opens(n.flow, kind, who, id) {
					opened = append(opened, id)
				}
			}
			slices.Sort(listed)
			slices.Sort(opened)
			if diff := cmp.Diff(opened, listed); diff != "" {
				r.Fatalf("%s as %v, passkey %v (-opened +listed):\n%s", kind, duties, who.Passkey, diff)
			}
		}
	})
}

type lister func(context.Context, flow.Actor) ([]tocsin.RecordID, error)

func lists(f *flow.Flow) map[tocsin.RecordKind]lister {
	orders := func(kind tocsin.RecordKind) lister {
		return func(ctx context.Context, who flow.Actor) (ids []tocsin.RecordID, err error) {
			list, _, err := f.Orders(ctx, who, flow.Listing{Kind: kind, Limit: 200})
			for _, l := range list {
				ids = append(ids, l.ID)
			}
			return ids, err
		}
	}
	return map[tocsin.RecordKind]lister{
		tocsin.KindIssuedOrder: orders(tocsin.KindIssuedOrder), tocsin.KindReceivedOrder: orders(tocsin.KindReceivedOrder),
		tocsin.KindCase: func(ctx context.Context, who flow.Actor) (ids []tocsin.RecordID, err error) {
			list, _, err := f.Cases(ctx, who, flow.CaseFilter{Limit: 200, States: []tocsin.CaseState{tocsin.CaseOpen,
				tocsin.CaseOverdue, tocsin.CaseDecided, tocsin.CaseClosed}})
			for _, l := range list {
				ids = append(ids, l.ID)
			}
			return ids, err
		},
		tocsin.KindPerson: func(ctx context.Context, who flow.Actor) (ids []tocsin.RecordID, err error) {
			list, err := f.People(ctx, who)
			for _, p := range list {
				ids = append(ids, p.ID)
			}
			return ids, err
		},
		tocsin.KindBank: func(ctx context.Context, who flow.Actor) (ids []tocsin.RecordID, err error) {
			list, err := f.Banks(ctx, who, true)
			for _, b := range list {
				ids = append(ids, b.ID)
			}
			return ids, err
		},
		tocsin.KindSignal: func(ctx context.Context, who flow.Actor) (ids []tocsin.RecordID, err error) {
			banks, err := f.Banks(ctx, who, true)
			for _, b := range banks {
				shelf, err := f.Shelf(ctx, who, b.ID, "", 200)
				if err != nil {
					return nil, err
				}
				for _, s := range shelf.Signals {
					ids = append(ids, s.ID)
				}
			}
			return ids, err
		},
		tocsin.KindComplaint: func(ctx context.Context, who flow.Actor) (ids []tocsin.RecordID, err error) {
			list, _, err := f.Complaints(ctx, who, flow.ComplaintFilter{Limit: 200})
			for _, v := range list {
				ids = append(ids, v.ID)
			}
			return ids, err
		},
		tocsin.KindNotice: func(ctx context.Context, who flow.Actor) (ids []tocsin.RecordID, err error) {
			list, _, err := f.TriageNotices(ctx, who, flow.NoticeFilter{Limit: 200})
			for _, v := range list {
				ids = append(ids, v.ID)
			}
			return ids, err
		},
		tocsin.KindMisuse: func(ctx context.Context, who flow.Actor) (ids []tocsin.RecordID, err error) {
			list, _, err := f.Misuses(ctx, who, flow.MisuseFilter{Limit: 200})
			for _, v := range list {
				ids = append(ids, v.ID)
			}
			return ids, err
		},
		tocsin.KindChallenge: func(ctx context.Context, who flow.Actor) (ids []tocsin.RecordID, err error) {
			list, _, err := f.Challenges(ctx, who, flow.ChallengeFilter{Limit: 200})
			for _, v := range list {
				ids = append(ids, v.ID)
			}
			return ids, err
		},
		tocsin.KindEntry: func(ctx context.Context, who flow.Actor) (ids []tocsin.RecordID, err error) {
			list, _, err := f.SharedEntries(ctx, who, flow.SharedEntryFilter{Limit: 200})
			for _, v := range list {
				ids = append(ids, v.ID)
			}
			return ids, err
		},
		tocsin.KindDecision: func(ctx context.Context, who flow.Actor) (ids []tocsin.RecordID, err error) {
			err = f.EachDecision(ctx, who, "", func(d flow.DecisionView) error {
				ids = append(ids, d.ID)
				return nil
			})
			return ids, err
		},
	}
}

func opens(f *flow.Flow, kind tocsin.RecordKind, who flow.Actor, id tocsin.RecordID) bool {
	ctx := context.Background()
	var err error
	switch kind {
	case tocsin.KindIssuedOrder:
		_, err = f.Issued(ctx, who, id)
	case tocsin.KindReceivedOrder:
		_, err = f.Received(ctx, who, id)
	case tocsin.KindCase:
		_, err = f.Case(ctx, who, id)
	case tocsin.KindPerson:
		_, err = f.Person(ctx, who, id)
	case tocsin.KindBank:
		_, err = f.Shelf(ctx, who, id, "", 1)
	case tocsin.KindSignal:
		_, err = f.Signal(ctx, who, id)
	case tocsin.KindDecision:
		_, err = f.Decision(ctx, who, id)
	case tocsin.KindComplaint:
		_, err = f.Complaint(ctx, who, id)
	case tocsin.KindNotice:
		_, err = f.Notice(ctx, who, id)
	case tocsin.KindChallenge:
		_, err = f.ChallengeOf(ctx, who, id)
	case tocsin.KindEntry:
		_, err = f.SharedEntryOf(ctx, who, id)
	case tocsin.KindMisuse:
		_, err = f.MisuseOf(ctx, who, id)
	}
	return err == nil
}

func idsOf(t *testing.T, n *node, kind tocsin.RecordKind) (ids []tocsin.RecordID) {
	t.Helper()
	check(t, n.flow.Store.View(context.Background(), func(tx flow.Tx) error {
		rows, _, err := tx.Records(flow.Page{Kind: kind, Limit: 200})
		for _, row := range rows {
			ids = append(ids, row.ID)
		}
		return err
	}))
	return ids
}

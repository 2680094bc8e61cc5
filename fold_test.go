// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"
	"time"

	"tocsin"
)

// history is a record of each kind with the events that made it.
type history struct {
	agg    tocsin.Aggregate
	events []tocsin.Event
}

// histories gives one record of every kind, as its first command leaves it.
func histories(t testing.TB) map[tocsin.RecordKind]history {
	t.Helper()
	by, p := tocsin.By{Actor: person(0), At: noon}, tocsin.EUPeriods()
	order := gagged(completeOrder(noon), noon, noon.Add(14*24*time.Hour))
	digest := tocsin.DigestOf([]byte("x"))
	payload := tocsin.Text{Text: text}
	made := map[tocsin.RecordKind]history{}
	add := func(agg tocsin.Aggregate, events []tocsin.Event, err error) {
		if err != nil {
			t.Fatal(err)
		}
		made[agg.Kind()] = history{agg, events}
	}
	issued, events, err := tocsin.DraftOrder(by, order, digest, p)
	add(issued, events, err)
	arrival := tocsin.Arrival{Issuer: authority, Document: digest, Key: "document-20260101-a", SignedAt: noon,
		Categories: order.Annex.Content.Categories, Addresses: 1, GagUntil: &order.Gag.Until}
	received, events, err := tocsin.ReceiveOrder(by, newID(tocsin.KindReceivedOrder), arrival, payload, p)
	add(received, events, err)
	item, events, err := tocsin.LocateItem(by, newID(tocsin.KindItem), true, payload)
	add(item, events, err)
	c, events, err := tocsin.ReceiveCopy(by, newID(tocsin.KindOrderCopy), authority, digest,
		&order.Gag.Until, payload, p)
	add(c, events, err)
	contact, events, err := tocsin.InformHost(by, newID(tocsin.KindContact), host, payload, p)
	add(contact, events, err)
	someone, events, err := tocsin.InvitePerson(by, []tocsin.Duty{tocsin.DutyOfficer}, digest, payload)
	add(someone, events, err)
	edition := &tocsin.DirectoryEdition{Root: tocsin.Root{ID: newID(tocsin.KindDirectory)}}
	events, err = edition.Import(by, tocsin.Directory{Serial: 1, IssuedAt: noon, Parties: []tocsin.Party{
		{ID: authority, Name: text, Country: "FR", Source: text, Checker: text}}}, digest, payload)
	add(edition, events, err)
	log := &tocsin.Log{Root: tocsin.Root{ID: newID(tocsin.KindLog)}}
	events, err = log.OpenShard(by, 1)
	add(log, events, err)
	bank, events, err := tocsin.OpenBank(by, bankTerms(), payload)
	add(bank, events, err)
	batch, events, err := tocsin.ImportBatch(by, newID(tocsin.KindBatch), bank, imported(noon), payload)
	add(batch, events, err)
	signal, events, err := tocsin.AddSignal(by, bank, "pdq", voucher(noon), payload)
	add(signal, events, err)
	found, events, err := tocsin.OpenCase(by, bank.ID, tocsin.PriorityMatch, p, payload)
	add(found, events, err)
	claimed, _ := openedCase(noon)
	decision, events, _, err := claimed.Decide(by, decisionDraft(tocsin.OutcomeRestrict), claimed.Content,
		time.Hour, payload)
	add(decision, events, err)
	notice, events := receivedNotice(noon, nil)
	add(notice, events, nil)
	complaint, events := receivedComplaint(noon, against())
	add(complaint, events, nil)
	conduct, events := countedMisuse(noon, 5)
	add(conduct, events, nil)
	alert, events, err := tocsin.OpenAlert(by, tocsin.TopicOrder, received.ID, tocsin.NewEventID(), &noon,
		tocsin.Call{People: []tocsin.RecordID{someone.ID}, Over: []string{string(someone.ID) + ":mail"}, Next: &noon})
	add(alert, events, err)
	rota := &tocsin.Rota{Root: tocsin.Root{ID: newID(tocsin.KindRota)}}
	events, err = rota.Change(by, []tocsin.RecordID{someone.ID}, payload)
	add(rota, events, err)
	review, events := openedReview(noon)
	add(review, events, nil)
	challenge, events := submittedChallenge(noon)
	add(challenge, events, nil)
	entry, events := addedEntry(noon)
	add(entry, events, nil)
	if len(made) != len(tocsin.RecordKinds()) {
		t.Fatalf("%d kinds of record made, of %d", len(made), len(tocsin.RecordKinds()))
	}
	return made
}

func TestEveryKindFoldsToTheStateItsCommandsLeft(t *testing.T) {
	t.Parallel()
	for kind, h := range histories(t) {
		(&journal{kind: kind}).took(t, h.agg, h.events)
	}
}

func TestEventThatDoesNotFollowIsRefusedAndChangesNothing(t *testing.T) {
	t.Parallel()
	for kind, h := range histories(t) {
		before := encode(t, h.agg)
		next := h.events[len(h.events)-1].Header
		next.ID, next.Version = tocsin.NewEventID(), h.agg.Base().Version+1
		for name, change := range map[string]func(*tocsin.Header){
			"gap":            func(h *tocsin.Header) { h.Version++ },
			"again":          func(h *tocsin.Header) { h.Version-- },
			"version 0":      func(h *tocsin.Header) { h.Version = 0 },
			"other record":   func(h *tocsin.Header) { h.Record = newID(kind) },
			"other kind":     func(h *tocsin.Header) { h.Of = "other_kind" },
			"unknown event":  func(h *tocsin.Header) { h.Kind = "order.forgotten" },
			"no event":       func(h *tocsin.Header) { h.Kind = "" },
			"foreign event":  func(h *tocsin.Header) { h.Kind = foreignTo(kind) },
			"renamed record": func(h *tocsin.Header) { h.Record = "" },
		} {
			bad := next
			change(&bad)
			if err := tocsin.Fold(h.agg, bad); err == nil {
				t.Errorf("%s: %s was folded", kind, name)
			}
			if after := encode(t, h.agg); after != before {
				t.Errorf("%s: %s left %s, was %s", kind, name, after, before)
			}
		}
	}
}

// foreignTo is an event that another kind of record has.
func foreignTo(kind tocsin.RecordKind) tocsin.EventKind {
	if kind == tocsin.KindItem {
		return tocsin.EventOrderApproved
	}
	return tocsin.EventRestrictionImposed
}

func TestFreshRecordTakesOnlyItsOwnFirstEvent(t *testing.T) {
	t.Parallel()
	for kind, h := range histories(t) {
		fresh, err := tocsin.NewAggregate(kind)
		if err != nil {
			t.Fatal(err)
		}
		fresh.Base().ID = newID(kind)
		before := encode(t, fresh)
		if err := tocsin.Fold(fresh, h.events[0].Header); err == nil || encode(t, fresh) != before {
			t.Errorf("%s: a record took another's first event: %v", kind, err)
		}
	}
	if _, err := tocsin.NewAggregate("other_kind"); err == nil {
		t.Error("a record of an unknown kind was made")
	}
}

func TestErasureChangesNoStateButItsVersion(t *testing.T) {
	t.Parallel()
	for kind, h := range histories(t) {
		file := &journal{kind: kind}
		file.took(t, h.agg, h.events)
		state, due := h.agg.State(), h.agg.Due()
		events, err := tocsin.Erase(tocsin.By{Actor: person(0), At: noon}, h.agg, "retention_over")
		if err != nil {
			t.Fatal(err)
		}
		file.took(t, h.agg, events)
		if h.agg.State() != state || !sameTime(h.agg.Due(), due) {
			t.Errorf("%s: erasing its text changed %s to %s", kind, state, h.agg.State())
		}
	}
}

// FuzzFold replays a journal that somebody wrote to: whatever the headers say, the answer is a state or an
// error. It also holds that a clock which fires can be folded.
func FuzzFold(f *testing.F) {
	for _, h := range histories(f) {
		var headers []tocsin.Header
		for _, e := range h.events {
			headers = append(headers, e.Header)
		}
		seed, err := json.Marshal(headers)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(seed)
	}
	for _, kinds := range [][]tocsin.EventKind{
		{tocsin.EventOrderReceived, tocsin.EventReceivedAuthenticated, tocsin.EventReceivedLocated,
			tocsin.EventReceivedDecided},
		{tocsin.EventReceivedConfirmed}, {tocsin.EventReceivedRearmed}, {tocsin.EventReceivedMeasure},
		{tocsin.EventItemLocated, tocsin.EventMeasureConfirmed, tocsin.EventRestrictionEnded},
		{tocsin.EventOrderAcknowledged, tocsin.EventOrderComplied, tocsin.EventOrderRearmed,
			tocsin.EventOrderIssued},
	} {
		var headers []tocsin.Header
		for _, kind := range kinds {
			facts := tocsin.Facts{Records: []tocsin.RecordID{"itm_a"}}
			headers = append(headers, tocsin.Header{Kind: kind, Facts: facts})
		}
		seed, err := json.Marshal(headers)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var headers []tocsin.Header
		if json.Unmarshal(b, &headers) != nil {
			return
		}
		for _, kind := range tocsin.RecordKinds() {
			replay(t, kind, slices.Clone(headers))
		}
	})
}

func replay(t *testing.T, kind tocsin.RecordKind, headers []tocsin.Header) {
	agg, err := tocsin.NewAggregate(kind)
	if err != nil {
		t.Fatal(err)
	}
	for i, h := range headers {
		h.Record, h.Of, h.Version = "rec", kind, int64(i+1)
		if tocsin.Fold(agg, h) != nil {
			return
		}
	}
	_, due := agg.State(), agg.Due()
	events, err := agg.Tick(tocsin.By{Actor: tocsin.ActorClock, At: noon}, tocsin.EUPeriods())
	if err != nil {
		t.Fatalf("%s in state %s, due %v: %v", kind, agg.State(), due, err)
	}
	if agg.Base().Version != int64(len(headers)+len(events)) {
		t.Fatalf("%s has version %d after %d events", kind, agg.Base().Version, len(headers)+len(events))
	}
}

// TestStateHoldsNoText: no aggregate has a field that a sentence fits into by its type alone. What is a plain
// string is named here, with the code that goes there.
func TestStateHoldsNoText(t *testing.T) {
	t.Parallel()
	codes := []string{
		"IssuedOrder.Categories", "IssuedOrder.Ground", "IssuedOrder.Refusal",
		"ReceivedOrder.Categories", "ReceivedOrder.Refusal", "ReceivedOrder.Ground",
		"Restriction.EndedWhy", "Measure.Action", "Person.Status",
	}
	for kind := range histories(t) {
		agg, err := tocsin.NewAggregate(kind)
		if err != nil {
			t.Fatal(err)
		}
		for _, field := range plainStrings(reflect.TypeOf(agg).Elem()) {
			if !slices.Contains(codes, field) {
				t.Errorf("%s is a plain string: give it a type, or name the code that goes there", field)
			}
		}
	}
}

// plainStrings names the fields of a struct, and of the structs in it, whose type is string.
func plainStrings(typ reflect.Type) []string {
	var found []string
	for i := range typ.NumField() {
		field := typ.Field(i)
		inner := field.Type
		for inner.Kind() == reflect.Pointer || inner.Kind() == reflect.Slice {
			inner = inner.Elem()
		}
		switch {
		case inner == reflect.TypeFor[string]():
			found = append(found, typ.Name()+"."+field.Name)
		case inner.Kind() == reflect.Struct && inner != reflect.TypeFor[time.Time]():
			found = append(found, plainStrings(inner)...)
		}
	}
	return found
}

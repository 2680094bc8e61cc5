// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"tocsin"
)

// planted puts text into every plain string of a form, also into those that are added later.
func planted[F any](form F) F {
	eachString(reflect.ValueOf(&form).Elem(), func(v reflect.Value) {
		if v.Type() == reflect.TypeFor[string]() && !strings.Contains(v.String(), canary) {
			v.SetString(text)
		}
	})
	return form
}

// plantedForms are the forms of the Regulation with text wherever text can go.
func plantedForms() (tocsin.Order, tocsin.AnnexII, tocsin.AnnexIII) {
	order := gagged(completeOrder(noon), noon, noon.Add(2*week))
	order.Emergency = &tocsin.Emergency{}
	return planted(order), planted(feedback(noon)), planted(impossibility(noon, tocsin.GroundInsufficient))
}

// voyage takes an order through everything that carries text, on both sides, and gives every event and every
// record that came of it.
func voyage(t *testing.T) ([]tocsin.Event, []tocsin.Aggregate) {
	t.Helper()
	order, annexII, annexIII := plantedForms()
	words, p, at := tocsin.Text{Text: text}, tocsin.EUPeriods(), noon
	digest := tocsin.DigestOf([]byte("draft"))
	var all []tocsin.Event
	took := func(events []tocsin.Event, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, events...)
		at = at.Add(time.Minute)
	}
	o, events, err := tocsin.DraftOrder(officer(0, at), order, digest, p)
	took(events, err)
	took(o.Submit(officer(0, at), digest, words))
	took(o.Return(officer(1, at), text))
	took(o.Revise(officer(0, at), order, digest, p))
	took(o.Submit(officer(0, at), digest, words))
	took(o.Approve(officer(1, at), digest, words))
	took(o.Issue(officer(1, at), nil, digest, supervisor, &order.Gag.Until, p))
	took(o.Acknowledge(party(at), at, words, p))
	took(o.Impede(party(at), annexIII.Ground(), annexIII))
	took(o.Clarify(officer(0, at), text))
	took(o.Rearm(party(at), at, p))
	took(o.Comply(party(at), at, annexII))
	took(o.Withdraw(officer(0, at), text))

	content := order.Annex.Content
	arrival := tocsin.Arrival{Issuer: authority, Document: digest, Key: "document-20260101-a", SignedAt: at,
		GagUntil: &order.Gag.Until, Categories: content.Categories, Addresses: len(content.Addresses)}
	r, events, err := tocsin.ReceiveOrder(party(at), newID(tocsin.KindReceivedOrder), arrival, order, p)
	took(events, err)
	item, events, err := tocsin.LocateItem(party(at), newID(tocsin.KindItem), true, content)
	took(events, err)
	took(r.Impede(officer(0, at), annexIII))
	took(r.Rearm(party(at), words, p))
	took(r.Locate(party(at), []tocsin.LocatedAddress{{Item: item.ID}}))
	took(r.Execute(officer(0, at), 0, text))
	took(r.Reopen(officer(0, at), tocsin.RefusedKeyCompromised))
	took(r.Uphold(officer(0, at), text))
	took(r.WithdrawnByIssuer(party(at), words))

	made := []tocsin.Aggregate{o, r, item}
	for _, h := range histories(t) {
		all, made = append(all, h.events...), append(made, h.agg)
	}
	return all, made
}

func TestTextStaysInPayloads(t *testing.T) {
	t.Parallel()
	order, annexII, annexIII := plantedForms()
	for name, form := range map[string]any{"order": order, "annex ii": annexII, "annex iii": annexIII} {
		if n := strings.Count(encode(t, form), canary); n < 6 {
			t.Fatalf("%s: planted only %d times", name, n)
		}
	}
	events, records := voyage(t)
	carried := 0
	for _, e := range events {
		header, err := e.Encode()
		if err != nil {
			t.Fatalf("%s: %v", e.Kind, err)
		}
		if strings.Contains(string(header), canary) {
			t.Errorf("%s: text in the header: %s", e.Kind, header)
		}
		if strings.Contains(encode(t, e.Payload), canary) {
			carried++
		}
	}
	if carried < 20 {
		t.Errorf("only %d of %d events carried text in their payloads", carried, len(events))
	}
	for _, record := range records {
		if state := encode(t, record); strings.Contains(state, canary) {
			t.Errorf("%s: text in the state: %s", record.Kind(), state)
		}
	}
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/testkit"
	"tocsin/wire"
)

// canary stands in every text that people write here. It must be in no public answer, log line, error or
// column but that of the search. The demonstration looks at what goes well; this looks at what fails.
const canary = "zilpzalp3x"

// plant puts the canary into every plain string of a form, also into those that are added later.
func plant(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			plant(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			plant(v.Field(i))
		}
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() {
			v.SetString(canary + " and more, so that it is long enough to stand for reasons")
		}
	}
}

// planted is an order whose every text sings, its reference and its address too.
func planted(w *testkit.World, reference string, post int) tocsin.Order {
	o := testkit.Draft(reference, testkit.Post(post)+"?"+canary+"=1")
	o.Emergency = &tocsin.Emergency{}
	o.Gag = testkit.Gag(w.Clock.Now(), time.Hour)
	plant(reflect.ValueOf(&o).Elem())
	o.Annex.Heading.Reference = canary + " " + reference
	return o
}

func TestPlantedTextLeavesNoTraceWhereThingsFail(t *testing.T) {
	t.Parallel()
	testkit.OnEachEngine(t, func(t *testing.T, on testkit.Engine) {
		w := testkit.New(t, testkit.Options{On: on})
		told := failures(w)
		for _, n := range []*testkit.Node{w.Authority, w.Host, w.Supervisor} {
			for _, place := range w.Where(n, canary) {
				if !strings.HasPrefix(place, "search.") {
					t.Errorf("%s keeps it in %s", n.ID, place)
				}
			}
			for _, e := range w.Entries(n) {
				if strings.Contains(string(e.Leaf), canary) {
					t.Errorf("%s shows it in its log", n.ID)
				}
			}
		}
		if found := w.Where(w.Host, canary); len(found) == 0 {
			t.Error("not even the search has it: nothing was looked at")
		}
		for _, line := range strings.Split(w.Logged(), "\n") {
			if strings.Contains(strings.ToLower(line), canary) {
				t.Errorf("logged: %s", line)
			}
		}
		for _, text := range told {
			if strings.Contains(strings.ToLower(text), canary) {
				t.Errorf("told: %s", text)
			}
		}
	})
}

// failures takes orders through everything that goes wrong, and gives what was said about it.
func failures(w *testkit.World) (told []string) {
	ctx, f, h := w.Context(), w.Authority.Flow(), w.Host.Flow()
	say := func(err error) {
		w.Helper()
		if err == nil {
			w.Error("a wrong command was accepted")
			return
		}
		told = append(told, err.Error(), fmt.Sprintf("%+v", err))
	}
	// Peers and the platform are away, and come back.
	w.Authority.Faults.Down(testkit.WriteSend)
	w.Board.Down()
	issued := w.Approve(planted(w, "1", 1))
	w.Pass(11 * time.Minute)
	w.Authority.Faults.Up(testkit.WriteSend)
	w.Through("the host has the order", func() bool {
		return len(w.Records(w.Host,
			tocsin.KindReceivedOrder)) > 0
	})
	received := w.Records(w.Host, tocsin.KindReceivedOrder)[0].ID
	w.Until("asking the platform failed", func() bool { return strings.Contains(w.Logged(), "tried again") })
	w.Board.Up()
	w.Through("located", func() bool { return w.Received(received).Located })
	w.Board.Down()
	if err := h.ExecuteOrder(ctx, w.Moderator.Actor, received, canary); err != nil {
		w.Fatal(err)
	}
	w.Pass(time.Minute)
	w.Board.Up()
	w.Through("executed", func() bool { return w.Issued(issued).MeasureAt != nil })

	// The key turns out to be stolen, and a person finds the order not authentic.
	stolen := w.Clock.Now().Add(-time.Hour)
	w.Import(w.Host, w.Edition(func(d *tocsin.Directory) {
		testkit.KeyFor(d, testkit.Authority, tocsin.UseDocument).CompromisedSince = &stolen
	}))
	say(h.ExecuteOrder(ctx, w.Moderator.Actor, received, canary))
	if err := h.DismissOrder(ctx, w.Moderator.Actor, received, canary); err != nil {
		w.Fatal(err)
	}
	other := w.Approve(planted(w, "2", 2))
	w.Through("refused", func() bool { return w.Issued(other).Status == tocsin.IssuedRefused })
	w.MustRefuse(w.Host, testkit.Authority, wire.Bundle{Document: canary + "." + canary + "." + canary},
		tocsin.RefusedMalformed)

	// People of the authority change their minds.
	third := draft(w, planted(w, "3", 3))
	sign(w, w.Officer, third.ID)
	for _, err := range []error{f.ReturnOrder(ctx, w.Approver.Actor, third.ID, canary),
		f.AbandonOrder(ctx, w.Officer.Actor, third.ID, canary)} {
		if err != nil {
			w.Fatal(err)
		}
	}
	say(f.AbandonOrder(ctx, w.Officer.Actor, third.ID, canary))
	wrong := planted(w, "4", 4)
	wrong.Reasons = strings.Repeat(canary, 2000)
	for _, spoil := range []func(*tocsin.Order){
		func(o *tocsin.Order) { o.Reasons = strings.Repeat(canary, 2000) },
		func(o *tocsin.Order) { o.Annex.Content.Addresses[0].URL = "https://" + canary + ".example" },
		func(o *tocsin.Order) { o.Annex.Content.Addresses[0].URL = canary },
		func(o *tocsin.Order) { o.Annex.Content.Categories = []tocsin.Category{canary} },
		func(o *tocsin.Order) { o.Annex.Authority.Type = canary },
		func(o *tocsin.Order) { o.Exemptions.Considered = []tocsin.Exemption{canary} },
		func(o *tocsin.Order) { o.Annex.Heading.Addressee = canary },
		func(o *tocsin.Order) { o.Annex.Heading.Reference = canary + " 1" },
	} {
		o := planted(w, "5", 5)
		spoil(&o)
		_, err := f.DraftOrder(ctx, w.Officer.Actor, canary, o)
		say(err)
	}
	_, err := f.Issued(ctx, w.Officer.Actor, canary)
	say(err)
	say(f.WithdrawOrder(ctx, w.Officer.Actor, issued, ""))
	w.Drain()
	return told
}

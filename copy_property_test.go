// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"tocsin"
)

// TestCopyRunsForSeventyTwoHours drives a copy at the supervisor of the host's State (Art. 4(1), 4(3)).
func TestCopyRunsForSeventyTwoHours(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		clock, file := newTestClock(t), journal{kind: tocsin.KindOrderCopy}
		by := func() tocsin.By { return tocsin.By{Actor: tocsin.ActorParty(authority), At: clock.read(t)} }
		received := clock.at()
		var gag *time.Time // of the order: opens by itself, whatever became of the copy
		if rapid.Bool().Draw(t, "gagged") {
			gag = pointer(received.Add(time.Duration(rapid.IntRange(1, 1000).Draw(t, "hours")) * time.Hour))
		}
		c, events, err := tocsin.ReceiveCopy(by(), newID(tocsin.KindOrderCopy), authority,
			tocsin.DigestOf([]byte("order")), gag, tocsin.Text{Text: text}, tocsin.EUPeriods())
		if err != nil {
			t.Fatal(err)
		}
		file.took(t, c, events)
		state, scrutiny := "received", pointer(received.Add(72*time.Hour))
		t.Repeat(map[string]func(*rapid.T){
			"": func(t *rapid.T) {
				due := scrutiny
				if due == nil || gag != nil && gag.Before(*due) {
					due = gag
				}
				if c.State() != state || !sameTime(c.Due(), due) || !c.ReceivedAt.Equal(received) {
					t.Fatalf("it is %s, due %v, received %v; by law %s, %v, %v", c.State(), c.Due(), c.ReceivedAt,
						state, due, received)
				}
			},
			"pass":    func(t *rapid.T) { clock.pass(t, c.Due()) },
			"restart": func(t *rapid.T) { c = file.fold(t).(*tocsin.OrderCopy) },
			"tick": func(t *rapid.T) {
				file.took(t, c, tickTwice(t, c, by(), c.Due()))
				if clock.reached(scrutiny) {
					state, scrutiny = "lapsed", nil
				}
				if clock.reached(gag) {
					gag = nil
				}
			},
			"withdraw": seldom(func(t *rapid.T) {
				before := encode(t, c)
				events, err := c.OrderWithdrawn(by())
				if (err == nil) != (state != "withdrawn") {
					t.Fatalf("withdrawn from %s: %v", state, err)
				}
				if err != nil {
					refused(t, c, before, events, err)
					return
				}
				file.took(t, c, events)
				state, scrutiny = "withdrawn", nil
			}),
		})
	})
}

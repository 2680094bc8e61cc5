// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"context"
	"fmt"
	"testing"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/testkit"
)

func TestAlertsComeByPages(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{})
	want := map[tocsin.RecordID]bool{}
	for i := range 3 {
		_, received := w.Order(testkit.Draft(fmt.Sprintf("O-%d", i+1), testkit.Post(i+1)))
		want[received] = true
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	done := make(chan error, 1)
	go func() { done <- w.Host.Flow().Alert(ctx) }()
	for _, all := range []bool{false, true} {
		w.Until("each order calls once, a page each", func() bool {
			q, seen := flow.AlertFilter{All: all, Limit: 1}, map[tocsin.RecordID]int{}
			for range 10 {
				list, next, err := w.Host.Flow().Alerts(ctx, testkit.Operator, q)
				if err != nil {
					t.Fatal(err)
				}
				for _, a := range list {
					seen[a.About]++
				}
				if len(list) > 1 {
					t.Fatalf("a page of %d", len(list))
				}
				if q.After = next; next == "" {
					break
				}
			}
			for id := range want {
				if seen[id] != 1 {
					return false
				}
			}
			return q.After == ""
		})
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

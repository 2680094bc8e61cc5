// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin"
	"tocsin/internal/api"
	"tocsin/internal/flow"
)

func TestItemIsScreenedOnceAndPutBeforeAPerson(t *testing.T) {
	t.Parallel()
	l := newMatchingLab(t, hosting)
	l.bank("KETTLES")
	l.signal("KETTLES", "pdq", hash(1, 0))
	body := map[string]any{"external_id": "post-12", "assertion": "public",
		"hashes": []any{map[string]any{"type": "pdq", "value": hash(1, 2)}}, "text": "A kettle in the garden."}
	var first, again api.ItemTaken
	l.want(http.StatusCreated, l.send("POST", "/items", body)).read(t, &first)
	if len(first.Matches) != 1 || first.Matches[0].Proposal != flow.ProposeReview || !first.Case.Is(tocsin.KindCase) {
		t.Fatalf("%+v", first)
	}
	before := l.head()
	l.want(http.StatusOK, l.send("POST", "/items", body)).read(t, &again)
	if diff := cmp.Diff(first, again); diff != "" || l.head() != before {
		t.Errorf("another answer, or another event (-first +again):\n%s", diff)
	}
	body["text"] = "Another text."
	p := l.want(http.StatusConflict, l.send("POST", "/items", body)).problem(t)
	if p.Reason != tocsin.ReasonDuplicate {
		t.Errorf("%+v", p)
	}
}

func TestItemThatNobodyAssertedIsRefused(t *testing.T) {
	t.Parallel()
	l := newMatchingLab(t)
	for name, c := range map[string]struct {
		change func(map[string]any)
		want   int
	}{
		"no assertion": {func(b map[string]any) { delete(b, "assertion") }, http.StatusForbidden},
		"private":      {func(b map[string]any) { b["assertion"] = "private" }, http.StatusForbidden},
		"an address as its id": {func(b map[string]any) { b["external_id"] = "https://board.example/post/12" },
			http.StatusUnprocessableEntity},
		"nothing to screen": {func(b map[string]any) { delete(b, "text") }, http.StatusUnprocessableEntity},
		"a bad hash": {func(b map[string]any) { b["hashes"] = []any{map[string]any{"type": "pdq", "value": "x"}} },
			http.StatusUnprocessableEntity},
	} {
		body := map[string]any{"external_id": "post-12", "assertion": "public", "text": "A kettle in the garden."}
		c.change(body)
		before := l.head()
		l.want(c.want, l.send("POST", "/items", body))
		if l.head() != before {
			t.Errorf("%s: something happened", name)
		}
	}
}

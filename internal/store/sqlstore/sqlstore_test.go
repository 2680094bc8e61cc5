// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package sqlstore

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"tocsin"
)

func FuzzCursor(f *testing.F) {
	orders := []order{latestFirst, dueFirst}
	for _, c := range []cursor{{dueFirst.mark, never, "itm_a"}, {latestFirst.mark, -1, ""}, {latestFirst.mark, 0, "a.b"}} {
		f.Add(c.String(), uint8(slices.IndexFunc(orders, func(o order) bool { return o.mark == c.order })))
	}
	f.Add("", uint8(1))
	f.Add("ZDEuYQ", uint8(1))
	f.Add("dTAxLmE", uint8(0))
	f.Fuzz(func(t *testing.T, text string, n uint8) {
		o := orders[int(n)%len(orders)]
		c, err := parseCursor(text, o)
		if err != nil {
			if tocsin.CodeOf(err) != tocsin.CodeInvalid {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		if c.String() != text || c.order != o.mark {
			t.Errorf("%q is also written %q", text, c)
		}
	})
}

func FuzzWords(f *testing.F) {
	for _, text := range []string{
		"the garden-gate 42", "جسر حجري", "e\u0301te\u0301", strings.Repeat("é", 100), "\xff\x00", "  ",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		all := words(text)
		if !slices.IsSorted(all) || len(slices.Compact(slices.Clone(all))) != len(all) {
			t.Errorf("%q gives %q", text, all)
		}
		for _, w := range all {
			if w == "" || len(w) > maxWord || (utf8.ValidString(text) && !utf8.ValidString(w)) {
				t.Errorf("%q gives the word %q", text, w)
			}
		}
		if again := words(strings.Join(all, " ")); utf8.ValidString(text) && !slices.Equal(again, all) {
			t.Errorf("%q gives %q, and that gives %q", text, all, again)
		}
	})
}

func TestDigestKeepsItsPartsApart(t *testing.T) {
	t.Parallel()
	if slices.Equal(digest("ab", "c"), digest("a", "bc")) || slices.Equal(digest("a"), digest("a", "")) {
		t.Error("two values have one digest")
	}
}

func TestPlacesCountThrough(t *testing.T) {
	t.Parallel()
	if got := places(2, 3); got != "($1,$2,$3),($4,$5,$6)" {
		t.Errorf("got %s", got)
	}
	args, in := list([]any{"kind"}, []string{"a", "b"})
	if in != "$2,$3" || len(args) != 3 {
		t.Errorf("got %s, %v", in, args)
	}
}

func TestHealthRemembersWhatWritesMustNot(t *testing.T) {
	t.Parallel()
	d := Dialect{Classify: func(err error) Class {
		return map[string]Class{"full": ClassFull, "broken": ClassBroken}[err.Error()]
	}}
	var h health
	h.learn(d.translate(errors.New("anything")))
	if err := h.refusal(); err != nil {
		t.Errorf("after a bug: %v", err)
	}
	h.learn(d.translate(errors.New("full")))
	if err := h.refusal(); tocsin.ReasonOf(err) != reasonFull {
		t.Errorf("after full storage: %v", err)
	}
	h.until = time.Now().Add(-time.Second) // the pause is over
	if err := h.refusal(); err != nil || h.err == nil {
		t.Errorf("when one may try: %v, remembered %v", err, h.err)
	}
	h.learn(nil)
	if h.err != nil {
		t.Errorf("after success: %v", h.err)
	}
	h.learn(d.translate(errors.New("broken")))
	h.learn(nil)
	if err := h.refusal(); tocsin.ReasonOf(err) != reasonBroken {
		t.Errorf("broken storage healed by itself: %v", err)
	}
}

func TestContextsHaveAnEnd(t *testing.T) {
	t.Parallel()
	ctx, cancel := Deadline(t.Context())
	defer cancel()
	if end, ok := ctx.Deadline(); !ok || time.Until(end) > defaultDeadline {
		t.Errorf("the deadline is %v, %v", end, ok)
	}
	own, stop := context.WithTimeout(t.Context(), time.Hour)
	defer stop()
	if got, stop := Deadline(own); got != own {
		stop()
		t.Error("a deadline was replaced")
	}
}

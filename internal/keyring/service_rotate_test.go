// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package keyring_test

import (
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/keyring"
)

func pointer[T any](v T) *T { return &v }

func TestServiceKeyEndsAtItsTime(t *testing.T) {
	t.Parallel()
	_, r := newRing(t)
	end := noon.Add(24 * time.Hour)
	token, _, err := r.IssueServiceKey(keyring.ServiceTerms{Name: "board", Scopes: []string{"item.read"}, Expires: &end}, noon)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.CheckServiceKey(token, end.Add(-time.Microsecond)); err != nil {
		t.Errorf("at its last moment: %v", err)
	}
	if _, err := r.CheckServiceKey(token, end); tocsin.CodeOf(err) != tocsin.CodeUnauthenticated ||
		tocsin.ReasonOf(err) != keyring.ReasonServiceKeyExpired {
		t.Errorf("after its end: %v", err)
	}
	for what, terms := range map[string]keyring.ServiceTerms{
		"an end before the beginning": {Name: "a", Scopes: []string{"item.read"}, Expires: pointer(noon)},
		"a negative limit":            {Name: "a", Scopes: []string{"item.read"}, PerMinute: -1},
	} {
		if _, _, err := r.IssueServiceKey(terms, noon); tocsin.CodeOf(err) != tocsin.CodeInvalid {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestServiceKeyAsksNoMoreOftenThanItMay(t *testing.T) {
	t.Parallel()
	_, r := newRing(t)
	issue := func(name string) string {
		token, _, err := r.IssueServiceKey(keyring.ServiceTerms{Name: name, Scopes: []string{"item.read"}, PerMinute: 60}, noon)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	one, other := issue("one"), issue("other")
	for range 10 {
		if _, err := r.CheckServiceKey(one, noon); err != nil {
			t.Fatal(err)
		}
	}
	_, err := r.CheckServiceKey(one, noon)
	if e, ok := err.(*tocsin.Error); !ok || e.Code != tocsin.CodeBusy || e.Reason != keyring.ReasonServiceKeyRate || e.RetryAfter != time.Second {
		t.Errorf("the eleventh at once: %v", err)
	}
	if _, err := r.CheckServiceKey(other, noon); err != nil {
		t.Errorf("another key waits with it: %v", err)
	}
	again, _, err := r.RotateServiceKey("one", time.Hour, noon)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.CheckServiceKey(again, noon); tocsin.CodeOf(err) != tocsin.CodeBusy {
		t.Errorf("a rotation gives twice as much: %v", err)
	}
	if _, err := r.CheckServiceKey(one, noon.Add(time.Second)); err != nil {
		t.Errorf("a second later: %v", err)
	}
}

func TestRotatedServiceKeyWorksOnAndItsOldTokenEnds(t *testing.T) {
	t.Parallel()
	dir, r := newRing(t)
	end := noon.Add(90 * 24 * time.Hour)
	old, key, err := r.IssueServiceKey(keyring.ServiceTerms{Name: "board", Scopes: []string{"item.read"},
		Banks: []string{"GARDEN"}, Expires: &end, PerMinute: 600}, noon)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.CheckServiceKey(old, noon); err != nil { // as a node that runs knows it
		t.Fatal(err)
	}
	at := noon.Add(80 * 24 * time.Hour)
	fresh, made, err := open(t, dir).RotateServiceKey("board", 24*time.Hour, at)
	if err != nil || made.ID != key.ID || made.PerMinute != 600 || len(made.Banks) != 1 || !made.Expires.Equal(at.Add(90*24*time.Hour)) {
		t.Fatalf("%v: %+v", err, made)
	}
	for _, c := range []struct {
		token string
		at    time.Time
		good  bool
	}{{fresh, at, true}, {old, at.Add(23 * time.Hour), true}, {old, at.Add(24 * time.Hour), false},
		{fresh, at.Add(89 * 24 * time.Hour), true}, {fresh, at.Add(90 * 24 * time.Hour), false}} {
		if k, err := r.CheckServiceKey(c.token, c.at); (err == nil) != c.good || err == nil && k.ID != key.ID {
			t.Errorf("%s: %v", c.at, err)
		}
	}
	if keys, err := r.ServiceKeys(); err != nil || len(keys) != 2 {
		t.Errorf("%v: %d keys", err, len(keys))
	}
	// An overlap never prolongs what ends sooner.
	if _, _, err := r.RotateServiceKey("board", 1000*24*time.Hour, at); err != nil {
		t.Fatal(err)
	}
	if _, err := r.CheckServiceKey(old, at.Add(24*time.Hour)); err == nil {
		t.Error("a second rotation gives an old token more time")
	}
	if err := r.RevokeServiceKey("board"); err != nil {
		t.Fatal(err)
	}
	for _, token := range []string{old, fresh} {
		if _, err := r.CheckServiceKey(token, at); tocsin.ReasonOf(err) != keyring.ReasonServiceKey {
			t.Errorf("a token outlives its key: %v", err)
		}
	}
	if _, _, err := r.RotateServiceKey("board", time.Hour, at); tocsin.CodeOf(err) != tocsin.CodeNotFound {
		t.Errorf("a key that is gone: %v", err)
	}
}

func TestLastUseIsKnownByTheHour(t *testing.T) {
	t.Parallel()
	dir, r := newRing(t)
	token, _, err := r.NewServiceKey("board", []string{"item.read"}, noon)
	if err != nil {
		t.Fatal(err)
	}
	used := func() *time.Time {
		keys, err := open(t, dir).ServiceKeys()
		if err != nil || len(keys) != 1 {
			t.Fatalf("%v: %d keys", err, len(keys))
		}
		return keys[0].LastUsed
	}
	if used() != nil {
		t.Error("used before anybody did")
	}
	for _, at := range []time.Time{noon.Add(7 * time.Minute), noon.Add(59 * time.Minute), noon.Add(130 * time.Minute), noon} {
		if _, err := r.CheckServiceKey(token, at); err != nil {
			t.Fatal(err)
		}
	}
	if at := used(); at == nil || !at.Equal(noon.Add(2*time.Hour)) {
		t.Errorf("last used %v", at)
	}
}

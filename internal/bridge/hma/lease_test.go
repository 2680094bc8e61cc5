// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hma_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/node"
)

func (l *lab) listed(lines ...string) {
	l.t.Helper()
	check(l.t, os.WriteFile(filepath.Join(l.files, "list.txt"), []byte(strings.Join(lines, "\n")), 0o600))
}

func (l *lab) exchangeOf(name string) flow.BankView {
	l.t.Helper()
	l.want(http.StatusCreated, l.do("POST", "/c/exchanges",
		`{"bank":"`+name+`","api":"local_file","api_json":{"filename":"list.txt"}}`))
	b, err := l.node.Flow.Bank(l.t.Context(), node.Operator, name)
	check(l.t, err)
	return b
}

// TestOneProcessFetchesASourceAtATime: what another holds is fetched when that one is done, or was killed and its
// lease is over.
func TestOneProcessFetchesASourceAtATime(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.listed("pdq " + aHash)
	b := l.exchangeOf("LISTED")
	name := "fetch/" + string(b.ID)
	taken, err := l.node.Flow.TakeLease(t.Context(), name, "killed", time.Minute)
	if check(t, err); !taken {
		t.Fatal("nobody fetches, and the lease is taken")
	}
	if l.service.FetchAll(t.Context()); strings.Contains(l.lookup(aHash, ""), "LISTED") {
		t.Error("two processes fetch one source")
	}
	l.clock.Set(l.clock.Now().Add(time.Minute))
	if l.service.FetchAll(t.Context()); !strings.Contains(l.lookup(aHash, ""), "LISTED") {
		t.Error("a source waits for a process that was killed")
	}
	if taken, err := l.node.Flow.TakeLease(t.Context(), name, "other", time.Minute); err != nil || !taken {
		t.Errorf("a lease is not given back: %v", err)
	}
	l.intact()
}

// TestFetchOfAKilledProcessEndsWithTheNext: it imported a list and was killed before it recorded which.
func TestFetchOfAKilledProcessEndsWithTheNext(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.listed("pdq " + aHash)
	b := l.exchangeOf("LISTED")
	other := flipped(aHash, 100)
	orphan := func() {
		_, err := l.node.Flow.Import(t.Context(), node.Operator, "", flow.Import{Bank: string(b.ID), Fetched: true,
			Format: tocsin.FormatLocalFile, Body: strings.NewReader("pdq " + other)})
		check(t, err)
		if !strings.Contains(l.lookup(other, ""), "LISTED") {
			t.Error("what was fetched does not match")
		}
	}
	_, err := l.node.Flow.Import(t.Context(), node.Operator, "", flow.Import{Bank: string(b.ID),
		Format: tocsin.FormatLocalFile, Body: strings.NewReader("pdq " + flipped(aHash, 200))}) // by a person
	check(t, err)
	for range 2 { // the file is new, then unchanged
		orphan()
		l.service.FetchAll(t.Context())
		l.equal(l.lookup(other, ""), `{}`)
		for _, value := range []string{aHash, flipped(aHash, 200)} {
			if !strings.Contains(l.lookup(value, ""), "LISTED") {
				t.Error("what stays does not match")
			}
		}
	}
	l.listed("pdq " + other)
	l.service.FetchAll(t.Context())
	l.equal(l.lookup(aHash, ""), `{}`)
	if !strings.Contains(l.lookup(other, ""), "LISTED") {
		t.Error("the new list does not match")
	}
	l.intact()
}

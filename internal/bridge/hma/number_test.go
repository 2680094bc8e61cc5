// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hma_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"tocsin"
	"tocsin/internal/bridge/hma"
	"tocsin/internal/flow"
	"tocsin/internal/node"
)

func (l *lab) load(bank string, lines ...string) tocsin.RecordID {
	l.t.Helper()
	report, err := l.node.Flow.Import(l.t.Context(), node.Operator, "", flow.Import{Bank: bank,
		Source: "fr-notifier",
		Format: tocsin.FormatLocalFile, Reference: "list-7", Body: strings.NewReader(strings.Join(lines, "\n"))})
	check(l.t, err)
	return report.Batch
}

// numbers are those of the contents that a hash comes upon.
func (l *lab) numbers(hash string) []int64 {
	l.t.Helper()
	var v struct{ Matches []int64 }
	check(l.t, json.Unmarshal([]byte(l.raw(hash)), &v))
	return v.Matches
}

// TestNumbersOfContentsStay through touching, further imports, the end of an import and a restart, and a
// double of JavaScript holds them.
func TestNumbersOfContentsStay(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.open("A", "B")
	first, second, third := flipped(aHash, 100), flipped(aHash, 200), aHash
	batch := l.load("A", "pdq "+first, "pdq "+second)
	hand := l.add("A", third)
	was := map[string]int64{third: hand}
	for _, hash := range []string{first, second} {
		found := l.numbers(hash)
		if len(found) != 1 || found[0] <= 0 || found[0] >= 1<<53 {
			t.Fatalf("numbers %v", found)
		}
		was[hash] = found[0]
	}
	if was[second] != was[first]+1 {
		t.Errorf("rows of an import have numbers %v", was)
	}
	same := func(when string) {
		t.Helper()
		for hash, number := range was {
			if found := l.numbers(hash); len(found) != 1 || found[0] != number {
				t.Errorf("%s: %v, was %d", when, found, number)
			}
			text := l.want(http.StatusOK, l.do("GET", fmt.Sprint("/c/bank/A/content/", number,
				"?include_signals=true"), ""))
			if !strings.Contains(text, hash) {
				t.Errorf("%s: %d leads to %s", when, number, text)
			}
		}
	}
	same("at first")
	l.want(http.StatusOK, l.do("PUT", fmt.Sprint("/c/bank/A/content/", was[first]), `{"disable_until_ts":0}`))
	l.want(http.StatusOK, l.do("PUT", fmt.Sprint("/c/bank/A/content/", was[first]), `{"disable_until_ts":1}`))
	same("once it was touched")
	l.add("A", second)
	l.load("A", "pdq "+third, "pdq "+second, "pdq "+first)
	same("once it was added and imported again")

	deps := l.service.Deps // another process of the same node knows nothing of the first
	var err error
	l.service, err = hma.New(t.Context(), deps)
	check(t, err)
	same("with nothing remembered")

	check(t, l.node.Flow.WithdrawBatch(t.Context(), node.Operator, batch, "The wrong list."))
	for _, hash := range []string{first, second} {
		text := l.want(http.StatusOK, l.do("GET", fmt.Sprint("/c/bank/A/content/", was[hash],
			"?include_signals=true"), ""))
		if !strings.Contains(text, hash) {
			t.Errorf("after its import ended, %d leads to %s", was[hash], text)
		}
	}
	if found := l.numbers(third); len(found) != 1 || found[0] != hand {
		t.Errorf("another import's end: %v, was %d", found, hand)
	}
}

// TestNumbersThatNobodyGaveLeadNowhere, among them those of events that brought no signal.
func TestNumbersThatNobodyGaveLeadNowhere(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.open("A")
	hand := l.add("A", aHash)
	l.load("A", "pdq "+flipped(aHash, 100))
	for seq := range int64(12) {
		for _, row := range []int64{0, 1, 1<<24 - 1} {
			number := seq<<24 | row
			r := l.do("GET", fmt.Sprint("/c/bank/A/content/", number), "")
			if r.status == http.StatusOK {
				if number != hand && row != 0 {
					t.Errorf("%d leads to %s", number, r.body)
				}
			} else if r.status != http.StatusNotFound {
				t.Errorf("%d: %d %s", number, r.status, r.body)
			}
		}
	}
}

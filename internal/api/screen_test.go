// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin"
	"tocsin/internal/api"
	"tocsin/internal/flow"
)

func TestScreeningSaysWhatMatchedAndWhy(t *testing.T) {
	t.Parallel()
	l := newMatchingLab(t)
	bank := l.bank("GARDENS", func(b *api.BankBody) { b.Labels = []string{"kettle-list"} })
	signal := l.signal("GARDENS", "pdq", hash(1, 0))
	got := l.screen(api.ScreenQuery{Type: "pdq", Value: hash(1, 12)})
	want := []api.ScreenAnswer{{Matches: []api.Match{{KnownSignal: api.KnownSignal{
		Bank: api.MatchBank{ID: bank, Name: "GARDENS", Policy: "Pictures of kettles.",
			Labels: []string{"kettle-list"}, Polarity: "positive", Marking: "green"},
		Signal: signal, Type: "pdq", Value: hash(1, 0), Labels: []string{"kettle"}, State: tocsin.SignalActive,
		Provenance: []api.Provenance{{Party: authority, Vouched: noon, Confidence: 80, Marking: "green",
			Reference: "K-1"}}},
		Distance: 12, Threshold: 31, Proposal: flow.ProposeReview}}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if far := l.screen(api.ScreenQuery{Type: "pdq", Value: hash(1, 32)}); len(far[0].Matches) != 0 {
		t.Errorf("beyond the threshold: %+v", far)
	}
}

func TestTextAndAddressAreLookedUpAsWhatTheyAre(t *testing.T) {
	t.Parallel()
	l := newMatchingLab(t)
	l.bank("GARDENS")
	l.signal("GARDENS", "text", gardenText)
	l.signal("GARDENS", "url", "https://board.example/post/12")
	l.signal("GARDENS", "domain", "kettle.example")
	got := l.screen(api.ScreenQuery{Text: "Look at this: " + gardenText},
		api.ScreenQuery{Address: "hxxps://board[.]example/post/12?utm_source=kettle"},
		api.ScreenQuery{Address: "https://kettle.example/anything"})
	for i, want := range []string{"GARDENS:text:review", "GARDENS:url:review", "GARDENS:domain:nothing"} {
		if proposals(got[i]) != want || got[i].Error != nil {
			t.Errorf("answer %d: %q, want %q; error %+v", i, proposals(got[i]), want, got[i].Error)
		}
	}
	if len(got[0].Matches[0].Why.Passages) == 0 || len(got[1].Matches[0].Why.Steps) == 0 {
		t.Errorf("no passage or no step: %+v", got)
	}
}

func TestOneBadQueryFailsNoOther(t *testing.T) {
	t.Parallel()
	l := newMatchingLab(t)
	l.bank("GARDENS")
	l.signal("GARDENS", "md5", strings.Repeat("ab", 16))
	got := l.screen(
		api.ScreenQuery{Type: "md5", Value: canary},
		api.ScreenQuery{Type: "smell", Value: "rose"},
		api.ScreenQuery{},
		api.ScreenQuery{Text: "a", Address: "b"},
		api.ScreenQuery{Type: "pdq", Value: hash(1, 0), Rotated: []string{hash(2, 0)}},
		api.ScreenQuery{Type: "md5"},
		api.ScreenQuery{Type: "md5", Value: strings.Repeat("ab", 16), FromPicture: true},
		api.ScreenQuery{Type: "md5", Value: strings.Repeat("AB", 16)})
	where := []string{"body.queries[0].value", "body.queries[1].type", "", "", "body.queries[4].rotated",
		"body.queries[5].value", "body.queries[6].from_picture"}
	for i, at := range where {
		p := got[i].Error
		if p == nil || p.Code != tocsin.CodeInvalid || p.Reason == "" || len(got[i].Matches) != 0 {
			t.Errorf("query %d: %+v", i, got[i])
			continue
		}
		if at != "" && (len(p.Errors) != 1 || p.Errors[0].Location != at) {
			t.Errorf("query %d: errors %+v, want one at %s", i, p.Errors, at)
		}
		if strings.Contains(p.Detail, canary) {
			t.Errorf("query %d: the answer quotes it: %s", i, p.Detail)
		}
	}
	if last := got[len(where)]; proposals(last) != "GARDENS:md5:review" {
		t.Errorf("the good query: %+v", last)
	}
}

func TestNegativeBankSpeaksForTheWholeContent(t *testing.T) {
	t.Parallel()
	l := newMatchingLab(t)
	l.bank("GARDENS")
	known := l.bank("KNOWN_GOOD", negative)
	content := picture(t, "plain.png")
	print := l.fingerprints(content)
	l.signal("GARDENS", "pdq", print["pdq"])
	sum := sha256.Sum256([]byte(content))
	l.signal("KNOWN_GOOD", "sha256", hex.EncodeToString(sum[:]))
	var s api.Screened
	l.want(http.StatusOK, l.form(fields("assertion", "reported", "file", content)...)).read(t, &s)
	if got := proposals(s.Answers[0]); got != "GARDENS:pdq:suppressed KNOWN_GOOD:sha256:nothing" {
		t.Errorf("the same bytes: %s", got)
	}
	if by := s.Answers[0].Matches[0].SuppressedBy; len(by) != 1 || by[0] != known {
		t.Errorf("suppressed by %v, want %s", by, known)
	}
}

// fingerprints are what a node computes of a file, by type.
func (l *lab) fingerprints(content string) map[string]string {
	l.t.Helper()
	var s api.Screened
	l.want(http.StatusOK, l.form(fields("assertion", "public", "file", content)...)).read(l.t, &s)
	prints := map[string]string{}
	for _, p := range s.Answers[0].Fingerprints {
		prints[p.Type] = p.Value
	}
	return prints
}

func TestFilesAreFingerprintedAndLookedUp(t *testing.T) {
	t.Parallel()
	l := newMatchingLab(t)
	l.bank("GARDENS")
	jpeg := picture(t, "baseline.jpeg")
	prints := l.fingerprints(jpeg)
	l.signal("GARDENS", "pdq", prints["pdq"])
	l.signal("GARDENS", "video_md5", l.fingerprints(canary)["md5"])
	var s api.Screened
	l.want(http.StatusOK, l.form(fields("assertion", "public", "banks", "GARDENS", "file", jpeg, "file", canary,
		"file", "", "file", jpeg[:len(jpeg)/2])...)).read(t, &s)
	if len(s.Answers) != 4 {
		t.Fatalf("%d answers for four files", len(s.Answers))
	}
	if got := proposals(s.Answers[0]); got != "GARDENS:pdq:review" || s.Answers[0].Error != nil {
		t.Errorf("the picture: %s, %+v", got, s.Answers[0].Error)
	}
	for _, p := range s.Answers[0].Fingerprints {
		if p.Type == "pdq" && (p.Width == 0 || p.Height == 0 || p.Quality < 50) {
			t.Errorf("the picture's fingerprint: %+v", p)
		}
	}
	if got := s.Answers[1]; proposals(got) != "GARDENS:video_md5:review" || got.Error == nil ||
		got.Error.Code != tocsin.CodeUnsupported {
		t.Errorf("a file that is no picture: %s, %+v", proposals(got), got.Error)
	}
	if got := s.Answers[2]; got.Error == nil || got.Error.Reason != "missing" {
		t.Errorf("an empty file: %+v", got)
	}
	if got := s.Answers[3]; got.Error == nil || len(got.Fingerprints) != 3 {
		t.Errorf("half a picture: %+v", got)
	}
}

func TestPictureWithTooFewFeaturesIsToldAndNotLookedUp(t *testing.T) {
	t.Parallel()
	l := newMatchingLab(t)
	l.bank("GARDENS")
	var s api.Screened
	l.want(http.StatusOK, l.form(fields("assertion", "public", "file", flatPicture(t))...)).read(t, &s)
	for _, p := range s.Answers[0].Fingerprints {
		if (p.Type == "pdq") != (p.Skipped == "too_few_features") {
			t.Errorf("fingerprint %+v", p)
		}
	}
	if s.Answers[0].Error != nil || len(s.Answers[0].Fingerprints) != 4 {
		t.Errorf("answer %+v", s.Answers[0])
	}
}

func TestNothingOfAFileIsWrittenToDisk(t *testing.T) {
	l := newMatchingLab(t)
	empty := t.TempDir()
	t.Setenv("TMPDIR", empty)
	big := strings.Repeat(canary, 3<<20/len(canary))
	l.want(http.StatusOK, l.form(fields("assertion", "public", "file", big, "file", big)...))
	left, err := os.ReadDir(empty)
	check(t, err)
	if len(left) != 0 {
		t.Errorf("%d files were left", len(left))
	}
}

func TestContentThatNobodyAssertedIsRefused(t *testing.T) {
	t.Parallel()
	l := newMatchingLab(t)
	l.bank("GARDENS")
	query := []api.ScreenQuery{{Type: "md5", Value: strings.Repeat("ab", 16)}}
	refused := func(name string, r reply) {
		t.Helper()
		if p := r.problem(t); p.Status != http.StatusForbidden || p.Reason != tocsin.ReasonNotPublicItem {
			t.Errorf("%s: %+v", name, p)
		}
	}
	refused("nothing said", l.send("POST", "/screen", api.ScreenBody{Queries: query}))
	refused("private", l.send("POST", "/screen", api.ScreenBody{Assertion: "private", Queries: query}))
	refused("only bad queries", l.send("POST", "/screen", api.ScreenBody{Queries: []api.ScreenQuery{{}}}))
	refused("a file, nothing said", l.form(fields("file", "kettle")...))
	refused("a file, said afterwards", l.form(fields("file", "kettle", "assertion", "public")...))
	refused("a private file", l.form(fields("assertion", "private", "file", "kettle")...))
}

func TestQuarantinedAndDisabledSignalsMatchWithoutAProposal(t *testing.T) {
	t.Parallel()
	l := newMatchingLab(t)
	l.bank("GARDENS")
	value := strings.Repeat("ab", 16)
	id := l.signal("GARDENS", "md5", value)
	var last string
	for range 6 {
		last = proposals(l.screen(api.ScreenQuery{Type: "md5", Value: value})[0])
	}
	if last != "GARDENS:md5:quarantined" {
		t.Errorf("after a flood: %s", last)
	}
	other := strings.Repeat("cd", 16)
	l.signal("GARDENS", "md5", other)
	l.want(http.StatusNoContent, l.send("POST", "/signals/disabling", map[string]any{"bank": "GARDENS",
		"type": "md5", "value": other, "reasons": "A kettle of another garden."}))
	if got := proposals(l.screen(api.ScreenQuery{Type: "md5", Value: other})[0]); got != "GARDENS:md5:disabled" {
		t.Errorf("disabled: %s", got)
	}
	var view api.SignalView
	l.want(http.StatusOK, l.send("GET", "/signals/"+string(id), nil)).read(t, &view)
	if view.State != "quarantined" || view.Value != value || len(view.History) != 2 {
		t.Errorf("view %+v", view)
	}
	if r := l.send("POST", "/signals/release", map[string]any{"id": id}); r.status != http.StatusNotFound &&
		r.status != http.StatusMethodNotAllowed {
		t.Errorf("a machine could release: %d", r.status)
	}
}

func TestKeyThatMayReadNoBankIsToldSo(t *testing.T) {
	t.Parallel()
	l := newMatchingLab(t)
	l.bank("GARDENS")
	token := l.newKey("screener", "content.screen")
	body := []byte(`{"assertion":"public","queries":[{"text":"kettle"}]}`)
	r := l.sendRaw("POST", "/screen", body, "Authorization", "Bearer "+token)
	if p := r.problem(t); p.Status != http.StatusForbidden || !strings.Contains(p.Detail, "bank.read") {
		t.Errorf("problem %+v", p)
	}
}

// TestKeyCountsAsItIsAtEachRequest ages the files of keys, for a file that is new is read each time.
func TestKeyCountsAsItIsAtEachRequest(t *testing.T) {
	t.Parallel()
	l := newMatchingLab(t)
	l.bank("GARDENS")
	token := l.newKey("screener", "content.screen", "bank.read")
	files, err := filepath.Glob(filepath.Join(l.keys, "service", "*.json"))
	check(t, err)
	for _, file := range files {
		check(t, os.Chtimes(file, noon, noon))
	}
	screen := func(want int) {
		t.Helper()
		body := []byte(`{"assertion":"public","queries":[{"text":"kettle"}]}`)
		if r := l.sendRaw("POST", "/screen", body, "Authorization", "Bearer "+token); r.status != want {
			t.Errorf("status %d, want %d: %s", r.status, want, r.body)
		}
	}
	screen(http.StatusOK)
	screen(http.StatusOK)
	check(t, l.ring.RevokeServiceKey("screener"))
	screen(http.StatusUnauthorized)
	token = l.newKey("screener", "content.screen", "bank.read")
	screen(http.StatusOK)
	check(t, l.ring.RevokeServiceKey("screener"))
	token = l.newKey("screener", "content.screen")
	screen(http.StatusForbidden)
}

func TestFiveHundredQueriesOfAddressesAreOneCall(t *testing.T) {
	t.Parallel()
	l := newMatchingLab(t)
	l.bank("GARDENS")
	l.signal("GARDENS", "url", "https://board.example/499")
	queries := make([]api.ScreenQuery, flow.MostPieces)
	for i := range queries {
		queries[i].Address = "https://board.example/x"
	}
	queries[499].Address = "https://board.example/499"
	got := l.screen(queries...)
	if len(got) != 500 || proposals(got[499]) != "GARDENS:url:review" {
		t.Errorf("%d answers, the last %+v", len(got), got[len(got)-1])
	}
}

func TestHashesOfItemsAreKeptAndNothingElse(t *testing.T) {
	t.Parallel()
	l := newMatchingLab(t)
	l.screen(api.ScreenQuery{Type: "md5", Value: strings.Repeat("AB", 16), Item: "post:12"},
		api.ScreenQuery{Type: "md5", Value: strings.Repeat("cd", 16)},
		api.ScreenQuery{Text: gardenText, Item: "post:13"},
		api.ScreenQuery{Address: "https://a.example/", Item: "post:14"})
	l.want(http.StatusOK, l.form(fields("assertion", "public", "item", "picture:1", "file", "kettle", "file",
		"rose", "item", "picture:3", "file", "bridge")...))
	kept := map[string]int{}
	check(t, l.store.View(t.Context(), func(tx flow.Tx) error {
		rows, err := tx.Kept(0, noon, 100)
		for _, r := range rows {
			kept[r.Item]++
		}
		return err
	}))
	// Of a file: md5, the same as video_md5, sha1, sha256.
	if diff := cmp.Diff(map[string]int{"post:12": 1, "picture:1": 4, "picture:3": 4}, kept); diff != "" {
		t.Error(diff)
	}
}

func TestNodeThatDoesNotMatchSaysSo(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	bank := api.BankBody{Name: "GARDENS", Polarity: "positive", Marking: "green"}
	value := map[string]string{"bank": "GARDENS", "type": "md5", "value": strings.Repeat("ab", 16)}
	md5 := `{"assertion":"public","queries":[{"type":"md5","value":"` + value["value"] + `"}]}`
	auth := []string{"Authorization", "Bearer " + l.token}
	for name, r := range map[string]reply{
		"screen":  l.sendRaw("POST", "/screen", []byte(md5), auth...),
		"open":    l.send("POST", "/banks", bank),
		"disable": l.send("POST", "/signals/disabling", value),
		"import":  l.sendRaw("POST", "/banks/GARDENS/imports?format=csv", []byte("value\n"), auth...),
		"export":  l.send("GET", "/banks/GARDENS/signals?format=csv", nil),
	} {
		if p := r.problem(t); p.Code != tocsin.CodeUnsupported || p.Reason != "matching_off" {
			t.Errorf("%s: %+v", name, p)
		}
	}
	r := l.form(fields("assertion", "public", "file", "kettle")...)
	if p := r.problem(t); p.Code != tocsin.CodeUnsupported || p.Reason != "files_off" {
		t.Errorf("a file: %+v", p)
	}
}

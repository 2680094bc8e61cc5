// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"context"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/blob"
	"tocsin/internal/flow"
	"tocsin/internal/matcher"
	"tocsin/match"
)

// Hashes of pictures: the second is so near to the first that it matches.
var (
	kettlePicture = strings.Repeat("0f", 32)
	nearPicture   = strings.Repeat("f0", 2) + strings.Repeat("0f", 30)
	kettleBytes   = string(tocsin.DigestOf([]byte("a kettle on a bridge")))
)

// matching reports whether the host of a world matches what is uploaded.
func matching(s flow.Settings) bool { return s.KeepHashesFor > 0 }

func (w *world) matcher() (*matcher.Matcher, flow.Blobs) {
	w.t.Helper()
	blobs, err := blob.New(w.t.TempDir(), blob.Options{Clock: w.clock})
	check(w.t, err)
	at := func(ctx context.Context, d tocsin.Digest) (matcher.Blob, error) { return blobs.At(ctx, d) }
	m, err := matcher.Open(w.t.TempDir(), at, matcher.Options{})
	check(w.t, err)
	w.t.Cleanup(func() { check(w.t, m.Close()) })
	return m, blobs
}

// newDesk is a host alone, whose bank knows one picture.
func newDesk(t *testing.T, change func(*flow.Settings)) *world {
	t.Helper()
	s := flow.Settings{Demonstration: true, KeepHashesFor: 24 * time.Hour, UndoWindow: 15 * time.Minute}
	if change != nil {
		change(&s)
	}
	w := newWorldOf(t, s, host)
	w.bank("KETTLES", "Kettles do not stand on bridges.")
	return w
}

// bank opens a bank that knows the picture.
func (w *world) bank(name, policy string) {
	w.t.Helper()
	f := w.nodes[host].flow
	_, err := f.OpenBank(w.t.Context(), operator, "", tocsin.BankTerms{Polarity: tocsin.PolarityPositive,
		Marking: tocsin.MarkingGreen, Enabled: tocsin.Whole}, flow.BankFile{Name: name, Policy: policy})
	check(w.t, err)
	_, err = f.AddSignal(w.t.Context(), operator, "", flow.NewSignal{
		SignalRef: flow.SignalRef{Bank: name, Type: "pdq", Value: kettlePicture}, Reference: "R-1", Confidence: 70})
	check(w.t, err)
}

// watcher reads what people decide.
var watcher = flow.Actor{ID: "prs_" + tocsin.ActorID(strings.Repeat("c", 26)),
	Duties: []tocsin.Duty{tocsin.DutyModerator}, Passkey: true}

// upload screens a post of the board, and waits until the platform has said what it is.
func (w *world) upload(item, bytes, picture string) tocsin.RecordID {
	w.t.Helper()
	f := w.nodes[host].flow
	_, err := f.Screen(w.t.Context(), operator, flow.Screening{Assertion: flow.AssertedPublic, Pieces: []flow.Piece{
		{Item: item, Queries: []match.Query{{Type: "sha256", Value: bytes}, {Type: "pdq", Value: picture}}}}})
	check(w.t, err)
	var id tocsin.RecordID
	eventually(w.t, "the platform names post "+item, func() bool {
		states := []tocsin.CaseState{tocsin.CaseOpen, tocsin.CaseOverdue, tocsin.CaseClaimed, tocsin.CaseDecided}
		lines, _, err := f.Cases(w.t.Context(), watcher, flow.CaseFilter{States: states, Limit: 200})
		check(w.t, err)
		for _, line := range lines {
			v, err := f.Case(w.t.Context(), watcher, line.ID)
			check(w.t, err)
			if v.File.Item == item && v.Item != nil {
				id = line.ID
				return true
			}
		}
		return false
	})
	return id
}

// says screens the text of a post that has a case.
func (w *world) says(item, text string) {
	w.t.Helper()
	_, err := w.nodes[host].flow.Screen(w.t.Context(), operator, flow.Screening{Assertion: flow.AssertedPublic,
		Pieces: []flow.Piece{{Item: item, Text: text, Queries: []match.Query{{Type: "text", Value: text}}}}})
	check(w.t, err)
}

// shows waits until posts of the board answer with a status.
func (w *world) shows(status int, posts ...string) {
	w.t.Helper()
	for _, post := range posts {
		eventually(w.t, "post "+post+" is answered otherwise", func() bool { return w.boardStatus("/post/"+post) == status })
	}
}

// take claims the next case and gives its address.
func (p *person) take() string {
	p.t.Helper()
	a := p.post("/cases/next", nil)
	if !strings.HasPrefix(a.path, "/cases/cas_") {
		p.t.Fatalf("next case: %d at %s: %s", a.status, a.path, words(a.body))
	}
	return a.path
}

var hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`)

// finding is a form for a decision, as the page gives it, with everything written.
func (p *person) finding(page string) url.Values {
	p.t.Helper()
	form := url.Values{"decision.basis": {"host-terms"}, "decision.provision": {"Rule 4: kettles"},
		"decision.facts": {"A kettle on a bridge."}, "decision.reasons": {"Kettles do not stand on bridges here."},
		"decision.exemptions.considered": {"all"}, "decision.exemptions.rationale": {"A picture made for tests."},
		"decision.territory": {"EU"}, "decision.detection": {"match"}}
	for _, field := range hiddenField.FindAllStringSubmatch(p.get(page).body, -1) {
		form.Set(field[1], field[2])
	}
	if form.Get("key") == "" || form.Get("seen") == "" {
		p.t.Fatalf("%s is no form: %v", page, form)
	}
	return form
}

// doing is a form with another button pressed.
func doing(form url.Values, button string) url.Values {
	pressed := url.Values{"do": {button}}
	for name, values := range form {
		if name != "do" {
			pressed[name] = values
		}
	}
	return pressed
}

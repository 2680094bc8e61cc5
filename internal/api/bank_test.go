// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/internal/api"
)

func TestBankIsOpenedReadChangedAndClosed(t *testing.T) {
	t.Parallel()
	l := newMatchingLab(t)
	half := 0.5
	id := l.bank("GARDENS", func(b *api.BankBody) {
		b.Enabled, b.Thresholds = &half, []api.BankThreshold{{Type: "pdq", Distance: 20}}
	})
	want := api.BankView{ID: id, Version: 1, Status: "open", Name: "GARDENS", Policy: "Pictures of kettles.",
		Polarity: "positive", Marking: "green", Thresholds: []api.BankThreshold{{Type: "pdq", Distance: 20}},
		Enabled: 0.5}
	for _, name := range []string{"GARDENS", string(id)} {
		var got api.BankView
		l.want(http.StatusOK, l.send("GET", "/banks/"+name, nil)).read(t, &got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	l.want(http.StatusNoContent, l.send("PUT", "/banks/GARDENS", api.BankBody{Name: "ROSES",
		Polarity: "positive", Marking: "clear"}))
	var all api.BanksView
	l.want(http.StatusOK, l.send("GET", "/banks", nil)).read(t, &all)
	if len(all.Banks) != 1 || all.Banks[0].Name != "ROSES" || all.Banks[0].Enabled != 1 {
		t.Errorf("banks %+v", all)
	}
	l.want(http.StatusNoContent, l.send("POST", "/banks/ROSES/closure",
		api.ReasonsBody{Reasons: "It is winter."}))
	l.want(http.StatusOK, l.send("GET", "/banks", nil)).read(t, &all)
	if len(all.Banks) != 0 {
		t.Errorf("a closed bank is listed: %+v", all)
	}
	l.want(http.StatusOK, l.send("GET", "/banks?closed=true", nil)).read(t, &all)
	if len(all.Banks) != 1 || all.Banks[0].Status != "closed" {
		t.Errorf("banks %+v", all)
	}
}

func TestBankAtZeroSitsOutUntilEveryBankIsAsked(t *testing.T) {
	t.Parallel()
	l := newMatchingLab(t)
	none := 0.0
	l.bank("GARDENS", func(b *api.BankBody) { b.Enabled = &none })
	value := strings.Repeat("ab", 16)
	l.signal("GARDENS", "md5", value)
	body := api.ScreenBody{Assertion: "public", Queries: []api.ScreenQuery{{Type: "md5", Value: value}}}
	if got := proposals(l.screening(body)[0]); got != "" {
		t.Errorf("a bank at 0 took part: %s", got)
	}
	if body.Every = true; proposals(l.screening(body)[0]) == "" {
		t.Error("a bank at 0 sat out though every bank was asked")
	}
}

func TestSameSignalOfTwoPartiesMergesItsProvenance(t *testing.T) {
	t.Parallel()
	l := newMatchingLab(t)
	l.bank("GARDENS")
	value := strings.Repeat("ab", 16)
	first := l.signal("GARDENS", "md5", value)
	var second api.Record
	l.want(http.StatusCreated, l.send("POST", "/banks/GARDENS/signals", api.NewSignal{Type: "md5",
		Value: strings.ToUpper(value), Source: host, Reference: "B-2"})).read(t, &second)
	if second.ID != first {
		t.Fatalf("two records, %s and %s", first, second.ID)
	}
	var known api.SignalsKnown
	l.want(http.StatusOK, l.send("POST", "/signals/lookup", map[string]string{"type": "md5", "value": value})).
		read(t, &known)
	if len(known.Signals) != 1 || len(known.Signals[0].Provenance) != 2 {
		t.Errorf("known %+v", known)
	}
}

func TestSignalIsDisputedDisabledEnabledAndRetracted(t *testing.T) {
	t.Parallel()
	l := newMatchingLab(t)
	l.bank("GARDENS")
	value := strings.Repeat("ab", 16)
	id := l.signal("GARDENS", "md5", value)
	change := func(path string, more map[string]any) {
		t.Helper()
		body := map[string]any{"bank": "GARDENS", "type": "md5", "value": value}
		for k, v := range more {
			body[k] = v
		}
		l.want(http.StatusNoContent, l.send("POST", "/signals/"+path, body))
	}
	state := func() string {
		t.Helper()
		var v api.SignalView
		l.want(http.StatusOK, l.send("GET", "/signals/"+string(id), nil)).read(t, &v)
		return v.State
	}
	steps := []struct {
		path string
		more map[string]any
		want string
	}{
		{"opinion", map[string]any{"view": "negative", "reasons": "A teapot."}, "disputed"},
		{"opinion/retraction", nil, "active"},
		{"disabling", map[string]any{"until": "2026-04-01T00:00:00Z"}, "disabled"},
		{"enabling", nil, "active"},
		{"retraction", map[string]any{"reasons": "A mistake."}, "retracted"},
	}
	for _, s := range steps {
		if change(s.path, s.more); state() != s.want {
			t.Errorf("after %s: %s, want %s", s.path, state(), s.want)
		}
	}
	if got := l.screen(api.ScreenQuery{Type: "md5", Value: value}); len(got[0].Matches) != 0 {
		t.Errorf("a retracted signal matches: %+v", got)
	}
}

const localFile = "md5 abababababababababababababababab\nmd5 nonsense\nsmell rose\n" +
	"md5 cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd\nmd5 abababababababababababababababab\n"

func (l *lab) importing(query, list string, headers ...string) api.ImportReport {
	l.t.Helper()
	var r api.ImportReport
	l.want(http.StatusOK, l.sendRaw("POST", "/banks/GARDENS/imports?format=local_file"+query, []byte(list),
		append([]string{"Authorization", "Bearer " + l.token, "Content-Type", "text/plain"}, headers...)...)).
		read(l.t, &r)
	return r
}

func TestImportTellsWhatItTookAndWhatItDidNot(t *testing.T) {
	t.Parallel()
	l := newMatchingLab(t)
	l.bank("GARDENS")
	before := l.head()
	dry := l.importing("&dry_run=true", localFile)
	if l.head() != before || dry.Import != "" || dry.Rows != 2 {
		t.Errorf("a dry run changed something: %+v", dry)
	}
	const query = "&source=ie-host&reference=spring%20list&marking=amber"
	got := l.importing(query, localFile, "Idempotency-Key", "spring")
	if got.Rows != 2 || got.Duplicates != 1 || got.BadCount != 3 || len(got.Bad) != 3 ||
		got.Counts["md5"] != 2 || got.Bad[0].Line != 2 || got.Bad[1].Reason != "unknown_type" {
		t.Errorf("report %+v", got)
	}
	again := l.importing(query, localFile, "Idempotency-Key", "spring")
	if again.Import != got.Import {
		t.Errorf("the same key made another import %s", again.Import)
	}
	m := l.screen(api.ScreenQuery{Type: "md5", Value: strings.Repeat("cd", 16)})[0].Matches
	if len(m) != 1 || m[0].Provenance[0].Party != host || m[0].Provenance[0].Import != got.Import ||
		m[0].Provenance[0].Marking != "amber" || m[0].Provenance[0].Reference != "spring list" {
		t.Errorf("matches %+v", m)
	}
	var page api.ImportPage
	l.want(http.StatusOK, l.send("GET", "/imports", nil)).read(t, &page)
	if len(page.Imports) != 1 || page.Imports[0].ID != got.Import || page.Imports[0].Rejected != 3 {
		t.Errorf("imports %+v", page)
	}
	l.want(http.StatusNoContent, l.send("POST", "/imports/"+string(got.Import)+"/withdrawal",
		api.ReasonsBody{Reasons: "The list was for another garden."}))
	if m := l.screen(api.ScreenQuery{Type: "md5", Value: strings.Repeat("cd", 16)})[0].Matches; len(m) != 0 {
		t.Errorf("a withdrawn import matches: %+v", m)
	}
}

func TestExportIsWhatAnImportTakes(t *testing.T) {
	t.Parallel()
	l := newMatchingLab(t)
	l.bank("GARDENS")
	empty := l.want(http.StatusOK, l.send("GET", "/banks/GARDENS/signals?format=jsonl", nil))
	if len(empty.body) != 0 {
		t.Errorf("an empty bank gave %q", empty.body)
	}
	l.signal("GARDENS", "md5", strings.Repeat("ef", 16))
	l.importing("", localFile)
	for format, kind := range map[string]string{"local_file": "text/plain; charset=utf-8",
		"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"} {
		r := l.want(http.StatusOK, l.send("GET", "/banks/GARDENS/signals?format="+format, nil))
		if got := r.header.Get("Content-Type"); got != kind {
			t.Errorf("%s: content type %q", format, got)
		}
		var back api.ImportReport
		l.want(http.StatusOK, l.sendRaw("POST", "/banks/GARDENS/imports?dry_run=true&format="+format, r.body,
			"Authorization", "Bearer "+l.token)).read(t, &back)
		if back.Rows != 3 || back.BadCount != 0 {
			t.Errorf("%s: %d rows, %d bad, of %q", format, back.Rows, back.BadCount, r.body)
		}
	}
}

func TestLongListIsReadAsItArrives(t *testing.T) {
	t.Parallel()
	l := newMatchingLab(t)
	l.bank("GARDENS")
	var b strings.Builder
	for i := range 50_000 {
		fmt.Fprintf(&b, "md5 %032x\n", i+1)
	}
	if b.Len() < api.MaxBody {
		t.Fatal("the list is no longer than a body that is not a list")
	}
	if got := l.importing("", b.String()); got.Rows != 50_000 {
		t.Errorf("%d rows", got.Rows)
	}
}

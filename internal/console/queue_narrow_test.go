// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"tocsin"
	"tocsin/internal/flow"
)

// listedCases are the cases on a page of the queue.
func listedCases(body string) (ids []string) {
	for _, part := range strings.Split(body, `href="/cases/cas_`)[1:] {
		ids = append(ids, "cas_"+part[:26])
	}
	return ids
}

// TestQueueIsNarrowed by urgency, by what an item is said to be and by bank, each and together; the address keeps all of
// it, and a queue that is hidden says by what.
func TestQueueIsNarrowed(t *testing.T) {
	t.Parallel()
	w := newDesk(t, nil)
	f := w.nodes[host].flow
	matched := string(w.upload("1", string(tocsin.DigestOf([]byte("1"))), kettlePicture))
	both := string(w.upload("2", string(tocsin.DigestOf([]byte("2"))), kettlePicture))
	_, err := f.SubmitPublicNotice(t.Context(), "", tocsin.NoticeForm{Addresses: []tocsin.Address{{URL: w.board.URL + "/post/2"}},
		Name: "A neighbour", Email: "neighbour@garden.example", GoodFaith: true, Language: "en",
		Categories: []tocsin.Category{tocsin.CategoryInstructs},
		Reasons:    "The picture of the bridge shows how to loosen its bolts."})
	check(t, err)
	bank, err := f.Bank(t.Context(), operator, "KETTLES")
	check(t, err)
	p := w.enrolled(host, "Night Shift", tocsin.DutyModerator)
	eventually(t, "the notice is in the case", func() bool {
		return len(listedCases(p.get("/cases?priority=1").body)) == 1
	})
	of := func(query string) []string { return listedCases(p.get("/cases?" + query).body) }
	for query, want := range map[string][]string{
		"":                                   {both, matched},
		"priority=0":                         {matched},
		"priority=1":                         {both},
		"priority=2":                         nil,
		"category=2(7)(d)":                   {both},
		"category=2(7)(a)":                   nil,
		"bank=" + string(bank.ID):            {both, matched},
		"bank=" + matched:                    {both, matched}, // no bank, and no filter
		"priority=9&category=nothing":        {both, matched},
		"priority=0&bank=" + string(bank.ID): {matched},
		"priority=1&category=2(7)(d)&bank=" + string(bank.ID): {both},
		"priority=0&category=2(7)(d)":                         nil,
		"who=me":                                              nil,
	} {
		got := of(query)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%q lists %v, want %v", query, got, want)
		}
	}
	for query, says := range map[string]string{
		"priority=2":                  "This filter hides every case here: Priority: A trusted flagger gave notice",
		"priority=0&category=2(7)(d)": "Each filter alone lets cases through",
		"priority=2&category=2(7)(a)": "These 2 filters each hide every case here",
		"who=me&priority=1":           "None of your cases passes these filters",
	} {
		if a := p.get("/cases?" + query); !strings.Contains(wording(a.body), says) || !strings.Contains(a.body, "Show the whole queue") {
			t.Errorf("%q says %s", query, words(a.body))
		}
	}
	a := p.get("/cases?" + url.Values{"priority": {"1"}, "category": {"2(7)(d)"}, "show": {"waiting"}}.Encode())
	for _, want := range []string{`value="1" selected`, `value="2(7)(d)" selected`, `name="show" value="waiting"`, "KETTLES (1)",
		"category=2%287%29%28d%29&amp;priority=1&amp;show=overdue"} {
		if !strings.Contains(a.body, want) {
			t.Errorf("the page has no %s", want)
		}
	}
	// Each choice says how many cases there would be with it, beside the others.
	option := func(query, want string) {
		t.Helper()
		if says := wording(p.get("/cases?" + query).body); !strings.Contains(says, want) {
			t.Errorf("%q has no choice %q: %s", query, want, says[:min(len(says), 900)])
		}
	}
	option("", "A machine found a match (1)")
	option("", "KETTLES (2)")
	option("priority=0", "KETTLES (1)")
	option("priority=0", "Somebody gave notice (1)") // in place of what is chosen
	option("category=2(7)(d)", "A machine found a match (0)")
	option("priority=2&bank="+string(bank.ID), "KETTLES (0)")
	option("who=me", "A machine found a match (0)")
	// Mine, narrowed.
	p.get("/cases")
	if got := p.take(); got != "/cases/"+both {
		t.Fatalf("what is due first is %s", got)
	}
	if got := of("who=me&priority=1"); !slices.Equal(got, []string{both}) {
		t.Errorf("mine: %v", got)
	}
	if got := of("who=me&priority=0"); got != nil {
		t.Errorf("mine, narrowed away: %v", got)
	}
	if got := of("show=claimed&priority=1"); !slices.Equal(got, []string{both}) {
		t.Errorf("claimed: %v", got)
	}
	if got := of("priority=1"); got != nil {
		t.Errorf("waiting, though somebody works on it: %v", got)
	}
}

// TestStartPageCountsByAgeUrgencyAndClock draws each with its table.
func TestStartPageCountsByAgeUrgencyAndClock(t *testing.T) {
	t.Parallel()
	o := newOffice(t, flow.Settings{KeepHashesFor: 1})
	o.bank("KETTLES", "Kettles do not stand on bridges.")
	o.upload("1", kettleBytes, kettlePicture)
	o.send(gardenForm("REF-1", o.board.URL+"/post/2"))
	a := o.moderator.get("/")
	for _, id := range []string{"figures-ages", "figures-priorities", "figures-clocks-received", "figures-cases"} {
		_, section, found := strings.Cut(a.body, `aria-labelledby="`+id+`"`)
		section, _, _ = strings.Cut(section, "</section>")
		if !found || !strings.Contains(section, "<svg") || !strings.Contains(section, "<table") || strings.Contains(section, "style=") {
			t.Errorf("%s: no drawing with its table", id)
		}
	}
	has := func(label string, count string) {
		t.Helper()
		if says := wording(a.body); !strings.Contains(says, label+" "+count+" ") {
			t.Errorf("no %q with %s: %s", label, count, says[:min(len(says), 1500)])
		}
	}
	has("under 1 hour", "1")
	has("A machine found a match", "1")
	has("Due within the hour", "1")
	o.clock.jump(5 * 3600e9)
	o.moderator.signIn()
	a = o.moderator.get("/")
	has("4 hours to 24 hours", "1")
	has("under 1 hour", "0")
	has("Overdue", "1")
}

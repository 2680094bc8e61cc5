// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"tocsin"
)

func TestWrongFieldIsToldAtThatField(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	p := w.enrolled(authority, "Officer One", tocsin.DutyOfficer)
	cases := []struct {
		name   string
		change func(url.Values)
		field  string // id of the element that says it
		says   string
	}{
		{"no host", set("annex_i.a.addressee", ""), "annex_i.a.addressee", "Choose a host"},
		{
			"the authority itself",
			set("annex_i.a.addressee", "fr-authority"),
			"annex_i.a.addressee",
			"Choose a host",
		},
		{"no reference", set("annex_i.a.reference", ""), "annex_i.a.reference", "required"},
		{"long reference", set("annex_i.a.reference", strings.Repeat("x", 101)), "annex_i.a.reference", "too long"},
		{"no address", set("annex_i.b.addresses.url", ""), "annex_i.b.addresses", "at least one"},
		{
			"a whole site",
			set("annex_i.b.addresses.url", "https://board.example/"),
			"annex_i.b.addresses.url",
			"whole site",
		},
		{
			"no address at all",
			set("annex_i.b.addresses.url", "the picture"),
			"annex_i.b.addresses.url",
			"from https:// on",
		},
		{
			"the second address",
			set("annex_i.b.addresses.url", "https://board.example/post/1", "ftp://board.example/x"),
			"annex_i.b.addresses.url-1",
			"from https:// on",
		},
		{
			"twice the same",
			set("annex_i.b.addresses.url", "https://board.example/post/1", "https://board.example/post/1"),
			"annex_i.b.addresses",
			"stands twice",
		},
		{
			"no digest",
			set("annex_i.b.addresses.seen_sha256", "abc"),
			"annex_i.b.addresses.seen_sha256",
			"64 hexadecimal",
		},
		{"no category", set("annex_i.b.categories"), "annex_i.b.categories", "at least one type"},
		{"no reasons", set("reasons", "Because."), "reasons", "at least 20"},
		{"control character", set("reasons", "A reason with a bell \a in it."), "reasons", "control characters"},
		{"five purposes", func(f url.Values) {
			f["exemption_assessment.considered"] = f["exemption_assessment.considered"][:5]
		}, "exemption_assessment.considered", "six purposes"},
		{"no rationale", set("exemption_assessment.rationale", ""), "exemption_assessment.rationale", "required"},
		{"no type of authority", set("annex_i.e.type"), "annex_i.e.type", "type of authority"},
		{"no file number", set("annex_i.e.file_number", ""), "annex_i.e.file_number", "required"},
		{"no date", set("annex_i.e.date", "tomorrow"), "annex_i.e.date", "not a date"},
		{"no contact", set("annex_i.f.feedback", ""), "annex_i.f.feedback", "required"},
		{"no court", set("annex_i.g.body", ""), "annex_i.g.body", "required"},
		{"gag without reasons", set("gag", "on"), "gag.reasons", "at least 20"},
		{"gag without end", gag("2026-03-02T12:00", ""), "gag.until", "an end"},
		{"gag of seven weeks", gag("2026-03-02T12:00", "2026-04-20T12:00"), "gag.until", "six weeks"},
		{"emergency without words", set("emergency", "on"), "emergency.justification", "at least 20"},
	}
	for _, c := range cases {
		form := gardenForm("REF-1", "https://board.example/post/1")
		c.change(form)
		a := p.post("/orders", form)
		says := elementText(a.body, c.field+"-problem")
		if a.status != unprocessable || !strings.Contains(says, c.says) {
			t.Errorf("%s: %d, at the field: %q; page: %s", c.name, a.status, says, words(a.body))
		}
		if !strings.Contains(a.body, `href="#`+c.field+`"`) {
			t.Errorf("%s: the summary does not lead to the field", c.name)
		}
		if c.name != "no rationale" && !strings.Contains(a.body, "A garden picture made for tests.") {
			t.Errorf("%s: what was typed is gone", c.name)
		}
	}
	if page := p.get("/orders?show=all").body; strings.Contains(page, "/orders/ord_") {
		t.Error("a wrong form was stored")
	}
}

func set(field string, values ...string) func(url.Values) {
	return func(f url.Values) { f[field] = values }
}

func gag(decided, until string) func(url.Values) {
	return func(f url.Values) {
		f.Set("gag", "on")
		f.Set("gag.reasons", "Reasons of public security, for a test.")
		f.Set("gag.decided_at", decided)
		f.Set("gag.until", until)
	}
}

// elementText is the text of the element with an id, up to its end tag's first ancestor worth the name.
func elementText(body, id string) string {
	_, rest, found := strings.Cut(body, `id="`+id+`"`)
	if !found {
		return ""
	}
	text, _, _ := strings.Cut(rest, "</p>")
	return strings.Join(strings.Fields(tags.ReplaceAllString("<p"+text, " ")), " ")
}

func TestReferenceOfAnotherOrderIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	p := w.enrolled(authority, "Officer One", tocsin.DutyOfficer)
	p.draft(gardenForm("REF-1", "https://board.example/post/1"))
	a := p.post("/orders", gardenForm("REF-1", "https://board.example/post/2"))
	if a.status != http.StatusConflict ||
		!strings.Contains(elementText(a.body, "annex_i.a.reference-problem"), "already has this reference") {
		t.Errorf("%d %s", a.status, words(a.body))
	}
}

func TestSendingAFormTwiceMakesOneOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	p := w.enrolled(authority, "Officer One", tocsin.DutyOfficer)
	form := gardenForm("REF-1", "https://board.example/post/1")
	form.Set("key", hidden(p.get("/orders/new").body, "key"))
	if first, second := p.draft(form), p.draft(form); first != second {
		t.Errorf("%s and %s", first, second)
	}
}

// hidden is the value of a hidden field.
func hidden(body, name string) string {
	m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(body)
	if m == nil {
		return ""
	}
	return m[1]
}

func TestStaleDraftIsToldAndKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	p := w.enrolled(authority, "Officer One", tocsin.DutyOfficer)
	order := p.draft(gardenForm("REF-1", "https://board.example/post/1"))
	form := gardenForm("REF-1", "https://board.example/post/2")
	form.Set("version", hidden(p.get(order+"/edit").body, "version"))
	if a := p.post(order, form); a.status != http.StatusOK || a.path != order {
		t.Fatalf("revise: %d %s", a.status, words(a.body))
	}
	form.Set("reasons", "The words of the second writer, who was late.")
	a := p.post(order, form)
	if a.status != http.StatusConflict || !strings.Contains(a.body, "Somebody changed this") ||
		!strings.Contains(
			a.body,
			"The words of the second writer",
		) || !strings.Contains(a.body, `href="`+order+`"`) {
		t.Errorf("%d %s", a.status, words(a.body))
	}
	if strings.Contains(p.get(order).body, "second writer") {
		t.Error("it was stored")
	}
}

func TestDraftComesBackAsItWasWritten(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	p := w.enrolled(authority, "Officer One", tocsin.DutyOfficer)
	form := gardenForm("REF-1", "https://board.example/post/1", "https://board.example/post/2")
	form["annex_i.b.addresses.additional"] = []string{"", "Second row\r\nfrom the top"}
	form["annex_i.b.addresses.seen_sha256"] = []string{strings.Repeat("a", 64), ""}
	for _, name := range []string{"annex_i.a.legal_representative", "annex_i.b.information", "annex_i.e.representative", "annex_i.e.post",
		"annex_i.e.address", "annex_i.e.telephone", "annex_i.e.fax", "annex_i.e.email", "annex_i.e.stamp", "annex_i.f.establishment",
		"annex_i.g.law", "relay", "supersedes"} {
		form.Set(name, "Words of "+name)
	}
	form.Set("annex_i.e.date", "2026-03-02")
	form.Set("emergency", "on")
	form.Set("emergency.justification", "A test cannot wait for twelve hours.")
	now := w.clock.Now()
	gag(now.Format("2006-01-02T15:04"), now.Add(7*24*time.Hour).Format("2006-01-02T15:04"))(form)
	order := p.draft(form)

	page := p.get(order + "/edit").body
	for name, values := range form {
		for _, v := range values {
			if name == "do" || v == "" {
				continue
			}
			if !strings.Contains(page, strings.ReplaceAll(v, "\r\n", "\n")) {
				t.Errorf("%s lost %q", name, v)
			}
		}
	}
	read := p.get(order).body
	for name := range form {
		if strings.HasPrefix(name, "annex_i") && name != "annex_i.a.addressee" &&
			strings.Contains(form.Get(name), "Words of") &&
			!strings.Contains(read, form.Get(name)) {
			t.Errorf("the order's page lacks %s", name)
		}
	}
	for _, want := range []string{"Member State of the issuing authority", "France", "Ireland", "must not inform the content provider", "A copy", "Emergency"} {
		if !strings.Contains(strings.ToLower(read), strings.ToLower(want)) {
			t.Errorf("the order's page lacks %q", want)
		}
	}
}

func TestAnotherAddressCanBeAdded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	p := w.enrolled(authority, "Officer One", tocsin.DutyOfficer)
	form := gardenForm("REF-1", "https://board.example/post/1")
	form.Set("do", "add")
	a := p.post("/orders", form)
	if n := strings.Count(a.body, `name="annex_i.b.addresses.url"`); a.status != http.StatusOK || n != 2 {
		t.Errorf("%d, %d entries", a.status, n)
	}
	form["annex_i.b.addresses.url"] = make([]string, tocsin.MaxAddresses)
	a = p.post("/orders", form)
	if n := strings.Count(a.body, `name="annex_i.b.addresses.url"`); n != tocsin.MaxAddresses ||
		strings.Contains(a.body, `value="add"`) {
		t.Errorf("%d entries", n)
	}
}

func TestStandingDetailsAreFilledIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	p := w.enrolled(authority, "Officer One", tocsin.DutyOfficer)
	if page := p.get("/orders/new").body; !strings.Contains(page, `value="Test authority"`) ||
		!strings.Contains(page, "Garden board (Ireland)") {
		t.Error("the directory's particulars are missing")
	}
	form := gardenForm("REF-1", "https://board.example/post/1")
	form.Set("annex_i.e.representative", "Somebody by name")
	p.draft(form)
	page := p.get("/orders/new").body
	if !strings.Contains(page, `value="Two months from receipt"`) ||
		!strings.Contains(page, "were taken from REF-1") {
		t.Error("what the authority wrote before is not filled in")
	}
	for _, never := range []string{"Somebody by name", "https://board.example/post/1", `value="F-1"`, "A garden picture"} {
		if strings.Contains(page, never) {
			t.Errorf("%q was filled in", never)
		}
	}
}

func TestTimesAreReadAndShownInThePersonsZone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	p := w.enrolled(authority, "Officer One", tocsin.DutyOfficer)
	u, err := url.Parse(p.url)
	check(t, err)
	p.client.Jar.SetCookies(u, []*http.Cookie{{Name: "tocsin_zone", Value: "Asia/Kolkata", Path: "/"}})
	form := gardenForm("REF-1", "https://board.example/post/1")
	now := w.clock.Now().Truncate(time.Minute)
	there := time.FixedZone("", 5*3600+1800)
	until := now.Add(48 * time.Hour).In(there)
	gag(now.In(there).Format("2006-01-02T15:04"), until.Format("2006-01-02T15:04"))(form)
	order := p.draft(form)
	if page := p.get(order).body; !strings.Contains(page, until.Format("15:04")+" (UTC+5:30)") ||
		!strings.Contains(page, until.UTC().Format("2006-01-02T15:04:05Z")) {
		t.Errorf("until %v is not on the page", until)
	}
	for _, nonsense := range []string{"../../etc/passwd", "Local", "Nowhere/City", strings.Repeat("A", 80)} {
		p.client.Jar.SetCookies(u, []*http.Cookie{{Name: "tocsin_zone", Value: nonsense, Path: "/"}})
		if page := p.get(order); page.status != http.StatusOK || !strings.Contains(page.body, "zone UTC") {
			t.Errorf("%q: %d", nonsense, page.status)
		}
	}
}

func TestSubmittedOrderIsNoLongerEdited(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, authority)
	p := w.enrolled(authority, "Officer One", tocsin.DutyOfficer)
	order := p.draft(gardenForm("REF-1", "https://board.example/post/1"))
	p.sign(order)
	if a := p.get(order + "/edit"); a.status != http.StatusConflict {
		t.Errorf("edit: %d", a.status)
	}
	if a := p.post(order, gardenForm("REF-2", "https://board.example/post/1")); a.status != http.StatusConflict {
		t.Errorf("revise: %d", a.status)
	}
	if !slices.Contains(
		[]int{http.StatusForbidden, http.StatusNotFound},
		w.enrolled(authority, "Boss", tocsin.DutyReviewer).get("/orders/new").status,
	) {
		t.Error("a reviewer may draft")
	}
}

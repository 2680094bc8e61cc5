// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/a-h/templ"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
	"tocsin/internal/locale"
)

// zoneCookie holds the time zone that the person's own browser reported.
const zoneCookie = "tocsin_zone"

var zoneForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_+/-]{0,62}$`)

// render writes a page whole or not at all.
func (c *Console) render(w http.ResponseWriter, r *http.Request, status int, body templ.Component) error {
	return c.renderNaming(w, r, status, body, nil)
}

// renderNaming also knows colleagues by name.
func (c *Console) renderNaming(w http.ResponseWriter, r *http.Request, status int, body templ.Component,
	names map[tocsin.ActorID]string) error {
	frame := c.frame(r)
	frame.Names = names
	var out bytes.Buffer
	if err := body.Render(page.With(r.Context(), frame), &out); err != nil {
		return fmt.Errorf("render page: %w", err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(legible(out.Bytes()))
	return nil
}

// legible replaces what no text of a page holds: a field that was refused is shown again as it was typed.
func legible(page []byte) []byte {
	return bytes.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' {
			return unicode.ReplacementChar
		}
		return r
	}, page)
}

func (c *Console) frame(r *http.Request) *page.Frame {
	ctx := r.Context()
	f := &page.Frame{
		Node:          c.nodeName(),
		Asset:         c.assets.address,
		Demonstration: c.Demonstration,
		Alerts:        -1,
		Zone:          zoneOf(r),
		Now:           c.Clock.Now(),
		Languages:     c.languages(ctx),
		Path:          localPath(r.URL.Path),
		Directory:     c.Flow.Directory(),
	}
	f.Keys.Off = true // whoever has no account has no place to switch them off
	if r.Method != http.MethodGet {
		f.Path = "/" // an answer to a form cannot be asked for again
	}
	if carriesSession(ctx) && !refreshing(r) {
		c.tellNotice(ctx, f)
	}
	if who, ok := personOf(ctx); ok {
		f.Person = who.File.Name
		if f.Person == "" {
			f.Person = string(who.ID)
		}
		f.Tabs = c.tabs(ctx, who, r.URL.Path)
		f.Keys, f.Wellness = keysOf(who), c.Flow.WellnessOf(who)
		f.Break = c.breakIsDue(ctx, f.Wellness)
		if count, err := c.Flow.CountAlerts(ctx, who.Actor()); err == nil {
			f.Alerts = count
		}
	}
	return f
}

// nodeName is what the party is called in the directory; its id before it stands there.
func (c *Console) nodeName() string {
	if self, err := c.Flow.Directory().Party(c.Flow.Identity.Party); err == nil {
		return self.Name
	}
	return string(c.Flow.Identity.Party)
}

// tabs are the parts of the console this person has any use of.
func (c *Console) tabs(ctx context.Context, who flow.Individual, path string) []page.Tab {
	var tabs []page.Tab
	addIf := func(may bool, address, label string, also ...string) {
		if !may {
			return
		}
		current := false
		for _, prefix := range append(also, address) {
			current = current || path == prefix || strings.HasPrefix(path, prefix+"/")
		}
		tabs = append(tabs, page.Tab{Address: address, Label: label, Current: current})
	}
	add := func(action flow.Action, address, label string, also ...string) {
		addIf(c.Flow.Policy.Decide(who.Actor(), action, nil) == nil, address, label, also...)
	}
	if c.Flow.Platform != nil {
		add(flow.ActionCaseRead, "/cases", page.T(ctx, "console.tab.cases"), "/decisions")
		add(flow.ActionComplaintRead, "/complaints", page.T(ctx, "console.complaint.title"))
		if c.Flow.TakesChallenges() {
			add(flow.ActionChallengeRead, "/challenges", page.T(ctx, "console.challenge.title"))
		}
		if c.Flow.Settings.ReviewShare > 0 {
			add(flow.ActionReviewFind, "/reviews", page.T(ctx, "console.tab.reviews"), "/agreement")
		}
	}
	if host, authority := c.Flow.TakesNotices(); host || authority {
		add(flow.ActionNoticeRead, "/notices", page.T(ctx, "console.notice_desk.title"), "/misuse")
	}
	addIf(c.readsShelf(who), "/orders", page.T(ctx, "console.tab.orders"), "/copies", "/items")
	if c.Flow.Matcher != nil {
		add(flow.ActionBankRead, "/banks", page.T(ctx, "console.tab.banks"), "/signals")
	}
	switch {
	case c.Flow.Reader != nil:
		add(flow.ActionLexiconRead, "/lexicon", page.T(ctx, "lexicon.title"), "/entries")
	case c.Flow.ExchangesEntries():
		add(flow.ActionLexiconRead, "/entries", page.T(ctx, "lexicon.title"))
	}
	addIf(c.Flow.MaySearch(who.Actor()) == nil, "/search", page.T(ctx, "console.tab.search"))
	add(flow.ActionPersonRead, "/people", page.T(ctx, "console.tab.people"))
	add(flow.ActionKeyRead, "/keys", page.T(ctx, "console.keys.title"))
	add(flow.ActionJobRead, "/jobs", page.T(ctx, "console.tab.jobs"))
	add(flow.ActionAuditRead, "/audit", page.T(ctx, "audit.title"))
	if len(tabs) > 0 {
		home := page.Tab{Address: "/", Label: page.T(ctx, "console.tab.home"), Current: path == "/"}
		tabs = append([]page.Tab{home}, tabs...)
	}
	return tabs
}

func (c *Console) languages(ctx context.Context) []page.Language {
	var all []page.Language
	current := locale.From(ctx).Lang()
	for _, tag := range c.Locale.Languages() {
		all = append(
			all,
			page.Language{
				Tag:     tag.String(),
				Name:    c.Locale.Localizer(tag.String(), "").T("console.language"),
				Current: tag.String() == current,
			},
		)
	}
	return all
}

// zoneOf is the zone the person's browser reported; UTC until it has.
func zoneOf(r *http.Request) *time.Location {
	cookie, err := r.Cookie(zoneCookie)
	if err != nil || !zoneForm.MatchString(cookie.Value) || cookie.Value == "Local" {
		return time.UTC
	}
	zone, err := time.LoadLocation(cookie.Value)
	if err != nil {
		return time.UTC
	}
	return zone
}

// localPath keeps a way back on this origin, whatever somebody put into a link.
func localPath(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.IsAbs() || u.Host != "" || u.User != nil || !strings.HasPrefix(u.Path, "/") ||
		strings.HasPrefix(u.Path, "//") || strings.ContainsAny(to, "\\\r\n\t") {
		return "/"
	}
	return (&url.URL{Path: u.Path, RawQuery: u.RawQuery}).String()
}

// goTo sends the browser on after something was done.
func goTo(w http.ResponseWriter, r *http.Request, address string) error {
	http.Redirect(w, r, address, http.StatusSeeOther)
	return nil
}

// names gives the names of the colleagues who act in a record's history.
func (c *Console) names(ctx context.Context, actors ...tocsin.ActorID) map[tocsin.ActorID]string {
	names := map[tocsin.ActorID]string{}
	for _, actor := range actors {
		if _, known := names[actor]; known || !strings.HasPrefix(string(actor), "prs_") {
			continue
		}
		if who, err := c.Flow.ByID(ctx, tocsin.RecordID(actor)); err == nil && who.File.Name != "" {
			names[actor] = who.File.Name
		}
	}
	return names
}

func actorsOf(history []flow.Past, more ...tocsin.ActorID) []tocsin.ActorID {
	for _, past := range history {
		more = append(more, past.Actor)
	}
	return more
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package locale

import (
	"context"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/text/language"
)

func catalogue(t testing.TB) *Catalogues {
	t.Helper()
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestLanguageIsTheOwnChoiceThenTheBrowsersThenEnglish(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	cases := []struct{ choice, accept, want string }{
		{"", "", "en"},
		{"fr", "en", "fr"},
		{"", "fr-CA,en;q=0.5", "fr"},
		{"", "de, fr;q=0.3", "fr"},
		{"nonsense!", "fr", "fr"},
		{"de", "", "en"},
		{"", "en-IE", "en"},
		{"", strings.Repeat("fr,", 200), "en"},
		{"", "ar-MA, fr;q=0.5", "ar"},
		{"ar", "en", "ar"},
	}
	for _, want := range cases {
		l := c.Localizer(want.choice, want.accept)
		if l.Lang() != want.want || (l.Dir() == "rtl") != (want.want == "ar") {
			t.Errorf("%q %q: %s %s", want.choice, want.accept, l.Lang(), l.Dir())
		}
	}
	if first := c.Languages()[0]; first != language.English {
		t.Errorf("first language is %s", first)
	}
}

func TestDirectionFollowsTheScript(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string]string{
		"ar": "rtl", "fa": "rtl", "he": "rtl", "uz-Arab": "rtl", "uz": "ltr", "fr": "ltr", "az-Cyrl": "ltr",
	} {
		if got := direction(language.MustParse(tag)); got != want {
			t.Errorf("%s: %s", tag, got)
		}
	}
}

func TestMiddlewareHandsTheLanguageDown(t *testing.T) {
	t.Parallel()
	handler := catalogue(t).Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(T(r.Context(), "date.month.2") + N(r.Context(), "time.days", 2)))
	}))
	request := httptest.NewRequest(http.MethodGet, "/", nil)
	request.AddCookie(&http.Cookie{Name: CookieName, Value: "fr"})
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, request)
	if got := answer.Body.String(); got != "février2 jours" {
		t.Errorf("got %q", got)
	}
	if answer.Header().Get("Content-Language") != "fr" || answer.Header().Get("Vary") == "" {
		t.Errorf("headers %v", answer.Header())
	}
}

func TestUnknownIdShowsItself(t *testing.T) {
	t.Parallel()
	unheard := "kettle." + "unheard"
	if got := catalogue(t).Localizer("fr", "").T(unheard); got != "["+unheard+"]" {
		t.Errorf("got %q", got)
	}
	if got := T(context.Background(), unheard); got != "["+unheard+"]" {
		t.Errorf("without middleware: %q", got)
	}
}

func TestRemainingNeverShowsMoreThanThereIs(t *testing.T) {
	t.Parallel()
	en, fr := catalogue(t).Localizer("en", ""), catalogue(t).Localizer("fr", "")
	cases := []struct {
		left   time.Duration
		en, fr string
	}{
		{time.Hour, "1 hour left", "il reste 1 heure"},
		{time.Hour - 1, "59 minutes left", "il reste 59 minutes"},
		{time.Minute, "1 minute left", "il reste 1 minute"},
		{time.Minute - 1, "less than a minute left", "il reste moins d’une minute"},
		{0, "less than a minute left", "il reste moins d’une minute"},
		{-time.Second, "overdue by less than a minute", "en retard de moins d’une minute"},
		{-2 * time.Minute, "overdue by 2 minutes", "en retard de 2 minutes"},
		{12*time.Hour + 5*time.Minute, "12 hours 5 minutes left", "il reste 12 heures 5 minutes"},
		{47 * time.Hour, "47 hours left", "il reste 47 heures"},
		{49 * time.Hour, "2 days 1 hour left", "il reste 2 jours 1 heure"},
		{math.MinInt64 + 1, "overdue by 106,751 days 23 hours", "en retard de 106\u00a0751 jours 23 heures"},
	}
	for _, c := range cases {
		if got := en.Remaining(c.left); got != c.en {
			t.Errorf("%v: %q, want %q", c.left, got, c.en)
		}
		if got := fr.Remaining(c.left); got != c.fr {
			t.Errorf("%v: %q, want %q", c.left, got, c.fr)
		}
	}
}

func TestMomentAlwaysShowsItsZone(t *testing.T) {
	t.Parallel()
	en, fr := catalogue(t).Localizer("en", ""), catalogue(t).Localizer("fr", "")
	winter := time.Date(2026, 3, 1, 14, 5, 59, 0, time.FixedZone("CET", 3600))
	west := time.Date(2026, 8, 11, 0, 0, 0, 0, time.FixedZone("", -(3*3600+1800)))
	utc := time.Date(2026, 12, 31, 23, 59, 0, 0, time.UTC)
	for got, want := range map[string]string{
		en.Moment(winter): "1 March 2026, 14:05 (UTC+1)",
		fr.Moment(winter): "1er mars 2026 à 14:05 (UTC+1)",
		en.Moment(west):   "11 August 2026, 00:00 (UTC−3:30)",
		fr.Moment(west):   "11 août 2026 à 00:00 (UTC−3:30)",
		en.Moment(utc):    "31 December 2026, 23:59 (UTC)",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestOneLocalizerServesManyAtOnce(t *testing.T) {
	t.Parallel()
	l := catalogue(t).Localizer("fr", "")
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for i := range 50 {
				if got := l.N("time.days", i); strings.HasPrefix(got, "[") {
					t.Errorf("got %q", got)
				}
			}
		})
	}
	group.Wait()
}

func FuzzLocalizer(f *testing.F) {
	f.Add("fr", "en;q=0.1,*")
	f.Add("x-private", "zz-Zzzz-ZZ;q=9")
	c := catalogue(f)
	f.Fuzz(func(t *testing.T, choice, accept string) {
		if l := c.Localizer(choice, accept); l.T("date.month.1") == "" {
			t.Error("no language chosen")
		}
	})
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// openPreferences shows a person's own preferences: nobody else's can be named.
func (c *Console) openPreferences(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	return c.render(w, r, http.StatusOK, page.Preferences(c.preferences(who)))
}

func (c *Console) preferences(who flow.Individual) page.Preferred {
	chosen := flow.DefaultWellness()
	if who.File.Preferences.Wellness != nil {
		chosen = *who.File.Preferences.Wellness
	}
	return page.Preferred{Keys: keysOf(who), Chosen: chosen, Floor: c.Flow.Settings.Wellness}
}

func keysOf(who flow.Individual) page.Keys {
	s := who.File.Preferences.Shortcuts
	return page.Keys{Off: s.Off, Own: s.Keys}
}

// preferShortcuts keeps the person's own keys. Two things on one key, or what no single key gives, is told.
func (c *Console) preferShortcuts(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	ctx := r.Context()
	form := c.preferences(who)
	form.Keys = page.Keys{Off: r.PostForm.Get("on") == "", Own: map[string]string{}}
	form.Problems = map[string]string{}
	usual := r.PostForm.Get("usual") != ""
	taken := map[string]bool{}
	for _, s := range page.Shortcuts() {
		if s.Fixed || usual {
			continue
		}
		key, ok := page.KeyForm(r.PostForm.Get("key." + s.Name))
		switch {
		case !ok:
			form.Problems[s.Name] = page.T(ctx, "console.shortcut.problem.one")
			key = r.PostForm.Get("key." + s.Name)
		case key != "" && taken[key]:
			form.Problems[s.Name] = page.T(ctx, "console.shortcut.problem.taken")
		}
		taken[key] = true
		if key != s.Usual {
			form.Keys.Own[s.Name] = key
		}
	}
	if len(form.Problems) > 0 {
		return c.render(w, r, http.StatusUnprocessableEntity, page.Preferences(form))
	}
	err := c.Flow.PreferShortcuts(ctx, who.Actor(), flow.Shortcuts{Off: form.Keys.Off, Keys: form.Keys.Own})
	return c.preferred(w, r, err)
}

// preferWellness keeps how the person meets media.
func (c *Console) preferWellness(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	blur, blurErr := strconv.Atoi(r.PostForm.Get("blur"))
	minutes, breakErr := strconv.Atoi(r.PostForm.Get("break"))
	views, viewsErr := atoiOrNone(r.PostForm.Get("views"))
	form := c.preferences(who)
	chosen := flow.Wellness{Blur: blur, Grey: r.PostForm.Get("grey") != "", Mute: r.PostForm.Get("mute") != "",
		Break: time.Duration(minutes) * time.Minute, Views: views}
	for _, category := range tocsin.Categories() {
		if slices.Contains(r.PostForm["without"], string(category)) {
			chosen.Without = append(chosen.Without, category)
		}
	}
	if blurErr != nil || breakErr != nil || viewsErr != nil || views < 0 || views > flow.MostViews {
		form.Chosen = chosen
		form.Problems = map[string]string{"views": page.T(r.Context(), "console.wellness.problem")}
		return c.render(w, r, http.StatusUnprocessableEntity, page.Preferences(form))
	}
	return c.preferred(w, r, c.Flow.PreferWellness(r.Context(), who.Actor(), chosen))
}

func (c *Console) preferred(w http.ResponseWriter, r *http.Request, err error) error {
	if err != nil {
		return err
	}
	c.notice(r.Context(), "console.notice.preferred")
	return goTo(w, r, "/preferences")
}

// atoiOrNone reads a number that may be left out.
func atoiOrNone(text string) (int, error) {
	if text == "" {
		return 0, nil
	}
	return strconv.Atoi(text)
}

// takeBreak starts the time to the next reminder anew.
func (c *Console) takeBreak(w http.ResponseWriter, r *http.Request, _ flow.Individual) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	c.sessions.Put(r.Context(), keyWorking, c.Clock.Now().Unix())
	return goTo(w, r, localPath(r.PostForm.Get("to")))
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
	"tocsin/internal/locale"
)

const (
	// keySeenBefore is how many media the person had been shown when her session first counted.
	keySeenBefore = "seen_before"
	// seeTime is how long a page waits for all files that were asked for together.
	seeTime = 45 * time.Second
	// seeAtOnce is how many of them are fetched at the same time.
	seeAtOnce = 4
)

// embeds lets the page that is about to be written show images of the media origin, which no other page may.
func (c *Console) embeds(w http.ResponseWriter) {
	if c.Media != "" {
		w.Header().Set("Content-Security-Policy",
			strings.Replace(pagePolicy, "img-src 'self'", "img-src 'self' "+c.Media, 1))
	}
}

// seen is one file that a person pressed for: the address of a still, or why there is none.
type seen struct {
	Address string
	Frames  int
	Problem string
}

// sight is the section of a page about the media of a case's item. pressed are the files just asked for.
func (c *Console) sight(ctx context.Context, who flow.Individual, view flow.CaseView, form string,
	pressed map[int]seen) page.Sight {
	s := page.Sight{Said: view.Categories, Ask: caseAddress(view.ID) + "/media", Form: form, Seen: c.Flow.SeenBy(who),
		Off:    c.Media == "" || c.Flow.Viewer == nil,
		Denied: c.Flow.Policy.Decide(who.Actor(), flow.ActionCaseView, view.Case) != nil}
	s.Session = c.seenInSession(ctx, s.Seen)
	if view.Item == nil || s.Off || s.Denied {
		return s
	}
	for i, f := range view.Item.File.Media {
		m := page.Medium{File: i, Kind: page.KindOfMedium(f.Type)}
		if p, ok := pressed[i]; ok {
			m.Address, m.Frames, m.Problem = p.Address, p.Frames, p.Problem
		}
		s.Files = append(s.Files, m)
	}
	return s
}

// seenInSession counts from when the session first asked.
func (c *Console) seenInSession(ctx context.Context, seen flow.Seen) int64 {
	if !c.sessions.Exists(ctx, keySeenBefore) {
		c.sessions.Put(ctx, keySeenBefore, seen.Total)
	}
	return seen.Total - c.sessions.GetInt64(ctx, keySeenBefore)
}

// pick is which files of an item a button asks for.
type pick struct {
	file int // -1 is all
	size flow.ViewSize
}

var errPick = tocsin.Invalid(tocsin.ReasonUnknownValue, "see", "There is no such file.")

func pickFrom(value string) (pick, error) {
	name, size, _ := strings.Cut(value, ".")
	p := pick{-1, flow.ViewSize(size)}
	if name != "all" {
		n, err := strconv.Atoi(name)
		if err != nil || n < 0 {
			return p, errPick
		}
		p.file = n
	}
	if p.size != flow.ViewSmall && p.size != flow.ViewLarge || p.file < 0 && p.size != flow.ViewSmall {
		return p, errPick
	}
	return p, nil
}

// see asks for the files of a press. What one of them cannot be shown for is said at that file.
func (c *Console) see(r *http.Request, who flow.Individual, view flow.CaseView, value string) (map[int]seen, error) {
	if err := c.Flow.Policy.Decide(who.Actor(), flow.ActionCaseView, view.Case); err != nil {
		return nil, err
	}
	p, err := pickFrom(value)
	if err != nil {
		return nil, err
	}
	if view.Item == nil || c.Media == "" {
		return nil, errPick
	}
	var files []int
	for i, f := range view.Item.File.Media {
		if (p.file < 0 || p.file == i) && page.KindOfMedium(f.Type) == page.MediaImage {
			files = append(files, i)
		}
	}
	if len(files) == 0 {
		return nil, errPick
	}
	ctx, cancel := context.WithTimeout(r.Context(), seeTime)
	defer cancel()
	session := tocsin.DigestOf([]byte(c.sessions.Token(r.Context())))
	pressed, slots := map[int]seen{}, make(chan struct{}, seeAtOnce)
	var mu sync.Mutex
	var all sync.WaitGroup
	for _, file := range files {
		all.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			one := c.seeOne(ctx, who, session, view.ID, file, p.size)
			mu.Lock()
			defer mu.Unlock()
			pressed[file] = one
		})
	}
	all.Wait()
	return pressed, nil
}

func (c *Console) seeOne(ctx context.Context, who flow.Individual, session tocsin.Digest, id tocsin.RecordID, file int,
	size flow.ViewSize) seen {
	token, still, err := c.Flow.AskView(ctx, who.Actor(), session, id, file, size)
	if err == nil {
		return seen{Address: c.Media + "/" + token, Frames: still.Frames}
	}
	e, ok := errors.AsType[*tocsin.Error](err)
	if !ok {
		c.Log.WarnContext(ctx, "no medium shown", "code", tocsin.CodeOf(err), "case", id)
		return seen{Problem: page.T(ctx, "console.reason.media_unfetchable")}
	}
	return seen{Problem: message(ctx, publicError(e))}
}

// seeMedia answers a press: with the page of the case and what was asked for on it, or to a script with the addresses.
func (c *Console) seeMedia(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	view, err := c.Flow.Case(r.Context(), who.Actor(), tocsin.RecordID(r.PathValue("id")))
	if err != nil {
		return err
	}
	return c.answerPress(w, r, who, &view, func(pressed map[int]seen) error { return c.writeCase(w, r, who, view, pressed) })
}

// answerPress asks for what was pressed on a page that shows the item of a case; of is nil where there is none that this
// person may read. again writes that page.
func (c *Console) answerPress(w http.ResponseWriter, r *http.Request, who flow.Individual, of *flow.CaseView,
	again func(pressed map[int]seen) error) error {
	if of == nil {
		return errNowhere
	}
	if err := c.Flow.Policy.Decide(who.Actor(), flow.ActionCaseView, of.Case); err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	pressed, err := c.see(r, who, *of, r.PostForm.Get("see"))
	if err != nil {
		return err
	}
	if r.Header.Get("Accept") == "application/json" {
		return writeJSON(w, c.sightings(r.Context(), who, pressed))
	}
	return again(pressed)
}

// caseBehind is the case that another record is about, where this person may read it; nil where there is none.
func (c *Console) caseBehind(ctx context.Context, who flow.Individual, id tocsin.RecordID) (*flow.CaseView, error) {
	if id == "" {
		return nil, nil
	}
	view, err := c.Flow.Case(ctx, who.Actor(), id)
	switch tocsin.CodeOf(err) {
	case tocsin.CodeNotFound, tocsin.CodeForbidden:
		return nil, nil
	}
	return &view, err
}

// sightOf is the section about the media of a case's item on the page of another record; nil where there are none to see.
func (c *Console) sightOf(ctx context.Context, w http.ResponseWriter, who flow.Individual, of *flow.CaseView, ask string,
	pressed map[int]seen) *page.Sight {
	if of == nil || of.Erased || of.Item == nil || of.Item.Erased {
		return nil
	}
	s := c.sight(ctx, who, *of, "", pressed)
	s.Ask = ask
	c.embeds(w)
	return &s
}

// sighting is what a script is told of one file.
type sighting struct {
	File    int    `json:"file"`
	Address string `json:"address,omitempty"`
	Alt     string `json:"alt,omitempty"`
	Problem string `json:"problem,omitempty"`
}

// sightings are those of a press, with the count as it will be once they are shown.
func (c *Console) sightings(ctx context.Context, who flow.Individual, pressed map[int]seen) any {
	var answer struct {
		Views []sighting `json:"views"`
		Seen  string     `json:"seen"`
	}
	count := c.Flow.SeenBy(who)
	for file, one := range pressed {
		s := sighting{File: file, Address: one.Address, Problem: one.Problem}
		if one.Frames > 1 {
			s.Alt = page.N(ctx, "console.media.frames", one.Frames)
		}
		if one.Address != "" {
			count.Total++
			count.Day++
		}
		answer.Views = append(answer.Views, s)
	}
	slices.SortFunc(answer.Views, func(a, b sighting) int { return a.File - b.File })
	answer.Seen = page.Counted(ctx, c.seenInSession(ctx, count), count)
	return answer
}

// terms are the sections of the host's own terms, in the reader's language where they exist in it.
func (c *Console) terms(ctx context.Context) []page.Term {
	var all []page.Term
	for _, s := range c.Flow.Settings.Terms {
		text, language := s.In(locale.From(ctx).Lang(), c.Flow.Settings.Language)
		all = append(all, page.Term{Key: s.Key, Text: text, Language: language})
	}
	return all
}

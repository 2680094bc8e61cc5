// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"tocsin/internal/visitor"
)

// listed is what the API says of a page of cases.
type listed struct {
	Cases []struct{ ID, State string }
	Next  string
}

// get asks the API.
func (o *office) get(ctx context.Context, path string, into any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, o.address+"/api/v1"+path, nil)
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+o.token)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: status %d: %s", path, resp.StatusCode, text)
	}
	return json.Unmarshal(text, into)
}

// question is one kind of request, asked many times; n is which time.
type question struct {
	what string
	ask  func(ctx context.Context, n int) error
}

// timed asks one kind of request again and again and adds its line.
func (o *office) timed(ctx context.Context, q question) error {
	const quarters = 4
	var p50, p95 []float64
	n := 0
	for range 5 { // what the first of a kind compiles, later ones find compiled
		if err := q.ask(ctx, n); err != nil {
			return fmt.Errorf("%s: %w", q.what, err)
		}
		n++
	}
	for range quarters {
		var took []time.Duration
		for range deskRounds / quarters {
			began := time.Now()
			err := q.ask(ctx, n)
			took = append(took, time.Since(began))
			if err != nil {
				return fmt.Errorf("%s: %w", q.what, err)
			}
			n++
		}
		p50, p95 = append(p50, percentile(took, 50)), append(p95, percentile(took, 95))
	}
	o.table.figure(q.what+", p50", "ms", p50...)
	o.table.atMost(q.what+", p95", deskGoal, "ms", p95...)
	return nil
}

// ask measures every page and question of the desk.
func (o *office) ask(ctx context.Context) error {
	cursor, err := o.hundredth(ctx)
	if err != nil {
		return err
	}
	questions := []question{
		{"queue over the API, first page", o.page("/cases", 50, "open", "overdue")},
		{"queue over the API, 100th page", o.page("/cases?after="+cursor, 50, "open", "overdue")},
	}
	for _, state := range []string{"open", "overdue", "decided"} {
		questions = append(questions, question{"queue over the API, " + state, o.page("/cases?state="+state, 50, state)})
	}
	bank := "&bank=" + string(o.filler.bank)
	questions = append(questions,
		question{"queue over the API, narrowed to a bank", o.page("/cases?state=open,overdue"+bank, 50, "open", "overdue")},
		question{"queue over the API, narrowed to a bank and an urgency", o.page("/cases?state=open,overdue&priority=1"+bank, 50,
			"open", "overdue")},
		question{"queue over the API, narrowed to what none has", o.narrowedAway("/cases?state=open,overdue&priority=2" + bank)},
		question{"journal over the API, the latest", o.audit("/audit", 50)},
		question{"journal over the API, of a kind that is rare", o.audit("/audit?kind=person", 0)},
		question{"journal over the API, of a time long ago", o.audit("/audit?until="+
			url.QueryEscape(o.filler.now.Add(-36*24*time.Hour).Format(time.RFC3339)), 1)},
		question{"search over the API, one of its own", o.search(func(n int) (string, int) { return addressOf(n * 7), 50 })},
		question{"search over the API, a word of a thousandth", o.search(func(n int) (string, int) {
			return strings.Split(addressOf(n*7), "/")[3], 50
		})},
		question{"search over the API, words that all hold", o.search(func(int) (string, int) { return "board.example post", 50 })},
		question{"search over the API, by reference", o.search(func(n int) (string, int) { return refOf(n * 7), 50 })},
		question{"search over the API, nothing", o.search(func(n int) (string, int) { return "board kettle" + refOf(n), 0 })},
		question{"console: queue", o.sees("/cases", "/cases/cas_")},
		question{"console: queue, decided", o.sees("/cases?show=decided", "/cases/cas_")},
		question{"console: queue, narrowed to a bank and an urgency", o.sees("/cases?priority=1"+bank, "/cases/cas_")},
		question{"console: start page", o.sees("/", "figures-cases")},
		question{"console: search by reference", o.finds()},
		question{"console: one case", o.opensCase()})
	if !o.kept { // cases are assigned to people who came before them
		questions = append(questions, question{"console: my cases", o.sees("/cases?who=me", "/cases/cas_")})
	}
	for _, q := range questions {
		if err := o.timed(ctx, q); err != nil {
			return err
		}
	}
	return o.decides(ctx)
}

// hundredth turns pages until the hundredth, and gives what leads to it.
func (o *office) hundredth(ctx context.Context) (string, error) {
	after := ""
	for range 99 {
		var p listed
		if err := o.get(ctx, "/cases?after="+after, &p); err != nil {
			return "", err
		}
		if after = p.Next; after == "" { // fewer than a hundred pages, when measured small
			return "", nil
		}
	}
	return after, nil
}

// narrowedAway asks for cases that nobody has: to find that out may not take longer than to find some.
func (o *office) narrowedAway(path string) func(context.Context, int) error {
	return func(ctx context.Context, _ int) error {
		var p listed
		if err := o.get(ctx, path, &p); err != nil {
			return err
		}
		if len(p.Cases) > 0 {
			return fmt.Errorf("%d cases have what none has", len(p.Cases))
		}
		return nil
	}
}

// audit asks for a page of the journal with at least so many events.
func (o *office) audit(path string, least int) func(context.Context, int) error {
	return func(ctx context.Context, _ int) error {
		var page struct {
			Events []struct{ ID string }
			Chain  bool
		}
		if err := o.get(ctx, path, &page); err != nil {
			return err
		}
		if len(page.Events) < least || !page.Chain {
			return fmt.Errorf("%s gives %d events, chained %v", path, len(page.Events), page.Chain)
		}
		return nil
	}
}

func (o *office) page(path string, most int, states ...string) func(context.Context, int) error {
	return func(ctx context.Context, _ int) error {
		var p listed
		if err := o.get(ctx, path, &p); err != nil {
			return err
		}
		if len(p.Cases) == 0 || len(p.Cases) > most {
			return fmt.Errorf("%d cases on a page", len(p.Cases))
		}
		for _, c := range p.Cases {
			if !slices.Contains(states, c.State) {
				return fmt.Errorf("a case is %s", c.State)
			}
		}
		return nil
	}
}

// search asks for words and wants so many records, or at least one and at most so many where many hold the words.
func (o *office) search(words func(n int) (string, int)) func(context.Context, int) error {
	return func(ctx context.Context, n int) error {
		q, want := words(n)
		var answer struct{ Found []struct{ ID string } }
		if err := o.get(ctx, "/search?q="+url.QueryEscape(q), &answer); err != nil {
			return err
		}
		if got := len(answer.Found); got != want && (want != 50 || got == 0 || got > 50) {
			return fmt.Errorf("%d records found for %q, want %d", got, q, want)
		}
		return nil
	}
}

// sees opens a page of the console that must hold something.
func (o *office) sees(path, holds string) func(context.Context, int) error {
	return func(ctx context.Context, _ int) error {
		p, err := o.moderator.Get(ctx, path)
		if err == nil && (p.Status != http.StatusOK || !bytes.Contains(p.Body, []byte(holds))) {
			err = fmt.Errorf("%s answers %d without %q", path, p.Status, holds)
		}
		return err
	}
}

func (o *office) finds() func(context.Context, int) error {
	return func(ctx context.Context, n int) error {
		p, err := o.moderator.Post(ctx, "/search", url.Values{"q": {refOf(n * 11)}})
		if err == nil && (p.Status != http.StatusOK || !bytes.Contains(p.Body, []byte("/cases/cas_"))) {
			err = fmt.Errorf("%s answers %d and shows no case", p.Path, p.Status)
		}
		return err
	}
}

func (o *office) opensCase() func(context.Context, int) error {
	var ids []string
	return func(ctx context.Context, n int) error {
		if len(ids) == 0 {
			var p listed
			if err := o.get(ctx, "/cases?state=open,decided&limit=200", &p); err != nil {
				return err
			}
			for _, c := range p.Cases {
				ids = append(ids, c.ID)
			}
		}
		return o.sees("/cases/"+ids[n%len(ids)], "board.example")(ctx, n)
	}
}

// decides takes cases and decides them, one after the other: what each press takes.
func (o *office) decides(ctx context.Context) error {
	o.moderator.Stay()
	var id string
	next := func(ctx context.Context, _ int) (err error) {
		id, err = takeNext(ctx, o.moderator)
		return err
	}
	if err := o.timed(ctx, question{"console: next case", func(ctx context.Context, n int) error {
		if err := next(ctx, n); err != nil {
			return err
		}
		return nil
	}}); err != nil {
		return err
	}
	var ready []readyForm
	for range deskRounds + 5 {
		if err := next(ctx, 0); err != nil {
			return err
		}
		form, err := formOf(ctx, o.moderator, id)
		if err != nil {
			return err
		}
		ready = append(ready, form)
	}
	return o.timed(ctx, question{"console: one decision", func(ctx context.Context, n int) error {
		return ready[n].confirm(ctx, o.moderator)
	}})
}

// patiently presses a button, and again as long as the node says that it is busy. The waiting is part of what is timed.
func patiently(ctx context.Context, v *visitor.Visitor, path string, form url.Values) (visitor.Page, error) {
	for {
		p, err := v.Post(ctx, path, form)
		if err != nil || p.Status != http.StatusTooManyRequests {
			return p, err
		}
		select {
		case <-ctx.Done():
			return p, ctx.Err()
		case <-time.After(time.Second):
		}
	}
}

func takeNext(ctx context.Context, v *visitor.Visitor) (string, error) {
	p, err := patiently(ctx, v, "/cases/next", nil)
	id, found := strings.CutPrefix(p.Path, "/cases/")
	if err == nil && !found {
		err = fmt.Errorf("no next case: %d at %s", p.Status, p.Path)
	}
	return id, err
}

// readyForm is a decision that only has to be confirmed.
type readyForm struct {
	path string
	form url.Values
}

func formOf(ctx context.Context, v *visitor.Visitor, id string) (readyForm, error) {
	path := "/cases/" + id + "/keep"
	p, err := v.Get(ctx, path)
	if err != nil {
		return readyForm{}, err
	}
	form, err := p.Finding()
	if err == nil {
		form.Set("do", "confirm")
	}
	return readyForm{path, form}, err
}

func (f readyForm) confirm(ctx context.Context, v *visitor.Visitor) error {
	p, err := patiently(ctx, v, f.path, f.form)
	if err == nil && !strings.HasPrefix(p.Path, "/decisions/dec_") {
		err = fmt.Errorf("not decided: %d at %s", p.Status, p.Path)
	}
	return err
}

// crowded lets many moderators work at once: each takes a case, opens its form, and decides.
func (o *office) crowded(ctx context.Context) error {
	const each = 12
	people := make([]*visitor.Visitor, len(o.crowd))
	for i, link := range o.crowd {
		v, err := visitor.Enrol(ctx, link, fmt.Sprintf("Moderator %d", i), 1+i)
		if err != nil {
			return err
		}
		v.Stay()
		people[i] = v
	}
	var mu sync.Mutex
	var took []time.Duration
	taken := map[string]bool{}
	var failed error
	var working sync.WaitGroup
	began := time.Now()
	for _, v := range people {
		working.Go(func() {
			for range each {
				pressed := time.Now()
				id, err := takeNext(ctx, v)
				waited := time.Since(pressed)
				var form readyForm
				if err == nil {
					form, err = formOf(ctx, v, id)
				}
				if err == nil {
					err = form.confirm(ctx, v)
				}
				mu.Lock()
				if taken[id] && err == nil {
					err = fmt.Errorf("two people were given case %s", id)
				}
				taken[id], took = true, append(took, waited)
				if failed == nil {
					failed = err
				}
				mu.Unlock()
				if err != nil {
					return
				}
			}
		})
	}
	working.Wait()
	if failed != nil {
		return failed
	}
	o.table.figure(fmt.Sprintf("%d moderators at once: decisions, each with its page", len(people)), "decisions/s",
		float64(len(people)*each)/time.Since(began).Seconds())
	o.table.figure(fmt.Sprintf("%d moderators at once: next case, p50", len(people)), "ms", percentile(took, 50))
	o.table.figure(fmt.Sprintf("%d moderators at once: next case, p95", len(people)), "ms", percentile(took, 95))
	return nil
}

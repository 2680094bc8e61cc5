// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// queueView is what somebody looks at in the queue, all of which stands in the address.
type queueView struct {
	show                     string // a heap; empty is the first, or all that is hers
	mine                     bool
	priority, category, bank string // what it is narrowed by; empty narrows nothing
	after                    string
}

// viewOf reads the address. What is no filter is left out: a link from elsewhere still opens the queue.
func viewOf(r *http.Request) queueView {
	query := r.URL.Query()
	v := queueView{mine: query.Get("who") == "me", after: query.Get("after")}
	if slices.ContainsFunc(heaps, func(h heap) bool { return h.name == query.Get("show") }) {
		v.show = query.Get("show")
	}
	if p, err := strconv.Atoi(query.Get("priority")); err == nil && p >= int(tocsin.PriorityReading) && p <= int(tocsin.PriorityTrusted) {
		v.priority = strconv.Itoa(p)
	}
	if slices.Contains(tocsin.Categories(), tocsin.Category(query.Get("category"))) {
		v.category = query.Get("category")
	}
	if id := tocsin.RecordID(query.Get("bank")); id.Valid() && id.Is(tocsin.KindBank) {
		v.bank = string(id)
	}
	return v
}

func (v queueView) heap() heap {
	at := slices.IndexFunc(heaps, func(h heap) bool { return h.name == v.show })
	return heaps[max(at, 0)]
}

func (v queueView) states() []tocsin.CaseState {
	if v.mine && v.show == "" {
		return allCases // what is mine is mine whether I hold it or not
	}
	return v.heap().states
}

func (v queueView) facets() flow.CaseFacets {
	f := flow.CaseFacets{Category: tocsin.Category(v.category), Bank: tocsin.RecordID(v.bank)}
	if v.priority != "" {
		n, _ := strconv.Atoi(v.priority) // as viewOf wrote it
		p := tocsin.Priority(n)
		f.Priority = &p
	}
	return f
}

func (v queueView) filter() flow.CaseFilter {
	return flow.CaseFilter{States: v.states(), Mine: v.mine, CaseFacets: v.facets(), After: v.after, Limit: pageSize}
}

func (v queueView) narrowed() bool { return v.priority != "" || v.category != "" || v.bank != "" }

// Other views, each from its first page on.
func (v queueView) from(after string) queueView   { v.after = after; return v }
func (v queueView) showing(heap string) queueView { v.show = heap; return v.from("") }
func (v queueView) of(mine bool) queueView        { v.mine = mine; return v.showing("") }
func (v queueView) whole() queueView {
	v.priority, v.category, v.bank = "", "", ""
	return v.from("")
}

func (v queueView) address() string {
	query := url.Values{}
	if v.mine {
		query.Set("who", "me")
	}
	for name, value := range map[string]string{"show": v.show, "priority": v.priority, "category": v.category, "bank": v.bank,
		"after": v.after} {
		if value != "" {
			query.Set(name, value)
		}
	}
	if len(query) == 0 {
		return "/cases"
	}
	return "/cases?" + query.Encode()
}

// narrowing is the form by which the queue is narrowed, each choice with how many cases it would show.
func (c *Console) narrowing(ctx context.Context, who flow.Individual, at queueView) (page.Narrowing, error) {
	counts, err := c.Flow.CaseFacetCounts(ctx, who.Actor(), at.filter())
	if err != nil {
		return page.Narrowing{}, err
	}
	n := page.Narrowing{Show: at.show, Mine: at.mine}
	if at.narrowed() {
		n.Whole = at.whole().address()
	}
	for _, f := range []struct{ name, prefix, label, any, chosen string }{
		{"priority", tocsin.FacetPriority, page.T(ctx, "console.case.priority"), page.T(ctx, "queue.any_priority"), at.priority},
		{"category", tocsin.FacetCategory, page.T(ctx, "queue.category"), page.T(ctx, "queue.any_category"), at.category},
		{"bank", tocsin.FacetBank, page.T(ctx, "console.record.bank"), page.T(ctx, "queue.any_bank"), at.bank},
	} {
		field := page.Narrow{Name: f.name, Label: f.label,
			Choices: []page.CountedChoice{{Choice: page.Choice{Label: f.any, Chosen: f.chosen == ""}}}}
		for _, count := range counts {
			value, of := strings.CutPrefix(count.Facet, f.prefix)
			if !of {
				continue
			}
			label := count.Label
			if label == "" {
				label = page.FacetWord(ctx, count.Facet)
			}
			field.Choices = append(field.Choices, page.CountedChoice{Counted: true, Count: count.Count,
				More: count.More, None: count.None, Choice: page.Choice{Value: value, Label: label, Chosen: value == f.chosen}})
		}
		if f.chosen != "" && !slices.ContainsFunc(field.Choices, func(c page.CountedChoice) bool { return c.Value == f.chosen }) {
			field.Choices = append(field.Choices, page.CountedChoice{Choice: page.Choice{Value: f.chosen, Chosen: true,
				Label: page.T(ctx, "queue.another_bank")}}) // none that is there, or one she may not read
		}
		if len(field.Choices) > 1 {
			n.Fields = append(n.Fields, field)
		}
	}
	return n, nil
}

// emptyNarrow says which filter hides everything, where one does.
func emptyNarrow(ctx context.Context, at queueView, n page.Narrowing, next string) (page.Blank, bool) {
	if !at.narrowed() {
		return page.Blank{}, false
	}
	if next != "" { // it looked at as many as a page may, and none of them had everything
		return page.Blank{Says: page.T(ctx, "queue.none_so_far"), Explain: page.T(ctx, "queue.none_so_far_explain"),
			Address: at.from(next).address(), Label: page.T(ctx, "queue.go_on")}, true
	}
	blank := page.Blank{Says: page.T(ctx, "queue.none_together"), Address: at.whole().address(), Label: page.T(ctx, "queue.whole")}
	if at.mine {
		blank.Says = page.T(ctx, "queue.none_of_mine")
		return blank, true
	}
	var hiding []string
	for _, field := range n.Fields {
		for _, choice := range field.Choices {
			if choice.Chosen && choice.None {
				hiding = append(hiding, field.Label+": "+choice.Label)
			}
		}
	}
	if hiding != nil {
		blank.Says, blank.Explain = page.N(ctx, "queue.hides", len(hiding)), strings.Join(hiding, "; ")
	}
	return blank, true
}

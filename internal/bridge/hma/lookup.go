// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hma

import (
	"tocsin/internal/flow"
	"tocsin/match"
)

// MoreHeader says that there were more matches than an answer holds.
const MoreHeader = "X-Tocsin-More"

// found is one match on the wire.
type found struct {
	Content  int64  `json:"bank_content_id"`
	Distance string `json:"distance"`
}

// hit is a match with what decides how it is shown.
type hit struct {
	found
	bank flow.BankView
}

// search looks up all that was made of one content. It gives, by type, what a person should look at and nothing
// else: not what is disabled, quarantined, suppressed by a negative bank, or farther than its bank's own threshold.
func (c *call) search(how flow.Screening, queries ...match.Query) (map[string][]hit, error) {
	var err error
	if how.Assertion, err = c.assertion(); err != nil {
		return nil, err
	}
	how.Pieces = []flow.Piece{{Queries: queries}}
	answers, err := c.s.Flow.Screen(c.r.Context(), c.actor, how)
	if err != nil {
		return nil, err
	}
	if answers[0].Err != nil {
		return nil, answers[0].Err
	}
	if answers[0].More {
		c.w.Header().Set(MoreHeader, "true")
	}
	matches := map[string][]flow.Match{}
	for _, m := range answers[0].Matches {
		if m.Proposal == flow.ProposeReview && m.Bank.File.Name != flow.FaceBank {
			matches[string(m.Type)] = append(matches[string(m.Type)], m)
		}
	}
	hits := map[string][]hit{}
	for _, t := range signalTypes {
		if hits[t.Name], err = c.numbered(t, matches[t.Name]); err != nil {
			return nil, err
		}
	}
	return hits, nil
}

// numbered gives each match its content, and each content once a bank.
func (c *call) numbered(t signalType, matches []flow.Match) ([]hit, error) {
	numbers, err := c.s.contents.Numbers(c.r.Context(), matches)
	if err != nil {
		return nil, err
	}
	var hits []hit
	seen := map[int64]bool{}
	for i, m := range matches {
		if !seen[numbers[i]] {
			seen[numbers[i]] = true
			hits = append(hits, hit{found{numbers[i], t.distance(m.Distance)}, m.Bank})
		}
	}
	return hits, nil
}

// signalOf reads signal and signal_type of the query.
func (c *call) signalOf() (signalType, string, error) {
	t, err := c.s.enabledType(c.query.Get("signal_type"))
	if err != nil {
		return t, "", err
	}
	value, err := t.parse(c.query.Get("signal"))
	if err != nil {
		return t, "", badRequest("invalid signal: %s", err)
	}
	return t, value, nil
}

// how reads what a lookup says about banks.
func (c *call) how() (flow.Screening, error) {
	every, err := c.flag("bypass_coinflip", false)
	return flow.Screening{Banks: c.list("banks"), Seed: c.query.Get("seed"), Every: every}, err
}

func rawLookup(c *call) error {
	distances, err := c.flag("include_distance", false)
	if err != nil {
		return err
	}
	for _, name := range []string{"signal", "signal_type"} {
		if c.query.Get(name) == "" {
			return badRequest("Parameter `%s` is required", name)
		}
	}
	t, value, err := c.signalOf()
	if err != nil {
		return err
	}
	hits, err := c.search(flow.Screening{Banks: c.list("banks"), Every: true}, t.query(value))
	if err != nil {
		return err
	}
	plain, full := []int64{}, []found{}
	for _, h := range hits[t.Name] {
		if h.bank.Enabled > 0 {
			plain, full = append(plain, h.Content), append(full, h.found)
		}
	}
	if distances {
		return c.ok(map[string][]found{"matches": full})
	}
	return c.ok(map[string][]int64{"matches": plain})
}

type byBank map[string][]found

func inBanks(hits []hit) byBank {
	all := byBank{}
	for _, h := range hits {
		all[h.bank.File.Name] = append(all[h.bank.File.Name], h.found)
	}
	return all
}

func lookup(c *call) error {
	how, err := c.how()
	if err != nil {
		return err
	}
	if c.query.Get("url") != "" {
		return c.holding(func() error { return c.lookupURL(how) })
	}
	if c.query.Get("signal") == "" || c.query.Get("signal_type") == "" {
		return badRequest("Either url or both signal and signal_type are required")
	}
	t, value, err := c.signalOf()
	if err != nil {
		return err
	}
	hits, err := c.search(how, t.query(value))
	if err != nil {
		return err
	}
	return c.ok(inBanks(hits[t.Name]))
}

func (c *call) lookupURL(how flow.Screening) error {
	if _, err := c.assertion(); err != nil { // before anything is fetched
		return err
	}
	wanted := c.query.Get("signal_type")
	if wanted != "" {
		if _, err := c.s.enabledType(wanted); err != nil {
			return err
		}
	}
	h, err := c.hashURL()
	if err != nil {
		return err
	}
	all, err := c.lookUp(h, how)
	if err != nil {
		return err
	}
	if wanted == "" {
		return c.ok(all)
	}
	if all[wanted] == nil {
		return c.ok(byBank{})
	}
	return c.ok(all[wanted])
}

func lookupUpload(c *call) error {
	how, err := c.how()
	if err != nil {
		return err
	}
	if _, err := c.assertion(); err != nil { // before anything is computed
		return err
	}
	return c.holding(func() error {
		f, err := c.readForm()
		if err != nil {
			return err
		}
		h, err := c.hash(f.contentType, f.content)
		if err != nil {
			return err
		}
		all, err := c.lookUp(h, how)
		if err != nil {
			return err
		}
		return c.ok(all)
	})
}

// lookUp looks up all hashes of a content together, the rotations of a picture with them. An empty hash finds
// nothing.
func (c *call) lookUp(h hashed, how flow.Screening) (map[string]byBank, error) {
	var queries []match.Query
	for name, p := range h {
		if p.Value == "" {
			continue
		}
		if _, err := c.s.enabledType(name); err != nil {
			return nil, err
		}
		queries = append(queries, p.Query())
	}
	hits := map[string][]hit{}
	if len(queries) > 0 {
		var err error
		if hits, err = c.search(how, queries...); err != nil {
			return nil, err
		}
	}
	all := map[string]byBank{}
	for name := range h {
		all[name] = inBanks(hits[name])
	}
	return all, nil
}

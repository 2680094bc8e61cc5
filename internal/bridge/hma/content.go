// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hma

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"

	"tocsin"
	"tocsin/internal/flow"
)

type addedView struct {
	ID      int64             `json:"id"`
	Signals map[string]string `json:"signals"`
}

func addContent(c *call) error {
	bank := c.vars["bank_name"]
	if _, err := c.bank(bank); err != nil {
		return err
	}
	return c.holding(func() error {
		var h hashed
		var about details
		var err error
		switch {
		case c.isForm():
			f, failed := c.readForm()
			if failed != nil {
				return failed
			}
			if about, err = formDetails(f.fields, c.query); err != nil {
				return err
			}
			h, err = c.hash(f.contentType, f.content)
		case c.query.Get("url") != "":
			if about, err = c.bodyDetails(); err != nil {
				return err
			}
			h, err = c.hashURL()
		default:
			return badRequest("Neither `url` nor multipart file upload was received")
		}
		if err != nil {
			return err
		}
		return c.add(bank, h, about)
	})
}

// add puts the hashes of a content into a bank.
func (c *call) add(bank string, h hashed, about details) error {
	values := map[string]string{}
	for name, p := range h {
		if p.Value == "" {
			return badRequest("Invalid %s signal: the picture has too few features: its quality is %d, below 50", name,
				p.Quality)
		}
		values[name] = p.Value
	}
	return c.addValues(bank, values, about)
}

func (c *call) addValues(bank string, values map[string]string, about details) error {
	n := flow.NewContent{Bank: bank, Note: about.note, Origin: about.Origin}
	for _, t := range signalTypes {
		if v, ok := values[t.Name]; ok {
			n.Signals = append(n.Signals, flow.ContentSignal{Type: tocsin.SignalType(t.Name), Value: v})
		}
	}
	if len(n.Signals) == 0 {
		return badRequest("No signals given")
	}
	id, err := c.s.contents.Add(c.r.Context(), c.actor, n)
	if tocsin.ReasonOf(err) == tocsin.ReasonWrongState {
		return refusef(http.StatusForbidden, "This signal was taken back in this bank, and stays so")
	}
	if err != nil {
		return err
	}
	return c.ok(addedView{id, values})
}

func addSignals(c *call) error {
	bank := c.vars["bank_name"]
	if _, err := c.bank(bank); err != nil {
		return err
	}
	body, err := c.body(false)
	if err != nil {
		return err
	}
	var about details
	if about.note, err = body.note(); err != nil {
		return err
	}
	delete(body, "note")
	values := map[string]string{}
	for name := range body {
		t, ok := findType(name)
		if !ok {
			return badRequest("No such signal type %s", name)
		}
		text, err := body.text(name)
		if err != nil {
			return badRequest("Invalid %s signal: it must be a string", name)
		}
		if values[name], err = t.parse(text); err != nil {
			return badRequest("Invalid %s signal: %s", name, err)
		}
	}
	return c.addValues(bank, values, about)
}

// content finds the content of the path within its bank.
func (c *call) content() (flow.Content, error) {
	b, err := c.bank(c.vars["bank_name"])
	if err != nil {
		return flow.Content{}, err
	}
	id, err := strconv.ParseInt(c.vars["content_id"], 10, 64)
	if err != nil {
		return flow.Content{}, refusef(http.StatusNotFound, "content '%s' not found", c.vars["content_id"])
	}
	v, err := c.s.contents.Get(c.r.Context(), c.actor, string(b.ID), id)
	if tocsin.CodeOf(err) == tocsin.CodeNotFound && err != nil {
		return v, refusef(http.StatusNotFound, "content '%d' not found", id)
	}
	return v, err
}

type contentView struct {
	ID            int64             `json:"id"`
	DisabledUntil int64             `json:"disable_until_ts"`
	Address       *string           `json:"original_media_uri"`
	Bank          bankView          `json:"bank"`
	Signals       map[string]string `json:"signals,omitempty"`
	Metadata      *metadataView     `json:"metadata,omitempty"`
	Note          string            `json:"note,omitempty"`
}

type metadataView struct {
	ID      *string             `json:"content_id"`
	Address *string             `json:"content_uri"`
	Free    json.RawMessage     `json:"json"`
	Collab  map[string][]string `json:"collab"`
}

func readContent(c *call) error {
	signals, err := c.flag("include_signals", false)
	if err != nil {
		return err
	}
	metadata, err := c.flag("include_metadata", true)
	if err != nil {
		return err
	}
	v, err := c.content()
	if err != nil {
		return err
	}
	view := contentView{ID: v.Number, DisabledUntil: disabledUntil(v), Bank: viewOf(v.Bank), Note: v.Note,
		Address: some(v.Origin.Address)}
	if signals {
		view.Signals = map[string]string{}
		for _, s := range v.Signals {
			view.Signals[string(s.Type)] = s.Value
		}
	}
	if metadata {
		view.Metadata = metadataOf(v)
	}
	return c.ok(view)
}

// metadataOf gives nil when there is none.
func metadataOf(v flow.Content) *metadataView {
	m := &metadataView{ID: some(v.Origin.ID), Address: some(v.Origin.Address), Free: v.Origin.Free,
		Collab: collab(v)}
	if m.ID == nil && m.Address == nil && m.Free == nil && m.Collab == nil {
		return nil
	}
	return m
}

// collab names what the source of an exchange calls the content.
func collab(v flow.Content) map[string][]string {
	if v.Bank.File.Source == nil || len(v.References) == 0 {
		return nil
	}
	return map[string][]string{v.Bank.File.Name: slices.Compact(slices.Sorted(slices.Values(v.References)))}
}

func some(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func disabledUntil(v flow.Content) int64 {
	switch s := v.Signals[0]; {
	case !s.Disabled:
		return enabledTS
	case s.Until == nil:
		return disabledTS
	default:
		return s.Until.Unix()
	}
}

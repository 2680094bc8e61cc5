// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hma

import (
	"encoding/json"
	"net/http"
	"regexp"

	"tocsin"
	"tocsin/internal/flow"
)

// looseName is what HMA checks of an exchange's name first.
var looseName = regexp.MustCompile(`^[A-Z0-9_]+$`)

// exchange finds a bank that is fetched from a source.
func (c *call) exchange() (flow.BankView, error) {
	name := c.vars["exchange"]
	b, err := c.bank(name)
	if r, ok := err.(*refusal); ok && r.status == http.StatusNotFound || err == nil && b.File.Source == nil {
		return b, refusef(http.StatusNotFound, "Exchange '%s' not found", name)
	}
	return b, err
}

func listExchanges(c *call) error {
	banks, err := c.s.Flow.Banks(c.r.Context(), c.actor, false)
	if err != nil {
		return err
	}
	names := []string{}
	for _, b := range banks {
		if b.File.Source != nil {
			names = append(names, b.File.Name)
		}
	}
	return c.ok(names)
}

func createExchange(c *call) error {
	body, err := c.body(false)
	if err != nil {
		return err
	}
	name, err := body.text("bank")
	if err != nil {
		return err
	}
	if !looseName.MatchString(name) {
		return badRequest("Field `bank` must match /^[A-Z0-9_]+$/")
	}
	if !bankName.MatchString(name) {
		return badName()
	}
	api, err := body.text("api")
	if err != nil {
		return err
	}
	kind, ok := findKind(api)
	if !ok {
		return noAPI(http.StatusBadRequest, api)
	}
	source := &flow.Source{Kind: kind.name, Enabled: true}
	if body.has("api_json") {
		source.Terms = body["api_json"]
	}
	if err := c.checkTerms(kind, source); err != nil {
		return err
	}
	if err := c.openBank(name, tocsin.Whole, source); err != nil {
		return err
	}
	c.s.fetchSoon()
	c.answer(http.StatusCreated, message{"Created successfully"})
	return nil
}

func (c *call) checkTerms(kind sourceKind, source *flow.Source) error {
	o := object{}
	if source.Terms != nil {
		var err error
		if o, err = objectOf(source.Terms, "api_json"); err != nil {
			return err
		}
	}
	if err := checkFields(kind.config, o); err != nil {
		return err
	}
	if kind.name != localFile {
		return nil
	}
	terms, err := fileTermsOf(source.Terms)
	if err != nil {
		return err
	}
	if terms.SignalType != "" {
		if _, ok := findType(terms.SignalType); !ok {
			return badRequest("No such SignalType '%s'", terms.SignalType)
		}
	}
	file, err := c.s.open(terms.Filename)
	if err != nil {
		return err
	}
	return file.Close()
}

// configOf is the configuration of an exchange as HMA shows it.
func configOf(b flow.BankView) map[string]any {
	config := map[string]any{}
	var terms object
	if json.Unmarshal(b.File.Source.Terms, &terms) == nil {
		for name, value := range terms {
			config[name] = value
		}
	}
	config["name"], config["api"], config["enabled"] = b.File.Name, b.File.Source.Kind, b.File.Source.Enabled
	return config
}

func readExchange(c *call) error {
	b, err := c.exchange()
	if err != nil {
		return err
	}
	return c.ok(configOf(b))
}

func changeExchange(c *call) error {
	b, err := c.exchange()
	if err != nil {
		return err
	}
	body, err := c.body(false)
	if err != nil {
		return err
	}
	if !body.has("enabled") {
		return badRequest("Field `enabled` is required")
	}
	enabled, err := body.truth("enabled")
	if err != nil {
		return err
	}
	err = c.s.Flow.ChangeSource(c.r.Context(), c.actor, b.ID, func(s *flow.Source) error {
		s.Enabled = enabled
		return nil
	})
	if err != nil {
		return err
	}
	c.s.fetchSoon()
	if b, err = c.exchange(); err != nil {
		return err
	}
	return c.ok(configOf(b))
}

// deleteExchange closes the bank of an exchange. One that is not there is deleted already; a bank that is no
// exchange stays.
func deleteExchange(c *call) error {
	_, err := c.exchange()
	if r, ok := err.(*refusal); ok && r.status == http.StatusNotFound {
		err = nil
	} else if err == nil {
		err = c.closeBank(c.vars["exchange"])
	}
	if err != nil {
		return err
	}
	return c.ok(message{"Exchange deleted"})
}

type exchangeStatusView struct {
	Checkpoint *int64 `json:"checkpoint_ts"`
	Running    *int64 `json:"running_fetch_start_ts"`
	Completed  *int64 `json:"last_fetch_complete_ts"`
	Succeeded  *bool  `json:"last_fetch_succeeded"`
	UpToDate   bool   `json:"up_to_date"`
	Items      int64  `json:"fetched_items"`
}

// exchangeStatus says what came of fetching. Kinds that this node does not fetch from were never fetched, and
// that is what it says.
func exchangeStatus(c *call) error {
	b, err := c.exchange()
	if err != nil {
		return err
	}
	f := c.s.fetches.of(b.ID)
	return c.ok(exchangeStatusView{Running: f.running, Completed: f.completed, Succeeded: f.succeeded,
		UpToDate: f.succeeded != nil && *f.succeeded, Items: f.items})
}

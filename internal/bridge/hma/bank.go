// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hma

import (
	"net/http"
	"regexp"

	"tocsin"
	"tocsin/internal/flow"
)

type bankView struct {
	Name  string `json:"name"`
	Ratio share  `json:"matching_enabled_ratio"`
}

func viewOf(b flow.BankView) bankView { return bankView{b.File.Name, share{parts: b.Enabled}} }

var bankName = regexp.MustCompile(`^[A-Z_][A-Z0-9_]{0,254}$`)

func badName() error {
	return badRequest(
		"Bank names must be UPPER_WITH_UNDERSCORE, not begin with a digit, and have at most 255 characters")
}

// bank finds an open bank of the path. That it is not there is said only of one that truly is not: clients
// delete their own copy then.
func (c *call) bank(name string) (flow.BankView, error) {
	if bankName.MatchString(name) && name != flow.FaceBank {
		b, err := c.s.Flow.Bank(c.r.Context(), c.actor, name)
		if err == nil && b.Status == tocsin.BankOpen {
			return b, nil
		}
		if err != nil && tocsin.CodeOf(err) != tocsin.CodeNotFound {
			return b, err
		}
	}
	return flow.BankView{}, refusef(http.StatusNotFound, "bank '%s' not found", name)
}

func listBanks(c *call) error {
	banks, err := c.s.Flow.Banks(c.r.Context(), c.actor, false)
	if err != nil {
		return err
	}
	list := []bankView{}
	for _, b := range banks {
		if b.File.Name != flow.FaceBank {
			list = append(list, viewOf(b))
		}
	}
	return c.ok(list)
}

func readBank(c *call) error {
	b, err := c.bank(c.vars["bank_name"])
	if err != nil {
		return err
	}
	return c.ok(viewOf(b))
}

// newTerms are those of a bank that a client opens: what it holds is for this organisation and those it works
// with, until somebody says otherwise.
func newTerms(enabled int64) tocsin.BankTerms {
	return tocsin.BankTerms{Polarity: tocsin.PolarityPositive, Marking: tocsin.MarkingAmber, Enabled: enabled}
}

const openedHere = "Opened over the HMA-compatible interface."

// shareOf reads enabled_ratio, or else enabled.
func (o object) shareOf(otherwise share) (share, error) {
	if o.has("enabled_ratio") {
		return o.ratio("enabled_ratio")
	}
	if o.has("enabled") {
		on, err := o.truth("enabled")
		return switched(on), err
	}
	return otherwise, nil
}

func createBank(c *call) error {
	body, err := c.body(false)
	if err != nil {
		return err
	}
	name, err := body.text("name")
	if err != nil {
		return err
	}
	if !bankName.MatchString(name) {
		return badName()
	}
	enabled, err := body.shareOf(share{parts: tocsin.Whole})
	if err != nil {
		return err
	}
	if err := c.openBank(name, enabled.parts, nil); err != nil {
		return err
	}
	c.answer(http.StatusCreated, bankView{name, share{parts: enabled.parts}})
	return nil
}

func (c *call) openBank(name string, enabled int64, source *flow.Source) error {
	if name == flow.FaceBank {
		return refusef(http.StatusForbidden, "Bank already exists")
	}
	_, err := c.s.Flow.OpenBank(c.r.Context(), c.actor, "", newTerms(enabled),
		flow.BankFile{Name: name, Policy: openedHere, Source: source})
	if tocsin.ReasonOf(err) == tocsin.ReasonDuplicate {
		return refusef(http.StatusForbidden, "Bank already exists")
	}
	return err
}

func changeBank(c *call) error {
	b, err := c.bank(c.vars["bank_name"])
	if err != nil {
		if r, ok := err.(*refusal); ok && r.status == http.StatusNotFound {
			return refusef(http.StatusNotFound, "Bank not found")
		}
		return err
	}
	body, err := c.body(false)
	if err != nil {
		return err
	}
	if body.has("name") {
		if b.File.Name, err = body.text("name"); err != nil {
			return err
		}
		if !bankName.MatchString(b.File.Name) {
			return badName()
		}
	}
	enabled, err := body.shareOf(share{parts: b.Enabled})
	if err != nil {
		return err
	}
	terms := b.BankTerms
	terms.Enabled = enabled.parts
	if b.File.Name == flow.FaceBank {
		return refusef(http.StatusForbidden, "Bank name already exists")
	}
	err = c.s.Flow.ChangeBank(c.r.Context(), c.actor, b.ID, terms, b.File)
	if tocsin.ReasonOf(err) == tocsin.ReasonDuplicate {
		return refusef(http.StatusForbidden, "Bank name already exists")
	}
	if err != nil {
		return err
	}
	return c.ok(bankView{b.File.Name, enabled})
}

// deleteBank closes a bank. One that is not there is deleted already.
func deleteBank(c *call) error {
	if err := c.closeBank(c.vars["bank_name"]); err != nil {
		return err
	}
	return c.ok(message{"Done"})
}

func (c *call) closeBank(name string) error {
	b, err := c.bank(name)
	if r, ok := err.(*refusal); ok && r.status == http.StatusNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return c.s.Flow.CloseBank(c.r.Context(), c.actor, b.ID, "Deleted over the HMA-compatible interface.")
}

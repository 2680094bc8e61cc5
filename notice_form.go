// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import (
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// NoticeElement is something that a notice must say before it can be handled (Art. 16(2) DSA).
type NoticeElement string

// The elements, each asked for by its name when it is missing.
const (
	ElementReasons   NoticeElement = "reasons"    // (a)
	ElementAddress   NoticeElement = "address"    // (b)
	ElementLocation  NoticeElement = "location"   // (b): the address names no single item at this host
	ElementName      NoticeElement = "name"       // (c)
	ElementEmail     NoticeElement = "email"      // (c)
	ElementGoodFaith NoticeElement = "good_faith" // (d)
)

// NoticeElements lists the elements in the order of the form.
func NoticeElements() []NoticeElement {
	return []NoticeElement{ElementAddress, ElementLocation, ElementReasons, ElementName, ElementEmail,
		ElementGoodFaith}
}

// Bounds of a notice.
const (
	MaxNoticeAddresses = 20
	leastReasons       = 20 // characters: less explains nothing
	mostReasons        = 5000
)

// NoticeForm is what a notifier wrote (Art. 16(2) DSA). It is sealed.
type NoticeForm struct {
	Addresses  []Address  `json:"addresses"`
	Reasons    string     `json:"reasons"`
	Categories []Category `json:"categories,omitempty"` // of Art. 2(7), where the notifier says so
	Name       string     `json:"name,omitempty"`
	Email      string     `json:"email,omitempty"`
	// Anonymous is the notifier's choice to give neither name nor mail: no receipt is sent, and the notice
	// does not by itself give the host knowledge of illegality (Art. 16(3)).
	Anonymous bool   `json:"anonymous,omitempty"`
	GoodFaith bool   `json:"good_faith"`
	ByMail    bool   `json:"by_mail,omitempty"`  // receipt and answer also go to Email, which nobody verified
	Language  string `json:"language,omitempty"` // BCP 47, in which the notifier wants to be answered
}

// Validate refuses what cannot be kept at all. What is only left out is told by [NoticeForm.Missing].
func (f NoticeForm) Validate() error {
	if len(f.Addresses) > MaxNoticeAddresses {
		return Invalid(ReasonTooMany, "addresses", "One notice takes at most %d addresses.", MaxNoticeAddresses)
	}
	for i, a := range f.Addresses {
		if err := a.Validate(fmt.Sprintf("addresses[%d]", i)); err != nil {
			return err
		}
	}
	for _, c := range f.Categories {
		if !slices.Contains(Categories(), c) {
			return Invalid(ReasonUnknownValue, "categories", "Each type must be one of Art. 2(7).")
		}
	}
	if len(f.Categories) > len(Categories()) {
		return Invalid(ReasonTooMany, "categories", "Name each type once.")
	}
	for _, t := range []struct {
		field, text string
		most        int
	}{{"reasons", f.Reasons, mostReasons}, {"name", f.Name, 300}, {"email", f.Email, 254}, {"language", f.Language, 35}} {
		if err := checkText(t.field, t.text, 0, t.most); err != nil {
			return err
		}
	}
	if f.Email != "" && !mailForm(f.Email) {
		return Invalid(ReasonFormat, "email", "Write one mail address, such as name@example.org.")
	}
	return nil
}

// WantsMail reports whether the notifier gave an address and asked to be written to.
func (f NoticeForm) WantsMail() bool { return f.ByMail && f.reachable() }

func mailForm(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s && strings.Contains(s, "@") && !strings.ContainsAny(s, " \t\r\n")
}

// Missing names what Art. 16(2) asks for and the form does not say.
func (f NoticeForm) Missing() []NoticeElement {
	var missing []NoticeElement
	if len(f.Addresses) == 0 {
		missing = append(missing, ElementAddress)
	}
	if utf8.RuneCountInString(strings.TrimSpace(f.Reasons)) < leastReasons {
		missing = append(missing, ElementReasons)
	}
	if !f.Anonymous && strings.TrimSpace(f.Name) == "" {
		missing = append(missing, ElementName)
	}
	if !f.Anonymous && f.Email == "" {
		missing = append(missing, ElementEmail)
	}
	if !f.GoodFaith {
		missing = append(missing, ElementGoodFaith)
	}
	return missing
}

// ActTrustedFlagger is the status of a trusted flagger (Art. 22 DSA) in one field, which follows it after a
// colon: "dsa:22:2(7)(d)". The directory gives it, with its dates, and takes it away.
const ActTrustedFlagger Act = "dsa:22"

// TrustedFor reports whether the party is a trusted flagger at a time in every field that a notice is said to
// belong to. A notice that names no field has no priority.
func (p Party) TrustedFor(fields []Category, at time.Time) bool {
	outside := func(c Category) bool { return p.Competent(ActTrustedFlagger+":"+Act(c), at) != nil }
	return p.Has(RoleNotifier) && len(fields) > 0 && !slices.ContainsFunc(fields, outside)
}

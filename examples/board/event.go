// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package board

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"time"

	"github.com/go-json-experiment/json"
)

// Event types and disclosures of the platform contract.
const (
	typeRestricted = "tocsin.item.restricted"
	typeReinstated = "tocsin.item.reinstated"

	disclosureFull    = "full"
	disclosureOwn     = "own"     // the board's own decision, with a statement of reasons for the author
	disclosureNeutral = "neutral" // a gag: nothing may be said
)

const (
	maxRestrictions = 64
	maxTerritories  = 64
	maxVersion      = 1<<53 - 1 // what every JSON reader holds exactly
)

var (
	idPattern        = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)
	territoryPattern = regexp.MustCompile(`^[A-Z][A-Z0-9-]{1,7}$`)
	languagePattern  = regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$`)
	// detections are the ways in which the board came upon what it decided itself.
	detections = []string{"match", "notice", "own_initiative"}
)

// event is the CloudEvents 1.0 envelope the node sends, in structured mode.
type event struct {
	SpecVersion     string    `json:"specversion"`
	ID              string    `json:"id"`
	Source          string    `json:"source"`
	Type            string    `json:"type"`
	Time            time.Time `json:"time"`
	DataContentType string    `json:"datacontenttype"`
	Data            eventData `json:"data"`
}

// eventData is a state, not a change: the whole set of restrictions that run on one item, at one version.
type eventData struct {
	Item         eventItem          `json:"item"`
	Version      int64              `json:"version"`
	Restrictions []eventRestriction `json:"restrictions"`
}

type eventItem struct {
	Ref     string `json:"ref"`
	Address string `json:"address"`
}

type eventRestriction struct {
	ID             string     `json:"id"`
	From           time.Time  `json:"from"`
	Until          *time.Time `json:"until"`
	Territory      []string   `json:"territory"`
	Disclosure     string     `json:"disclosure"`
	Authority      string     `json:"authority"`
	Basis          string     `json:"basis"`
	OrderReference string     `json:"order_reference"`
	Reasons        string     `json:"reasons"`
	Remedies       string     `json:"remedies"`
	Provision      string     `json:"provision"`
	Facts          string     `json:"facts"`
	Language       string     `json:"language"`
	Detection      string     `json:"detection"`
	Automated      bool       `json:"automated"`
	Complaint      string     `json:"complaint"`
}

// parseEvent reads and checks one body. It is strict: an unknown or repeated member, a wrong type, invalid
// UTF-8 or anything after the object is refused, because a body misread by one side is an order misapplied.
func parseEvent(body []byte) (event, error) {
	var e event
	if err := decodeStrict(body, &e); err != nil {
		return event{}, err
	}
	if err := e.checkEnvelope(); err != nil {
		return event{}, err
	}
	return e, e.Data.check(e.Type)
}

// decodeStrict keeps the decoder's own message out of the problem: it can quote the body.
func decodeStrict(body []byte, into any) error {
	if err := json.Unmarshal(body, into, json.RejectUnknownMembers(true)); err != nil {
		return problemOf(http.StatusBadRequest, "malformed-body",
			"The body is not the JSON object of the contract: unknown or repeated member, wrong type, or not JSON.")
	}
	return nil
}

func (e event) checkEnvelope() error {
	switch {
	case e.SpecVersion != "1.0":
		return invalid("specversion", `must be "1.0"`)
	case !idPattern.MatchString(e.ID):
		return invalid("id", "must be 1 to 128 letters, digits, - or _")
	case e.Source == "" || len(e.Source) > maxAddress:
		return invalid("source", "must be the address of the node")
	case e.Type != typeRestricted && e.Type != typeReinstated:
		return invalid("type", "must be "+typeRestricted+" or "+typeReinstated)
	case e.Time.IsZero():
		return invalid("time", "is missing")
	case e.DataContentType != "application/json":
		return invalid("datacontenttype", "must be application/json")
	}
	return nil
}

func (d eventData) check(eventType string) error {
	switch {
	case d.Item.Ref == "" || d.Item.Address == "":
		return invalid("data.item", "needs ref and address")
	case d.Version < 1 || d.Version > maxVersion:
		return invalid("data.version", "must be a whole number from 1")
	case d.Restrictions == nil:
		// A forgotten set must not lift a restriction: the empty set is said aloud.
		return invalid("data.restrictions", "is missing; the empty set is []")
	case len(d.Restrictions) > maxRestrictions:
		return invalid("data.restrictions", fmt.Sprintf("holds more than %d", maxRestrictions))
	case (eventType == typeRestricted) != (len(d.Restrictions) > 0):
		return invalid("data.restrictions", "is empty when, and only when, the item is reinstated")
	}
	seen := make(map[string]bool, len(d.Restrictions))
	for i, r := range d.Restrictions {
		at := fmt.Sprintf("data.restrictions[%d]", i)
		if seen[r.ID] {
			return invalid(at+".id", "appears twice")
		}
		seen[r.ID] = true
		if err := r.check(at); err != nil {
			return err
		}
	}
	return nil
}

func (r eventRestriction) check(at string) error {
	switch {
	case !idPattern.MatchString(r.ID):
		return invalid(at+".id", "must be 1 to 128 letters, digits, - or _")
	case r.From.IsZero():
		return invalid(at+".from", "is missing")
	case r.Until != nil && !r.Until.After(r.From):
		return invalid(at+".until", "is not after from")
	case len(r.Territory) > maxTerritories:
		return invalid(at+".territory", fmt.Sprintf("holds more than %d", maxTerritories))
	}
	for _, code := range r.Territory {
		if !territoryPattern.MatchString(code) {
			return invalid(at+".territory", "holds something that is not a territory code")
		}
	}
	return r.checkDisclosure(at)
}

// checkDisclosure holds the gag at the door: the board refuses to learn what it may not tell.
func (r eventRestriction) checkDisclosure(at string) error {
	switch r.Disclosure {
	case disclosureNeutral:
		if r.Authority+r.Basis+r.OrderReference+r.Reasons+r.Remedies != "" || r.saysOwn() {
			return invalid(at, "is neutral: nothing that says who or why may be in it")
		}
	case disclosureOwn:
		return r.checkStatement(at)
	case disclosureFull:
		if r.Authority == "" || r.Basis == "" || r.Reasons == "" || r.Remedies == "" || r.saysOwn() {
			return invalid(at, "is disclosed in full: authority, basis, reasons and remedies must be in it")
		}
	default:
		return invalid(at+".disclosure", "must be full, own or neutral")
	}
	return nil
}

// checkStatement holds that the author of a post that the board itself decided on can be told everything
// (DSA Art. 17(3)).
func (r eventRestriction) checkStatement(at string) error {
	switch {
	case r.Authority+r.OrderReference != "" || r.Basis == "" || r.Reasons == "" || r.Remedies == "" ||
		r.Provision == "" || r.Facts == "":
		return invalid(at, "is the board's own decision: it has a statement of reasons, and no authority")
	case !languagePattern.MatchString(r.Language):
		return invalid(at+".language", "must be a language tag")
	case !slices.Contains(detections, r.Detection):
		return invalid(at+".detection", "must be match, notice or own_initiative")
	}
	// The author follows this link; a page must never make one of anything but a web address.
	u, err := url.Parse(r.Complaint)
	if err != nil || len(r.Complaint) > maxAddress || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" {
		return invalid(at+".complaint", "must be a web address")
	}
	return nil
}

// saysOwn says whether anything is in it that only the board's own decisions have.
func (r eventRestriction) saysOwn() bool {
	return r.Automated || r.Provision+r.Facts+r.Language+r.Detection+r.Complaint != ""
}

// invalid is the problem of a member that is JSON but breaks the contract. It names the member, never its
// content.
func invalid(member, rule string) error {
	return problemOf(http.StatusUnprocessableEntity, "invalid-member", member+" "+rule+".")
}

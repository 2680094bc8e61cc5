// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"net/http"

	"tocsin/internal/flow"
	"tocsin/internal/telemetry"
)

// routes is every address of the console. Reading is GET and changes nothing; everything that changes
// something is POST and must come from a page of this origin.
func (c *Console) routes() http.Handler {
	people := &addresses{ServeMux: http.NewServeMux()}
	open := func(pattern string, h handler) { people.Handle(pattern, c.open(h)) }
	signed := func(pattern string, h signedHandler) { people.Handle(pattern, c.signed(h)) }

	open("GET /enrol", c.openEnrolment)
	open("POST /enrol/begin", c.limited(c.doors.entrance, c.beginEnrolment))
	open("POST /enrol/finish", c.limited(c.doors.entrance, c.finishEnrolment))
	open("GET /sign-in", c.openSignIn)
	open("POST /sign-in/begin", c.limited(c.doors.entrance, c.beginSignIn))
	open("POST /sign-in/finish", c.limited(c.doors.entrance, c.finishSignIn))
	open("POST /enrol/password", c.limited(c.doors.entrance, c.choosePassword))
	open("GET /enrol/code", c.openFirstCode)
	open("POST /enrol/code", c.limited(c.doors.entrance, c.enrolByPassword))
	open("POST /sign-in/password", c.limited(c.doors.entrance, c.signInByPassword))
	open("GET /sign-in/provider", c.limited(c.doors.entrance, c.visitProvider))
	open("GET /sign-in/provider/back", c.limited(c.doors.entrance, c.backFromProvider))
	open("GET /enrol/provider", c.limited(c.doors.entrance, c.enrolByProvider))
	open("POST /sign-out", c.signOut)
	open("POST /language", c.chooseLanguage)

	signed("GET /{$}", c.openHome)
	signed("GET /orders", c.listOrders)
	signed("GET /orders/new", c.newOrder)
	signed("POST /orders", c.createOrder)
	signed("GET /orders/{id}", c.showOrder)
	signed("GET /orders/{id}/edit", c.editOrder)
	signed("POST /orders/{id}", c.reviseOrder)
	signed("POST /orders/{id}/sign/begin", c.beginSigning)
	signed("POST /orders/{id}/sign/finish", c.finishSigning)
	for _, s := range c.steps() {
		signed("GET /orders/{id}/"+s.name, c.askStep(s))
		signed("POST /orders/{id}/"+s.name, c.takeStep(s))
	}
	signed("GET /orders/{id}/cannot", c.openImpediment)
	signed("POST /orders/{id}/cannot", c.sendImpediment)

	c.caseRoutes(signed)
	c.bankRoutes(signed)
	c.intakeRoutes(signed)
	c.challengeRoutes(signed)
	c.entryRoutes(signed)
	c.deedRoutes(signed)

	signed("GET /copies/{id}", c.showCopy)
	signed("GET /items/{id}", c.showItem)
	people.Handle("GET /records/{id}/version", c.watching(c.tellVersion))
	signed("GET /search", c.openSearch)
	signed("POST /search", c.searchRecords)
	signed("POST "+contentPath, c.findContent)
	signed("GET /preferences", c.openPreferences)
	signed("POST /preferences/keyboard", c.preferShortcuts)
	signed("POST /preferences/wellness", c.preferWellness)
	signed("POST /break", c.takeBreak)
	signed("GET /account", c.openAccount)
	signed("POST /account/password", c.changePassword)
	signed("POST /account/codes", c.renewCodes)
	signed("POST /account/passkey/begin", c.beginAddingPasskey)
	signed("POST /account/passkey/finish", c.finishAddingPasskey)
	signed("GET /people", c.listPeople)
	signed("POST /people", c.invitePerson)
	signed("GET /people/{id}", c.showPerson)
	signed("GET /people/{id}/duties", c.openDuties)
	signed("POST /people/{id}/duties", c.changeDuties)
	signed("POST /people/{id}/confirm/begin", c.beginConfirming)
	signed("POST /people/{id}/confirm/finish", c.finishConfirming)
	signed("POST /people/{id}/agree/begin", c.beginAgreeing)
	signed("POST /people/{id}/agree/finish", c.finishAgreeing)
	signed("POST /people/{id}/stop", c.stopRecovery)
	signed("POST /people/{id}/link", c.openRecovery)
	for _, s := range c.personSteps() {
		signed("GET /people/{id}/"+s.name, c.askPerson(s))
		signed("POST /people/{id}/"+s.name, c.treatPerson(s))
	}
	signed("GET /keys", c.listKeys)
	signed("GET /keys/new", c.offerKey)
	signed("POST /keys/new", c.reviewKey)
	signed("POST /keys/new/begin", c.beginKey)
	signed("POST /keys/new/finish", c.finishKey)
	signed("GET /keys/{name}/revoke", c.askRevocation)
	signed("POST /keys/{name}/revoke", c.revokeKey)
	signed("GET /policy", c.showPolicy)
	signed("GET /audit", c.listAudit)
	signed("GET /jobs", c.listJobs)
	signed("POST /jobs/{id}/rerun", c.rerunJob)
	signed("GET /alerts", c.listAlerts)
	signed("GET /alerts/preferences", c.openReach)
	signed("POST /alerts/preferences", c.changeReach)
	signed("GET /alerts/{id}", c.showAlert)
	signed("POST /alerts/{id}/acknowledge", c.acknowledgeAlert)
	signed("GET /rota", c.openRota)
	signed("POST /rota", c.changeRota)
	open("/", c.nowhere)

	c.patterns = people.patterns
	all := http.NewServeMux()
	all.Handle("GET /assets/{version}/{file}", c.assets)
	all.HandleFunc("POST "+blockedPath, c.countBlocked)
	c.patterns = append(c.patterns, "POST "+blockedPath)
	public := c.public()
	all.Handle("/notice/", public)
	all.Handle("/complain/", public)
	all.Handle("/reading/", public)
	all.Handle("/", c.Locale.Middleware(c.sessions.LoadAndSave(carried(telemetry.Route(people)))))
	return secured(c.sameOrigin(bounded(all)))
}

// addresses is a mux that remembers its patterns: each has its line in the matrix of who may what.
type addresses struct {
	*http.ServeMux
	patterns []string
}

func (a *addresses) Handle(pattern string, h http.Handler) {
	a.patterns = append(a.patterns, pattern)
	a.ServeMux.Handle(pattern, h)
}

// handler answers anybody; what it returns is written by writeError.
type handler func(w http.ResponseWriter, r *http.Request) error

// signedHandler answers a person who signed in and still may.
type signedHandler func(w http.ResponseWriter, r *http.Request, who flow.Individual) error

func (c *Console) open(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			c.writeError(w, r, err)
		}
	})
}

func (c *Console) signed(h signedHandler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, err := c.current(r, !refreshing(r))
		if err == nil {
			r = withPerson(r, who)
			err = h(w, r, who)
		}
		if err != nil {
			c.writeError(w, r, err)
		}
	})
}

// refreshing reports whether a list asks for itself anew: that is no sign of a person.
func refreshing(r *http.Request) bool { return r.Header.Get("Tocsin-Refresh") != "" }

// watching is for what a page asks by itself: it must not keep a session alive.
func (c *Console) watching(h signedHandler) http.Handler {
	return c.open(func(w http.ResponseWriter, r *http.Request) error {
		who, err := c.current(r, false)
		if err != nil {
			return err
		}
		return h(w, r, who)
	})
}

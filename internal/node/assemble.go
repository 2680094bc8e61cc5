// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package node

import (
	"fmt"

	"tocsin"
	"tocsin/internal/config"
	"tocsin/internal/flow"
	"tocsin/internal/locale"
	"tocsin/internal/peer"
	"tocsin/internal/platform"
	"tocsin/internal/policy"
	"tocsin/internal/webhook"
	"tocsin/wire"
)

// newFlow plugs the adapters into the use cases.
func (n *Node) newFlow() (*flow.Flow, error) {
	identity, err := n.identity()
	if err != nil {
		return nil, err
	}
	hop, private, err := n.Keys.Signer(tocsin.UseHop)
	if err != nil {
		return nil, err
	}
	peers, err := peer.NewClient(n.out.Declared(), hop.ID, private, n.clock.Now)
	if err != nil {
		return nil, err
	}
	rules, err := policy.New()
	if err != nil {
		return nil, err
	}
	catalogues, err := locale.New()
	if err != nil {
		return nil, err
	}
	deps := flow.Deps{Store: n.store, Sealer: n.Keys, Clock: n.clock, Identity: identity,
		Settings: settings(n.Config), Peers: peers, Policy: decider{rules}, Mark: n.Keys, Log: n.log,
		Catalogues: catalogues, Directed: n.declare, Compact: n.store.Compact, Machines: machineKeys{n.Keys}}
	if deps.Messenger, err = n.messenger(); err != nil {
		return nil, err
	}
	if deps.Settings.Terms, err = terms(n.Config); err != nil {
		return nil, err
	}
	n.declare(tocsin.Directory{})
	if n.Config.Platform.Configured() {
		if deps.Platform, err = n.platform(); err != nil {
			return nil, err
		}
	}
	return flow.New(deps), nil
}

// identity is the party with the newest key of each use.
func (n *Node) identity() (flow.Identity, error) {
	party := tocsin.PartyID(n.Config.Party)
	signer := func(use tocsin.KeyUse) (wire.Signer, error) {
		key, private, err := n.Keys.Signer(use)
		if err != nil {
			return wire.Signer{}, fmt.Errorf("find %s key: %w", use, err)
		}
		return wire.Signer{Party: party, Key: key.ID, Algorithm: key.Algorithm, Private: private}, nil
	}
	document, err := signer(tocsin.UseDocument)
	if err != nil {
		return flow.Identity{}, err
	}
	officer, err := signer(tocsin.UseOfficer)
	if err != nil {
		return flow.Identity{}, err
	}
	log, err := signer(tocsin.UseLog)
	if err != nil {
		return flow.Identity{}, err
	}
	return flow.Identity{Party: party, Document: document, Officer: officer, Log: log.Private,
		LogHost: n.PublicURL().Host}, nil
}

// Texts an authority sends ahead of its first order (Art. 3(2)), when the operator configured none.
const (
	procedures = "Removal orders reach you as signed documents over this exchange. Your node authenticates the " +
		"sender, acknowledges receipt and shows the order to the person on duty. Answer with the feedback form " +
		"(Annex II) once the content is removed or access is disabled in all Member States, or with the form of " +
		"Annex III if you cannot."
	deadlines = "One hour from receipt. If force majeure, technical reasons, manifest errors or missing " +
		"information prevent execution, a full new hour starts when the ground ceases or the clarification is received."
)

func settings(c config.Config) flow.Settings {
	p := tocsin.EUPeriods()
	p.DeliveryAlarm, p.DutyAlarms = c.DeliveryAlarmAfter, c.Duty.Alarms
	p.Ratification = c.AutomaticExecution.RatifyWithin
	return flow.Settings{
		EscalateAfter: c.Notify.EscalateAfter,
		KeepHashesFor: c.Matching.KeepHashesFor, ExchangesEntries: c.Lexicon.Exchange,
		Wellness: flow.Wellness{Blur: c.Wellness.Blur, Grey: c.Wellness.Grey, Mute: c.Wellness.Mute,
			Break: c.Wellness.BreakAfter, Views: c.Wellness.ViewsPerDay},
		Flood:   flow.Flood{Floor: int64(c.Matching.FloodFloor), Factor: int64(c.Matching.FloodFactor)},
		Periods: p, Demonstration: c.Demonstration,
		Automatic: flow.Automatic{Enabled: c.AutomaticExecution.Enabled,
			MaxPerHour: c.AutomaticExecution.MaxPerHourPerIssuer, TrustedFrom: c.AutomaticExecution.TrustedFrom},
		UndoWindow: c.Desk.UndoWindow, ReviewShare: c.Desk.ReviewShare,
		Standing: flow.StandingDecisions{Enabled: c.StandingDecisions.Enabled,
			MaxPerHour: c.StandingDecisions.MaxPerHour, RatifyWithin: c.StandingDecisions.RatifyWithin},
		Procedures: procedures, Deadlines: deadlines, Language: "en", Source: c.PublicURL,
		Passwords: c.SignIn.Password, Provider: c.SignIn.ProviderIssuer,
	}
}

// terms are the host's own, as the operator wrote them down.
func terms(c config.Config) (all []flow.TermsSection, err error) {
	sections, err := c.Desk.Terms()
	for _, s := range sections {
		all = append(all, flow.TermsSection{Key: s.Key, Text: s.Text})
	}
	return all, err
}

// declare lets the outgoing client reach exactly the platform, the servers that carry messages to people, and the nodes
// of the directory.
func (n *Node) declare(dir tocsin.Directory) {
	origins := map[string]bool{}
	own := append(n.Config.Notify.Endpoints(), n.Config.Platform.Callback, n.Config.Platform.Resolve,
		n.Config.SignIn.ProviderIssuer)
	for _, address := range own {
		origins[originOf(address)] = true
	}
	for _, p := range dir.Parties {
		origins[originOf(p.Endpoint)] = true
	}
	delete(origins, "")
	list := make([]string, 0, len(origins))
	for o := range origins {
		list = append(list, o)
	}
	if err := n.out.SetDeclared(list...); err != nil {
		n.log.Error("directory holds an address that cannot be reached", "error", err)
	}
}

func (n *Node) platform() (flow.Platform, error) {
	text, err := n.Config.Platform.Secret()
	if err != nil {
		return nil, err
	}
	secret, err := webhook.ParseSecret(text)
	if err != nil {
		return nil, err
	}
	messages, err := webhook.NewSigner(n.Config.PublicURL, secret)
	if err != nil {
		return nil, err
	}
	n.declare(tocsin.Directory{})
	client, err := platform.New(platform.Config{Callback: n.Config.Platform.Callback,
		Resolve: n.Config.Platform.Resolve, HTTP: n.out.Declared(), Messages: messages, Now: n.clock.Now})
	if err != nil {
		return nil, err
	}
	return site{client}, nil
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package node

import (
	"context"
	"errors"
	"net/url"
	"time"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/platform"
	"tocsin/internal/policy"
)

func originOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// decider asks the written policy.
type decider struct{ rules *policy.Policy }

// Operator is whoever can run commands on the machine itself.
var Operator = flow.Actor{ID: tocsin.ActorOperator, Operator: true}

// Rules are those of this release.
func (decider) Rules() []byte { return policy.Rules() }

// Decide asks them.
func (d decider) Decide(actor flow.Actor, action flow.Action, on tocsin.Aggregate) error {
	who := policy.PersonOf(actor.ID, actor.Duties, actor.Passkey)
	switch {
	case actor.Operator:
		who = policy.OperatorOf(actor.ID)
	case actor.IsService():
		who = policy.ServiceOf(actor.ID, actor.Scopes)
	}
	return d.rules.Decide(who, string(action), policy.ResourceOf(on))
}

// nonces keeps used hop nonces in the database, so that a restart forgets none.
type nonces struct{ store flow.Store }

func (n nonces) Use(ctx context.Context, keyID, nonce string, until time.Time) (fresh bool, err error) {
	err = n.store.Update(ctx, func(tx flow.Tx) (err error) {
		fresh, err = tx.UseNonce(tocsin.KeyID(keyID), nonce, until)
		return err
	})
	return fresh, err
}

// site is the platform of a host.
type site struct{ client *platform.Client }

func (s site) Resolve(ctx context.Context, address string) (flow.Named, error) {
	r, err := s.client.Resolve(ctx, address)
	if err != nil {
		return flow.Named{}, platformError(err)
	}
	return named(r), nil
}

func (s site) Identify(ctx context.Context, ref string) (flow.Named, error) {
	r, err := s.client.Identify(ctx, ref)
	if err != nil {
		return flow.Named{}, platformError(err)
	}
	return named(r), nil
}

func named(r platform.Resolution) flow.Named {
	n := flow.Named{Kind: string(r.Kind), Ref: r.Item.Ref, Address: r.Item.Address, Language: r.Language}
	for _, m := range r.Media {
		n.Media = append(n.Media, flow.ItemMedium{Address: m.Address, Type: m.Type})
	}
	return n
}

func (s site) Apply(ctx context.Context, v flow.Visibility) (tocsin.Measure, error) {
	out := platform.Visibility{Event: string(v.Event), At: v.At,
		Item: platform.Item{Ref: v.Ref, Address: v.Address}, Version: v.Version}
	for _, r := range v.Restrictions {
		out.Restrictions = append(out.Restrictions, restriction(r))
	}
	m, err := s.client.Apply(ctx, out)
	if err != nil {
		return tocsin.Measure{}, platformError(err)
	}
	return tocsin.Measure{Event: tocsin.EventID(m.Event), Action: string(m.Action), At: m.At}, nil
}

// restriction is told in full, or, under a gag, as a type that has no field to tell more in.
func restriction(r flow.Shown) platform.Restriction {
	term := platform.Term{ID: string(r.ID), From: r.From}
	if r.Until != nil {
		term.Until = *r.Until
	}
	for _, c := range r.Territory {
		term.Territory = append(term.Territory, string(c))
	}
	if r.Neutral {
		return platform.Neutral{Term: term}
	}
	if s := r.Statement; s != nil {
		return platform.Own{Term: term, Basis: s.Basis, Provision: s.Provision, Facts: s.Facts, Reasons: s.Reasons,
			Remedies: s.Remedies, Language: s.Language, Detection: string(s.Detection), Automated: s.Automated,
			Complaint: s.Complaint}
	}
	return platform.Full{Term: term, Authority: r.Authority, Basis: r.Basis.Title(),
		OrderReference: r.OrderReference, Reasons: r.Reasons, Remedies: r.Remedies}
}

// platformError translates once: a final no, or an outcome that is unknown and worth asking again.
func platformError(err error) error {
	if refused, ok := errors.AsType[*platform.Refused](err); ok {
		return &tocsin.Error{Code: tocsin.CodeConflict, Reason: flow.ReasonPlatformRefused,
			Public: "The platform refused the call.", Err: refused}
	}
	if unknown, ok := errors.AsType[*platform.Unknown](err); ok {
		return &tocsin.Error{Code: tocsin.CodeBusy, Reason: tocsin.Reason("platform_" + unknown.Why),
			Public: "The platform did not answer.", RetryAfter: unknown.RetryAfter, Err: unknown}
	}
	return err
}

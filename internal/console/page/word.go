// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package page

import (
	"context"
	"slices"
	"strings"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/locale"
)

// label names a field of a form by its path in the document, the same in the form and in what is read.
func label(ctx context.Context, path string) string { return T(ctx, "console.field."+path) }

func country(ctx context.Context, c tocsin.Country) string {
	return known(T(ctx, "console.country."+string(c)), string(c))
}

// category names a type of Art. 2(7) with its letter.
func category(ctx context.Context, c tocsin.Category) string {
	letter := strings.Trim(strings.TrimPrefix(string(c), "2(7)"), "()")
	return T(ctx, "console.category."+letter)
}

// Reason says a code of an error, a refusal or a finding in words.
func Reason(ctx context.Context, code string) string {
	if code == "" {
		return ""
	}
	return known(T(ctx, "console.reason."+code), T(ctx, "console.reason.other", "Code", code))
}

func finding(ctx context.Context, f tocsin.Finding) string {
	return known(T(ctx, "console.finding."+string(f)), string(f))
}

func ground(ctx context.Context, code string) string {
	return known(T(ctx, "console.ground."+code), code)
}

// document names what travels between parties; kind is a document type or a callback.
func document(ctx context.Context, kind string) string {
	return known(T(ctx, "console.kind."+kind), kind)
}

// who names an actor: a colleague, a party, a machine, or the clock.
func who(ctx context.Context, id tocsin.ActorID) string {
	if name, ok := frame(ctx).Names[id]; ok {
		return name
	}
	switch id {
	case tocsin.ActorClock:
		return T(ctx, "console.actor.clock")
	case tocsin.ActorPublic:
		return T(ctx, "console.actor.public")
	case tocsin.ActorOperator:
		return T(ctx, "console.actor.operator")
	}
	if p, ok := strings.CutPrefix(string(id), "pty:"); ok {
		return party(ctx, tocsin.PartyID(p))
	}
	return string(id)
}

// target names where a delivery goes.
func target(ctx context.Context, id string) string {
	switch id {
	case "platform":
		return T(ctx, "console.actor.platform")
	case "notifier":
		return T(ctx, "console.actor.notifier")
	}
	return party(ctx, tocsin.PartyID(id))
}

// happened says an event in words.
func happened(ctx context.Context, past flow.Past) string {
	return known(T(ctx, "console.event."+string(past.Kind)), string(past.Kind))
}

// particulars says what an event's code means, where it has one worth reading.
func particulars(ctx context.Context, past flow.Past) string {
	switch past.Kind {
	case tocsin.EventOrderRefusedByHost, tocsin.EventReceivedRefused, tocsin.EventReceivedReopened:
		return Reason(ctx, past.Facts.Code)
	case tocsin.EventOrderImpeded, tocsin.EventReceivedImpeded:
		return ground(ctx, past.Facts.Code)
	case tocsin.EventReceivedLocated:
		var found []string
		for _, code := range past.Facts.Codes {
			found = append(found, finding(ctx, tocsin.Finding(code)))
		}
		return strings.Join(found, " ")
	case tocsin.EventReceivedDecided:
		if past.Facts.Automatic {
			return T(ctx, "console.event.automatic")
		}
	case tocsin.EventOrderComplied:
		return stateWord(ctx, tocsin.KindIssuedOrder, past.Facts.Code)
	case tocsin.EventRestrictionEnded:
		return endedWord(ctx, past.Facts.Code)
	case tocsin.EventMeasureConfirmed:
		return measureWord(ctx, past.Facts.Code)
	case tocsin.EventPersonInvited, tocsin.EventPersonDutiesProposed, tocsin.EventPersonDutiesChanged,
		tocsin.EventPersonReinstated:
		var named []string
		for _, code := range past.Facts.Codes {
			named = append(named, known(duty(ctx, tocsin.Duty(code)), code))
		}
		return strings.Join(named, ", ")
	}
	return deskParticulars(ctx, past)
}

func duty(ctx context.Context, d tocsin.Duty) string { return T(ctx, "console.duty."+string(d)) }

func dutyDoes(ctx context.Context, d tocsin.Duty) string { return T(ctx, "console.does."+string(d)) }

// dutyHint also says that a duty takes two people to give.
func dutyHint(ctx context.Context, d tocsin.Duty) string {
	if d.Grave() {
		return dutyDoes(ctx, d) + " " + T(ctx, "console.people.grave")
	}
	return dutyDoes(ctx, d)
}

// waiting are the duties that somebody proposed and nobody confirmed.
func waiting(p flow.Individual) []tocsin.Duty {
	return slices.DeleteFunc(slices.Clone(p.Proposed), func(d tocsin.Duty) bool { return slices.Contains(p.Duties, d) })
}

// copyState says who receives the copy of an order and whether it arrived.
func copyState(ctx context.Context, o *tocsin.IssuedOrder) string {
	switch {
	case o.CopyTo == "":
		return T(ctx, "console.fact.copy_later")
	case o.CopyAt == nil:
		return T(ctx, "console.fact.copy_sent", "Party", party(ctx, o.CopyTo))
	}
	return T(ctx, "console.fact.copy_received", "Party", party(ctx, o.CopyTo), "At", moment(ctx, *o.CopyAt))
}

func measureWord(ctx context.Context, action string) string {
	return known(T(ctx, "console.measure."+action), action)
}

func endedWord(ctx context.Context, why string) string {
	return known(T(ctx, "console.ended."+why), why)
}

// basis names what a restriction rests on.
func basis(ctx context.Context, b tocsin.Basis) string {
	switch b {
	case tocsin.BasisRemovalOrder:
		return T(ctx, "console.basis.order")
	case tocsin.BasisHostTerms:
		return T(ctx, "console.basis.terms")
	}
	if b.OfLaw() {
		return lawBasis(ctx, b)
	}
	return string(b)
}

func territory(ctx context.Context, r tocsin.Restriction) string {
	var names []string
	for _, c := range r.Territory {
		names = append(names, country(ctx, c))
	}
	return locale.From(ctx).List(names)
}

func jobWord(ctx context.Context, kind string) string {
	return known(T(ctx, "console.job."+kind), kind)
}

func personName(ctx context.Context, p flow.Individual) string {
	if p.File.Name == "" {
		return T(ctx, "console.people.unnamed")
	}
	return p.File.Name
}

// wayWord says how somebody signs in.
func wayWord(ctx context.Context, w tocsin.Way) string { return T(ctx, "console.way."+string(w)) }

// signsIn says how a person does, and of a passkey how safely it is kept.
func signsIn(ctx context.Context, p flow.Individual) string {
	if w := p.SignsInBy(); w != tocsin.WayPasskey {
		return wayWord(ctx, w)
	}
	return passkey(ctx, p.File.Credential)
}

// passkey says what is known of how safely a passkey is kept.
func passkey(ctx context.Context, c flow.Credential) string {
	switch {
	case c.Demonstration:
		return T(ctx, "console.people.demonstration")
	case c.BackupAllowed:
		return T(ctx, "console.people.synced")
	}
	return T(ctx, "console.people.bound")
}

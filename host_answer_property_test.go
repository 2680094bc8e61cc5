// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin_test

import (
	"slices"

	"pgregory.net/rapid"

	"tocsin"
)

func (n *hostNode) impede(t *rapid.T) {
	h := n.pick(t)
	before := encode(t, h.order)
	ground := rapid.SampledFrom([]tocsin.Ground{tocsin.GroundForceMajeure, tocsin.GroundManifestError,
		tocsin.GroundInsufficient}).Draw(t, "ground")
	events, err := h.order.Impede(n.anyone(t), impossibility(n.clock.at(), ground))
	if h.did(t, h.model.in("authenticated", "executing"), before, events, err) {
		h.model.state, h.model.deadline = "impeded", nil
	}
}

// rearm must give exactly this instant and one hour, whatever was left before.
func (n *hostNode) rearm(t *rapid.T) {
	h := n.pick(t)
	before := encode(t, h.order)
	events, err := h.order.Rearm(n.anyone(t), tocsin.Text{Text: text}, tocsin.EUPeriods())
	if h.did(t, h.model.in("impeded"), before, events, err) {
		h.model.startHour(n.clock.at())
	}
}

// withdraw ends the order's own restrictions and no other's.
func (n *hostNode) withdraw(t *rapid.T) {
	h := n.pick(t)
	before := encode(t, h.order)
	events, err := h.order.WithdrawnByIssuer(n.by(t, tocsin.ActorParty(authority)), tocsin.Text{Text: text})
	if h.did(t, !h.model.in("refused", "withdrawn", "dismissed"), before, events, err) {
		h.model.state, h.model.ratifyBy = "withdrawn", nil
		n.lift(t, h)
	}
}

func (n *hostNode) lift(t *rapid.T, h *hosted) {
	for _, ordered := range h.order.Items {
		if ordered.Restriction == "" {
			continue
		}
		item := n.item(ordered.Item)
		events, err := item.End(n.by(t, tocsin.ActorParty(authority)), ordered.Restriction, "order_withdrawn")
		n.itemDid(t, item, events, err)
		before := encode(t, item)
		events, err = item.End(n.by(t, tocsin.ActorClock), ordered.Restriction, "order_withdrawn")
		if err == nil {
			t.Fatal("a restriction ended twice")
		}
		refused(t, item, before, events, err)
	}
}

func (n *hostNode) ratify(t *rapid.T) {
	h, by := n.pick(t), n.anyone(t)
	before := encode(t, h.order)
	m := h.model
	events, err := h.order.Ratify(by)
	may := m.automatic && !m.ratified && m.in("executing", "confirmed", "impeded") && isPerson(by)
	if h.did(t, may, before, events, err) {
		m.ratified, m.ratifyBy = true, nil
	}
}

func (n *hostNode) reopen(t *rapid.T) {
	h := n.pick(t)
	before := encode(t, h.order)
	events, err := h.order.Reopen(n.by(t, tocsin.ActorClock), tocsin.RefusedKeyCompromised)
	if h.did(t, h.model.in("authenticated", "executing", "confirmed", "impeded"), before, events, err) {
		h.model.before, h.model.state = h.model.state, "reopened"
	}
}

func (n *hostNode) uphold(t *rapid.T) {
	h := n.pick(t)
	before := encode(t, h.order)
	events, err := h.order.Uphold(n.by(t, person(0)), text)
	if h.did(t, h.model.in("reopened"), before, events, err) {
		h.model.state = h.model.before
		h.model.confirmIfDone()
	}
}

func (n *hostNode) dismiss(t *rapid.T) {
	h := n.pick(t)
	before := encode(t, h.order)
	events, err := h.order.Dismiss(n.by(t, person(0)), text)
	if h.did(t, h.model.in("reopened"), before, events, err) {
		h.model.state, h.model.ratifyBy = "dismissed", nil
		n.lift(t, h)
	}
}

// straight takes an order a step towards its measure.
func (n *hostNode) straight(t *rapid.T) {
	h := n.pick(t)
	m := h.model
	switch {
	case m.in("authenticated") && !m.located:
		n.locate(t)
	case m.in("authenticated"):
		n.decide(t, h, n.by(t, person(0)), 0)
	case m.in("executing", "impeded"):
		for _, id := range m.items {
			if m.mayMeasure(id) {
				events, err := h.order.Measured(n.by(t, tocsin.ActorClock), id, n.clock.at())
				h.did(t, true, "", events, err)
				m.measured[id] = n.clock.at()
				m.confirmIfDone()
				return
			}
		}
	}
}

// disclose tells an item's platform in full what a gag kept from it. It changes no restriction.
func (n *hostNode) disclose(t *rapid.T) {
	item := rapid.SampledFrom(n.items).Draw(t, "item")
	events, err := item.Disclose(n.by(t, tocsin.ActorClock), n.pick(t).order.ID)
	n.itemDid(t, item, events, err)
}

// reinstated records that the platform shows an item again, once the order has no effect any more.
func (n *hostNode) reinstated(t *rapid.T) {
	h, item := n.pick(t), rapid.SampledFrom(n.items).Draw(t, "item")
	before := encode(t, h.order)
	events, err := h.order.Reinstated(n.by(t, tocsin.ActorClock), item.ID, n.clock.read(t), tocsin.Text{Text: text})
	h.did(t, h.model.in("withdrawn", "dismissed") && slices.Contains(h.model.items, item.ID), before, events, err)
}

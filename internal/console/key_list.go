// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"net/http"
	"slices"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// listKeys shows which machines may speak to the node, until when, and when they last did.
func (c *Console) listKeys(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	keys, err := c.Flow.ServiceKeys(r.Context(), who.Actor())
	if err != nil {
		return err
	}
	return c.render(w, r, http.StatusOK, page.KeyList(page.MachineKeys{All: keys, Now: c.Clock.Now(),
		Revoke: c.Flow.Policy.Decide(who.Actor(), flow.ActionKeyRevoke, nil) == nil,
		Make:   c.Flow.Policy.Decide(who.Actor(), flow.ActionKeyMake, nil) == nil}))
}

// askRevocation tells what ending a key does.
func (c *Console) askRevocation(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	key, err := c.revocable(r, who)
	if err != nil {
		return err
	}
	ctx := r.Context()
	return c.render(w, r, http.StatusOK, page.Confirmation(page.Step{Title: page.T(ctx, "console.keys.revoke_title"),
		Confirm: page.T(ctx, "console.keys.revoke_now"), Reference: key.Name, Back: "/keys",
		Action:  "/keys/" + key.Name + "/revoke",
		Effects: []string{page.T(ctx, "console.keys.effect_refused"), page.T(ctx, "console.keys.effect_final")}}))
}

// revocable finds the key in the path, for whoever may end it.
func (c *Console) revocable(r *http.Request, who flow.Individual) (flow.MachineKey, error) {
	ctx := r.Context()
	keys, err := c.Flow.ServiceKeys(ctx, who.Actor())
	if err != nil {
		return flow.MachineKey{}, err
	}
	if err := c.Flow.Policy.Decide(who.Actor(), flow.ActionKeyRevoke, nil); err != nil {
		return flow.MachineKey{}, err
	}
	at := slices.IndexFunc(keys, func(k flow.MachineKey) bool { return k.Name == r.PathValue("name") })
	if at < 0 {
		return flow.MachineKey{}, errNowhere
	}
	return keys[at], nil
}

// revokeKey ends a key.
func (c *Console) revokeKey(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	key, err := c.revocable(r, who)
	if err != nil {
		return err
	}
	err = c.Flow.RevokeServiceKey(r.Context(), who.Actor(), key.Name)
	if err != nil && tocsin.CodeOf(err) != tocsin.CodeNotFound { // it is gone either way
		return err
	}
	c.notice(r.Context(), "console.notice.key_revoked")
	return goTo(w, r, "/keys")
}

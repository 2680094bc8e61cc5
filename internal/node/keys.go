// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package node

import (
	"context"
	"time"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/keyring"
)

// machineKeys are the service keys of a key folder, as people see them.
type machineKeys struct{ ring *keyring.Ring }

// List gives all of them.
func (k machineKeys) List() ([]flow.MachineKey, error) {
	keys, err := k.ring.ServiceKeys()
	list := make([]flow.MachineKey, 0, len(keys))
	for _, key := range keys {
		list = append(list, flow.MachineKey(key))
	}
	return list, err
}

// Check refuses terms that no key is made with.
func (k machineKeys) Check(t flow.KeyTerms, at time.Time) error { return serviceTerms("", t).Check(at) }

// Issue makes one, and gives its token.
func (k machineKeys) Issue(id tocsin.ActorID, t flow.KeyTerms, at time.Time) (string, error) {
	token, _, err := k.ring.IssueServiceKey(serviceTerms(id, t), at)
	return token, err
}

func serviceTerms(id tocsin.ActorID, t flow.KeyTerms) keyring.ServiceTerms {
	return keyring.ServiceTerms{ID: id, Name: t.Name, Scopes: t.Scopes, Expires: &t.Expires, PerMinute: t.PerMinute}
}

// Revoke ends one.
func (k machineKeys) Revoke(name string) error { return k.ring.RevokeServiceKey(name) }

// watchServiceKeys tells administrators of keys that are about to end.
func (n *Node) watchServiceKeys(ctx context.Context) error {
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		if err := n.Flow.WatchServiceKeys(ctx); err != nil && ctx.Err() == nil {
			n.log.Error("service keys not looked after", "code", tocsin.CodeOf(err))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

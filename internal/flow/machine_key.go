// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"time"

	"tocsin"
)

// MachineKey is a service key, of which the token is known to nobody here.
type MachineKey struct {
	ID        tocsin.ActorID
	Name      string
	Scopes    []string
	Banks     []string // that confine it
	Created   time.Time
	Expires   *time.Time // nil: never
	PerMinute int        // requests; 0: no limit
	LastUsed  *time.Time // the hour; nil: never
}

// MachineKeys are the service keys of this node, in its key folder.
type MachineKeys interface {
	List() ([]MachineKey, error)
	Check(t KeyTerms, at time.Time) error // the form of each
	Issue(id tocsin.ActorID, t KeyTerms, at time.Time) (token string, err error)
	Revoke(name string) error
}

// ServiceKeys lists the service keys, for whoever runs the node or oversees it.
func (f *Flow) ServiceKeys(_ context.Context, actor Actor) ([]MachineKey, error) {
	if err := f.Policy.Decide(actor, ActionKeyRead, nil); err != nil {
		return nil, err
	}
	if f.Machines == nil {
		return nil, nil
	}
	return f.Machines.List()
}

// RevokeServiceKey ends a service key at once.
func (f *Flow) RevokeServiceKey(ctx context.Context, actor Actor, name string) error {
	if err := f.Policy.Decide(actor, ActionKeyRevoke, nil); err != nil {
		return err
	}
	if f.Machines == nil {
		return unknownRecord()
	}
	if err := f.Machines.Revoke(name); err != nil {
		return err
	}
	f.Log.WarnContext(ctx, "service key revoked", "key", name, "by", actor.ID)
	return nil
}

// keyWarning is how long before its end a service key is told of.
const keyWarning = 14 * 24 * time.Hour

// WatchServiceKeys calls administrators when a service key is about to end and nobody has renewed it, and clears when
// none is. One alert is about all of them.
func (f *Flow) WatchServiceKeys(ctx context.Context) error {
	if f.Machines == nil {
		return nil
	}
	keys, err := f.Machines.List()
	if err != nil {
		return err
	}
	ending := anyEnds(keys, f.Clock.Now())
	return f.update(ctx, func(u *unit) error {
		open, err := u.openAlert(tocsin.TopicKey, "keys")
		if err != nil || ending == (open != nil) {
			return err
		}
		if !ending {
			return u.clear(open, tocsin.ClearedHandled)
		}
		log, err := u.singleton(tocsin.KindLog, &tocsin.Log{})
		if err != nil {
			return err
		}
		return u.raiseAs(ruleOf(tocsin.TopicKey), nil, log, log.Base().ID, "keys", "")
	})
}

// anyEnds reports whether the newest token of some key ends soon.
func anyEnds(keys []MachineKey, at time.Time) bool {
	newest := map[string]MachineKey{}
	for _, k := range keys {
		if last, known := newest[k.Name]; !known || k.Created.After(last.Created) {
			newest[k.Name] = k
		}
	}
	for _, k := range newest {
		if k.Expires != nil && at.Before(*k.Expires) && k.Expires.Sub(at) <= keyWarning {
			return true
		}
	}
	return false
}

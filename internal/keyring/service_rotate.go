// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package keyring

import (
	"fmt"
	"time"

	"tocsin"
)

// RotateServiceKey makes another token for a service key: it may do what the key may, acts as the same actor, and holds
// as long as the one before was made to. Older tokens are refused once the overlap is over, or when they would have been.
func (r *Ring) RotateServiceKey(name string, overlap time.Duration, at time.Time) (string, ServiceKey, error) {
	if overlap < 0 {
		return "", ServiceKey{}, tocsin.Invalid(tocsin.ReasonFormat, "overlap", "An overlap is no less than nothing.")
	}
	token := tocsin.NewToken("tsk")
	var made storedKey
	err := underLock(r.dir, func() error {
		var older []storedKey
		err := r.eachServiceKey(func(_ string, k storedKey) error {
			if k.Name == name {
				older = append(older, k)
			}
			return nil
		})
		if err != nil {
			return err
		}
		if len(older) == 0 {
			return tocsin.Errorf(tocsin.CodeNotFound, ReasonServiceKey, "There is no service key of that name.")
		}
		made = newest(older)
		made.Hash = tocsin.DigestOf([]byte(token))
		if made.Expires != nil {
			until := at.UTC().Add(made.Expires.Sub(made.Created))
			made.Expires = &until
		}
		made.Created = at.UTC()
		// The new token first: whatever breaks off, one of them works.
		if err := r.writeServiceKey(made, writeNew); err != nil {
			return err
		}
		until := at.UTC().Add(overlap)
		for _, k := range older {
			if k.Expires == nil || until.Before(*k.Expires) {
				k.Expires = &until
				if err := r.writeServiceKey(k, replace); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return "", ServiceKey{}, fmt.Errorf("rotate service key: %w", err)
	}
	return token, made.ServiceKey, nil
}

func newest(keys []storedKey) storedKey {
	last := keys[0]
	for _, k := range keys[1:] {
		if k.Created.After(last.Created) {
			last = k
		}
	}
	return last
}

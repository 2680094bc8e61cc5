// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package node

import (
	"context"
	"fmt"

	"tocsin"
	"tocsin/internal/keyring"
)

// Create makes what a new node needs: a key folder with one key of each use, a database, and the first
// shard of its log. It refuses what exists already and never overwrites a key.
func Create(ctx context.Context, o Options) (err error) {
	if err := keyring.Create(o.Config.KeyDir); err != nil {
		return fmt.Errorf("create keys: %w", err)
	}
	n := blank(o)
	defer func() {
		if closed := n.Close(); err == nil {
			err = closed
		}
	}()
	if n.Keys, err = keyring.Open(o.Config.KeyDir); err != nil {
		return fmt.Errorf("open keys: %w", err)
	}
	for _, use := range []tocsin.KeyUse{tocsin.UseDocument, tocsin.UseHop, tocsin.UseOfficer, tocsin.UseLog} {
		if _, err := n.Keys.Generate(use, n.clock.Now()); err != nil {
			return fmt.Errorf("make %s key: %w", use, err)
		}
	}
	if n.store, err = openStore(ctx, o.Config, o.Log, true); err != nil {
		return err
	}
	if err = n.plug(); err != nil {
		return err
	}
	return n.Flow.Init(ctx)
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"tocsin"
)

// command is update with an idempotency key: the same key gives the first result again. The key is
// bound to the actor and the name of the command. An empty key means that none was given.
func command[R any](f *Flow, ctx context.Context, key string, fn func(*unit) (R, error)) (R, error) {
	var result R
	err := f.update(ctx, func(u *unit) error {
		if key != "" {
			stored, found, err := u.tx.Command(key)
			if err != nil {
				return err
			}
			if found {
				return json.Unmarshal(stored, &result)
			}
		}
		var err error
		if result, err = fn(u); err != nil || key == "" {
			return err
		}
		stored, err := json.Marshal(result)
		if err != nil {
			return fmt.Errorf("encode command result: %w", err)
		}
		return u.tx.SaveCommand(key, stored, u.now)
	})
	lost := tocsin.ReasonOf(err) == ReasonUnknownOutcome || tocsin.CodeOf(err) == tocsin.CodeConflict
	if lost && key != "" {
		return recall[R](f, ctx, key, err)
	}
	return result, err
}

// recall answers a command whose commit was lost on the way, or that lost the race against itself asked
// twice at once: it happened if its key is there.
func recall[R any](f *Flow, ctx context.Context, key string, lost error) (R, error) {
	var result R
	err := f.Store.View(ctx, func(tx Tx) error {
		stored, found, err := tx.Command(key)
		if err != nil {
			return err
		}
		if !found {
			return lost
		}
		return json.Unmarshal(stored, &result)
	})
	return result, err
}

func commandKey(actor Actor, action Action, key string) string {
	if key == "" {
		return ""
	}
	return string(action) + "/" + string(actor.ID) + "/" + key
}

// boundKey binds an idempotency key to what is asked: the same key with another content is another command, so that
// nothing somebody wrote is taken for something written before. It is a keyed digest, as a key is kept in the clear.
func (f *Flow) boundKey(actor Actor, action Action, key string, asked ...any) (string, error) {
	if key == "" {
		return "", nil
	}
	plain, err := json.Marshal(asked)
	if err != nil {
		return "", fmt.Errorf("encode request: %w", err)
	}
	return commandKey(actor, action, key+"/"+hex.EncodeToString(f.Sealer.LookupKey("request", string(plain)))), nil
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"tocsin"
)

// matching is command for changes that the next query must see: it returns when the catalogue has them.
func matching[R any](f *Flow, ctx context.Context, key string, fn func(*unit) (R, error)) (R, error) {
	result, err := command(f, ctx, key, fn)
	if err != nil {
		return result, err
	}
	if err := f.catchUp(context.WithoutCancel(ctx)); err != nil {
		f.Log.Error("matching is behind the journal", "code", tocsin.CodeOf(err), "reason", tocsin.ReasonOf(err))
		return result, &tocsin.Error{Code: tocsin.CodeBusy, Reason: "matching_behind", RetryAfter: time.Second, Err: err,
			Public: "This is recorded, but matching does not know of it yet. It will within seconds."}
	}
	return result, nil
}

func (f *Flow) changeMatching(ctx context.Context, fn func(*unit) error) error {
	_, err := matching(f, ctx, "", func(u *unit) (struct{}, error) { return struct{}{}, fn(u) })
	return err
}

// ReasonKeyReused refuses an idempotency key that came with another request before. To answer with what that
// one made would tell a caller of a signal that was never added.
const ReasonKeyReused tocsin.Reason = "idempotency_key_reused"

// request is what was asked for under an idempotency key.
type request struct {
	key string // of the command; empty when none was given
	of  []byte // keyed digest, as it may hold text
}

func (f *Flow) request(actor Actor, action Action, key string, asked ...any) request {
	if key == "" {
		return request{}
	}
	plain, err := json.Marshal(asked)
	if err != nil {
		panic(err) // plain structs only
	}
	return request{commandKey(actor, action, key), f.Sealer.LookupKey("request", string(plain))}
}

// once makes a record, or gives the one that the same request under the same key made before.
func (f *Flow) once(ctx context.Context, asked request,
	fn func(*unit) (tocsin.RecordID, error)) (tocsin.RecordID, error) {
	type made struct {
		Of []byte
		ID tocsin.RecordID
	}
	m, err := matching(f, ctx, asked.key, func(u *unit) (made, error) {
		id, err := fn(u)
		return made{asked.of, id}, err
	})
	if err == nil && !bytes.Equal(m.Of, asked.of) {
		return "", tocsin.Errorf(tocsin.CodeConflict, ReasonKeyReused,
			"This idempotency key came with another request before.")
	}
	return m.ID, err
}

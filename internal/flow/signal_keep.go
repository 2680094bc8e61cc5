// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"encoding/json"
	"io"

	"tocsin"
)

// matchingNeeds keeps what still matches, and what keeps something from matching.
func (u *unit) matchingNeeds(agg tocsin.Aggregate) error {
	switch r := agg.(type) {
	case *tocsin.Bank:
		if r.Status == tocsin.BankOpen {
			return stillNeeded("This bank is open. Close it first.")
		}
	case *tocsin.Batch:
		if r.Status == tocsin.BatchActive {
			return stillNeeded("The signals of this import match. Withdraw it first.")
		}
	case *tocsin.Signal:
		return u.signalNeeded(r)
	}
	return nil
}

// signalNeeded keeps a retracted row of an import that is active: without it, the row would match again.
func (u *unit) signalNeeded(s *tocsin.Signal) error {
	if !s.Ended() {
		return stillNeeded("This signal matches or may match again. Retract it first.")
	}
	if u.f.Matcher == nil {
		return noMatcher() // nobody can tell what imports would bring
	}
	var file SignalFile
	if err := u.read(s, &file); err != nil {
		return err
	}
	brought, err := u.bringing(s.Bank, s.Type, file.Value)
	if err == nil && len(brought) > 0 {
		err = stillNeeded("An import that is active has this signal too, and would bring it back.")
	}
	return err
}

// matching examines what people read of a bank, a batch or a signal: they are found as people ask for them,
// and the rows of an import are there.
func (x *examination) matching(u *unit, agg tocsin.Aggregate, plain []byte) error {
	id := agg.Base().ID
	switch r := agg.(type) {
	case *tocsin.Bank:
		var file BankFile
		if json.Unmarshal(plain, &file) == nil && r.Status == tocsin.BankOpen {
			return x.lookups(u, id, []lookup{{lookupBank, file.Name}})
		}
	case *tocsin.Signal:
		var file SignalFile
		if json.Unmarshal(plain, &file) == nil {
			return x.lookups(u, id, []lookup{{lookupSignal, signalValue(r.Bank, r.Type, file.Value)}})
		}
	case *tocsin.Case:
		var file CaseFile
		if json.Unmarshal(plain, &file) == nil {
			if err := x.lookups(u, id, []lookup{{lookupCase, file.Item}}); err != nil {
				return err
			}
			return x.searched(u, id, u.caseText(file))
		}
	case *tocsin.Batch:
		if x.f.Blobs == nil || r.Status != tocsin.BatchActive {
			return nil
		}
		if err := x.readBlob(u.ctx, r.Blob); err != nil {
			x.differ(Difference{Record: id, Kind: "blob", Detail: "The rows of this import are missing or damaged."})
		}
	}
	return nil
}

// readBlob reads a blob to its end, where damage shows.
func (x *examination) readBlob(ctx context.Context, d tocsin.Digest) error {
	blob, err := x.f.Blobs.Open(ctx, d)
	if err != nil {
		return err
	}
	defer blob.Close()
	_, err = io.Copy(io.Discard, blob)
	return err
}

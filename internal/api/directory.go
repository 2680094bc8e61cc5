// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"crypto/x509"
	"errors"
	"slices"
	"time"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/wire"
)

// DirectoryView is the directory in use.
type DirectoryView struct {
	Serial        int64          `json:"serial" required:"true" doc:"0 before the first import"`
	IssuedAt      *time.Time     `json:"issued_at,omitempty"`
	Demonstration bool           `json:"demonstration,omitempty"`
	Parties       []tocsin.Party `json:"parties" required:"true" nullable:"false"`
}

// None is the input of an operation that takes none.
type None struct{}

func (s *service) readDirectory(ctx context.Context, _ *None) (*output[DirectoryView], error) {
	if err := s.Flow.Policy.Decide(actorOf(ctx), flow.ActionDirectoryRead, nil); err != nil {
		return nil, err
	}
	d := s.Flow.Directory()
	view := DirectoryView{Serial: d.Serial, Demonstration: d.Demonstration, Parties: append([]tocsin.Party{},
		d.Parties...)}
	if d.Serial > 0 {
		view.IssuedAt = &d.IssuedAt
	}
	return answer(view), nil
}

// DirectoryImport brings a signed directory and the keys to verify it with.
type DirectoryImport struct {
	Body DirectoryFile `required:"true"`
}

// DirectoryFile is what publishers hand out.
type DirectoryFile struct {
	Directory  wire.SignedDirectory `json:"directory" required:"true"`
	Publishers []PublisherKey       `json:"publishers" required:"true" minItems:"1" maxItems:"9"`
}

// PublisherKey is the public key of a publisher. Nothing it says counts but its bytes, which must be pinned.
type PublisherKey struct {
	ID     tocsin.KeyID `json:"id" required:"true" doc:"as the signatures name it"`
	Public []byte       `json:"public" required:"true" doc:"PKIX DER"`
}

// DirectoryImported says what an import did.
type DirectoryImported struct {
	Serial   int64 `json:"serial" required:"true"`
	Parties  int   `json:"parties" required:"true"`
	Reopened int   `json:"reopened" required:"true" doc:"orders now in doubt, for a person to look at"`
}

func (s *service) importDirectory(ctx context.Context, in *DirectoryImport) (*output[DirectoryImported],
	error) {
	signed, err := in.Body.Directory.Encode()
	if err != nil {
		return nil, err
	}
	pinned, err := s.Pins.Publishers(in.Body.Publishers)
	if err != nil {
		return nil, err
	}
	reopened, err := s.Flow.ImportDirectory(ctx, actorOf(ctx), signed, pinned)
	if e, ok := errors.AsType[*tocsin.Error](err); ok && e.Code == tocsin.CodeUnauthenticated {
		// The document's signature failed, not the caller's key: asking for another key would mislead.
		err = &tocsin.Error{Code: tocsin.CodeForbidden, Reason: e.Reason, Public: e.Public, Err: err}
	}
	if err != nil {
		return nil, err
	}
	d := s.Flow.Directory()
	return answer(DirectoryImported{d.Serial, len(d.Parties), reopened}), nil
}

// Pins are the publishers an operator believes, by the fingerprints of their keys, as compared in a ceremony.
type Pins struct {
	Threshold    int
	Fingerprints []string
}

// Publishers gives those of the offered keys that are pinned. A key's algorithm follows from its bytes, and
// it counts as long as it is pinned: what the offer says of its dates is anybody's word.
func (p Pins) Publishers(offered []PublisherKey) (wire.Publishers, error) {
	pinned := wire.Publishers{Threshold: p.Threshold}
	for _, o := range offered {
		if !slices.Contains(p.Fingerprints, string(tocsin.DigestOf(o.Public))) {
			continue
		}
		key, err := readPublicKey(o)
		if err != nil {
			return wire.Publishers{}, err
		}
		pinned.Keys = append(pinned.Keys, key)
	}
	if len(pinned.Keys) == 0 {
		return wire.Publishers{}, tocsin.Errorf(tocsin.CodeForbidden, tocsin.RefusedWrongKey,
			"None of these publishers is pinned here. Pin one in a ceremony first: tocsin directory pin.")
	}
	return pinned, nil
}

func readPublicKey(o PublisherKey) (tocsin.Key, error) {
	public, err := x509.ParsePKIXPublicKey(o.Public)
	if err != nil {
		return tocsin.Key{}, tocsin.Invalid(tocsin.ReasonFormat, "publishers", "A publisher's key cannot be read.")
	}
	key, err := wire.NewKey(public)
	if err != nil {
		return tocsin.Key{}, err
	}
	key.ID, key.Uses = o.ID, []tocsin.KeyUse{wire.UseDirectory}
	return key, nil
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package translog

import (
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/note"
)

// Policy says whose checkpoints a reader accepts: signed by one of these logs, and cosigned by a quorum of
// these witnesses (c2sp.org/tlog-policy). Signatures of keys it does not know are ignored, which is what
// lets a log change its key and others cosign.
type Policy struct {
	logs   []note.Verifier
	known  note.Verifiers
	quorum *quorum // nil: no cosignature is needed
}

// quorum is one witness, or a group of which enough members must have cosigned.
type quorum struct {
	witness note.Verifier
	need    int
	members []*quorum
}

// TrustLogs is the policy that accepts these logs without any witness.
func TrustLogs(logs ...note.Verifier) *Policy {
	return &Policy{logs: logs, known: note.VerifierList(logs...)}
}

// Open verifies a signed checkpoint: its signatures, its origin and the quorum.
func (p *Policy) Open(signed []byte) (Checkpoint, error) {
	n, err := note.Open(signed, p.known)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("open checkpoint: %w", noteError(err))
	}
	c, err := ParseCheckpoint(n.Text)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("open checkpoint: %w", err)
	}
	if !p.signedByLog(c.Origin, n.Sigs) {
		return Checkpoint{}, fmt.Errorf("open checkpoint: %w: no known log of that origin signed", ErrUnverified)
	}
	if p.quorum != nil && !p.quorum.met(n.Sigs) {
		return Checkpoint{}, fmt.Errorf("open checkpoint: %w: too few witnesses have cosigned", ErrUnverified)
	}
	return c, nil
}

// noteError keeps the class of a note's error and drops its text, which quotes key names.
func noteError(err error) error {
	if _, ok := errors.AsType[*note.UnverifiedNoteError](err); ok {
		return fmt.Errorf("%w: signed by no known key", ErrUnverified)
	}
	if _, ok := errors.AsType[*note.InvalidSignatureError](err); ok {
		return fmt.Errorf("%w: a known key's signature is wrong", ErrUnverified)
	}
	return ErrMalformed
}

func (p *Policy) signedByLog(origin string, sigs []note.Signature) bool {
	for _, log := range p.logs {
		if log.Name() == origin && signedBy(log, sigs) {
			return true
		}
	}
	return false
}

func (q *quorum) met(sigs []note.Signature) bool {
	if q.witness != nil {
		return signedBy(q.witness, sigs)
	}
	met := 0
	for _, m := range q.members {
		if m.met(sigs) {
			met++
		}
	}
	return met >= q.need
}

func signedBy(v note.Verifier, sigs []note.Signature) bool {
	for _, s := range sigs {
		if s.Name == v.Name() && s.Hash == v.KeyHash() {
			return true
		}
	}
	return false
}

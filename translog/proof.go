// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package translog

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

const (
	proofHeader = "c2sp.org/tlog-proof@v1"
	// maxProof bounds the text of a proof: a checkpoint with many cosignatures takes a few kilobytes.
	maxProof = 1 << 17
	// maxPath is the longest inclusion proof of a tree of MaxSize.
	maxPath = 56
)

// Proof shows, without asking anybody, that an entry is in a log (c2sp.org/tlog-proof). It travels with
// an order; its recipient needs only the entry and a [Policy].
type Proof struct {
	Index      int64
	Path       tlog.RecordProof
	Checkpoint []byte // signed
	Extra      []byte // not authenticated; never trust it
}

// Prove gives the proof that the tree of a signed checkpoint contains the entry at an index.
func Prove(signed []byte, index int64, r tlog.HashReader) (Proof, error) {
	c, err := PeekCheckpoint(signed)
	if err != nil {
		return Proof{}, fmt.Errorf("prove entry: %w", err)
	}
	if index < 0 || index >= c.Size {
		return Proof{}, fmt.Errorf("prove entry: %w: not in the tree of the checkpoint", ErrMalformed)
	}
	path, err := tlog.ProveRecord(c.Size, index, r)
	if err != nil {
		return Proof{}, fmt.Errorf("prove entry: %w", err)
	}
	return Proof{Index: index, Path: path, Checkpoint: signed}, nil
}

// Verify checks that the policy accepts the proof's checkpoint and that the entry is in its tree.
func (p Proof) Verify(entry []byte, policy *Policy) (Checkpoint, error) {
	c, err := policy.Open(p.Checkpoint)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("verify proof: %w", err)
	}
	if tlog.CheckRecord(p.Path, c.Size, c.Root, p.Index, tlog.RecordHash(entry)) != nil {
		return Checkpoint{}, fmt.Errorf("verify proof: %w: this entry is not at that index", ErrUnverified)
	}
	return c, nil
}

// Encode gives the text of the proof.
func (p Proof) Encode() []byte {
	var b bytes.Buffer
	fmt.Fprintln(&b, proofHeader)
	if len(p.Extra) > 0 {
		fmt.Fprintf(&b, "extra %s\n", base64.StdEncoding.EncodeToString(p.Extra))
	}
	fmt.Fprintf(&b, "index %d\n", p.Index)
	for _, h := range p.Path {
		fmt.Fprintln(&b, h)
	}
	b.WriteByte('\n')
	b.Write(p.Checkpoint)
	return b.Bytes()
}

// ParseProof reads the text of a proof. That its checkpoint is well formed is checked; nothing else is
// true before [Proof.Verify].
func ParseProof(text []byte) (Proof, error) {
	malformed := fmt.Errorf("parse proof: %w", ErrMalformed)
	head, signed, ok := strings.Cut(string(text), "\n\n")
	lines := strings.Split(head, "\n")
	if !ok || len(text) > maxProof || len(lines) < 2 || lines[0] != proofHeader {
		return Proof{}, malformed
	}
	p := Proof{Checkpoint: []byte(signed)}
	lines = lines[1:]
	var err error
	if extra, isExtra := strings.CutPrefix(lines[0], "extra "); isExtra {
		if p.Extra, err = base64.StdEncoding.Strict().DecodeString(extra); err != nil {
			return Proof{}, malformed
		}
		lines = lines[1:]
	}
	if len(lines) == 0 || len(lines) > 1+maxPath {
		return Proof{}, malformed
	}
	index, ok := strings.CutPrefix(lines[0], "index ")
	if p.Index, err = parseCount(index); err != nil || !ok {
		return Proof{}, malformed
	}
	for _, line := range lines[1:] {
		h, err := tlog.ParseHash(line)
		if err != nil || h.String() != line {
			return Proof{}, malformed
		}
		p.Path = append(p.Path, h)
	}
	if _, err := PeekCheckpoint(p.Checkpoint); err != nil {
		return Proof{}, malformed
	}
	return p, nil
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package translog

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Checkpoint is what a log's owner signs: this many entries, under this root (c2sp.org/tlog-checkpoint).
// It must be signed only for a tree that contains every tree signed before.
type Checkpoint struct {
	Origin string    `json:"origin"` // identity of the log; the name of its key
	Size   int64     `json:"size"`
	Root   tlog.Hash `json:"root"`
}

// Origin is the identity of a shard of the log that a host serves: its address without the scheme.
func Origin(host string, shard int64) string {
	return host + "/log/" + strconv.FormatInt(shard, 10)
}

// Text is the note text that is signed. Extension lines are never written: monitors could not audit them.
func (c Checkpoint) Text() string {
	return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, c.Root)
}

// Sign gives the signed checkpoint. The first signer is the log, whose key bears the name of the origin.
func (c Checkpoint) Sign(log note.Signer, more ...note.Signer) ([]byte, error) {
	if again, err := ParseCheckpoint(c.Text()); err != nil || again != c {
		return nil, fmt.Errorf("sign checkpoint: %w", ErrMalformed)
	}
	if log.Name() != c.Origin {
		return nil, fmt.Errorf("sign checkpoint: %w: the key has another name than the origin", ErrMalformed)
	}
	signed, err := note.Sign(&note.Note{Text: c.Text()}, append([]note.Signer{log}, more...)...)
	if err != nil {
		return nil, fmt.Errorf("sign checkpoint: %w", err)
	}
	return signed, nil
}

// ParseCheckpoint reads a note text without its signatures. Extension lines are allowed and ignored.
func ParseCheckpoint(text string) (Checkpoint, error) {
	malformed := fmt.Errorf("parse checkpoint: %w", ErrMalformed)
	lines := strings.Split(text, "\n")
	if len(lines) < 4 || lines[len(lines)-1] != "" || lines[0] == "" {
		return Checkpoint{}, malformed
	}
	for _, extension := range lines[3 : len(lines)-1] {
		if extension == "" {
			return Checkpoint{}, malformed
		}
	}
	size, err := parseCount(lines[1])
	if err != nil {
		return Checkpoint{}, malformed
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil || root.String() != lines[2] {
		return Checkpoint{}, malformed
	}
	return Checkpoint{Origin: lines[0], Size: size, Root: root}, nil
}

// parseCount reads a decimal number of entries without sign or leading zero.
func parseCount(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || n > MaxSize || strconv.FormatInt(n, 10) != s {
		return 0, ErrMalformed
	}
	return n, nil
}

// PeekCheckpoint reads a signed checkpoint without checking who signed it: for a log's own checkpoint, or
// to learn which log a stranger's claims to be. To trust it, use [Policy.Open].
func PeekCheckpoint(signed []byte) (Checkpoint, error) {
	_, err := note.Open(signed, note.VerifierList())
	unverified, ok := errors.AsType[*note.UnverifiedNoteError](err)
	if !ok {
		return Checkpoint{}, fmt.Errorf("read checkpoint: %w", ErrMalformed)
	}
	return ParseCheckpoint(unverified.Note.Text)
}

// CheckGrowth verifies that the later checkpoint of a log contains all of the earlier one. The proof is
// that of RFC 6962, section 2.1.2; equal sizes and an empty earlier tree need none.
func CheckGrowth(earlier, later Checkpoint, proof tlog.TreeProof) error {
	switch {
	case earlier.Origin != later.Origin:
		return fmt.Errorf("check growth: %w: checkpoints of two different logs", ErrMalformed)
	case later.Size < earlier.Size:
		return fmt.Errorf("check growth: %w: shorter than before", ErrRewritten)
	case earlier.Size == 0 && earlier.Root != Edge{}.Root():
		return fmt.Errorf("check growth: %w: an empty tree has one root only", ErrMalformed)
	case earlier.Size == 0:
		return nil
	}
	if tlog.CheckTree(proof, later.Size, later.Root, earlier.Size, earlier.Root) != nil {
		return fmt.Errorf("check growth: %w: what was there has changed", ErrRewritten)
	}
	return nil
}

// NewVerifier gives the verifier of an Ed25519 key under the name of an origin. Its vkey text comes from
// [note.NewEd25519VerifierKey].
func NewVerifier(origin string, key ed25519.PublicKey) (note.Verifier, error) {
	vkey, err := note.NewEd25519VerifierKey(origin, key)
	if err != nil {
		return nil, fmt.Errorf("make verifier: %w", ErrMalformed)
	}
	v, err := note.NewVerifier(vkey)
	if err != nil {
		return nil, fmt.Errorf("make verifier: %w", ErrMalformed)
	}
	return v, nil
}

// NewSigner gives a note signer for an Ed25519 key that may live elsewhere, such as in another process.
func NewSigner(origin string, key crypto.Signer) (note.Signer, error) {
	public, ok := key.Public().(ed25519.PublicKey)
	if !ok {
		return nil, fmt.Errorf("make signer: %w: not an Ed25519 key", ErrMalformed)
	}
	v, err := NewVerifier(origin, public)
	if err != nil {
		return nil, fmt.Errorf("make signer: %w", err)
	}
	return signer{v, key}, nil
}

type signer struct {
	note.Verifier
	key crypto.Signer
}

func (s signer) Sign(msg []byte) ([]byte, error) {
	return s.key.Sign(rand.Reader, msg, crypto.Hash(0))
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"slices"
	"time"

	"tocsin"
)

// MaxDirectory bounds a signed directory, in bytes.
const MaxDirectory = 8 << 20

// UseDirectory is the use of a publisher's key. Publishers are not parties: their keys are pinned by each
// node in a ceremony, by fingerprint.
const UseDirectory tocsin.KeyUse = "directory"

// Publishers is what a node pinned: a directory counts when Threshold of these keys signed it.
type Publishers struct {
	Threshold int          `json:"threshold"`
	Keys      []tocsin.Key `json:"keys"`
}

// Fingerprint is what people compare over the telephone before a key is pinned: the SHA-256 of its PKIX
// encoding.
func Fingerprint(k tocsin.Key) tocsin.Digest { return tocsin.DigestOf(k.Public) }

// SignedDirectory is a directory with the signatures of its publishers: the general JSON serialisation of
// RFC 7515 §7.2.1, in which every signature covers the same payload bytes.
type SignedDirectory struct {
	Payload    Bytes                `json:"payload"`
	Signatures []DirectorySignature `json:"signatures"`
}

// DirectorySignature is one publisher's signature, with its own protected header.
type DirectorySignature struct {
	Protected Bytes `json:"protected"`
	Signature Bytes `json:"signature"`
}

type directoryPayload struct {
	Version int              `json:"v"`
	Type    Type             `json:"type"`
	Body    tocsin.Directory `json:"body"`
}

// NewSignedDirectory fixes the bytes of an edition. Publishers sign it one after the other, each on its own
// machine.
func NewSignedDirectory(d tocsin.Directory) (*SignedDirectory, error) {
	if err := checkDirectory(d); err != nil {
		return nil, err
	}
	payload, err := encode(directoryPayload{Version, TypeDirectory, d})
	if err != nil {
		return nil, err
	}
	return &SignedDirectory{Payload: payload}, nil
}

// Sign adds a publisher's signature.
func (s *SignedDirectory) Sign(publisher Signer, at time.Time) error {
	header, err := encodeHeader(publisher, TypeDirectory.mediaType(), at)
	if err != nil {
		return err
	}
	signature, err := publisher.sign(covered(header, s.Payload))
	if err != nil {
		return err
	}
	s.Signatures = append(s.Signatures, DirectorySignature{header, signature})
	return nil
}

// Encode gives the bytes that travel.
func (s *SignedDirectory) Encode() ([]byte, error) { return encode(s) }

// ParseSignedDirectory reads what travels and verifies nothing, so that a publisher can add its signature.
func ParseSignedDirectory(data []byte) (*SignedDirectory, error) {
	if len(data) > MaxDirectory {
		return nil, refuse(tocsin.RefusedTooLarge, "A directory holds at most %d bytes.", MaxDirectory)
	}
	var s SignedDirectory
	if err := decodeStrict(data, &s); err != nil {
		return nil, err
	}
	return &s, nil
}

// VerifyDirectory reads a directory signed by enough pinned publishers. Whether its serial is newer than
// the one in use is the caller's question.
func VerifyDirectory(data []byte, pinned Publishers, now time.Time, demonstration bool) (
	tocsin.Directory, error,
) {
	var none tocsin.Directory
	s, err := ParseSignedDirectory(data)
	if err != nil {
		return none, err
	}
	if _, err := peek(s.Payload); err != nil {
		return none, err
	}
	if err := s.verify(pinned, now); err != nil {
		return none, err
	}
	var p directoryPayload
	if err := decodeStrict(s.Payload, &p); err != nil {
		return none, err
	}
	if p.Type != TypeDirectory {
		return none, refuse(tocsin.RefusedMalformed, "This is not a directory.")
	}
	if p.Body.Demonstration && !demonstration {
		return none, refuse(tocsin.ReasonDemonstrationOnly, "This directory lists demonstration parties.")
	}
	if p.Body.IssuedAt.After(now.Add(MaxAhead)) {
		return none, refuse(tocsin.RefusedFutureDated, "The directory is dated in the future.")
	}
	return p.Body, checkDirectory(p.Body)
}

// OpenDirectory reads an edition that was verified when it was imported and has been kept since. It judges
// no signature.
func OpenDirectory(data []byte) (tocsin.Directory, error) {
	s, err := ParseSignedDirectory(data)
	if err != nil {
		return tocsin.Directory{}, err
	}
	var p directoryPayload
	if err := decodeStrict(s.Payload, &p); err != nil {
		return tocsin.Directory{}, err
	}
	return p.Body, checkDirectory(p.Body)
}

// verify counts the pinned publishers that signed. Signatures of unknown keys are passed over, which is
// what lets publishers change; a bad signature under a pinned key is never passed over.
func (s *SignedDirectory) verify(pinned Publishers, now time.Time) error {
	var counted [][]byte
	for _, signature := range s.Signatures {
		header, err := parseHeader(signature.Protected)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(pinned.Keys, func(k tocsin.Key) bool { return k.ID == header.Key })
		if i < 0 {
			continue
		}
		key := pinned.Keys[i]
		if err := s.verifyOne(signature, header, key, now); err != nil {
			return err
		}
		same := func(public []byte) bool { return bytes.Equal(public, key.Public) }
		if !slices.ContainsFunc(counted, same) {
			counted = append(counted, key.Public)
		}
	}
	if pinned.Threshold < 1 || len(counted) < pinned.Threshold {
		return refuse(tocsin.RefusedWrongKey, "Too few pinned publishers signed this directory.")
	}
	return nil
}

func (s *SignedDirectory) verifyOne(by DirectorySignature, h Header, key tocsin.Key, now time.Time) error {
	if h.Type != TypeDirectory.mediaType() {
		return refuse(tocsin.RefusedMalformed, "A signature is not one on a directory.")
	}
	compact := append(covered(by.Protected, s.Payload), '.')
	compact = strict64.AppendEncode(compact, by.Signature)
	t := token{header: h, payload: s.Payload, compact: string(compact)}
	if err := t.verify(key); err != nil {
		return err
	}
	return Context{Now: now}.atBothTimes(h.SignedAt, func(at time.Time) error {
		return key.Usable(UseDirectory, at)
	})
}

// checkDirectory asks what every reader relies on, and that every key can be read.
func checkDirectory(d tocsin.Directory) error {
	if err := d.Validate(); err != nil {
		return incomplete(err)
	}
	for _, p := range d.Parties {
		for _, k := range p.Keys {
			if _, err := PublicKey(k); err != nil {
				return err
			}
		}
	}
	return nil
}

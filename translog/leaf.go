// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package translog

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
)

const (
	// MaxEntry is the most bytes an entry can have: tlog-tiles gives its length two bytes.
	MaxEntry = 1<<16 - 1
	// HiddenFields is the number of digests in a leaf that hides anything, whatever number it hides.
	HiddenFields = 8

	schemaVersion = 1
	digestName    = "sha-256"
	maxSigners    = 8
	maxID         = 64
)

// An Entry is what one position of the log holds: a [Leaf] or an [Opaque].
type Entry interface {
	// Encode gives the one byte sequence that stands for the entry, or says which rule it breaks.
	Encode() ([]byte, error)
	entry()
}

// Leaf is one accountable event as the public sees it. Everything else about the event is a hidden field
// behind one of the digests in SD. Which fields a type must and may have is a closed table; see [Type].
type Leaf struct {
	Type Type `json:"t"`
	// Issuer is the directory id of the party whose order or other document the leaf is about. For what
	// concerns only the log's owner (a key, the heartbeat) it is the owner. Never a person.
	Issuer string `json:"issuer,omitempty"`
	// To is the directory id of the addressee. Where the market is so small that it would name the
	// target, leave it empty and commit to it with [FieldAddressee].
	To string `json:"to,omitempty"`
	// Of is the type of the document that a receipt or refusal answers.
	Of Type `json:"of,omitempty"`
	// Legal is a legal-basis code, such as "eu-2021-784:3".
	Legal string `json:"legal,omitempty"`
	// Code is an outcome or reason from a closed list of the caller.
	Code string `json:"code,omitempty"`
	Hour Hour   `json:"hour"`
	// Re is the index of the earlier leaf that this one answers; in this shard, unless Shard says which.
	Re *int64 `json:"re,omitempty"`
	// Shard is the shard that holds Re when it is another one; in a shard-start, the shard's own number.
	Shard    int64    `json:"shard,omitempty"`
	Deadline Deadline `json:"deadline,omitempty"`
	// Signers are ids of keys, of two people where two must agree.
	Signers []string `json:"signers,omitempty"`
	// EmbargoUntil is when an opening leaf must exist; an extension may move it, never past EmbargoMax.
	EmbargoUntil Hour `json:"embargo_until,omitempty"`
	EmbargoMax   Hour `json:"embargo_max,omitempty"`
	// Digest is the SHA-256 (unpadded base64url) of a thing that is itself published: see [DigestOf].
	Digest string `json:"digest,omitempty"`
	// Inner is the entry of the opaque leaf at Re, shown by an opening.
	Inner []byte `json:"inner,omitempty"`
	// SD is what [RecordKey.Commit] gave: nothing, or exactly [HiddenFields] digests in order.
	SD []string `json:"_sd,omitempty"`
}

// leafForm is a leaf's encoding. The embedded fields stand between the two added ones.
type leafForm struct {
	V int `json:"v"`
	Leaf
	Alg string `json:"_sd_alg,omitempty"`
}

func (Leaf) entry() {}

// Encode gives the leaf's entry: compact JSON with its fields in a fixed order.
func (l Leaf) Encode() ([]byte, error) {
	l.Signers = slices.Sorted(slices.Values(l.Signers))
	if err := l.validate(); err != nil {
		return nil, fmt.Errorf("encode leaf: %w", err)
	}
	form := leafForm{V: schemaVersion, Leaf: l}
	if len(l.SD) > 0 {
		form.Alg = digestName
	}
	b, err := json.Marshal(form)
	if err != nil {
		return nil, fmt.Errorf("encode leaf: %w", err)
	}
	if len(b) > MaxEntry {
		return nil, fmt.Errorf("encode leaf: %w: over %d bytes", ErrMalformed, MaxEntry)
	}
	return b, nil
}

// fields gives the set of public fields that are filled in, in the order of their constants.
func (l Leaf) fields() (set field) {
	for i, present := range [...]bool{
		l.Issuer != "", l.To != "", l.Of != "", l.Legal != "", l.Code != "", l.Re != nil, l.Shard != 0,
		l.Deadline != DeadlineNone, len(l.Signers) > 0, l.EmbargoUntil != 0, l.EmbargoMax != 0,
		l.Digest != "", len(l.Inner) > 0, len(l.SD) > 0,
	} {
		if present {
			set |= 1 << i
		}
	}
	return set
}

func (l Leaf) validate() error {
	r, ok := rules[l.Type]
	if !ok {
		return bad("t", "not a leaf type")
	}
	have := l.fields()
	if f := r.must &^ have; f != 0 {
		return bad(f.name(), "must be given for this type")
	}
	if f := have &^ (r.must | r.may); f != 0 {
		return bad(f.name(), "has no place in this type")
	}
	for _, check := range []error{
		l.checkIDs(), l.checkSigners(r.signers), l.checkTimes(), l.checkReference(), checkDigests(l.SD),
	} {
		if check != nil {
			return check
		}
	}
	return nil
}

func (l Leaf) checkIDs() error {
	for _, f := range [...]struct{ name, id string }{
		{"issuer", l.Issuer}, {"to", l.To}, {"legal", l.Legal}, {"code", l.Code},
	} {
		if f.id != "" && !validID(f.id) {
			return bad(f.name, "is not an id")
		}
	}
	if !deadlines[l.Deadline] {
		return bad("deadline", "is not a class of clock")
	}
	if l.Of != "" && !l.Of.carries() {
		return bad("of", "is not a document that one party receives from another")
	}
	if l.Type == TypeReceipt && l.Code != CodeLogged && l.Code != CodeUnlogged {
		return bad("code", "of a receipt says logged or unlogged")
	}
	if l.Digest != "" && !validDigest(l.Digest) {
		return bad("digest", "is not a SHA-256 in base64url")
	}
	return nil
}

func (l Leaf) checkSigners(least int) error {
	if n := len(l.Signers); n < least || n > maxSigners {
		return bad("signers", "too few or too many")
	}
	for i, id := range l.Signers {
		if !validID(id) {
			return bad("signers", "holds what is not an id")
		}
		if i > 0 && l.Signers[i-1] >= id {
			return bad("signers", "must be distinct and in order")
		}
	}
	return nil
}

func (l Leaf) checkTimes() error {
	if l.Hour <= 0 || l.Hour > maxHour {
		return bad("hour", "is out of range")
	}
	if l.EmbargoUntil == 0 && l.EmbargoMax == 0 {
		return nil
	}
	if l.EmbargoUntil < l.Hour {
		return bad("embargo_until", "is before the leaf")
	}
	if l.Type == TypeEmbargoExtension { // its limit is that of the leaf it extends
		return nil
	}
	if l.EmbargoMax < l.EmbargoUntil || l.EmbargoMax > maxHour {
		return bad("embargo_max", "must not be before embargo_until")
	}
	return nil
}

func (l Leaf) checkReference() error {
	if l.Re != nil && (*l.Re < 0 || *l.Re >= MaxSize) {
		return bad("re", "is not an index")
	}
	if l.Shard < 0 || (l.Shard > 0 && l.Re == nil && l.Type != TypeShardStart) {
		return bad("shard", "goes with re")
	}
	if l.Type == TypeShardStart && l.Shard == 1 && l.Digest != "" {
		return bad("digest", "names the checkpoint of a shard before the first")
	}
	if len(l.Inner) == 0 {
		return nil
	}
	inner, err := ParseLeaf(l.Inner)
	if err != nil || !inner.Concealable() {
		return bad("inner", "is not a leaf that can have been opaque")
	}
	return nil
}

// DigestOf is the form in which a leaf names published bytes.
func DigestOf(b []byte) string {
	sum := sha256.Sum256(b)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func validDigest(s string) bool {
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	return err == nil && len(b) == sha256.Size && len(s) == base64.RawURLEncoding.EncodedLen(sha256.Size)
}

func checkDigests(sd []string) error {
	if len(sd) != 0 && len(sd) != HiddenFields {
		return bad("_sd", "must hold a fixed number of digests")
	}
	for i, d := range sd {
		if !validDigest(d) {
			return bad("_sd", "holds what is not a SHA-256 in base64url")
		}
		if i > 0 && sd[i-1] >= d {
			return bad("_sd", "must be in order")
		}
	}
	return nil
}

// validID reports whether s can be shown in public: short, and of an alphabet that makes no sentences.
func validID(s string) bool {
	if len(s) == 0 || len(s) > maxID {
		return false
	}
	for _, c := range []byte(s) {
		switch {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '.', c == '_', c == ':', c == '-':
		default:
			return false
		}
	}
	return true
}

// bad names the field, never its content.
func bad(name, problem string) error {
	return fmt.Errorf("%w: %s %s", ErrMalformed, name, problem)
}

// name gives the name of the lowest field in the set.
func (f field) name() string {
	for i, name := range fieldNames {
		if f&(1<<i) != 0 {
			return name
		}
	}
	return "a field"
}

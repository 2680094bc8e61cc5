// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package translog

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"
)

// Names of hidden fields that more than one party must agree on. Other ids may be used beside them.
const (
	FieldAddress   = "address"   // of the target; a record with several appends ".1", ".2" …
	FieldContent   = "content"   // SHA-256 of the content
	FieldAddressee = "addressee" // when To would name the target
	FieldReference = "reference" // the case or order reference
	FieldReasons   = "reasons"
	FieldOfficer   = "officer"  // pseudonym
	FieldDocument  = "document" // SHA-256 of the signed document
	FieldTime      = "time"     // exact, RFC 3339
	FieldPair      = "pair"     // double entry: H(key of the pair ‖ order id), shown in reviews only
)

// RecordKey is 32 random bytes of one record, used for nothing but the commitments of its leaves. While it
// exists the salted digests are personal data; destroying it makes them noise, and the tree still holds.
type RecordKey [32]byte

// A Field is one thing a leaf commits to without showing it.
type Field struct {
	Name, Value string
}

// An Opening shows one hidden field to whoever is entitled to it. It is an RFC 9901 disclosure.
type Opening struct {
	Salt  string `json:"salt"` // 128 bits, base64url
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Commit gives the SD digests of a leaf about a record, and an opening for each field in the order given.
// The digests always number [HiddenFields]: what is left over is filled with decoys that only the key can
// tell apart. The same key, record and fields give the same digests, so openings need not be stored.
// record must be the random id of the record, since the leaf's index is not known yet.
func (k RecordKey) Commit(record string, fields ...Field) (sd []string, openings []Opening, err error) {
	if len(fields) > HiddenFields {
		return nil, nil, fmt.Errorf("commit fields: %w: more than %d", ErrMalformed, HiddenFields)
	}
	if !validID(record) {
		return nil, nil, fmt.Errorf("commit fields: %w: record is not an id", ErrMalformed)
	}
	seen := make(map[string]bool)
	for _, f := range fields {
		if !validID(f.Name) || seen[f.Name] || !utf8.ValidString(f.Value) {
			return nil, nil, fmt.Errorf("commit fields: %w: a name is bad or repeated, or a value is not text",
				ErrMalformed)
		}
		seen[f.Name] = true
		o := Opening{Salt: k.salt(f.Name, record), Name: f.Name, Value: f.Value}
		openings = append(openings, o)
		sd = append(sd, o.digest())
	}
	for i := len(fields); i < HiddenFields; i++ {
		sd = append(sd, base64.RawURLEncoding.EncodeToString(k.derive("decoy:"+strconv.Itoa(i)+record)))
	}
	slices.Sort(sd) // as RFC 9901 asks: the order must not tell fields from decoys
	return sd, openings, nil
}

func (k RecordKey) salt(name, record string) string {
	return base64.RawURLEncoding.EncodeToString(k.derive("salt:" + name + record)[:16])
}

func (k RecordKey) derive(label string) []byte {
	mac := hmac.New(sha256.New, k[:])
	mac.Write([]byte(label))
	return mac.Sum(nil)
}

// Verify checks that the leaf committed to exactly this field, value and salt.
func (l Leaf) Verify(o Opening) error {
	if !utf8.ValidString(o.Salt + o.Name + o.Value) {
		return fmt.Errorf("verify opening: %w: not text", ErrMalformed)
	}
	if !slices.Contains(l.SD, o.digest()) {
		return fmt.Errorf("verify opening: %w: the leaf does not commit to it", ErrUnverified)
	}
	return nil
}

// digest is base64url(SHA-256(base64url(JSON [salt, name, value]))), RFC 9901 section 4.2.3. That section
// leaves the JSON's spacing free; ours is that of its examples, and strings are escaped as in RFC 8785.
func (o Opening) digest() string {
	b := append([]byte{'['}, quote(o.Salt)...)
	b = append(append(b, ", "...), quote(o.Name)...)
	b = append(append(b, ", "...), quote(o.Value)...)
	b = append(b, ']')
	return DigestOf([]byte(base64.RawURLEncoding.EncodeToString(b)))
}

// quote gives the JSON string with the fewest escapes. encoding/json also escapes U+2028 and U+2029, which
// an implementer in another language would have to know.
func quote(s string) []byte {
	b := []byte{'"'}
	for _, c := range []byte(s) {
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c >= 0x20:
			b = append(b, c)
		default:
			b = append(b, controls[c]...)
		}
	}
	return append(b, '"')
}

var controls = func() (table [0x20]string) {
	for c := range table {
		table[c] = fmt.Sprintf(`\u%04x`, c)
	}
	table['\b'], table['\f'], table['\n'], table['\r'], table['\t'] = `\b`, `\f`, `\n`, `\r`, `\t`
	return table
}()

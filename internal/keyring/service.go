// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package keyring

import (
	"bytes"
	"cmp"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"tocsin"
)

// Reasons for which a token is refused.
const (
	// ReasonServiceKey means that a token is not, or no longer, that of a service key.
	ReasonServiceKey tocsin.Reason = "service_key_unknown"
	// ReasonServiceKeyExpired means that the key's time is over.
	ReasonServiceKeyExpired tocsin.Reason = "service_key_expired"
	// ReasonServiceKeyRate means that the key asks more often than it may.
	ReasonServiceKeyRate tocsin.Reason = "service_key_rate"
)

var (
	tokenForm   = regexp.MustCompile(`^tsk_[a-z2-7]{26}$`)
	bankForm    = regexp.MustCompile(`^[A-Z_][A-Z0-9_]{0,254}\*?$`)
	serviceForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._:-]{0,63}$`) // of names and scopes: they go into logs
)

// ServiceKey is what a machine that holds a token may do. The token itself is shown once and never kept.
type ServiceKey struct {
	ID     tocsin.ActorID `json:"id"` // "svc_…", the actor of events
	Name   string         `json:"name"`
	Scopes []string       `json:"scopes"`
	// Banks are the names of the only banks the key knows; one that ends in * is every name that begins so. None
	// is all of them.
	Banks   []string  `json:"banks,omitempty"`
	Created time.Time `json:"created"`
	// Expires is when the token is refused; nil: never.
	Expires *time.Time `json:"expires,omitempty"`
	// PerMinute is how many requests of this key are answered in a minute; 0: no limit.
	PerMinute int `json:"per_minute,omitempty"`
	// LastUsed is the hour in which it was used last. It stands in a file of its own.
	LastUsed *time.Time `json:"last_used,omitempty"`
}

// ServiceTerms are what a service key is made with.
type ServiceTerms struct {
	ID        tocsin.ActorID // empty: it is drawn
	Name      string
	Scopes    []string
	Banks     []string   // that confine it; none do not
	Expires   *time.Time // nil: never
	PerMinute int        // requests; 0: no limit
}

// storedKey is a service key's file. It is named by the start of the hash, so that one check looks at one
// file and a revocation counts at once, in every process.
type storedKey struct {
	ServiceKey
	Hash tocsin.Digest `json:"hash"` // SHA-256 of the token, which holds 130 random bits
}

// NewServiceKey makes a key that neither expires nor is limited; see [Ring.IssueServiceKey].
func (r *Ring) NewServiceKey(name string, scopes []string, at time.Time,
	banks ...string) (string, ServiceKey, error) {
	return r.IssueServiceKey(ServiceTerms{Name: name, Scopes: scopes, Banks: banks}, at)
}

// IssueServiceKey makes a token for a machine: a name no other key has, and what it may do. The token,
// "tsk_…", is the first result; it cannot be had again.
func (r *Ring) IssueServiceKey(t ServiceTerms, at time.Time) (string, ServiceKey, error) {
	if err := t.Check(at); err != nil {
		return "", ServiceKey{}, err
	}
	token := tocsin.NewToken("tsk")
	key := ServiceKey{ID: cmp.Or(t.ID, tocsin.ActorID(tocsin.NewToken("svc"))), Name: t.Name, Scopes: slices.Clone(t.Scopes),
		Banks: slices.Clone(t.Banks), Created: at.UTC(), Expires: t.Expires, PerMinute: t.PerMinute}
	stored := storedKey{key, tocsin.DigestOf([]byte(token))}
	err := underLock(r.dir, func() error {
		present, err := r.ServiceKeys()
		if err != nil {
			return err
		}
		if slices.ContainsFunc(present, func(k ServiceKey) bool { return k.Name == t.Name }) {
			return tocsin.Invalid(tocsin.ReasonDuplicate, "name", "Another service key has this name.")
		}
		return r.writeServiceKey(stored, writeNew)
	})
	if err != nil {
		return "", ServiceKey{}, fmt.Errorf("make service key: %w", err)
	}
	return token, key, nil
}

// Check refuses terms that no key is made with; whether another has the name shows when it is made.
func (t ServiceTerms) Check(at time.Time) error {
	malformed := func(scope string) bool { return !serviceForm.MatchString(scope) }
	switch {
	case !serviceForm.MatchString(t.Name):
		return tocsin.Invalid(tocsin.ReasonFormat, "name", "A name is 1 to 64 of a-z, 0-9 and . _ : -")
	case len(t.Scopes) == 0 || slices.ContainsFunc(t.Scopes, malformed):
		return tocsin.Invalid(tocsin.ReasonFormat, "scopes", "Name at least one scope.")
	case slices.ContainsFunc(t.Banks, func(bank string) bool { return !bankForm.MatchString(bank) }):
		return tocsin.Invalid(tocsin.ReasonFormat, "banks",
			"Name a bank in UPPER_CASE_WITH_UNDERSCORES, or the beginning of names followed by *.")
	case t.Expires != nil && !t.Expires.After(at):
		return tocsin.Invalid(tocsin.ReasonFormat, "expires", "A key ends after it begins.")
	case t.PerMinute < 0 || t.PerMinute > mostPerMinute:
		return tocsin.Invalid(tocsin.ReasonFormat, "per_minute", "A limit is 1 to %d requests in a minute.", mostPerMinute)
	}
	return nil
}

// mostPerMinute is a limit that is none.
const mostPerMinute = 10_000_000

func (r *Ring) writeServiceKey(k storedKey, write func(string, []byte) error) error {
	k.LastUsed = nil // kept elsewhere
	text, err := json.MarshalIndent(k, "", "\t")
	if err != nil {
		return err
	}
	return write(r.servicePath(k.Hash), append(text, '\n'))
}

// CheckServiceKey says whose token this is, or gives [tocsin.CodeUnauthenticated]; [tocsin.CodeBusy] where the key asks
// more often than it may. The comparison is of hashes and takes the same time whatever they hold.
func (r *Ring) CheckServiceKey(token string, at time.Time) (ServiceKey, error) {
	if !tokenForm.MatchString(token) {
		return ServiceKey{}, unknownToken()
	}
	hash := tocsin.DigestOf([]byte(token))
	stored, err := r.service.read(r.servicePath(hash))
	if errors.Is(err, fs.ErrNotExist) {
		return ServiceKey{}, unknownToken()
	}
	if err != nil {
		return ServiceKey{}, fmt.Errorf("check service key: %w", err)
	}
	if subtle.ConstantTimeCompare([]byte(stored.Hash), []byte(hash)) != 1 {
		return ServiceKey{}, unknownToken()
	}
	if stored.Expires != nil && !at.Before(*stored.Expires) {
		return ServiceKey{}, tocsin.Errorf(tocsin.CodeUnauthenticated, ReasonServiceKeyExpired,
			"This service key has expired. Ask whoever runs the node for a new token.")
	}
	if err := r.uses.take(stored.ServiceKey, at); err != nil {
		return ServiceKey{}, err
	}
	r.noteUse(stored.ID, at)
	return stored.ServiceKey, nil
}

func unknownToken() error {
	return tocsin.Errorf(tocsin.CodeUnauthenticated, ReasonServiceKey, "This is not the token of a service key.")
}

// ServiceKeys lists the service keys by name; one that is being rotated stands there twice, the older first.
func (r *Ring) ServiceKeys() ([]ServiceKey, error) {
	var keys []ServiceKey
	err := r.eachServiceKey(func(_ string, k storedKey) error {
		k.LastUsed = r.lastUse(k.ID)
		keys = append(keys, k.ServiceKey)
		return nil
	})
	slices.SortFunc(keys, func(a, b ServiceKey) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), a.Created.Compare(b.Created))
	})
	return keys, err
}

// RevokeServiceKey ends a service key: each token of it is refused from now on.
func (r *Ring) RevokeServiceKey(name string) error {
	err := underLock(r.dir, func() error {
		found := false
		err := r.eachServiceKey(func(path string, k storedKey) error {
			if k.Name != name {
				return nil
			}
			found = true
			return destroy(path)
		})
		if err == nil && !found {
			return tocsin.Errorf(tocsin.CodeNotFound, ReasonServiceKey, "There is no service key of that name.")
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("revoke service key: %w", err)
	}
	return nil
}

func (r *Ring) eachServiceKey(fn func(path string, k storedKey) error) error {
	names, err := list(filepath.Join(r.dir, serviceFolder))
	if err != nil {
		return fmt.Errorf("list service keys: %w", err)
	}
	for _, name := range names {
		path := filepath.Join(r.dir, serviceFolder, name)
		k, err := readServiceKey(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue // revoked between the listing and now
		}
		if err != nil {
			return fmt.Errorf("list service keys: %w", err)
		}
		if err := fn(path, k); err != nil {
			return err
		}
	}
	return nil
}

func (r *Ring) servicePath(hash tocsin.Digest) string {
	return filepath.Join(r.dir, serviceFolder, fileOf(hash))
}

func fileOf(hash tocsin.Digest) string { return string(hash[:32]) + ".json" }

func readServiceKey(path string) (storedKey, error) {
	text, err := readFile(path)
	if err != nil {
		return storedKey{}, err
	}
	var k storedKey
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&k); err != nil {
		return storedKey{}, fmt.Errorf("%s: %w", path, err)
	}
	if !k.Hash.Valid() || !serviceForm.MatchString(k.Name) || filepath.Base(path) != fileOf(k.Hash) {
		return storedKey{}, fmt.Errorf("%s: is not a service key under its own name", path)
	}
	return k, nil
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package credential

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"tocsin"
)

// The cost of a check: OWASP's first choice of Argon2id. It is memory that makes guessing dear, so only a few checks
// run at once and the rest wait.
const (
	passes  = 2
	kibi    = 19 * 1024
	lanes   = 1
	saltLen = 16
	hashLen = 32

	atOnce  = 2 // 38 MiB
	waiting = 5 * time.Second
)

var slots = make(chan struct{}, atOnce)

// form is how a hash is stored: the string of the reference implementation, so that other programs read it.
var form = fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$", argon2.Version, kibi, passes, lanes)

var encoding = base64.RawStdEncoding

// HashPassword gives what is kept of a password.
func HashPassword(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltLen)
	_, _ = rand.Read(salt) // never fails
	hash, err := derive(ctx, password, salt, passes, kibi, lanes)
	if err != nil {
		return "", err
	}
	return form + encoding.EncodeToString(salt) + "$" + encoding.EncodeToString(hash), nil
}

// CheckPassword reports whether a password is the one a hash was made of. An empty hash is nobody's: it takes as long
// and is never right. again says that the hash was made at another cost than is asked for today.
func CheckPassword(ctx context.Context, stored, password string) (right, again bool, err error) {
	nobody := stored == ""
	if nobody {
		stored = unknown
	}
	time, memory, threads, salt, want, err := parse(stored)
	if err != nil {
		return false, false, err
	}
	got, err := derive(ctx, password, salt, time, memory, threads)
	if err != nil {
		return false, false, err
	}
	right = subtle.ConstantTimeCompare(got, want) == 1 && !nobody
	return right, !strings.HasPrefix(stored, form), nil
}

// unknown is the hash of nobody.
var unknown = form + encoding.EncodeToString(make([]byte, saltLen)) + "$" + encoding.EncodeToString(make([]byte, hashLen))

func parse(stored string) (time, memory uint32, threads uint8, salt, hash []byte, err error) {
	parts := strings.Split(stored, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return 0, 0, 0, nil, nil, errStored
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &time, &threads); err != nil ||
		memory == 0 || memory > 1<<20 || time == 0 || time > 64 || threads == 0 {
		return 0, 0, 0, nil, nil, errStored
	}
	if salt, err = encoding.DecodeString(parts[4]); err == nil {
		hash, err = encoding.DecodeString(parts[5])
	}
	if err != nil || len(salt) < 8 || len(hash) != hashLen {
		return 0, 0, 0, nil, nil, errStored
	}
	return time, memory, threads, salt, hash, nil
}

var errStored = errors.New("stored password hash is malformed")

// derive waits for its turn; whoever waits too long may come again.
func derive(ctx context.Context, password string, salt []byte, time, memory uint32, threads uint8) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, waiting)
	defer cancel()
	select {
	case slots <- struct{}{}:
	case <-ctx.Done():
		return nil, &tocsin.Error{Code: tocsin.CodeBusy, Reason: "too_many_attempts", RetryAfter: waiting,
			Public: "Many people sign in at this moment. Try again in a few seconds."}
	}
	defer func() { <-slots }()
	return argon2.IDKey([]byte(norm.NFKC.String(password)), salt, time, memory, threads, hashLen), nil
}

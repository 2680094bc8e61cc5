// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package credential

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"tocsin"
)

// Step is how long one code holds (RFC 6238).
const Step = 30 * time.Second

const digits = 6

var base = base32.StdEncoding.WithPadding(base32.NoPadding)

// NewTimeKey draws the secret that an app and the node share, in base32 as apps read it: 160 bits (RFC 4226, 4).
func NewTimeKey() string {
	secret := make([]byte, 20)
	_, _ = rand.Read(secret) // never fails
	return base.EncodeToString(secret)
}

// CodeStep tells of which step a code is: of this half minute, or one before or after for a clock that is wrong. A
// step counts once; remembering which were used is the caller's matter.
func CodeStep(key, code string, at time.Time) (step int64, right bool) {
	code = strings.Join(strings.Fields(code), "")
	now := at.Unix() / int64(Step/time.Second)
	for _, n := range []int64{now - 1, now, now + 1} {
		want, err := totp.GenerateCodeCustom(key, time.Unix(n*int64(Step/time.Second), 0),
			totp.ValidateOpts{Period: uint(Step / time.Second), Digits: digits, Algorithm: otp.AlgorithmSHA1})
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			step, right = n, true // all three are compared whichever is right
		}
	}
	return step, right
}

// KeyAddress is the otpauth address by which an app takes up a key.
func KeyAddress(key, issuer, account string) string {
	query := url.Values{"secret": {key}, "issuer": {issuer}, "digits": {fmt.Sprint(digits)},
		"period": {fmt.Sprint(int(Step / time.Second))}}
	// Apps read "+" as itself, not as a space.
	return "otpauth://totp/" + url.PathEscape(issuer+":"+account) + "?" + strings.ReplaceAll(query.Encode(), "+", "%20")
}

// Recoveries is how many recovery codes a person has.
const Recoveries = 10

// NewRecoveryCodes draws codes to be shown once, and gives what is kept of them. Each holds 80 random bits, so a plain
// digest tells nothing.
func NewRecoveryCodes() (shown []string, kept []tocsin.Digest) {
	for range Recoveries {
		secret := make([]byte, 10)
		_, _ = rand.Read(secret) // never fails
		text := strings.ToLower(base.EncodeToString(secret))
		shown = append(shown, text[:4]+"-"+text[4:8]+"-"+text[8:12]+"-"+text[12:])
		kept = append(kept, RecoveryDigest(text))
	}
	return shown, kept
}

// RecoveryDigest is what is kept of a recovery code, however it is typed.
func RecoveryDigest(code string) tocsin.Digest {
	bare := strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' {
			return -1
		}
		return r
	}, strings.ToLower(code))
	return tocsin.DigestOf([]byte("tocsin recovery code\x00" + bare))
}

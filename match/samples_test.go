// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package match_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"

	"tocsin/match/tlsh"
)

// samples make a signal of each type as somebody may write it.
var samples = map[string]func(*rand.Rand) string{
	"pdq": digits(32),
	"vpdq": func(r *rand.Rand) string {
		var frames []string
		for i := range 5 + r.IntN(5) {
			frames = append(frames, fmt.Sprintf("%q", fmt.Sprintf("%s,%d,%d.000", digits(32)(r), 60+i, i)))
		}
		return "[" + strings.Join(frames, ",") + "]"
	},
	"md5":       digits(16),
	"video_md5": digits(16),
	"sha1":      digits(20),
	"sha256":    digits(32),
	"url_md5":   digits(16),
	"text":      prose,
	"text_tlsh": func(r *rand.Rand) string {
		h, err := tlsh.Sum([]byte(prose(r) + prose(r)))
		if err != nil {
			panic(err)
		}
		return h.String()
	},
	"url": func(r *rand.Rand) string {
		return fmt.Sprintf("https://garden%d.example/%s?bed=%d", r.IntN(50), pick(r), r.IntN(50))
	},
	"iban":     iban,
	"bitcoin":  base58check(0),
	"tron":     base58check(0x41),
	"ethereum": func(r *rand.Rand) string { return "0x" + strings.ToLower(digits(20)(r)) },
	"domain":   func(r *rand.Rand) string { return fmt.Sprintf("Garden%d.%s.example", r.IntN(1000), pick(r)) },
}

func digits(n int) func(*rand.Rand) string {
	return func(r *rand.Rand) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		return strings.ToUpper(hex.EncodeToString(b))
	}
}

var words = strings.Fields(`kettle bridge garden apple river stone window candle harbour meadow lantern copper
	basket orchard ladder pebble thread button saucer willow barrel anchor feather marble ribbon timber`)

func pick(r *rand.Rand) string { return words[r.IntN(len(words))] }

// prose is a text of 60 words or so.
func prose(r *rand.Rand) string {
	var b strings.Builder
	for range 50 + r.IntN(20) {
		fmt.Fprintf(&b, "%s%d ", pick(r), r.IntN(90))
	}
	return b.String()
}

// iban is a Belgian account with fitting check digits.
func iban(r *rand.Rand) string {
	account := fmt.Sprintf("%010d", r.Int64N(1e10))
	number, _ := new(big.Int).SetString(account, 10)
	account += fmt.Sprintf("%02d", new(big.Int).Mod(number, big.NewInt(97)))
	whole, _ := new(big.Int).SetString(account+"111400", 10) // "BE00"
	return fmt.Sprintf("be%02d %s", 98-new(big.Int).Mod(whole, big.NewInt(97)).Int64(), account)
}

func base58check(version byte) func(*rand.Rand) string {
	return func(r *rand.Rand) string {
		payload := []byte{version}
		for range 20 {
			payload = append(payload, byte(1+r.IntN(255)))
		}
		first := sha256.Sum256(payload)
		second := sha256.Sum256(first[:])
		n := new(big.Int).SetBytes(append(payload, second[:4]...))
		const alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
		var text string
		for rest := new(big.Int); n.Sign() > 0; text = string(alphabet[rest.Int64()]) + text {
			n.DivMod(n, big.NewInt(58), rest)
		}
		if version == 0 {
			text = "1" + text
		}
		return text
	}
}

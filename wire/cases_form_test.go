// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package wire_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math/big"
	"strings"

	"tocsin"
)

func b64(data []byte) []byte { return base64.RawURLEncoding.AppendEncode(nil, data) }

func unb64(text []byte) []byte {
	raw, err := base64.RawURLEncoding.DecodeString(string(text))
	if err != nil {
		panic(err)
	}
	return raw
}

// forge signs any header and payload with an Ed25519 key, without asking package wire.
func (w *world) forge(key tocsin.KeyID, header string, payload []byte) []byte {
	input := append(append(b64([]byte(header)), '.'), b64(payload)...)
	signature := ed25519.Sign(w.signer(key).Private.(ed25519.PrivateKey), input)
	return append(append(input, '.'), b64(signature)...)
}

const honestHeader = `{"alg":"EdDSA","iat":1772452800,"kid":"fr-doc","typ":"tocsin-withdrawal+jws"}`

// reheaded is an honest withdrawal under another header, properly signed.
func reheaded(header string) func(*world, *vector) []byte {
	return func(w *world, _ *vector) []byte { return w.forge("fr-doc", header, w.withdrawalPayload()) }
}

// rewritten is an honest withdrawal with one part of its payload replaced, properly signed.
func rewritten(old, new string) func(*world, *vector) []byte {
	return func(w *world, _ *vector) []byte {
		payload := w.withdrawalPayload()
		if !bytes.Contains(payload, []byte(old)) {
			w.t.Fatalf("the withdrawal does not contain %s", old)
		}
		return w.forge("fr-doc", honestHeader, bytes.Replace(payload, []byte(old), []byte(new), 1))
	}
}

func (w *world) withdrawalPayload() []byte {
	return unb64(bytes.Split(w.sign("fr-doc", host, withdrawal(w)), []byte("."))[1])
}

func header(from, to string) string { return strings.Replace(honestHeader, from, to, 1) }

// formCases are documents that are not well-formed, or ask the reader to lower its guard.
func formCases() []vectorCase {
	const g = "form"
	bad := func(name, about string, make func(*world, *vector) []byte) vectorCase {
		return refused(g, name, tocsin.RefusedMalformed, about, make)
	}
	weak := func(name, about string, make func(*world, *vector) []byte) vectorCase {
		return refused(g, name, tocsin.RefusedAlgorithm, about, make)
	}
	return []vectorCase{
		good(g, "honest", "the document that the others of this folder vary", reheaded(honestHeader)),
		good(g, "header-ignored", "an unknown header that is not critical, and one of a qualified seal",
			reheaded(header(`{`, `{"x5t#S256":"AAAA","note":"kettle",`))),
		weak("alg-none", "no signature at all", func(w *world, _ *vector) []byte {
			input := append(b64([]byte(header("EdDSA", "none"))), '.')
			return append(append(input, b64(w.withdrawalPayload())...), '.')
		}),
		weak("alg-hs256", "the public key used as an HMAC secret", func(w *world, _ *vector) []byte {
			input := append(b64([]byte(header("EdDSA", "HS256"))), '.')
			input = append(input, b64(w.withdrawalPayload())...)
			mac := hmac.New(sha256.New, w.signer("fr-doc").Private.Public().(ed25519.PublicKey))
			mac.Write(input)
			return append(append(input, '.'), b64(mac.Sum(nil))...)
		}),
		weak("alg-rs256", "an algorithm outside the list", reheaded(header("EdDSA", "RS256"))),
		weak("alg-confusion", "a listed algorithm that is not the key's", reheaded(header("EdDSA", "ES256"))),
		weak("alg-case", "a name in other letters", reheaded(header("EdDSA", "eddsa"))),
		weak("jwk-embedded", "the document brings its own key",
			reheaded(header(`{`, `{"jwk":{"kty":"OKP"},`))),
		weak("jku-address", "the document says where to fetch a key",
			reheaded(header(`{`, `{"jku":"https://keys.example/set",`))),
		weak("x5u-address", "the document says where to fetch a certificate",
			reheaded(header(`{`, `{"x5u":"https://keys.example/chain",`))),
		weak("b64-false", "the document changes what is signed", reheaded(header(`{`, `{"b64":false,`))),
		refused(g, "crit-unknown", tocsin.RefusedCriticalHeader, "a critical header nobody knows",
			reheaded(header(`{`, `{"crit":["kettle"],"kettle":1,`))),
		refused(g, "crit-empty", tocsin.RefusedCriticalHeader, "an empty list of critical headers",
			reheaded(header(`{`, `{"crit":[],`))),
		refused(g, "crit-b64", tocsin.RefusedCriticalHeader, "the one critical header many libraries know",
			reheaded(header(`{`, `{"crit":["b64"],"b64":false,`))),
		refused(g, "version-unknown", tocsin.RefusedVersion, "a version of tomorrow",
			rewritten(`"v":1`, `"v":2`)),
		bad("version-missing", "no version", rewritten(`"v":1,`, ``)),
		bad("header-duplicate", "the same header twice", reheaded(header(`{`, `{"kid":"fr-other",`))),
		bad("header-no-kid", "no key id", reheaded(header(`"kid":"fr-doc",`, ``))),
		bad("header-no-iat", "no time of signature", reheaded(header(`"iat":1772452800,`, ``))),
		bad("header-other-type", "the header names another type",
			reheaded(header("withdrawal", "clarification"))),
		bad("header-other-time", "the header gives another time",
			reheaded(header("1772452800", "1772452801"))),
		bad("header-fraction", "a time of signature with a fraction",
			reheaded(header("1772452800", "1772452800.5"))),
		bad("member-duplicate", "the same member twice", rewritten(`"v":1,`, `"v":1,"audience":"nl-host",`)),
		bad("member-unknown", "a member this version does not have",
			rewritten(`"v":1,`, `"v":1,"urgent":true,`)),
		bad("member-unknown-inside", "the same, in the body",
			rewritten(`"reasons":`, `"urgent":true,"reasons":`)),
		bad("member-case", "a member in other letters", rewritten(`"audience"`, `"Audience"`)),
		bad("type-unknown", "a document type this version does not have", func(w *world, _ *vector) []byte {
			payload := bytes.Replace(w.withdrawalPayload(), []byte(`"withdrawal"`), []byte(`"kettle"`), 1)
			return w.forge("fr-doc", header("withdrawal", "kettle"), payload)
		}),
		bad("id-form", "a document id of another form", rewritten(`"id":"doc_`, `"id":"dok_`)),
		bad("audience-missing", "no addressee", rewritten(`"audience":"ie-host",`, ``)),
		bad("time-fraction", "a time of issue with a fraction of a second",
			rewritten(`"issued_at":"2026-03-02T12:00:00Z"`, `"issued_at":"2026-03-02T12:00:00.5Z"`)),
		bad("control-character", "an escaped NUL in a text", rewritten(`The garden`, `The\u0000garden`)),
		bad("lone-surrogate", "half a surrogate pair in a text", rewritten(`The garden`, `The\ud800garden`)),
		bad("invalid-utf8", "bytes that are not UTF-8", rewritten(`The garden`, "The\xffgarden")),
		bad("deep", "nested a thousand levels",
			rewritten(`"reasons":`, `"deep":`+strings.Repeat("[", 1000)+strings.Repeat("]",
				1000)+`,"reasons":`)),
		bad("trailing-bytes", "a second value after the document", func(w *world, _ *vector) []byte {
			return w.forge("fr-doc", honestHeader, append(w.withdrawalPayload(), "{}"...))
		}),
		bad("not-json", "a payload that is not JSON", func(w *world, _ *vector) []byte {
			return w.forge("fr-doc", honestHeader, []byte("kettle"))
		}),
		bad("two-parts", "a JWS of two parts", func(*world, *vector) []byte { return []byte("e30.e30") }),
		bad("base64-padded", "base64url with padding", func(w *world, _ *vector) []byte {
			return append(w.forge("fr-doc", honestHeader, w.withdrawalPayload()), "=="...)
		}),
		bad("base64-stray-bits", "base64url whose last letter has unused bits set",
			func(w *world, _ *vector) []byte {
				signed := w.forge("fr-doc", honestHeader, w.withdrawalPayload())
				signed[len(signed)-1]++ // 64 bytes leave four bits of the last letter unused
				return signed
			}),
		bad("base64-line-break", "a line break after the document", func(w *world, _ *vector) []byte {
			return append(w.forge("fr-doc", honestHeader, w.withdrawalPayload()), '\n')
		}),
		refused(g, "too-large", tocsin.RefusedTooLarge, "one byte over the limit of an order",
			func(w *world, _ *vector) []byte { return w.tooLargeOrder() }),
	}
}

// otherSignature turns an ES256 signature (r, s) into the equally valid (r, n−s).
func otherSignature(signed []byte) []byte {
	at := bytes.LastIndexByte(signed, '.') + 1
	raw := unb64(signed[at:])
	n, _ := new(big.Int).SetString("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16)
	new(big.Int).Sub(n, new(big.Int).SetBytes(raw[32:])).FillBytes(raw[32:])
	return append(bytes.Clone(signed[:at]), b64(raw)...)
}

// tooLargeOrder pads an order with insignificant white space until it is just over the limit.
func (w *world) tooLargeOrder() []byte {
	payload := unb64(bytes.Split(w.order(), []byte("."))[1])
	header := header("withdrawal", "order")
	const limit = 160 << 10
	for signed := w.forge("fr-doc", header, payload); ; signed = w.forge("fr-doc", header, payload) {
		missing := limit + 1 - len(signed)
		if missing <= 0 {
			return signed
		}
		payload = fmt.Appendf(payload, "%*s", max(missing*3/4, 1), "")
	}
}

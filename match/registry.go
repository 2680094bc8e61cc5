// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package match

import (
	"errors"
	"fmt"
	"slices"

	"tocsin/match/canon"
	"tocsin/match/digest"
	"tocsin/match/payment"
	"tocsin/match/pdq"
	"tocsin/match/syntax"
	"tocsin/match/tlsh"
	"tocsin/match/vpdq"
	"tocsin/match/winnow"
)

// registered is a type of signal with how a Set keeps its signals.
type registered struct {
	Type
	keep func(Options) kind
}

// registry holds every type, in the order in which they are shown.
var registry = []registered{
	{Type{Name: pdq.Name, Default: pdq.MatchDistance, Largest: mostDistant, Parse: canonical(pdq.Parse),
		Distance: distance(pdq.Parse, pdq.Distance)}, keepPictures},
	{Type{Name: vpdq.Name, Default: nearVideo, Largest: farthestVideo, Parse: canonical(parseVideo),
		Distance: distance(parseVideo, videoDistance)}, keepVideos},
	fileType("md5", digest.MD5, of16),
	fileType("video_md5", digest.MD5, of16),
	fileType("sha1", digest.SHA1, of20),
	fileType("sha256", digest.SHA256, of32),
	{Type{Name: winnow.Type, Default: farthestText, Largest: farthestText, Parse: parseText,
		Distance: textDistance}, keepTextPrints},
	{Type{Name: "text_tlsh", Default: tlsh.MatchDistance, Largest: farthest, Parse: canonical(parseDigest),
		Distance: distance(parseDigest, tlsh.DistanceWithoutLength)}, keepDigests},
	{equal("url", canonical(canon.Parse)), keepAddresses},
	{equal("url_md5", canon.ParseMD5), keepTexts(canon.ParseMD5, always(canon.CaveatFoldedCase))},
	{equal("domain", canonical(canon.ParseDomain)), keepDomains},
	payee(payment.IBAN),
	payee(payment.Bitcoin),
	payee(payment.Ethereum),
	payee(payment.Tron),
}

// mostDistant is the greatest distance between pictures that a bank may ask for. Pictures that have nothing
// in common lie about twice as far.
const mostDistant = 63

// Types lists every type of signal.
func Types() []Type {
	types := make([]Type, len(registry))
	for i, r := range registry {
		types[i] = r.Type
	}
	return types
}

// Lookup finds a type by its name.
func Lookup(name string) (Type, bool) {
	i := slices.IndexFunc(registry, func(r registered) bool { return r.Name == name })
	if i < 0 {
		return Type{}, false
	}
	return registry[i].Type, true
}

// equal makes a type whose signals are equal or not.
func equal(name string, parse func(string) (string, error)) Type {
	return Type{Name: name, Exact: true, Parse: parse, Distance: func(a, b string) (int, error) {
		for _, text := range []*string{&a, &b} {
			var err error
			if *text, err = parse(*text); err != nil {
				return 0, err
			}
		}
		if a == b {
			return 0, nil
		}
		return 1, nil
	}}
}

// fileType makes a type of digests, which may have another name than its algorithm.
func fileType[K fileKey](name string, a digest.Algorithm, bytes func(K) []byte) registered {
	parse := named(name, func(text string) (digest.Digest, error) { return digest.Parse(a, text) })
	caveat := always("")
	if a.Forgeable() {
		caveat = always(CaveatForgeable)
	}
	return registered{equal(name, canonical(parse)), keepFiles(parse, bytes, caveat)}
}

// payee makes a type of identifiers to which money is sent.
func payee(kind payment.Kind) registered {
	name := string(kind)
	parse := named(name, func(text string) (payment.Identifier, error) {
		i, err := payment.Parse(text)
		if err == nil && i.Kind() != kind {
			err = syntax.Errorf(name, syntax.Structure, "this identifier is one of another system")
		}
		return i, err
	})
	caveat := func(text string) string {
		if i, err := parse(text); err == nil && !i.Checked() {
			return CaveatUnchecked
		}
		return ""
	}
	return registered{equal(name, canonical(parse)), keepTexts(canonical(parse), caveat)}
}

// named makes errors speak of the type by the name it has here.
func named[V any](name string, parse func(string) (V, error)) func(string) (V, error) {
	return func(text string) (V, error) {
		v, err := parse(text)
		if e, ok := errors.AsType[*syntax.Error](err); ok && e.Type != name {
			err = &syntax.Error{Type: name, Reason: e.Reason, Detail: e.Detail}
		}
		return v, err
	}
}

// canonical makes the Parse of a type from that of its package.
func canonical[V fmt.Stringer](parse func(string) (V, error)) func(string) (string, error) {
	return func(text string) (string, error) {
		v, err := parse(text)
		if err != nil {
			return "", err
		}
		return v.String(), nil
	}
}

// distance makes the Distance of a type from those of its package.
func distance[V any](parse func(string) (V, error), between func(a, b V) int) func(a, b string) (int, error) {
	return func(a, b string) (int, error) {
		v, err := parse(a)
		if err != nil {
			return 0, err
		}
		w, err := parse(b)
		if err != nil {
			return 0, err
		}
		return between(v, w), nil
	}
}

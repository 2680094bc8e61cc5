// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hopsig

import (
	"net/http"
	"slices"
	"time"

	"github.com/dunglas/httpsfv"
)

// input is the parsed sig1 member of Signature-Input with the signature that goes with it.
type input struct {
	list      httpsfv.InnerList
	signature []byte
	keyID     string
	nonce     string
	created   time.Time
	expires   time.Time
}

// parseInput reads both signature headers and checks everything that needs neither key nor clock.
func parseInput(h http.Header, required []string) (input, error) {
	inputs, err := dictionary(h, headerInput, Unsigned)
	if err != nil {
		return input{}, err
	}
	signatures, err := dictionary(h, headerSignature, Unsigned)
	if err != nil {
		return input{}, err
	}
	signature, err := signatureOf(signatures)
	if err != nil {
		return input{}, err
	}
	member, ok := inputs.Get(label)
	if !ok {
		return input{}, fail(Unsigned)
	}
	list, ok := member.(httpsfv.InnerList)
	if !ok {
		return input{}, fail(Malformed)
	}
	if err := checkCovered(list.Items, required); err != nil {
		return input{}, err
	}
	in := input{list: list, signature: signature}
	if err := in.readParams(); err != nil {
		return input{}, err
	}
	return in, nil
}

func signatureOf(signatures *httpsfv.Dictionary) ([]byte, error) {
	member, ok := signatures.Get(label)
	if !ok {
		return nil, fail(Unsigned)
	}
	item, ok := member.(httpsfv.Item)
	if !ok || len(item.Params.Names()) != 0 {
		return nil, fail(Malformed)
	}
	signature, ok := item.Value.([]byte)
	if !ok || len(signature) != signatureSz {
		return nil, fail(Malformed)
	}
	return signature, nil
}

// checkCovered wants at least the required components, each named once. More are welcome as long as
// we can compute them: a valid signature over something we do not understand proves nothing.
func checkCovered(items []httpsfv.Item, required []string) error {
	if len(items) > maxCovered {
		return fail(Malformed)
	}
	var names []string
	for _, item := range items {
		name, ok := item.Value.(string)
		if !ok || slices.Contains(names, name) {
			return fail(Malformed)
		}
		if len(item.Params.Names()) != 0 {
			return fail(UnsupportedComponent)
		}
		names = append(names, name)
	}
	for _, name := range required {
		if !slices.Contains(names, name) {
			return fail(MissingComponent)
		}
	}
	return nil
}

// readParams wants created, expires, keyid and nonce. alg may be absent, since the registered key
// says it (RFC 9421 §3.2), but must not say otherwise. Parameters we do not know are signed and ignored.
func (in *input) readParams() error {
	var ok bool
	if in.created, ok = in.seconds("created"); !ok {
		return fail(MissingParameter)
	}
	if in.expires, ok = in.seconds("expires"); !ok {
		return fail(MissingParameter)
	}
	if in.keyID, ok = in.text("keyid"); !ok {
		return fail(MissingParameter)
	}
	if in.nonce, ok = in.text("nonce"); !ok {
		return fail(MissingParameter)
	}
	if _, given := in.list.Params.Get("alg"); given {
		if alg, _ := in.text("alg"); alg != algorithm {
			return fail(WrongAlgorithm)
		}
	}
	if in.keyID == "" || len(in.keyID) > maxKeyID || len(in.nonce) < minNonce || len(in.nonce) > maxNonce {
		return fail(Malformed)
	}
	return nil
}

func (in *input) seconds(name string) (time.Time, bool) {
	value, _ := in.list.Params.Get(name)
	n, ok := value.(int64)
	return time.Unix(n, 0).UTC(), ok
}

func (in *input) text(name string) (string, bool) {
	value, _ := in.list.Params.Get(name)
	s, ok := value.(string)
	return s, ok
}

// checkTime refuses what is over, what has not begun, and what asks for longer than anybody may.
func (in *input) checkTime(now time.Time) error {
	switch {
	case !in.expires.After(in.created):
		return fail(Malformed)
	case in.expires.Sub(in.created) > Lifetime:
		return fail(LifetimeTooLong)
	case !now.Before(in.expires):
		return fail(Expired)
	case in.created.After(now.Add(MaxSkew)):
		return fail(Future)
	}
	return nil
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package wire_test

import (
	"bytes"
	"encoding/hex"
	"testing"

	"tocsin"
	"tocsin/internal/softkey"
	"tocsin/wire"
)

// specVector is an assertion published by the standard itself.
type specVector struct {
	Name              string `json:"name"`
	Expect            string `json:"expect"`
	Challenge         string `json:"challenge"`
	PublicKey         string `json:"public_key"`
	CredentialID      string `json:"credential_id"`
	AuthenticatorData string `json:"authenticator_data"`
	ClientDataJSON    string `json:"client_data_json"`
	Signature         string `json:"signature"`
}

func TestAssertionsOfTheStandardAreJudgedAsItsVectorsSay(t *testing.T) {
	t.Parallel()
	var file struct{ Vectors []specVector }
	readJSON(t, "testdata/webauthn-level3.json", &file)
	if len(file.Vectors) == 0 {
		t.Fatal("no vectors")
	}
	rp := wire.RelyingParty{ID: "example.org", Origins: []string{"https://example.org"}}
	for _, v := range file.Vectors {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			unhex := func(s string) []byte {
				raw, err := hex.DecodeString(s)
				if err != nil {
					t.Fatal(err)
				}
				return raw
			}
			a := wire.Assertion{
				CredentialID: unhex(v.CredentialID), AuthenticatorData: unhex(v.AuthenticatorData),
				ClientDataJSON: unhex(v.ClientDataJSON), Signature: unhex(v.Signature),
			}
			_, err := a.Verify(unhex(v.Challenge), rp, unhex(v.PublicKey))
			got := accepted
			if err != nil {
				got = string(tocsin.ReasonOf(err))
			}
			if got != v.Expect {
				t.Errorf("got %q, want %q", got, v.Expect)
			}
		})
	}
}

// softAssertion is an honest assertion over a challenge, and the key to verify it with.
func softAssertion(tb testing.TB, alg softkey.Algorithm, challenge []byte) (wire.Assertion, []byte) {
	tb.Helper()
	c, err := softkey.New(bytes.NewReader(seed("assertion")), alg, rpID, nil)
	if err != nil {
		tb.Fatal(err)
	}
	used, err := c.Assert(softkey.Ceremony{Challenge: challenge, Origin: origin})
	if err != nil {
		tb.Fatal(err)
	}
	return wire.Assertion{
		CredentialID: used.CredentialID, AuthenticatorData: used.AuthenticatorData,
		ClientDataJSON: used.ClientDataJSON, Signature: used.Signature,
	}, c.PublicKey()
}

func TestAnyTurnedBitOfAnAssertionIsRefused(t *testing.T) {
	t.Parallel()
	rp := wire.RelyingParty{ID: rpID, Origins: []string{origin}}
	challenge := wire.Challenge([]byte("kettle"), seed("nonce"))
	for _, alg := range []softkey.Algorithm{softkey.ES256, softkey.Ed25519} {
		honest, key := softAssertion(t, alg, challenge)
		if counter, err := honest.Verify(challenge, rp, key); err != nil || counter != 1 {
			t.Fatalf("honest assertion: counter %d, %v", counter, err)
		}
		for part := range 4 {
			turned := honest
			target := []*wire.Bytes{&turned.AuthenticatorData, &turned.ClientDataJSON, &turned.Signature}
			turnedKey := key
			length := len(key)
			if part < 3 {
				length = len(*target[part])
			}
			for i := range length * 8 {
				turned, turnedKey = honest, key
				if part < 3 {
					*target[part] = turnBit(*target[part], i)
				} else {
					turnedKey = turnBit(key, i)
				}
				if _, err := turned.Verify(challenge, rp, turnedKey); err == nil {
					t.Fatalf("COSE algorithm %d, part %d, bit %d: accepted", alg, part, i)
				}
			}
		}
	}
}

func turnBit(data []byte, i int) []byte {
	out := bytes.Clone(data)
	out[i/8] ^= 1 << (i % 8)
	return out
}

func TestApprovalBindsDocumentAndNonceInOneWayOnly(t *testing.T) {
	t.Parallel()
	nonce := seed("nonce")
	if bytes.Equal(wire.Challenge([]byte("ab"), nonce), wire.Challenge([]byte("a"), nonce)) {
		t.Error("two documents give one challenge")
	}
}

func TestPartyWithoutRelyingPartyAcceptsNoAssertion(t *testing.T) {
	t.Parallel()
	challenge := wire.Challenge([]byte("kettle"), seed("nonce"))
	honest, key := softAssertion(t, softkey.ES256, challenge)
	_, err := honest.Verify(challenge, wire.RelyingParty{Origins: []string{origin}}, key)
	if tocsin.ReasonOf(err) != tocsin.RefusedApprovalWrongParty {
		t.Errorf("got %v", err)
	}
	_, err = honest.Verify(challenge, wire.RelyingParty{ID: rpID}, key)
	if tocsin.ReasonOf(err) != tocsin.RefusedApprovalWrongOrigin {
		t.Errorf("got %v", err)
	}
}

func FuzzAssertion(f *testing.F) {
	challenge := wire.Challenge([]byte("kettle"), seed("nonce"))
	for _, alg := range []softkey.Algorithm{softkey.ES256, softkey.Ed25519} {
		a, key := softAssertion(f, alg, challenge)
		f.Add([]byte(a.AuthenticatorData), []byte(a.ClientDataJSON), []byte(a.Signature), key)
	}
	rp := wire.RelyingParty{ID: rpID, Origins: []string{origin}}
	f.Fuzz(func(t *testing.T, authData, clientData, signature, key []byte) {
		a := wire.Assertion{
			CredentialID: []byte("c"), AuthenticatorData: authData, ClientDataJSON: clientData,
			Signature: signature,
		}
		_, err := a.Verify(challenge, rp, key)
		mustHaveClass(t, err)
	})
}

// mustHaveClass fails when an error does not say its failure class.
func mustHaveClass(tb testing.TB, err error) {
	tb.Helper()
	if err != nil && tocsin.ReasonOf(err) == "" {
		tb.Errorf("an error without a failure class: %v", err)
	}
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package softkey_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"tocsin/internal/softkey"
)

const (
	rpID   = "console.authority.example"
	origin = "https://console.authority.example"
)

// officer is the account a relying party keeps.
type officer struct{ credentials []webauthn.Credential }

func (o *officer) WebAuthnID() []byte                         { return []byte("officer-1") }
func (o *officer) WebAuthnName() string                       { return "officer" }
func (o *officer) WebAuthnDisplayName() string                { return "Officer" }
func (o *officer) WebAuthnCredentials() []webauthn.Credential { return o.credentials }

// relyingParty is an independent implementation of the other side of the ceremonies.
func relyingParty(t *testing.T) *webauthn.WebAuthn {
	t.Helper()
	rp, err := webauthn.New(&webauthn.Config{
		RPID: rpID, RPDisplayName: "Authority", RPOrigins: []string{origin},
	})
	if err != nil {
		t.Fatal(err)
	}
	return rp
}

func newCredential(t *testing.T, alg softkey.Algorithm) *softkey.Credential {
	t.Helper()
	c, err := softkey.New(strings.NewReader(strings.Repeat("k", 32)), alg, rpID, []byte("officer-1"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func challengeBytes(t *testing.T, encoded string) []byte {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(encoded)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// register goes through the creation ceremony and leaves the credential with the officer.
func register(t *testing.T, rp *webauthn.WebAuthn, o *officer, c *softkey.Credential) webauthn.Credential {
	t.Helper()
	_, session, err := rp.BeginRegistration(o)
	if err != nil {
		t.Fatal(err)
	}
	made, err := c.Register(softkey.Ceremony{Challenge: challengeBytes(t, session.Challenge), Origin: origin})
	if err != nil {
		t.Fatal(err)
	}
	posted, err := json.Marshal(made)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(posted)
	if err != nil {
		t.Fatal(err)
	}
	stored, err := rp.CreateCredential(o, *session, parsed)
	if err != nil {
		t.Fatalf("relying party refused the registration: %v", err)
	}
	o.credentials = append(o.credentials, *stored)
	return *stored
}

// assert goes through the authentication ceremony and returns what the relying party thinks of it.
func assert(t *testing.T, rp *webauthn.WebAuthn, o *officer, c *softkey.Credential,
	forge softkey.Ceremony,
) error {
	t.Helper()
	_, session, err := rp.BeginLogin(o, webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		t.Fatal(err)
	}
	forge.Challenge = challengeBytes(t, session.Challenge)
	if forge.Origin == "" {
		forge.Origin = origin
	}
	used, err := c.Assert(forge)
	if err != nil {
		t.Fatal(err)
	}
	posted, err := json.Marshal(used)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(posted)
	if err != nil {
		return err
	}
	_, err = rp.ValidateLogin(o, *session, parsed)
	return err
}

func TestCeremoniesPassAnIndependentRelyingParty(t *testing.T) {
	t.Parallel()
	for _, alg := range []softkey.Algorithm{softkey.ES256, softkey.Ed25519} {
		t.Run(fmt.Sprint(alg), func(t *testing.T) {
			t.Parallel()
			rp, o, c := relyingParty(t), &officer{}, newCredential(t, alg)
			stored := register(t, rp, o, c)
			if !bytes.Equal(stored.PublicKey, c.PublicKey()) {
				t.Error("the relying party stored another public key")
			}
			if !bytes.Equal(stored.Authenticator.AAGUID, softkey.AAGUID[:]) {
				t.Error("the credential does not say that it is a demonstration")
			}
			for range 2 {
				if err := assert(t, rp, o, c, softkey.Ceremony{}); err != nil {
					t.Errorf("relying party refused the assertion: %v", err)
				}
			}
		})
	}
}

func TestForgedCeremoniesAreRefusedByAnIndependentRelyingParty(t *testing.T) {
	t.Parallel()
	present := softkey.UserPresent
	forged := map[string]softkey.Ceremony{
		"another origin":        {Origin: "https://console.other.example"},
		"another relying party": {RPID: "console.other.example"},
		"a registration":        {Type: "webauthn.create"},
		"inside another page":   {CrossOrigin: true},
		"user not verified":     {Flags: &present},
	}
	for name, forge := range forged {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rp, o, c := relyingParty(t), &officer{}, newCredential(t, softkey.ES256)
			register(t, rp, o, c)
			if err := assert(t, rp, o, c, forge); err == nil {
				t.Error("accepted")
			}
		})
	}
}

func TestSameSeedMakesTheSameCredential(t *testing.T) {
	t.Parallel()
	for _, alg := range []softkey.Algorithm{softkey.ES256, softkey.Ed25519} {
		a, b := newCredential(t, alg), newCredential(t, alg)
		first, err := a.Assert(softkey.Ceremony{Challenge: []byte("kettle"), Origin: origin})
		if err != nil {
			t.Fatal(err)
		}
		second, err := b.Assert(softkey.Ceremony{Challenge: []byte("kettle"), Origin: origin})
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(a.ID, b.ID) || !bytes.Equal(first.Signature, second.Signature) {
			t.Errorf("COSE algorithm %d: two credentials from one seed differ", alg)
		}
	}
}

func TestUnknownAlgorithmAndShortSeedAreRefused(t *testing.T) {
	t.Parallel()
	if _, err := softkey.New(strings.NewReader(strings.Repeat("k", 32)), -257, rpID, nil); err == nil {
		t.Error("RS256 was accepted")
	}
	if _, err := softkey.New(strings.NewReader("short"), softkey.ES256, rpID, nil); err == nil {
		t.Error("a short seed was accepted")
	}
}

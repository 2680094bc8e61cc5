// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package softkey

import (
	"crypto"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
)

// Flags of authenticator data (WebAuthn Level 2, §6.1).
const (
	UserPresent  byte = 1 << 0
	UserVerified byte = 1 << 2
	attested     byte = 1 << 6
)

// Ceremony is what a browser would tell the authenticator. Its zero fields take the honest value, so that a
// test which forges one thing states exactly that thing.
type Ceremony struct {
	Challenge   []byte // as the relying party issued it, before base64url
	Origin      string // e.g. "https://console.authority.example"
	RPID        string // empty: the credential's own
	Type        string // empty: "webauthn.create" or "webauthn.get"
	CrossOrigin bool
	Flags       *byte // nil: user present and verified
}

// Registration is what an authenticator and its browser return from creating a credential.
type Registration struct {
	CredentialID      []byte
	ClientDataJSON    []byte
	AttestationObject []byte // format "none"
}

// Assertion is what an authenticator and its browser return from using a credential.
type Assertion struct {
	CredentialID      []byte
	ClientDataJSON    []byte
	AuthenticatorData []byte
	Signature         []byte // ES256: ASN.1 DER; Ed25519: 64 bytes
	UserHandle        []byte
}

// Register performs the creation ceremony.
func (c *Credential) Register(on Ceremony) (Registration, error) {
	clientData, err := on.clientData("webauthn.create")
	if err != nil {
		return Registration{}, err
	}
	authData := append(c.authData(on, attested), AAGUID[:]...)
	authData = binary.BigEndian.AppendUint16(authData, uint16(len(c.ID)))
	authData = append(authData, c.ID...)
	authData = append(authData, c.public...)
	return Registration{
		CredentialID:      c.ID,
		ClientDataJSON:    clientData,
		AttestationObject: attestationNone(authData),
	}, nil
}

// Assert performs the authentication ceremony. Each call advances the signature counter.
func (c *Credential) Assert(on Ceremony) (Assertion, error) {
	clientData, err := on.clientData("webauthn.get")
	if err != nil {
		return Assertion{}, err
	}
	c.count++
	authData := c.authData(on, 0)
	signature, err := c.sign(authData, clientData)
	if err != nil {
		return Assertion{}, fmt.Errorf("sign assertion: %w", err)
	}
	return Assertion{
		CredentialID:      c.ID,
		ClientDataJSON:    clientData,
		AuthenticatorData: authData,
		Signature:         signature,
		UserHandle:        c.User,
	}, nil
}

func (c *Credential) authData(on Ceremony, extra byte) []byte {
	rpID := c.RPID
	if on.RPID != "" {
		rpID = on.RPID
	}
	flags := UserPresent | UserVerified
	if on.Flags != nil {
		flags = *on.Flags
	}
	hash := sha256.Sum256([]byte(rpID))
	out := append(hash[:], flags|extra)
	return binary.BigEndian.AppendUint32(out, c.count)
}

func (c *Credential) sign(authData, clientData []byte) ([]byte, error) {
	hash := sha256.Sum256(clientData)
	message := append(append([]byte(nil), authData...), hash[:]...)
	// A nil source makes ECDSA deterministic (RFC 6979): the same seed gives the same vectors.
	if c.Algorithm == Ed25519 {
		return c.signer.Sign(nil, message, crypto.Hash(0))
	}
	digest := sha256.Sum256(message)
	return c.signer.Sign(nil, digest[:], crypto.SHA256)
}

func (on Ceremony) clientData(honest string) ([]byte, error) {
	kind := honest
	if on.Type != "" {
		kind = on.Type
	}
	out, err := json.Marshal(struct {
		Type        string `json:"type"`
		Challenge   string `json:"challenge"`
		Origin      string `json:"origin"`
		CrossOrigin bool   `json:"crossOrigin"`
	}{kind, base64.RawURLEncoding.EncodeToString(on.Challenge), on.Origin, on.CrossOrigin})
	if err != nil {
		return nil, fmt.Errorf("encode client data: %w", err)
	}
	return out, nil
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"tocsin"
)

// NonceSize is the length of an approval's nonce. It is fixed, so that document ‖ nonce splits in one way
// only.
const NonceSize = 32

// Bounds on what a browser and an authenticator return; real values are far smaller.
const (
	maxClientData   = 4 << 10
	maxAuthData     = 4 << 10
	maxCredentialID = 1023 // WebAuthn Level 3, §5.8.3
	maxSignature    = 128
)

// Challenge is what an officer's passkey signs to approve exactly these document bytes: SHA-256(document ‖
// nonce).
func Challenge(document, nonce []byte) []byte {
	h := sha256.New()
	h.Write(document)
	h.Write(nonce)
	return h.Sum(nil)
}

// Assertion is one use of a passkey, as its authenticator and browser returned it.
type Assertion struct {
	CredentialID      Bytes `json:"credential_id"`
	AuthenticatorData Bytes `json:"authenticator_data"`
	ClientDataJSON    Bytes `json:"client_data_json"`
	Signature         Bytes `json:"signature"` // ES256: ASN.1 DER; Ed25519: 64 bytes
}

// RelyingParty is where a party's officers use their passkeys, as the directory states it.
type RelyingParty struct {
	ID      string   // WebAuthn relying-party id, a host name
	Origins []string // exact origins of its console
}

// Flags of authenticator data (WebAuthn Level 3, §6.1).
const (
	flagUserPresent  = 1 << 0
	flagUserVerified = 1 << 2
	flagEligible     = 1 << 3 // backup eligible
	flagBackedUp     = 1 << 4
	flagAttested     = 1 << 6
	flagExtensions   = 1 << 7
	authDataFixed    = sha256.Size + 1 + 4
)

// Verify checks that the passkey of a credential signed this challenge, at this relying party, with its
// user verified (WebAuthn Level 3, §7.2, without the parts that need a session). It returns the signature
// counter.
func (a Assertion) Verify(challenge []byte, rp RelyingParty, publicKey []byte) (counter uint32, err error) {
	if !a.bounded() {
		return 0, refuse(tocsin.RefusedMalformed, "A part of the assertion is missing or too large.")
	}
	if err := a.checkClientData(challenge, rp.Origins); err != nil {
		return 0, err
	}
	if err := a.checkAuthenticatorData(rp.ID); err != nil {
		return 0, err
	}
	key, err := parseCredentialKey(publicKey)
	if err != nil {
		return 0, err
	}
	clientHash := sha256.Sum256(a.ClientDataJSON)
	if !key.verify(append(bytes.Clone(a.AuthenticatorData), clientHash[:]...), a.Signature) {
		return 0, refuse(tocsin.RefusedApprovalSignature, "The passkey's signature does not match.")
	}
	return binary.BigEndian.Uint32(a.AuthenticatorData[sha256.Size+1:]), nil
}

func (a Assertion) bounded() bool {
	return len(a.CredentialID) > 0 && len(a.CredentialID) <= maxCredentialID &&
		len(a.ClientDataJSON) <= maxClientData &&
		len(a.AuthenticatorData) <= maxAuthData && len(a.Signature) <= maxSignature
}

// checkClientData reads what the browser says it was asked. Browsers may add members, so unknown ones are
// ignored.
func (a Assertion) checkClientData(challenge []byte, origins []string) error {
	var data struct {
		Type        string  `json:"type"`
		Challenge   string  `json:"challenge"`
		Origin      string  `json:"origin"`
		CrossOrigin bool    `json:"crossOrigin"`
		TopOrigin   *string `json:"topOrigin"`
	}
	if err := decodeOpen(a.ClientDataJSON, &data); err != nil {
		return err
	}
	switch {
	case data.Type == "webauthn.create":
		return refuse(tocsin.RefusedApprovalRegistration, "A passkey registration is not an approval.")
	case data.Type != "webauthn.get":
		return refuse(tocsin.RefusedMalformed, "An approval is a webauthn.get ceremony.")
	case data.Challenge != string(strict64.AppendEncode(nil, challenge)):
		return refuse(tocsin.RefusedApprovalOtherDocument, "The passkey approved another document.")
	case !slices.Contains(origins, data.Origin):
		return refuse(tocsin.RefusedApprovalWrongOrigin, "The passkey was used on another origin.")
	case data.CrossOrigin || data.TopOrigin != nil:
		return refuse(tocsin.RefusedApprovalWrongOrigin, "The passkey was used inside another site's page.")
	}
	return nil
}

// checkAuthenticatorData reads the fixed part and the flags of what the authenticator signed.
func (a Assertion) checkAuthenticatorData(rpID string) error {
	data := a.AuthenticatorData
	if len(data) < authDataFixed {
		return refuse(tocsin.RefusedMalformed, "The authenticator data is too short.")
	}
	flags, rest := data[sha256.Size], data[authDataFixed:]
	rpHash := sha256.Sum256([]byte(rpID))
	switch {
	case rpID == "" || !bytes.Equal(data[:sha256.Size], rpHash[:]):
		return refuse(tocsin.RefusedApprovalWrongParty, "The passkey was used at another relying party.")
	case flags&flagAttested != 0:
		return refuse(tocsin.RefusedApprovalRegistration, "A passkey registration is not an approval.")
	case flags&flagUserPresent == 0 || flags&flagUserVerified == 0:
		return refuse(tocsin.RefusedApprovalUserNotVerified, "The authenticator did not verify its user.")
	case flags&flagBackedUp != 0 && flags&flagEligible == 0:
		return refuse(tocsin.RefusedMalformed, "The authenticator data contradicts itself.")
	case flags&flagExtensions == 0 && len(rest) != 0:
		return refuse(tocsin.RefusedMalformed, "The authenticator data has bytes its flags do not announce.")
	case flags&flagExtensions != 0 && (len(rest) == 0 || rest[0]>>5 != cborMap):
		return refuse(tocsin.RefusedMalformed, "The announced extensions are missing.")
	}
	return nil
}

// cborMap is the CBOR major type of a map (RFC 8949 §3.1). Extensions change nothing about an approval;
// they are covered by the signature and not read.
const cborMap = 5

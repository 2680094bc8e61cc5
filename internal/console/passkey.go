// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"
	"github.com/go-webauthn/webauthn/webauthn"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/softkey"
)

// ceremonyTime is how long a person has to find her passkey.
const ceremonyTime = 5 * time.Minute

// relyingParty is this console to an authenticator: its host name, and the one origin it is reached at. A
// passkey must verify its user and be found without a user name; which make it is, nobody asks.
func relyingParty(public *url.URL) (*webauthn.WebAuthn, error) {
	required := true
	timeouts := webauthn.TimeoutConfig{Enforce: true, Timeout: ceremonyTime, TimeoutUVD: ceremonyTime}
	w, err := webauthn.New(&webauthn.Config{
		RPID:                  public.Hostname(),
		RPDisplayName:         "Tocsin",
		RPOrigins:             []string{origin(public)},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			RequireResidentKey: &required,
			ResidentKey:        protocol.ResidentKeyRequirementRequired,
			UserVerification:   protocol.VerificationRequired,
		},
		Timeouts: webauthn.TimeoutsConfig{Login: timeouts, Registration: timeouts},
	})
	if err != nil {
		return nil, fmt.Errorf("set up passkeys: %w", err)
	}
	return w, nil
}

func origin(u *url.URL) string { return u.Scheme + "://" + u.Host }

// algorithms are those that recipients of a signed order verify.
var algorithms = []protocol.CredentialParameter{
	{Type: protocol.PublicKeyCredentialType, Algorithm: webauthncose.AlgES256},
	{Type: protocol.PublicKeyCredentialType, Algorithm: webauthncose.AlgEdDSA},
}

// holder is a person as the passkey library sees her. The handle is the pseudonym: an authenticator learns
// no name but the one she gives herself.
type holder struct {
	flow.Individual
	name string
}

func (h holder) WebAuthnID() []byte          { return []byte(h.ID) }
func (h holder) WebAuthnName() string        { return h.name }
func (h holder) WebAuthnDisplayName() string { return h.name }

func (h holder) WebAuthnCredentials() []webauthn.Credential {
	c := h.File.Credential
	if c.ID == nil {
		return nil
	}
	return []webauthn.Credential{{
		ID: c.ID, PublicKey: c.PublicKey, AttestationFormat: string(protocol.AttestationFormatNone),
		Flags: webauthn.CredentialFlags{
			UserPresent:    true,
			UserVerified:   true,
			BackupEligible: c.BackupAllowed,
			BackupState:    c.BackedUp,
		},
		Authenticator: webauthn.Authenticator{AAGUID: c.AAGUID, SignCount: c.Counter},
	}}
}

// registered is what the node keeps of a passkey.
func registered(c *webauthn.Credential) flow.Credential {
	return flow.Credential{
		ID:            c.ID,
		PublicKey:     c.PublicKey,
		Counter:       c.Authenticator.SignCount,
		AAGUID:        c.Authenticator.AAGUID,
		BackedUp:      c.Flags.BackupState,
		BackupAllowed: c.Flags.BackupEligible,
		Demonstration: string(c.Authenticator.AAGUID) == string(softkey.AAGUID[:]),
	}
}

// readJSON reads what a script of ours posted.
func readJSON(r *http.Request, into any) error {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(body, into); err != nil {
		return tocsin.Errorf(tocsin.CodeInvalid, tocsin.RefusedMalformed, "This is not what the page sends.")
	}
	return nil
}

func writeJSON(w http.ResponseWriter, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode answer: %w", err)
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(body)
	return nil
}

// next tells a script where to go.
type next struct {
	Location string `json:"location"`
}

// unusable hides from a stranger which part of a ceremony failed; the log has it.
func unusable(err error) error {
	return &tocsin.Error{
		Code:   tocsin.CodeUnauthenticated,
		Reason: "passkey_unusable",
		Public: "This passkey could not be used.",
		Err:    err,
	}
}

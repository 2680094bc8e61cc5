// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"encoding/json"
	"net/http"

	"github.com/go-webauthn/webauthn/protocol"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/wire"
)

const ceremonySign = "sign"

// beginSigning asks the officer's own passkey to sign the exact bytes of this order.
func (c *Console) beginSigning(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	ctx := r.Context()
	begun, err := c.Flow.BeginSigning(ctx, who.Actor(), tocsin.RecordID(r.PathValue("id")))
	if err != nil {
		return err
	}
	if err := c.keepCeremony(ctx, ceremonySign, begun); err != nil {
		return err
	}
	return writeJSON(w, c.assertionOptions(begun.Challenge, begun.CredentialID))
}

// finishSigning hands the assertion to flow, which verifies it as every recipient will. The ceremony is
// gone whatever comes of it, and belongs to this order alone.
func (c *Console) finishSigning(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	ctx := r.Context()
	var form struct {
		Credential json.RawMessage `json:"credential"`
	}
	if err := readJSON(r, &form); err != nil {
		return err
	}
	var begun flow.Ceremony
	if err := c.takeCeremony(ctx, ceremonySign, &begun); err != nil {
		return err
	}
	if string(begun.Order) != r.PathValue("id") {
		return errNoCeremony
	}
	assertion, err := assertionFrom(form.Credential)
	if err != nil {
		return err
	}
	if err := c.Flow.FinishSigning(ctx, who.Actor(), begun, assertion); err != nil {
		return err
	}
	if begun.Role == wire.RoleDrafter {
		c.notice(ctx, "console.notice.submitted")
	} else {
		c.notice(ctx, "console.notice.approved")
	}
	return writeJSON(w, next{"/orders/" + string(begun.Order)})
}

// assertionFrom reads what a browser gives for a passkey's signature.
func assertionFrom(credential []byte) (wire.Assertion, error) {
	var given protocol.CredentialAssertionResponse
	if err := json.Unmarshal(credential, &given); err != nil {
		return wire.Assertion{}, tocsin.Errorf(
			tocsin.CodeInvalid,
			tocsin.RefusedMalformed,
			"This is not what a browser gives.",
		)
	}
	return wire.Assertion{
		CredentialID:      wire.Bytes(given.RawID),
		AuthenticatorData: wire.Bytes(given.AssertionResponse.AuthenticatorData),
		ClientDataJSON:    wire.Bytes(given.AssertionResponse.ClientDataJSON),
		Signature:         wire.Bytes(given.AssertionResponse.Signature),
	}, nil
}

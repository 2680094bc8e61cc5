// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package softkey

import (
	"encoding/base64"
	"encoding/json"
)

// MarshalJSON gives the form in which a browser posts a registration (PublicKeyCredential.toJSON).
func (r Registration) MarshalJSON() ([]byte, error) {
	return browserJSON(r.CredentialID, map[string]any{
		"clientDataJSON":    b64(r.ClientDataJSON),
		"attestationObject": b64(r.AttestationObject),
		"transports":        []string{"internal"},
	})
}

// MarshalJSON gives the form in which a browser posts an assertion (PublicKeyCredential.toJSON).
func (a Assertion) MarshalJSON() ([]byte, error) {
	return browserJSON(a.CredentialID, map[string]any{
		"clientDataJSON":    b64(a.ClientDataJSON),
		"authenticatorData": b64(a.AuthenticatorData),
		"signature":         b64(a.Signature),
		"userHandle":        b64(a.UserHandle),
	})
}

func browserJSON(id []byte, response map[string]any) ([]byte, error) {
	return json.Marshal(map[string]any{
		"id":                      b64(id),
		"rawId":                   b64(id),
		"type":                    "public-key",
		"authenticatorAttachment": "platform",
		"clientExtensionResults":  map[string]any{},
		"response":                response,
	})
}

func b64(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }

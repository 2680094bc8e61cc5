// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"encoding/json"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"tocsin"
	"tocsin/wire"
)

const ceremonyEnrol = "enrol"

// beginEnrolment asks the invited person's authenticator for a passkey.
func (c *Console) beginEnrolment(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var form struct {
		Name string `json:"name"`
	}
	if err := readJSON(r, &form); err != nil {
		return err
	}
	invited, err := c.Flow.Invited(ctx, c.sessions.GetString(ctx, keyToken))
	if err != nil {
		return err
	}
	name, err := personName(form.Name)
	if err != nil {
		return err
	}
	options, data, err := c.passkeys.BeginRegistration(
		holder{invited, name},
		webauthn.WithCredentialParameters(algorithms),
	)
	if err != nil {
		return unusable(err)
	}
	if err := c.keepCeremony(ctx, ceremonyEnrol, data); err != nil {
		return err
	}
	return writeJSON(w, options)
}

// finishEnrolment verifies what the authenticator made, binds it to the person and signs her in.
func (c *Console) finishEnrolment(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var form struct {
		Name       string          `json:"name"`
		Credential json.RawMessage `json:"credential"`
	}
	if err := readJSON(r, &form); err != nil {
		return err
	}
	var data webauthn.SessionData
	if err := c.takeCeremony(ctx, ceremonyEnrol, &data); err != nil {
		return err
	}
	token := c.sessions.GetString(ctx, keyToken)
	invited, err := c.Flow.Invited(ctx, token)
	if err != nil {
		return err
	}
	name, err := personName(form.Name)
	if err != nil {
		return err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(form.Credential)
	if err != nil {
		return unusable(err)
	}
	made, err := c.passkeys.CreateCredential(holder{invited, name}, data, parsed)
	if err != nil {
		return unusable(err)
	}
	if err := wire.CheckCredentialKey(made.PublicKey); err != nil {
		return err
	}
	id, err := c.Flow.Enrol(ctx, token, name, registered(made))
	if err != nil {
		return err
	}
	if err := c.begin(ctx, id); err != nil {
		return err
	}
	c.notice(ctx, "console.notice.enrolled")
	return writeJSON(w, next{"/"})
}

// personName checks the name by which colleagues know a person.
func personName(name string) (string, error) {
	name = strings.TrimSpace(name)
	switch {
	case name == "":
		return "", tocsin.Invalid(tocsin.ReasonMissing, "name", "Give the name by which your colleagues know you.")
	case utf8.RuneCountInString(name) > 100:
		return "", tocsin.Invalid(tocsin.ReasonTooLong, "name", "A name has at most 100 characters.")
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		return "", tocsin.Invalid(tocsin.ReasonNotText, "name", "A name holds no control characters.")
	}
	return name, nil
}

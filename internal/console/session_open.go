// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"encoding/json"
	"net/http"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"tocsin"
	"tocsin/internal/console/page"
)

const ceremonySignIn = "sign-in"

// openSignIn shows the door. Who is inside already goes on.
func (c *Console) openSignIn(w http.ResponseWriter, r *http.Request) error {
	to := localPath(r.URL.Query().Get("to"))
	if _, err := c.current(r, true); err == nil {
		return goTo(w, r, to)
	}
	door := c.signIn(to)
	if door.Provider != "" && r.URL.Query().Get("left") == "provider" {
		door.Leave = c.Provider.Leave(r.Context(), c.PublicURL.JoinPath("/sign-in").String())
	}
	return c.render(w, r, http.StatusOK, page.SignIn(door))
}

// signIn is what the door offers.
func (c *Console) signIn(to string) page.Door {
	d := page.Door{To: to, Password: c.Flow.Settings.Passwords}
	if c.Provider != nil {
		d.Provider = c.providerName()
	}
	return d
}

// beginSignIn asks for any passkey of this console: nobody types a user name, so nobody can try out names.
func (c *Console) beginSignIn(w http.ResponseWriter, r *http.Request) error {
	options, data, err := c.passkeys.BeginDiscoverableLogin()
	if err != nil {
		return unusable(err)
	}
	if err := c.keepCeremony(r.Context(), ceremonySignIn, data); err != nil {
		return err
	}
	return writeJSON(w, options)
}

// finishSignIn verifies the assertion against the passkey enrolled here and opens a new session.
func (c *Console) finishSignIn(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var form struct {
		To         string          `json:"to"`
		Credential json.RawMessage `json:"credential"`
	}
	if err := readJSON(r, &form); err != nil {
		return err
	}
	var data webauthn.SessionData
	if err := c.takeCeremony(ctx, ceremonySignIn, &data); err != nil {
		return err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(form.Credential)
	if err != nil {
		return unusable(err)
	}
	who, err := c.Flow.ByCredential(ctx, parsed.RawID)
	if err != nil {
		return err
	}
	find := func(_, _ []byte) (webauthn.User, error) { return holder{who, who.File.Name}, nil }
	_, used, err := c.passkeys.ValidatePasskeyLogin(find, data, parsed)
	if err != nil {
		return unusable(err)
	}
	if used.Authenticator.CloneWarning {
		return tocsin.Errorf(
			tocsin.CodeForbidden,
			tocsin.RefusedReplayed,
			"The passkey's counter did not advance: it may have been copied.",
		)
	}
	if err := c.Flow.SignedIn(ctx, who.ID, used.Authenticator.SignCount, used.Flags.BackupState); err != nil {
		return err
	}
	if err := c.begin(ctx, who.ID); err != nil {
		return err
	}
	return writeJSON(w, next{localPath(form.To)})
}

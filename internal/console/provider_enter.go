// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"context"
	"net/http"
	"net/url"

	"tocsin"
	"tocsin/internal/provider"
)

// Provider is where people sign in who have an account elsewhere.
type Provider interface {
	// Label is what people call it.
	Label() string
	Begin(ctx context.Context) (address string, a provider.Attempt, err error)
	Finish(ctx context.Context, a provider.Attempt, answer url.Values) (subject string, err error)
	// Leave is where one signs out there; may be empty.
	Leave(ctx context.Context, back string) string
}

const ceremonyProvider = "provider"

func (c *Console) providerName() string {
	if c.Provider == nil {
		return ""
	}
	return c.Provider.Label()
}

// visitProvider sends a browser to the provider. It is a link and no form: the policy of our pages lets no form lead
// to another origin.
func (c *Console) visitProvider(w http.ResponseWriter, r *http.Request) error {
	return c.toProvider(w, r, provider.Attempt{To: localPath(r.URL.Query().Get("to"))})
}

// enrolByProvider does so for an invited person: what comes back is bound to her invitation.
func (c *Console) enrolByProvider(w http.ResponseWriter, r *http.Request) error {
	token := c.sessions.GetString(r.Context(), keyToken)
	invited, err := c.Flow.Invited(r.Context(), token)
	if err != nil {
		return err
	}
	if !invited.MayEnrolBy(tocsin.WayProvider) {
		return tocsin.Errorf(tocsin.CodeForbidden, tocsin.ReasonNeedsPasskey, "Your duties need a passkey. Make one.")
	}
	return c.toProvider(w, r, provider.Attempt{Token: token, To: "/"})
}

func (c *Console) toProvider(w http.ResponseWriter, r *http.Request, about provider.Attempt) error {
	if c.Provider == nil {
		return errNowhere
	}
	address, attempt, err := c.Provider.Begin(r.Context())
	if err != nil {
		return err
	}
	attempt.To, attempt.Token = about.To, about.Token
	if err := c.keepCeremony(r.Context(), ceremonyProvider, attempt); err != nil {
		return err
	}
	return goTo(w, r, address)
}

// backFromProvider verifies what a browser brings back, once, and opens a session.
func (c *Console) backFromProvider(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if c.Provider == nil {
		return errNowhere
	}
	var attempt provider.Attempt
	if err := c.takeCeremony(ctx, ceremonyProvider, &attempt); err != nil {
		return err
	}
	subject, err := c.Provider.Finish(ctx, attempt, r.URL.Query())
	if err != nil {
		return c.logged(ctx, err)
	}
	issuer := c.Flow.Settings.Provider
	if attempt.Token != "" {
		id, err := c.Flow.EnrolProvider(ctx, attempt.Token, "", issuer, subject)
		if err != nil {
			return err
		}
		if err := c.begin(ctx, id); err != nil {
			return err
		}
		c.notice(ctx, "console.notice.provider")
		return goTo(w, r, "/")
	}
	who, err := c.Flow.BySubject(ctx, issuer, subject)
	if err != nil {
		return err
	}
	if err := c.begin(ctx, who.ID); err != nil {
		return err
	}
	return goTo(w, r, localPath(attempt.To))
}

// logged tells the operator what the person is not told.
func (c *Console) logged(ctx context.Context, err error) error {
	c.Log.WarnContext(ctx, "sign-in at the provider failed", "error", err)
	return err
}

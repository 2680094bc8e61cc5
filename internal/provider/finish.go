// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"
	"crypto/subtle"
	"net/url"
	"slices"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// longest is the length of a subject at the most (OpenID Connect Core, 2).
const longest = 255

// Finish verifies what a browser brought back and gives the subject: who signed in, to the provider. Whatever fails, the
// attempt is over.
func (p *Provider) Finish(ctx context.Context, a Attempt, answer url.Values) (subject string, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if a.State == "" || !same(answer.Get("state"), a.State) {
		return "", refused("the state is that of another attempt")
	}
	if answer.Has("error") {
		return "", refused("the provider refuses")
	}
	known, err := p.ask(ctx)
	if err != nil {
		return "", err
	}
	// RFC 9207: the answer of another provider, mixed up, says so here.
	if iss := answer.Get("iss"); iss != "" && iss != p.Issuer || known.said.TellsIss && iss == "" {
		return "", refused("the answer is another issuer's")
	}
	if answer.Get("code") == "" {
		return "", refused("no code came")
	}
	token, err := known.oauth.Exchange(p.Through(ctx), answer.Get("code"), oauth2.VerifierOption(a.Verifier))
	if err != nil {
		return "", refused("exchange code: %s", why(err))
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return "", refused("no ID token came")
	}
	return p.verify(ctx, known, a, raw)
}

// why keeps what a provider wrote out of the log: its error code is enough.
func why(err error) string {
	if e, ok := err.(*oauth2.RetrieveError); ok && len(e.ErrorCode) < 40 {
		return "answered " + e.ErrorCode
	}
	return "no answer"
}

func (p *Provider) verify(ctx context.Context, known *discovered, a Attempt, raw string) (string, error) {
	token, err := known.VerifierContext(p.Through(ctx), &oidc.Config{ClientID: p.Client,
		SupportedSigningAlgs: algorithms, Now: p.Now}).Verify(ctx, raw)
	if err != nil {
		return "", refused("verify ID token: %w", err)
	}
	var claims struct {
		AuthorisedParty string   `json:"azp"`
		ACR             string   `json:"acr"`
		AMR             []string `json:"amr"`
	}
	if err := token.Claims(&claims); err != nil {
		return "", refused("read ID token: %w", err)
	}
	switch {
	case a.Nonce == "" || !same(token.Nonce, a.Nonce):
		return "", refused("the nonce is that of another attempt")
	case len(token.Audience) > 1 && claims.AuthorisedParty != p.Client || claims.AuthorisedParty != "" && claims.AuthorisedParty != p.Client:
		return "", refused("the token was made for somebody else")
	case len(p.ACR) > 0 && !slices.Contains(p.ACR, claims.ACR):
		return "", refused("the authentication context is not one that is demanded")
	case slices.ContainsFunc(p.AMR, func(method string) bool { return !slices.Contains(claims.AMR, method) }):
		return "", refused("an authentication method that is demanded is missing")
	case token.Subject == "" || len(token.Subject) > longest:
		return "", refused("the token names nobody")
	}
	return token.Subject, nil
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

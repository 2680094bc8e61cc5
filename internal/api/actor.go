// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"tocsin"
	"tocsin/internal/flow"
)

const reasonNoKey tocsin.Reason = "service_key_missing"

type actorKey struct{}

// actor is the service key behind a request. People use the console; nothing else may speak here.
func (s *service) actor(r *http.Request) (flow.Actor, error) {
	values := r.Header.Values("Authorization")
	scheme, token, found := strings.Cut(strings.Join(values, ","), " ")
	if len(values) != 1 || !found || !strings.EqualFold(scheme, "Bearer") {
		return flow.Actor{}, tocsin.Errorf(tocsin.CodeUnauthenticated, reasonNoKey,
			"Send the token of a service key: Authorization: Bearer tsk_…")
	}
	key, err := s.Keys.CheckServiceKey(token, s.Flow.Clock.Now())
	if err != nil {
		return flow.Actor{}, err
	}
	return flow.Actor{ID: key.ID, Scopes: key.Scopes, Banks: key.Banks}, nil
}

// actorOf is the actor that serve found.
func actorOf(ctx context.Context) flow.Actor {
	actor, _ := ctx.Value(actorKey{}).(flow.Actor)
	return actor
}

// scoped refuses a key that lacks a scope before the body is read. The policy is asked all the same, by the
// use case, about the record itself.
func (s *service) scoped(scope flow.Action) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		if err := hasScope(actorOf(ctx.Context()), scope); err != nil {
			r, w := humago.Unwrap(ctx)
			s.refuse(w, r, err)
			return
		}
		next(ctx)
	}
}

func hasScope(actor flow.Actor, scope flow.Action) error {
	if slices.Contains(actor.Scopes, string(scope)) {
		return nil
	}
	return tocsin.Errorf(tocsin.CodeForbidden, tocsin.ReasonRole, "This service key lacks the scope %s.", scope)
}

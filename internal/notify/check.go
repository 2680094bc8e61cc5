// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"context"
	"net/http"

	"tocsin/internal/flow"
)

// Check tries each configured channel as far as that can be done without telling anybody: its secret is read, its
// server answers and, where it has a sign-in, takes it.
func (s *Service) Check(ctx context.Context) map[flow.Channel]error {
	results := map[flow.Channel]error{}
	for _, c := range s.Channels() {
		results[c] = s.check(ctx, c)
	}
	return results
}

func (s *Service) check(ctx context.Context, c flow.Channel) error {
	switch c {
	case flow.ChannelMail:
		return s.checkMail(ctx)
	case flow.ChannelWebhook:
		secret, err := reveal(s.Webhook.Secret)
		if err != nil {
			return err
		}
		if _, _, err := s.Webhook.Sign(secret, "check", typeCalled, s.Now(), s.Now(), []byte("{}")); err != nil {
			return never(ReasonSecret)
		}
		return nil
	case flow.ChannelNtfy:
		return s.ask(ctx, s.Ntfy, "v1/health")
	case flow.ChannelMatrix:
		return s.ask(ctx, s.Matrix, "_matrix/client/v3/account/whoami")
	case flow.ChannelMattermost:
		return s.ask(ctx, s.Mattermost, "api/v4/system/ping")
	}
	return nil // nothing can be asked of Slack without an address
}

func (s *Service) ask(ctx context.Context, server *Server, path string) error {
	token, err := reveal(server.Token)
	if err != nil {
		return err
	}
	_, err = s.do(ctx, request{method: http.MethodGet, address: server.Address + "/" + path, token: token})
	return err
}

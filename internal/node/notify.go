// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package node

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"tocsin/internal/config"
	"tocsin/internal/flow"
	"tocsin/internal/locale"
	"tocsin/internal/notify"
	"tocsin/internal/outbound"
	"tocsin/internal/telemetry"
	"tocsin/internal/webhook"
)

// messenger plugs the channels of the settings into the use cases.
func (n *Node) messenger() (*notify.Service, error) {
	words, err := locale.New()
	if err != nil {
		return nil, err
	}
	s, c := n.Config.Notify, notify.Config{Node: n.PublicURL(), HTTP: n.out.Declared(), Words: words, Now: n.clock.Now}
	if s.MailServer != "" {
		host, port := s.MailHostPort()
		c.Mail = &notify.Mail{Host: host, Port: port, From: s.MailFrom, Security: s.MailSecurity, Login: s.MailLogin,
			Password: s.MailPassword, Dial: n.out.Server(s.MailServer, s.MailSecurity == "tls").Dial, TLS: n.out.TLS(host)}
	}
	if s.WebhookAddress != "" {
		c.Webhook = &notify.Hook{Address: s.WebhookAddress, Secret: s.WebhookSecret, Sign: n.signNotice}
	}
	if s.NtfyServer != "" {
		c.Ntfy = &notify.Server{Address: s.NtfyServer}
		if s.NtfyTokenFile != "" {
			c.Ntfy.Token = s.NtfyToken
		}
	}
	if s.MatrixServer != "" {
		c.Matrix = &notify.Server{Address: s.MatrixServer, Token: s.MatrixToken}
	}
	if s.SlackServer != "" {
		c.Slack = &notify.Server{Address: s.SlackServer}
	}
	if s.MattermostServer != "" {
		c.Mattermost = &notify.Server{Address: s.MattermostServer}
	}
	return notify.New(c)
}

// signNotice signs with the secret as it is now, so that a new one counts from the next message on.
func (n *Node) signNotice(secret, id, kind string, occurred, now time.Time, data json.RawMessage) (
	http.Header, []byte, error,
) {
	key, err := webhook.ParseSecret(secret)
	if err != nil {
		return nil, nil, err
	}
	signer, err := webhook.NewSigner(n.Config.PublicURL, key)
	if err != nil {
		return nil, nil, err
	}
	return signer.Event(id, kind, occurred, now, data)
}

// Channels gives the channels of some settings without a node, to try them.
func Channels(c config.Config) (*notify.Service, func(), error) {
	n := blank(Options{Config: c})
	var err error
	if n.out, err = outbound.New(outbound.Config{UserAgent: "tocsin/" + telemetry.ReadBuild().Version}); err != nil {
		return nil, nil, err
	}
	var origins []string
	for _, address := range c.Notify.Endpoints() {
		origins = append(origins, originOf(address))
	}
	if err := n.out.SetDeclared(origins...); err != nil {
		return nil, nil, err
	}
	s, err := n.messenger()
	return s, n.out.Close, err
}

// CheckChannels tries each configured channel as far as that can be done without telling anybody; nil where all
// is well.
func CheckChannels(ctx context.Context, c config.Config) (map[flow.Channel]error, error) {
	s, done, err := Channels(c)
	if err != nil {
		return nil, err
	}
	defer done()
	return s.Check(ctx), nil
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package config

import (
	"errors"
	"net"
	"net/mail"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Notify says over which channels people are called. A channel without its address is not there.
type Notify struct {
	// EscalateAfter is how long the first may take to acknowledge before the next one is called.
	EscalateAfter time.Duration `koanf:"escalate_after"`

	MailServer       string `koanf:"mail_server"`   // host:port
	MailSecurity     string `koanf:"mail_security"` // tls, starttls or none
	MailFrom         string `koanf:"mail_from"`
	MailLogin        string `koanf:"mail_login"`
	MailPasswordFile string `koanf:"mail_password_file"`

	WebhookAddress    string `koanf:"webhook_address"`
	WebhookSecretFile string `koanf:"webhook_secret_file"`

	NtfyServer       string `koanf:"ntfy_server"`
	NtfyTokenFile    string `koanf:"ntfy_token_file"`
	MatrixServer     string `koanf:"matrix_server"`
	MatrixTokenFile  string `koanf:"matrix_token_file"`
	SlackServer      string `koanf:"slack_server"`
	MattermostServer string `koanf:"mattermost_server"`
}

// MailHostPort gives the two parts of the mail server.
func (n Notify) MailHostPort() (host string, port int) {
	host, text, _ := net.SplitHostPort(n.MailServer)
	port, _ = strconv.Atoi(text) // validated when the settings were read
	return host, port
}

// MailPassword returns the password of the mail server.
func (n Notify) MailPassword() (string, error) {
	return readSecret("notify.mail_password_file", n.MailPasswordFile)
}

// WebhookSecret returns the secret that signs webhooks.
func (n Notify) WebhookSecret() (string, error) {
	secret, err := readSecret("notify.webhook_secret_file", n.WebhookSecretFile)
	if err == nil && !strings.HasPrefix(secret, "whsec_") {
		return "", errors.New("notify.webhook_secret_file: does not hold a secret that begins with whsec_")
	}
	return secret, err
}

// NtfyToken returns the token for the ntfy server.
func (n Notify) NtfyToken() (string, error) {
	return readSecret("notify.ntfy_token_file", n.NtfyTokenFile)
}

// MatrixToken returns the token for the Matrix server.
func (n Notify) MatrixToken() (string, error) {
	return readSecret("notify.matrix_token_file", n.MatrixTokenFile)
}

// Secrets reads every secret that is named, and says of the first that it cannot be.
func (n Notify) Secrets() error {
	for _, s := range []struct {
		file string
		read func() (string, error)
	}{{n.MailPasswordFile, n.MailPassword}, {n.WebhookSecretFile, n.WebhookSecret}, {n.NtfyTokenFile, n.NtfyToken},
		{n.MatrixTokenFile, n.MatrixToken}} {
		if s.file == "" {
			continue
		}
		if _, err := s.read(); err != nil {
			return err
		}
	}
	return nil
}

// Endpoints lists every HTTP address that messages go to.
func (n Notify) Endpoints() []string {
	all := []string{n.WebhookAddress, n.NtfyServer, n.MatrixServer, n.SlackServer, n.MattermostServer}
	return slices.DeleteFunc(all, func(address string) bool { return address == "" })
}

func (n Notify) validate(p *problems) {
	p.check(n.EscalateAfter >= time.Minute && n.EscalateAfter <= 30*time.Minute, "notify.escalate_after",
		"must be from 1m to 30m")
	n.validateMail(p)
	p.check(n.WebhookAddress == "" || declaredEndpoint(n.WebhookAddress), "notify.webhook_address", endpointRule)
	p.check((n.WebhookAddress == "") == (n.WebhookSecretFile == ""), "notify.webhook_secret_file",
		"goes with webhook_address: a message that is not signed proves nothing")
	for _, s := range []struct{ key, server string }{{"ntfy_server", n.NtfyServer}, {"matrix_server", n.MatrixServer},
		{"slack_server", n.SlackServer}, {"mattermost_server", n.MattermostServer}} {
		p.check(s.server == "" || declaredEndpoint(s.server) && bareOrigin(s.server), "notify."+s.key,
			endpointRule+"; scheme and host only")
	}
	p.check(n.NtfyTokenFile == "" || n.NtfyServer != "", "notify.ntfy_token_file", "needs ntfy_server")
	p.check((n.MatrixServer == "") == (n.MatrixTokenFile == ""), "notify.matrix_token_file", "goes with matrix_server")
}

func bareOrigin(text string) bool {
	u, err := url.Parse(text)
	return err == nil && strings.Trim(u.Path, "/") == "" && u.RawQuery == "" && !u.ForceQuery
}

func (n Notify) validateMail(p *problems) {
	if n.MailServer == "" {
		p.check(n.MailFrom == "" && n.MailLogin == "" && n.MailPasswordFile == "", "notify.mail_server",
			"must be host:port")
		return
	}
	host, port := n.MailHostPort()
	p.check(host != "" && port > 0 && port < 1<<16, "notify.mail_server", "must be host:port")
	p.check(slices.Contains([]string{"tls", "starttls", "none"}, n.MailSecurity), "notify.mail_security",
		"must be tls, starttls or none")
	p.check(n.MailSecurity != "none" || loopbackName(host), "notify.mail_security",
		"none is for a server on this machine only: the mail would pass in the clear")
	_, err := mail.ParseAddress(n.MailFrom)
	p.check(err == nil, "notify.mail_from", "must be a mail address")
	p.check((n.MailLogin == "") == (n.MailPasswordFile == ""), "notify.mail_password_file", "goes with mail_login")
}

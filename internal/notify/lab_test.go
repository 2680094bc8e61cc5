// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package notify_test

import (
	"bufio"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/locale"
	"tocsin/internal/notify"
	"tocsin/internal/outbound"
	"tocsin/internal/webhook"
)

var noon = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

// post is a small SMTP server (RFC 5321) that keeps what it is given. It says PLAIN, and STARTTLS when it has a
// certificate.
type post struct {
	listener net.Listener
	tls      *tls.Config
	password string
	refuse   string // answer to RCPT, "" to take it

	mu    sync.Mutex
	mails []letter
}

type letter struct {
	from, to, text string
	encrypted      bool
}

func newPost(t *testing.T, refuse string, certificate *tls.Config) *post {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &post{listener: l, tls: certificate, password: "a password", refuse: refuse}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go p.serve(conn)
		}
	}()
	return p
}

func (p *post) got() []letter {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]letter(nil), p.mails...)
}

func (p *post) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	lines := bufio.NewReader(conn)
	say := func(text string) { _, _ = io.WriteString(conn, text+"\r\n") }
	say("220 post.example")
	var now letter
	signedIn := false
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
		switch strings.ToUpper(verb) {
		case "EHLO":
			say("250-post.example")
			if p.tls != nil && !now.encrypted {
				say("250-STARTTLS")
			}
			say("250 AUTH PLAIN")
		case "STARTTLS":
			say("220 go on")
			secured := tls.Server(conn, p.tls)
			conn, lines, now.encrypted = secured, bufio.NewReader(secured), true
		case "AUTH":
			_, encoded, _ := strings.Cut(rest, " ")
			plain, _ := base64.StdEncoding.DecodeString(encoded)
			if signedIn = strings.HasSuffix(string(plain), "\x00"+p.password); signedIn {
				say("235 welcome")
			} else {
				say("535 5.7.8 who are you")
			}
		case "MAIL":
			if !signedIn {
				say("530 5.7.0 sign in first")
				continue
			}
			now.from = rest
			say("250 so be it")
		case "RCPT":
			if p.refuse != "" {
				say(p.refuse)
				continue
			}
			now.to = rest
			say("250 so be it")
		case "DATA":
			say("354 go on")
			var text strings.Builder
			for {
				line, err := lines.ReadString('\n')
				if err != nil || strings.TrimRight(line, "\r\n") == "." {
					break
				}
				text.WriteString(line)
			}
			now.text = text.String()
			p.mu.Lock()
			p.mails = append(p.mails, now)
			p.mu.Unlock()
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 so be it")
		}
	}
}

// called is one request to a push server.
type called struct {
	method, path string
	header       http.Header
	body         map[string]any
	raw          []byte
}

// server answers all that is pushed.
type server struct {
	*httptest.Server
	mu     sync.Mutex
	calls  []called
	status int
	header http.Header
	answer string
}

func newServer(t *testing.T) *server {
	t.Helper()
	s := &server{status: http.StatusOK, answer: "{}"}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		c := called{method: r.Method, path: r.URL.EscapedPath(), header: r.Header, raw: raw}
		_ = json.Unmarshal(raw, &c.body)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.calls = append(s.calls, c)
		for k, v := range s.header {
			w.Header()[k] = v
		}
		w.WriteHeader(s.status)
		_, _ = io.WriteString(w, s.answer)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *server) last(t *testing.T) called {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.calls) == 0 {
		t.Fatal("nobody was called")
	}
	return s.calls[len(s.calls)-1]
}

// lab is a service whose channels all lead to this machine.
type lab struct {
	*notify.Service
	post   *post
	server *server
	secret webhook.Secret
	out    *outbound.Client
}

func text(s string) notify.Secret { return func() (string, error) { return s, nil } }

func newLab(t *testing.T, change func(*notify.Config, *lab)) *lab {
	t.Helper()
	l := &lab{post: newPost(t, "", nil), server: newServer(t), secret: webhook.NewSecret()}
	var err error
	if l.out, err = outbound.New(outbound.Config{Declared: []string{l.server.URL}}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.out.Close)
	words, err := locale.New()
	if err != nil {
		t.Fatal(err)
	}
	c := notify.Config{Node: &url.URL{Scheme: "https", Host: "node.host.example"}, HTTP: l.out.Declared(), Words: words,
		Now:     func() time.Time { return noon },
		Webhook: &notify.Hook{Address: l.server.URL + "/hook", Secret: text(l.secret.Reveal()), Sign: sign},
		Ntfy:    &notify.Server{Address: l.server.URL, Token: text("ntfy-token")},
		Matrix:  &notify.Server{Address: l.server.URL, Token: text("matrix-token")},
		Slack:   &notify.Server{Address: l.server.URL}, Mattermost: &notify.Server{Address: l.server.URL}}
	l.mail(&c, l.post, "none")
	if change != nil {
		change(&c, l)
	}
	if l.Service, err = notify.New(c); err != nil {
		t.Fatal(err)
	}
	return l
}

func (l *lab) mail(c *notify.Config, p *post, security string) {
	address := p.listener.Addr().(*net.TCPAddr)
	c.Mail = &notify.Mail{Host: "127.0.0.1", Port: address.Port, From: "bell@host.example", Security: security,
		Login: "bell", Password: text(p.password), Dial: l.out.Server(address.String(), security == "tls").Dial}
}

func sign(secret, id, kind string, occurred, now time.Time, data json.RawMessage) (http.Header, []byte, error) {
	key, err := webhook.ParseSecret(secret)
	if err != nil {
		return nil, nil, err
	}
	s, err := webhook.NewSigner("https://node.host.example", key)
	if err != nil {
		return nil, nil, err
	}
	return s.Event(id, kind, occurred, now, data)
}

// message is a call about an order.
func message(c flow.Channel, address string) flow.Message {
	deadline := noon.Add(time.Hour)
	return flow.Message{Key: "evt_aaaaaaaaaaaaaaaaaaaaaaaaaa:prs_bbbbbbbbbbbbbbbbbbbbbbbbbb:" + string(c), Channel: c,
		Address: address, Language: "en", Zone: "Europe/Paris", Person: "prs_bbbbbbbbbbbbbbbbbbbbbbbbbb",
		Alert: "alr_cccccccccccccccccccccccccc", About: "rcv_dddddddddddddddddddddddddd", Topic: tocsin.TopicOrder,
		At: noon, Deadline: &deadline, Urgent: true}
}

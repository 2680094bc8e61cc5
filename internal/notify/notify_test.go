// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package notify_test

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/notify"
	"tocsin/internal/webhook"
)

func send(t *testing.T, l *lab, m flow.Message) string {
	t.Helper()
	name, err := l.Send(t.Context(), m)
	if err != nil {
		t.Fatalf("%s: %v", m.Channel, err)
	}
	return name
}

func TestMailSaysWhatWhenAndWhereAndNoMore(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	send(t, l, message(flow.ChannelMail, "anna@example.org"))
	got := l.post.got()
	if len(got) != 1 || !strings.Contains(got[0].to, "anna@example.org") || !strings.Contains(got[0].from, "bell@host.example") {
		t.Fatalf("the server has %+v", got)
	}
	for _, want := range []string{"Subject: A removal order waits for an answer",
		"Message-ID: <evt_aaaaaaaaaaaaaaaaaaaaaaaaaa.prs_bbbbbbbbbbbbbbbbbbbbbbbbbb.mail@node.host.example>",
		"References: <alr_cccccccccccccccccccccccccc@node.host.example>", "Auto-Submitted: auto-generated",
		"Reference: rcv_dddddddddddddddddddddddddd", "2026-11-26 14:00 Europe/Paris (2026-11-26 13:00 UTC)",
		"https://node.host.example/alerts/alr_cccccccccccccccccccccccccc"} {
		if !strings.Contains(unfolded(got[0].text), want) {
			t.Errorf("no %q in:\n%s", want, got[0].text)
		}
	}
}

// unfolded undoes soft line ends of quoted-printable and folded headers.
func unfolded(text string) string {
	text = strings.NewReplacer("=\r\n", "", "\r\n ", " ", "=3D", "=").Replace(text)
	return text
}

func TestMailIsEncryptedOrNotSent(t *testing.T) {
	t.Parallel()
	l := newLab(t, func(c *notify.Config, l *lab) { l.mail(c, l.post, "starttls") })
	if _, err := l.Send(t.Context(), message(flow.ChannelMail, "anna@example.org")); err == nil {
		t.Error("sent in the clear where starttls was asked for")
	}
	if len(l.post.got()) > 0 {
		t.Error("the server has a mail")
	}
	certified := httptest.NewTLSServer(nil)
	defer certified.Close()
	l = newLab(t, func(c *notify.Config, l *lab) {
		l.post = newPost(t, "", &tls.Config{Certificates: certified.TLS.Certificates})
		l.mail(c, l.post, "starttls")
		c.Mail.TLS = certified.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
		c.Mail.TLS.ServerName = "127.0.0.1"
	})
	send(t, l, message(flow.ChannelMail, "anna@example.org"))
	if got := l.post.got(); len(got) != 1 || !got[0].encrypted {
		t.Errorf("the server has %+v", got)
	}
}

func TestErrorThatPassesIsToldFromOneThatStays(t *testing.T) {
	t.Parallel()
	for refuse, want := range map[string]tocsin.Code{"450 4.2.1 later": tocsin.CodeBusy,
		"550 5.1.1 no such person": tocsin.CodeInvalid} {
		l := newLab(t, func(c *notify.Config, l *lab) { l.mail(c, newPost(t, refuse, nil), "none") })
		_, err := l.Send(t.Context(), message(flow.ChannelMail, "anna@example.org"))
		mustHide(t, err, "anna", "person", "later")
		if tocsin.CodeOf(err) != want {
			t.Errorf("%s: %v", refuse, err)
		}
	}
	l := newLab(t, nil)
	for status, want := range map[int]tocsin.Code{http.StatusServiceUnavailable: tocsin.CodeBusy,
		http.StatusTooManyRequests: tocsin.CodeBusy, http.StatusUnauthorized: tocsin.CodeBusy,
		http.StatusNotFound: tocsin.CodeInvalid, http.StatusGone: tocsin.CodeInvalid, http.StatusFound: tocsin.CodeBusy} {
		l.server.mu.Lock()
		l.server.status, l.server.answer = status, "canary"
		l.server.header = http.Header{"Retry-After": {"7"}, "Location": {"http://canary.example/"}}
		l.server.mu.Unlock()
		_, err := l.Send(t.Context(), message(flow.ChannelSlack, "T0/B0/topsecret"))
		mustHide(t, err, "topsecret", "canary")
		if tocsin.CodeOf(err) != want {
			t.Errorf("%d: %v", status, err)
		}
		if e, ok := err.(*tocsin.Error); ok && status == http.StatusTooManyRequests && e.RetryAfter != 7*time.Second {
			t.Errorf("after %s", e.RetryAfter)
		}
	}
}

func mustHide(t *testing.T, err error, words ...string) {
	t.Helper()
	for _, w := range words {
		if text := fmt.Sprintf("%v %+v", err, err); strings.Contains(text, w) {
			t.Errorf("an error tells %q: %s", w, text)
		}
	}
}

func TestPasswordThatIsWrongIsNoReasonToGiveUp(t *testing.T) {
	t.Parallel()
	l := newLab(t, func(c *notify.Config, l *lab) { c.Mail.Password = text("another password") })
	_, err := l.Send(t.Context(), message(flow.ChannelMail, "anna@example.org"))
	mustHide(t, err, "another password")
	if tocsin.CodeOf(err) != tocsin.CodeBusy || tocsin.ReasonOf(err) != notify.ReasonSignIn {
		t.Errorf("%v (%s)", err, tocsin.ReasonOf(err))
	}
	if found := l.Check(t.Context())[flow.ChannelMail]; tocsin.ReasonOf(found) != notify.ReasonSignIn {
		t.Errorf("the check says %v", found)
	}
}

func TestPushIsWhatEachServiceTakes(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	send(t, l, message(flow.ChannelNtfy, "a-topic"))
	c := l.server.last(t)
	if c.method != "POST" || c.path != "/" || c.body["topic"] != "a-topic" || c.body["priority"] != 5.0 ||
		c.body["sequence_id"] != "alr_cccccccccccccccccccccccccc" || c.header.Get("Authorization") != "Bearer ntfy-token" {
		t.Errorf("ntfy: %s %s %v", c.method, c.path, c.body)
	}
	l.server.answer = `{"event_id":"$earlier"}`
	called := message(flow.ChannelMatrix, "!room:matrix.example")
	if name := send(t, l, called); name != "$earlier" {
		t.Errorf("matrix calls it %q", name)
	}
	c = l.server.last(t)
	if want := "/_matrix/client/v3/rooms/%21room:matrix.example/send/m.room.message/" + called.Key; c.method != "PUT" ||
		c.path != want || c.header.Get("Authorization") != "Bearer matrix-token" {
		t.Errorf("matrix: %s %s, want %s", c.method, c.path, want)
	}
	called.Handled, called.Earlier = true, "$earlier"
	send(t, l, called)
	if relates, _ := l.server.last(t).body["m.relates_to"].(map[string]any); relates["event_id"] != "$earlier" ||
		relates["rel_type"] != "m.replace" {
		t.Errorf("matrix replaces %v", relates)
	}
	send(t, l, message(flow.ChannelSlack, "T0/B0/abc"))
	if c = l.server.last(t); c.path != "/services/T0/B0/abc" || c.body["text"] == nil {
		t.Errorf("slack: %s %v", c.path, c.body)
	}
	send(t, l, message(flow.ChannelMattermost, "hook1"))
	if c = l.server.last(t); c.path != "/hooks/hook1" || c.body["text"] == nil {
		t.Errorf("mattermost: %s %v", c.path, c.body)
	}
}

func TestWebhookIsSignedAndItsIdStaysTheSame(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	verifier, err := webhook.NewVerifier(l.secret)
	if err != nil {
		t.Fatal(err)
	}
	m := message(flow.ChannelWebhook, "")
	for range 2 {
		send(t, l, m)
		c := l.server.last(t)
		if _, err := verifier.Verify(c.header, c.raw, noon); err != nil {
			t.Errorf("not signed: %v", err)
		}
		if c.header.Get("Webhook-Id") != m.Key || c.body["type"] != "tocsin.alert.called" {
			t.Errorf("%s %v", c.header.Get("Webhook-Id"), c.body)
		}
	}
	m.Handled = true
	send(t, l, m)
	if kind := l.server.last(t).body["type"]; kind != "tocsin.alert.handled" {
		t.Errorf("handled: %v", kind)
	}
}

func TestMessagesGoNowhereButToDeclaredServers(t *testing.T) {
	t.Parallel()
	stranger := newServer(t)
	l := newLab(t, func(c *notify.Config, _ *lab) {
		c.Ntfy = &notify.Server{Address: stranger.URL}
		c.Mail.Port++
	})
	for _, m := range []flow.Message{message(flow.ChannelNtfy, "topic"), message(flow.ChannelMail, "anna@example.org")} {
		if _, err := l.Send(t.Context(), m); err == nil {
			t.Errorf("%s reached a server that nobody declared", m.Channel)
		}
	}
	if len(stranger.calls) > 0 {
		t.Error("a stranger was called")
	}
}

// TestMessageIsMadeOfOurOwnWords renders every topic in every language on every channel: all that is not ours is a
// reference, a time, an address of this node and a person's own address.
func TestMessageIsMadeOfOurOwnWords(t *testing.T) {
	t.Parallel()
	l := newLab(t, nil)
	for _, language := range []string{"en", "fr", "ar", "xx"} {
		for _, topic := range tocsin.Topics() {
			for _, handled := range []bool{false, true} {
				for channel, address := range map[flow.Channel]string{flow.ChannelNtfy: "topic",
					flow.ChannelMatrix: "!room:example.org", flow.ChannelSlack: "T/B/x", flow.ChannelMattermost: "x"} {
					m := message(channel, address)
					m.Topic, m.Language, m.Handled = topic, language, handled
					send(t, l, m)
					got := string(l.server.last(t).raw)
					if strings.Contains(got, "[alert.") || !strings.Contains(got, string(m.About)) {
						t.Errorf("%s %s: %s", language, topic, got)
					}
					if links := strings.Count(got, "http"); links > 2 || strings.Count(got, "https://node.host.example/alerts/") < 1 ||
						links != strings.Count(got, "https://node.host.example/alerts/") {
						t.Errorf("%s %s leads elsewhere: %s", language, topic, got)
					}
				}
			}
		}
	}
}

func TestOnlyConfiguredChannelsAreThere(t *testing.T) {
	t.Parallel()
	l := newLab(t, func(c *notify.Config, _ *lab) { c.Slack, c.Matrix = nil, nil })
	if got := l.Channels(); slices.Contains(got, flow.ChannelSlack) || len(got) != 4 {
		t.Errorf("channels: %v", got)
	}
	_, err := l.Send(t.Context(), message(flow.ChannelSlack, "T/B/x"))
	if tocsin.ReasonOf(err) != notify.ReasonNotConfigured {
		t.Errorf("%v", err)
	}
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"image/jpeg"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tocsin"
	"tocsin/examples/board"
	"tocsin/internal/config"
	"tocsin/internal/flow"
	"tocsin/internal/node"
	"tocsin/internal/softkey"
	"tocsin/internal/webhook"
	"tocsin/match"
)

// exhibition is a real node that shows media of a real platform, and a moderator who signed in.
type exhibition struct {
	*testing.T
	node    *node.Node
	who     flow.Actor
	session tocsin.Digest
	media   string // address of the media origin
	log     *lines
}

// lines are what a node logs.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// newExhibition runs a node before a platform. Without media it is as every node is by default.
func newExhibition(t *testing.T, platform string, secret webhook.Secret, shown bool) *exhibition {
	t.Helper()
	listen := func() net.Listener {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		must(t, err)
		return l
	}
	public, gallery := listen(), listen()
	dir := t.TempDir()
	c := config.Default()
	local := func(l net.Listener) string {
		return fmt.Sprintf("http://node.localhost:%d", l.Addr().(*net.TCPAddr).Port)
	}
	c.Party, c.PublicURL, c.Demonstration = "ie-host", local(public), true
	c.DataDir, c.KeyDir = filepath.Join(dir, "data"), filepath.Join(dir, "keys")
	file := filepath.Join(dir, "secret")
	must(t, os.WriteFile(file, []byte(secret.Reveal()), 0o600))
	c.Platform = config.Platform{Callback: platform + "/tocsin/callback", Resolve: platform + "/tocsin/resolve", SecretFile: file}
	c.Matching.KeepHashesFor = time.Hour
	x := &exhibition{T: t, media: "http://" + gallery.Addr().String(), log: &lines{},
		session: tocsin.DigestOf([]byte("signed in"))}
	if shown {
		c.Media = config.Media{Listen: "127.0.0.1:0", PublicURL: local(gallery)}
	}
	must(t, c.Validate())
	o := node.Options{Config: c, Listener: public, Media: gallery,
		Log: slog.New(slog.NewTextHandler(x.log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	must(t, node.Create(t.Context(), o))
	n, err := node.New(t.Context(), o)
	must(t, err)
	x.node = n
	ctx, stop := context.WithCancel(context.Background())
	ran := make(chan error, 1)
	go func() { ran <- n.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		must(t, <-ran)
		must(t, n.Close())
		if strings.Contains(x.log.String(), "/tocsin/media") || strings.Contains(x.log.String(), "/m/") {
			t.Error("the log holds an address of a medium")
		}
	})
	x.enrol(tocsin.DutyModerator)
	if shown {
		sessions := n.Flow.Sessions.(interface {
			CommitCtx(context.Context, string, []byte, time.Time) error
		})
		must(t, sessions.CommitCtx(t.Context(), "signed in", nil, time.Now().Add(time.Hour)))
	}
	return x
}

func (x *exhibition) enrol(duties ...tocsin.Duty) {
	x.Helper()
	f := x.node.Flow
	invited, err := f.InvitePerson(x.Context(), node.Operator, "Somebody", duties)
	must(x.T, err)
	key, err := softkey.New(rand.Reader, softkey.ES256, "node.localhost", []byte(invited.Person))
	must(x.T, err)
	_, err = f.Enrol(x.Context(), invited.Token, "", flow.Credential{ID: key.ID, PublicKey: key.PublicKey(), Demonstration: true})
	must(x.T, err)
	x.who = flow.Actor{ID: tocsin.ActorID(invited.Person), Duties: duties, Passkey: true}
	_, err = f.OpenBank(x.Context(), node.Operator, "", tocsin.BankTerms{Polarity: tocsin.PolarityPositive,
		Marking: tocsin.MarkingGreen, Enabled: tocsin.Whole}, flow.BankFile{Name: "KETTLES"})
	must(x.T, err)
	_, err = f.AddSignal(x.Context(), node.Operator, "", flow.NewSignal{SignalRef: flow.SignalRef{Bank: "KETTLES",
		Type: "sha256", Value: kettle}, Reference: "R-1", Confidence: 70})
	must(x.T, err)
}

// kettle is what every item of these tests matches.
var kettle = string(tocsin.DigestOf([]byte("a kettle")))

// caseOf opens the case of an item, and waits until the platform has said what it is.
func (x *exhibition) caseOf(item string) tocsin.RecordID {
	x.Helper()
	f := x.node.Flow
	_, err := f.Screen(x.Context(), node.Operator, flow.Screening{Assertion: flow.AssertedPublic,
		Pieces: []flow.Piece{{Item: item, Queries: []match.Query{{Type: "sha256", Value: kettle}}}}})
	must(x.T, err)
	for range 400 {
		lines, _, err := f.Cases(x.Context(), x.who, flow.CaseFilter{Limit: 200})
		must(x.T, err)
		for _, line := range lines {
			if v, err := f.Case(x.Context(), x.who, line.ID); err == nil && v.File.Item == item && v.Item != nil {
				return line.ID
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
	x.Fatalf("the platform never named %s", item)
	return ""
}

func (x *exhibition) ask(id tocsin.RecordID) (string, error) {
	token, _, err := x.node.Flow.AskView(x.Context(), x.who, x.session, id, 0, flow.ViewLarge)
	return token, err
}

// get asks the media origin, as a browser would with the cookies of another port.
func (x *exhibition) get(method, path string, header http.Header) (*http.Response, []byte) {
	x.Helper()
	req, err := http.NewRequestWithContext(x.Context(), method, x.media+path, nil)
	must(x.T, err)
	req.Header.Set("Cookie", "tocsin=somebody")
	for name, values := range header {
		req.Header[name] = values
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	must(x.T, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	must(x.T, err)
	for name, want := range map[string]string{"Content-Security-Policy": "default-src 'none'; sandbox; ",
		"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Cross-Origin-Resource-Policy": "same-site",
		"Referrer-Policy": "no-referrer"} {
		if !strings.HasPrefix(resp.Header.Get(name), want) {
			x.Errorf("%s of %d: %q", name, resp.StatusCode, resp.Header.Get(name))
		}
	}
	if resp.Header.Get("Set-Cookie") != "" || resp.StatusCode != http.StatusOK && len(body) > 0 {
		x.Errorf("%d answers %d bytes and a cookie %q", resp.StatusCode, len(body), resp.Header.Get("Set-Cookie"))
	}
	return resp, body
}

func (x *exhibition) views() (n int64) {
	x.Helper()
	lines, _, err := x.node.Flow.Cases(x.Context(), x.who, flow.CaseFilter{Limit: 200})
	must(x.T, err)
	for _, line := range lines {
		n += line.Views
	}
	return n
}

// TestMediaAreServedOnTheirOwnOriginOnceAndMadeAnew takes a picture of the real board through the whole way.
func TestMediaAreServedOnTheirOwnOriginOnceAndMadeAnew(t *testing.T) {
	t.Parallel()
	secret := webhook.NewSecret()
	server := httptest.NewUnstartedServer(nil)
	b, err := board.Open(t.Context(), board.Config{Dir: t.TempDir(), PublicURL: "http://" + server.Listener.Addr().String(),
		WebhookSecret: secret.Reveal(), Seed: 2, Log: slog.New(slog.DiscardHandler)})
	must(t, err)
	server.Config.Handler = b.Handler()
	server.Start()
	t.Cleanup(func() { must(t, b.Close()) })
	t.Cleanup(server.Close)
	x := newExhibition(t, server.URL, secret, true)
	id := x.caseOf("1")

	token, err := x.ask(id)
	must(t, err)
	for _, c := range []struct {
		method, path string
		header       http.Header
	}{
		{http.MethodHead, "/" + token, nil},
		{http.MethodPost, "/" + token, nil},
		{http.MethodGet, "/" + token, http.Header{"Sec-Fetch-Dest": {"document"}}},
		{http.MethodGet, "/" + token, http.Header{"Sec-Fetch-Dest": {"image"}, "Sec-Purpose": {"prefetch"}}},
		{http.MethodGet, "/" + token[1:], nil},
		{http.MethodGet, "/" + token + "/more", nil},
		{http.MethodGet, "/", nil},
		{http.MethodGet, "/sign-in", nil},
		{http.MethodGet, "/healthz", nil},
	} {
		if resp, _ := x.get(c.method, c.path, c.header); resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s %.12s %v: %d", c.method, c.path, c.header, resp.StatusCode)
		}
	}
	if x.views() != 0 {
		t.Error("what showed nothing is recorded")
	}
	resp, body := x.get(http.MethodGet, "/"+token, http.Header{"Sec-Fetch-Dest": {"image"}})
	img, err := jpeg.Decode(bytes.NewReader(body))
	if err != nil || resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "image/jpeg" || img.Bounds().Dx() != 480 {
		t.Fatalf("%d, %s, %v", resp.StatusCode, resp.Header.Get("Content-Type"), err)
	}
	if resp, _ := x.get(http.MethodGet, "/"+token, nil); resp.StatusCode != http.StatusNotFound || x.views() != 1 {
		t.Errorf("used again: %d, %d recorded", resp.StatusCode, x.views())
	}
	if strings.Contains(x.log.String(), token) {
		t.Error("the log holds a token")
	}
}

// TestNodeShowsNoMediaUnlessToldTo: nothing listens, nothing is fetched.
func TestNodeShowsNoMediaUnlessToldTo(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	x := newExhibition(t, s.URL, webhook.NewSecret(), false)
	if _, err := x.ask(x.caseOf("good.gif")); tocsin.ReasonOf(err) != flow.ReasonNoViewer || s.fetched.Load() != 0 {
		t.Errorf("%v, %d fetched", err, s.fetched.Load())
	}
}

// site is a platform whose items have the media that a test wants. The reference of an item is the path of its file.
type site struct {
	*httptest.Server
	fetched   atomic.Int64
	elsewhere map[string]string // address of the file, where it is another
}

func newSite(t *testing.T) *site {
	s := &site{elsewhere: map[string]string{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /tocsin/resolve", func(w http.ResponseWriter, r *http.Request) {
		var q struct{ Ref string }
		_ = json.NewDecoder(r.Body).Decode(&q)
		address := s.URL + "/m/" + q.Ref
		if other, ok := s.elsewhere[q.Ref]; ok {
			address = other
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"kind": "item", "ref": q.Ref, "address": s.URL + "/post/" + url.PathEscape(q.Ref),
			"media": []map[string]string{{"address": address, "type": "image/png"}}})
	})
	mux.HandleFunc("GET /m/{file}", s.serve)
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

func (s *site) serve(w http.ResponseWriter, r *http.Request) {
	s.fetched.Add(1)
	gif := []byte("GIF89a\x01\x00\x01\x00\x80\x01\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;")
	switch r.PathValue("file") {
	case "good.gif":
		w.Header().Set("Content-Type", "text/html") // what it says of itself is not believed
		_, _ = w.Write(gif)
	case "lost":
		w.Header().Set("Content-Length", "100000")
		_, _ = w.Write(gif)
	case "large", "endless":
		if r.PathValue("file") == "large" {
			w.Header().Set("Content-Length", fmt.Sprint(100<<20))
		}
		part := make([]byte, 1<<20)
		copy(part, gif)
		for range 100 {
			if _, err := w.Write(part); err != nil {
				return
			}
		}
	case "bomb":
		// The head of 40,000 by 40,000 pixels, with its right checksum.
		_, _ = w.Write([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x9c\x40\x00\x00\x9c\x40\x01\x00\x00\x00\x00\x79\x77\x33\xa8"))
	case "page":
		_, _ = io.WriteString(w, "<!doctype html><script>alert(1)</script>")
	case "svg":
		w.Header().Set("Content-Type", "image/svg+xml")
		_, _ = io.WriteString(w, "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>")
	case "moved":
		http.Redirect(w, r, "/m/good.gif", http.StatusFound)
	case "inward":
		http.Redirect(w, r, "http://169.254.169.254/latest/meta-data", http.StatusFound)
	case "empty":
	case "gone":
		w.WriteHeader(http.StatusGone)
	case "broken":
		w.WriteHeader(http.StatusInternalServerError)
	}
}

// TestHostileMediumIsAMessageAndNothingElse: of each the person is told why, nothing is shown, nothing is recorded, and
// no address inside is asked.
func TestHostileMediumIsAMessageAndNothingElse(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	var canary atomic.Int64
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { canary.Add(1) }))
	t.Cleanup(inside.Close)
	_, port, err := net.SplitHostPort(inside.Listener.Addr().String())
	must(t, err)
	for ref, address := range map[string]string{"loopback": inside.URL + "/m", "name": "http://localhost:" + port + "/m",
		"number": "http://2130706433:" + port + "/m", "six": "http://[::ffff:127.0.0.1]:" + port + "/m",
		"secure": "https://127.0.0.1/m", "metadata": "http://169.254.169.254/latest/meta-data", "plain": "http://board.example/m"} {
		s.elsewhere[ref] = address
	}
	x := newExhibition(t, s.URL, webhook.NewSecret(), true)
	for ref, want := range map[string]tocsin.Reason{
		"good.gif": "", "lost": flow.ReasonUnfetchable, "large": "media_too_large", "endless": "media_too_large",
		"bomb": "media_too_large", "page": "media_unsupported", "svg": "media_unsupported", "empty": "media_empty",
		"gone": flow.ReasonWithheld, "broken": flow.ReasonUnfetchable, "moved": flow.ReasonUnsafeAddress,
		"inward": flow.ReasonUnsafeAddress, "loopback": flow.ReasonUnsafeAddress, "name": flow.ReasonUnsafeAddress,
		"number": flow.ReasonUnsafeAddress, "six": flow.ReasonUnsafeAddress, "secure": flow.ReasonUnsafeAddress,
		"metadata": flow.ReasonUnsafeAddress, "plain": flow.ReasonUnsafeAddress,
	} {
		token, err := x.ask(x.caseOf(ref))
		if tocsin.ReasonOf(err) != want || (token == "") != (want != "") {
			t.Errorf("%s: %v, want %q", ref, err, want)
		}
	}
	if canary.Load() != 0 || x.views() != 0 {
		t.Errorf("%d requests inside, %d views recorded", canary.Load(), x.views())
	}
}

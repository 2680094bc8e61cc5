// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hma_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tocsin/internal/bridge/hma"
	"tocsin/internal/config"
	"tocsin/internal/flow"
	"tocsin/internal/media"
	"tocsin/internal/node"
	"tocsin/internal/outbound"
	"tocsin/internal/testkit"
)

// TestMain lets this program be the child that decodes pictures.
func TestMain(m *testing.M) {
	if code, child := media.RunIfChild(); child {
		os.Exit(code)
	}
	os.Exit(m.Run())
}

// noon is when everything in the tests happens.
var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// everything is what a key needs to be hasher, matcher and curator at once.
var everything = []string{"content.screen", "bank.read", "bank.change", "signal.add", "signal.change"}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// journal is what a node has logged.
type journal struct {
	mu    sync.Mutex
	lines bytes.Buffer
}

func (j *journal) Write(line []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.lines.Write(line)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.lines.String()
}

// lab is a node behind a real listener, whose web is one machine of the test.
type lab struct {
	t       *testing.T
	node    *node.Node
	service *hma.Service
	clock   *testkit.Clock
	token   string
	base    string // of the compatible interface, with the token
	site    string // where files of testdata stand
	files   string // the folder for local files
	log     *journal
}

func settings(t *testing.T) config.Config {
	c := config.Default()
	c.Party, c.PublicURL = "garden-board", "https://node.board.example"
	c.DataDir, c.KeyDir = filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "keys")
	return c
}

// newLab makes a node with a key that may do everything, and whose lookups are asserted to be public.
func newLab(t *testing.T) *lab {
	t.Helper()
	l := &lab{t: t, clock: testkit.NewClock(noon), files: t.TempDir(), log: &journal{}}
	o := node.Options{Config: settings(t), Clock: l.clock,
		Log: slog.New(slog.NewTextHandler(l.log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	check(t, node.Create(t.Context(), o))
	var err error
	l.node, err = node.Open(t.Context(), o)
	check(t, err)
	t.Cleanup(func() { check(t, l.node.Close()) })
	check(t, l.node.OpenMatching())
	check(t, l.node.Flow.Start(t.Context()))
	l.token, _, err = l.node.Keys.NewServiceKey("client", everything, noon)
	check(t, err)
	l.service, err = hma.New(t.Context(), hma.Deps{Flow: l.node.Flow, Keys: node.NewHMAKeys(l.node.Keys, l.clock),
		Web: l.web(), Clock: l.clock, Log: o.Log, Operator: node.Operator, Files: l.files,
		Assertions: map[string]flow.Assertion{"client": flow.AssertedPublic, "reports": flow.AssertedReported}})
	check(t, err)
	server := httptest.NewServer(l.service)
	t.Cleanup(server.Close)
	l.base = server.URL + hma.Base + "/" + l.token
	return l
}

// web is the real client towards one machine that the test declares.
func (l *lab) web() hma.Web {
	site := httptest.NewServer(http.HandlerFunc(serveSite))
	l.t.Cleanup(site.Close)
	l.site = site.URL
	client, err := outbound.New(outbound.Config{Declared: []string{site.URL}, MaxBody: 2 << 20})
	check(l.t, err)
	return node.Web{Sender: client.Declared()}
}

func serveSite(w http.ResponseWriter, r *http.Request) {
	switch name := strings.TrimPrefix(r.URL.Path, "/"); name {
	case "moved":
		http.Redirect(w, r, "/plain.png", http.StatusFound)
	case "untold":
		w.Header().Set("Content-Type", "text/plain")
		_, _ = w.Write(fileNamed("plain.png"))
	case "film.mp4":
		w.Header().Set("Content-Type", "Video/mp4")
		_, _ = w.Write(fileNamed(name))
	case "large":
		w.Header().Set("Content-Type", "image/png")
		_, _ = w.Write(make([]byte, 3<<20))
	default:
		content := fileNamed(name)
		if content == nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "IMAGE/png")
		_, _ = w.Write(content)
	}
}

// fileNamed is a file of the decoder's tests, or one made here; nil when there is none.
func fileNamed(name string) []byte {
	switch name {
	case "flat.png": // it shows nothing
		var b bytes.Buffer
		_ = png.Encode(&b, image.NewGray(image.Rect(0, 0, 100, 100)))
		return b.Bytes()
	case "film.mp4", "other.mp4":
		return []byte("no " + name + ", but bytes")
	case "empty.png":
		return []byte{}
	case "broken.png":
		return fileNamed("plain.png")[:60]
	}
	content, err := os.ReadFile(filepath.Join("..", "..", "media", "testdata", filepath.Base(name)))
	if err != nil {
		return nil
	}
	return content
}

// reply is what came back.
type reply struct {
	status int
	header http.Header
	body   string
}

func (l *lab) send(method, url string, body []byte, headers ...string) reply {
	l.t.Helper()
	request, err := http.NewRequestWithContext(context.WithoutCancel(l.t.Context()), method, url,
		bytes.NewReader(body))
	check(l.t, err)
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	client := http.Client{CheckRedirect: func(*http.Request,
		[]*http.Request) error {
		return http.ErrUseLastResponse
	}}
	answer, err := client.Do(request)
	check(l.t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	check(l.t, err)
	return reply{answer.StatusCode, answer.Header, string(text)}
}

// do sends a request below the base, with a JSON body when there is one.
func (l *lab) do(method, path, body string) reply {
	l.t.Helper()
	if body == "" {
		return l.send(method, l.base+path, nil)
	}
	return l.send(method, l.base+path, []byte(body), "Content-Type", "application/json")
}

func (l *lab) want(status int, r reply) string {
	l.t.Helper()
	if r.status != status {
		l.t.Fatalf("status %d, want %d: %s", r.status, status, r.body)
	}
	return strings.TrimSpace(r.body)
}

// intact replays the node's journal.
func (l *lab) intact() {
	l.t.Helper()
	examined, err := l.node.Flow.Fsck(l.t.Context(), nil)
	check(l.t, err)
	for _, d := range examined.Differences {
		l.t.Errorf("the node is not as its journal says: %+v", d)
	}
}

// upload sends a form; of each part name=value, a value with @ before it names a file.
func (l *lab) upload(path string, parts ...string) reply {
	l.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, part := range parts {
		name, value, _ := strings.Cut(part, "=")
		header := textproto.MIMEHeader{"Content-Disposition": {`form-data; name="` + name + `"`}}
		content := []byte(value)
		if file, ok := strings.CutPrefix(value, "@"); ok {
			header.Set("Content-Disposition", `form-data; name="`+name+`"; filename="kettle"`)
			content = fileNamed(file)
		}
		to, err := w.CreatePart(header)
		check(l.t, err)
		_, err = to.Write(content)
		check(l.t, err)
	}
	check(l.t, w.Close())
	return l.send("POST", l.base+path, b.Bytes(), "Content-Type", w.FormDataContentType())
}

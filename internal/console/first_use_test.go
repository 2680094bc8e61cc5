// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	stranger "tocsin/internal/visitor"
	"tocsin/internal/webhook"
)

const (
	mostInteractions = 12
	mostMemory       = 512 << 20 // bytes of the node's resident set
)

// firstDay is the program as it ships, on a node of its own that nobody ever used, on one core.
type firstDay struct {
	*testing.T
	program, dir, address, token string
	pid                          int
}

// TestFirstCaseIsDecidedWithinTwelveInteractions goes from an enrolment link to the first decided case in a browser, by
// keyboard, with what the screens say and nothing else. An interaction is a page opened, a key or button that does
// something, or a field filled; how the focus gets there is none.
func TestFirstCaseIsDecidedWithinTwelveInteractions(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	d := newFirstDay(t)
	d.caseWaits()
	var invited struct{ Link string }
	d.ask(http.MethodPost, "/people", `{"name":"Night Shift","duties":["moderator"]}`, &invited)
	p := b.sit(strings.Replace(d.address, "127.0.0.1", "localhost", 1))
	began, did := time.Now(), 0
	act := func(do func()) { did++; do() }
	act(func() { p.open(invited.Link) })
	p.reads("Make my passkey")
	p.reach("Make my passkey")
	act(func() { p.press(kb.Enter) })
	p.reads("Your passkey is enrolled")
	p.picture("first-use-start")
	if !strings.HasPrefix(p.words(), "/cases ") { // a moderator's first page is her queue, unless there is more for her
		p.reach("Cases")
		act(func() { p.press(kb.Enter) })
	}
	p.reads("Take the next case")
	p.reads("Ctrl+K") // its script runs
	p.picture("first-use-queue")
	p.reach("Take the next case")
	act(func() { p.press(kb.Enter) })
	p.reads("You work on this case.")
	p.reads("Ctrl+K")
	p.picture("first-use-case")
	act(func() { p.press("1") })
	p.reads("What you found")
	for _, typed := range [][2]string{{"provision", "Rule 4: kettles"}, {"facts", "A kettle on a bridge."},
		{"reasons", "Kettles do not stand on bridges here."}} {
		act(func() { p.typeInto("decision."+typed[0], typed[1]) })
	}
	act(func() { p.space("decision.exemptions.considered") })
	act(func() { p.typeInto("decision.exemptions.rationale", "A picture made for tests.") })
	p.reach("do|review")
	act(func() { p.press(kb.Enter) })
	p.reads("What will happen")
	p.reach("Restrict it now")
	act(func() { p.press(kb.Enter) })
	p.reads("Decided: restricted.")
	took, peak := time.Since(began), d.peak()
	t.Logf("%d interactions, %s, node on one core with at most %d MB", did, took.Round(100*time.Millisecond), peak/1e6)
	if did > mostInteractions {
		t.Errorf("%d interactions, want at most %d", did, mostInteractions)
	}
	if peak > mostMemory {
		t.Errorf("the node took %d MB, want at most %d", peak/1e6, mostMemory/1_000_000)
	}
}

func newFirstDay(t *testing.T) *firstDay {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("NOT TESTED: only Linux tells the peak memory of a process and holds it to one core as this test does")
	}
	pin, err := exec.LookPath("taskset")
	if err != nil {
		t.Skip("NOT TESTED: taskset is not installed, so the node would not be held to one core")
	}
	d := &firstDay{T: t, dir: t.TempDir()}
	d.program = filepath.Join(d.dir, "tocsin")
	build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-ldflags=-s", "-o", d.program, "tocsin/cmd/tocsin")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	listen := listener.Addr().String()
	check(t, listener.Close())
	d.address = "http://" + listen
	platform := httptest.NewServer(stranger.Platform())
	t.Cleanup(platform.Close)
	check(t, os.WriteFile(filepath.Join(d.dir, "secret"), []byte(webhook.NewSecret().Reveal()), 0o600))
	_, port, _ := strings.Cut(listen, ":")
	d.tocsin("init", "--party", "garden-board", "--public-url", "http://localhost:"+port, "--listen", listen)
	out := filepath.Join(d.dir, "token")
	d.tocsin("keys", "service", "new", "first", "--out", out, "--scope", "bank.read", "--scope", "bank.change", "--scope", "signal.add",
		"--scope", "content.screen", "--scope", "case.read", "--scope", "person.invite")
	token, err := os.ReadFile(out)
	check(t, err)
	d.token = strings.TrimSpace(string(token))
	serve := exec.CommandContext(t.Context(), pin, "-c", "0", d.program, "serve", "--set", "platform.callback="+
		platform.URL+"/callback", "--set", "platform.resolve="+platform.URL+"/resolve", "--set", "platform.secret_file=secret")
	serve.Dir, serve.Env = d.dir, append(os.Environ(), "GOMAXPROCS=1")
	serve.Stderr = t.Output()
	serve.Cancel = func() error { return serve.Process.Signal(syscall.SIGTERM) }
	check(t, serve.Start())
	t.Cleanup(func() { _ = serve.Wait() }) // the test's context is over, which stops it
	d.pid = serve.Process.Pid
	eventually(t, "the node is ready", func() bool {
		resp, err := http.Get(d.address + "/readyz")
		return err == nil && resp.Body.Close() == nil && resp.StatusCode == http.StatusNoContent
	})
	return d
}

func (d *firstDay) tocsin(args ...string) {
	d.Helper()
	c := exec.CommandContext(d.Context(), d.program, args...)
	c.Dir = d.dir
	if out, err := c.CombinedOutput(); err != nil {
		d.Fatalf("tocsin %s: %v\n%s", args[0], err, out)
	}
}

// ask calls the API.
func (d *firstDay) ask(method, path, body string, into any) {
	d.Helper()
	r, err := http.NewRequestWithContext(d.Context(), method, d.address+"/api/v1"+path, strings.NewReader(body))
	check(d.T, err)
	r.Header.Set("Authorization", "Bearer "+d.token)
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	check(d.T, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	check(d.T, err)
	if resp.StatusCode/100 != 2 {
		d.Fatalf("%s: %d %s", path, resp.StatusCode, text)
	}
	if into != nil {
		check(d.T, json.Unmarshal(text, into))
	}
}

// caseWaits lets the platform send a picture that is known, and waits until its case stands in the queue with its item.
func (d *firstDay) caseWaits() {
	d.Helper()
	d.ask(http.MethodPost, "/banks", `{"name":"KETTLES","polarity":"positive","marking":"green"}`, nil)
	d.ask(http.MethodPost, "/banks/KETTLES/signals", `{"type":"pdq","value":"`+kettlePicture+`"}`, nil)
	d.ask(http.MethodPost, "/screen", `{"assertion":"public","queries":[{"type":"pdq","value":"`+kettlePicture+
		`","item":"post-1"}]}`, nil)
	eventually(d.T, "the case waits", func() bool {
		var list struct{ Cases []struct{ ID string } }
		if d.ask(http.MethodGet, "/cases", "", &list); len(list.Cases) != 1 {
			return false
		}
		var one struct{ Address string }
		d.ask(http.MethodGet, "/cases/"+list.Cases[0].ID, "", &one)
		return one.Address != ""
	})
}

// peak is the most memory the node ever had, in bytes.
func (d *firstDay) peak() int {
	d.Helper()
	status, err := os.ReadFile("/proc/" + strconv.Itoa(d.pid) + "/status")
	check(d.T, err)
	for line := range bytes.Lines(status) {
		if rest, ok := bytes.CutPrefix(line, []byte("VmHWM:")); ok {
			kb, err := strconv.Atoi(strings.Fields(string(rest))[0])
			check(d.T, err)
			return kb << 10
		}
	}
	d.Fatal("the system does not tell the peak memory")
	return 0
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"tocsin/examples/board"
)

// childVariable turns the test binary into the command, so that a test can kill a real process.
const childVariable = "BOARD_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// child is the board in a process of its own.
type child struct {
	cmd  *exec.Cmd
	base string // the address it listens on
	wait func() error
}

func startChild(t *testing.T, args ...string) *child {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), childVariable+"=1")
	cmd.Stderr = t.Output()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c := &child{cmd: cmd, wait: sync.OnceValue(cmd.Wait)}
	t.Cleanup(func() { cmd.Process.Kill(); c.wait() })
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if addr, ok := strings.CutPrefix(strings.TrimSpace(lines.Text()), "listening on:"); ok {
			c.base = "http://" + strings.TrimSpace(addr)
			return c
		}
	}
	t.Fatal("the board ended before it printed its address")
	return nil
}

// sender delivers its events about one post in order, each until it is acknowledged.
type sender struct {
	post, next int
	answers    map[string]string // by event id
}

const eventsEach = 25

// run sends until all is acknowledged or the board is gone.
func (s *sender) run(c *child, hook *webhooks.Webhook, acknowledged *atomic.Int64) error {
	for ; s.next <= eventsEach; s.next++ {
		id := fmt.Sprintf("evt_%d_%d", s.post, s.next)
		answer, err := deliver(c.base, hook, id, s.post, s.next)
		if err != nil {
			return err
		}
		s.answers[id] = answer
		acknowledged.Add(1)
	}
	return nil
}

func deliver(base string, hook *webhooks.Webhook, id string, post, version int) (string, error) {
	body := fmt.Appendf(nil, `{"specversion":"1.0","id":%q,"source":"http://node.test",
		"type":"tocsin.item.restricted","time":"2026-03-29T01:00:00Z","datacontenttype":"application/json",
		"data":{"item":{"ref":"%d","address":"http://board.test/post/%d"},"version":%d,
		"restrictions":[{"id":"rst_1","from":"2026-03-29T01:00:00Z","until":null,"territory":["EU"],
		"disclosure":"neutral"}]}}`, id, post, post, version)
	return call(hook, http.MethodPost, base+"/tocsin/callback", id, body)
}

func call(hook *webhooks.Webhook, method, address, id string, body []byte) (string, error) {
	req, err := http.NewRequest(method, address, bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	now := time.Now()
	signature, err := hook.Sign(id, now, body)
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/cloudevents+json")
	req.Header.Set(webhooks.HeaderWebhookID, id)
	req.Header.Set(webhooks.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
	req.Header.Set(webhooks.HeaderWebhookSignature, signature)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("answer %d: %s", res.StatusCode, answer)
	}
	return string(answer), err
}

func readHook(t *testing.T, data string) *webhooks.Webhook {
	t.Helper()
	secret, err := os.ReadFile(filepath.Join(data, board.SecretFile))
	if err != nil {
		t.Fatal(err)
	}
	hook, err := webhooks.NewWebhook(strings.TrimSpace(string(secret)))
	if err != nil {
		t.Fatal(err)
	}
	return hook
}

func TestKilledBoardLosesNothingAcknowledgedAndAppliesNothingTwice(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	args := []string{"-listen", "127.0.0.1:0", "-public", "http://board.test", "-data", data, "-seed", "3"}
	senders := make([]*sender, 3)
	for i := range senders {
		senders[i] = &sender{post: i + 1, next: 1, answers: map[string]string{}}
	}
	var acknowledged atomic.Int64
	const kills = 6
	for round := range kills {
		c := startChild(t, args...)
		deliverUntilKilled(c, readHook(t, data), senders, &acknowledged, int64(round+1)*10)
	}
	c := startChild(t, args...)
	hook := readHook(t, data)
	for _, s := range senders {
		if err := s.run(c, hook, &acknowledged); err != nil {
			t.Fatalf("last round: %v", err)
		}
	}
	checkMeasures(t, c, hook, senders)

	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := c.wait(); err != nil {
		t.Errorf("the board did not stop by itself: %v", err)
	}
}

// deliverUntilKilled lets the senders run and kills the board, with others in flight, once so many are
// acknowledged.
func deliverUntilKilled(
	c *child, hook *webhooks.Webhook, senders []*sender, acknowledged *atomic.Int64, killAt int64,
) {
	var wg sync.WaitGroup
	for _, s := range senders {
		wg.Go(func() { s.run(c, hook, acknowledged) }) // ends by an error, which is the kill
	}
	ended := make(chan struct{})
	go func() { wg.Wait(); close(ended) }()
	for acknowledged.Load() < killAt {
		select {
		case <-ended: // the senders gave up: the last round will say why
			acknowledged.Store(killAt)
		case <-time.After(time.Millisecond):
		}
	}
	c.cmd.Process.Kill()
	<-ended
	c.wait()
}

func checkMeasures(t *testing.T, c *child, hook *webhooks.Webhook, senders []*sender) {
	t.Helper()
	answer, err := call(hook, http.MethodGet, c.base+"/tocsin/measures", "msg_1", nil)
	if err != nil {
		t.Fatal(err)
	}
	var list struct {
		Measures []struct{ Event, Action string }
		Changes  int
	}
	if err := json.Unmarshal([]byte(answer), &list); err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for _, m := range list.Measures {
		seen[m.Event]++
		if m.Action != "restricted" {
			t.Errorf("event %s: action %q", m.Event, m.Action)
		}
	}
	want := len(senders) * eventsEach
	if len(seen) != want || len(list.Measures) != want || list.Changes != want {
		t.Errorf("%d events, %d measures, %d changes; want %d of each",
			len(seen), len(list.Measures), list.Changes, want)
	}
	for _, s := range senders {
		for version := 1; version <= eventsEach; version++ {
			id := fmt.Sprintf("evt_%d_%d", s.post, version)
			again, err := deliver(c.base, hook, id, s.post, version)
			if err != nil || again != s.answers[id] {
				t.Errorf("event %s was acknowledged as %s and now as %s (%v)", id, s.answers[id], again, err)
			}
		}
	}
}

func TestHelpTeachesAndBadFlagsAreExplained(t *testing.T) {
	t.Parallel()
	var out, errs bytes.Buffer
	err := run(t.Context(), []string{"-help"}, &out, &errs)
	if err == nil || !strings.Contains(errs.String(), "-data folder") {
		t.Errorf("help: %v\n%s", err, errs.String())
	}
	for _, args := range [][]string{{"-nothing"}, {"serve"}} {
		if err := run(t.Context(), args, &out, &errs); err != errUsage {
			t.Errorf("%v: error %v", args, err)
		}
	}
	busy := startChild(t, "-listen", "127.0.0.1:0", "-data", t.TempDir(), "-seed", "0")
	err = run(t.Context(), []string{"-listen", strings.TrimPrefix(busy.base, "http://")}, &out, &errs)
	if err == nil || !strings.Contains(err.Error(), "-listen 127.0.0.1:0") {
		t.Errorf("a busy address: %v", err)
	}
	missing := []string{"-listen", "127.0.0.1:0", "-data", t.TempDir(), "-webhook-secret-file", "nowhere"}
	if err := run(t.Context(), missing, &out, &errs); err == nil {
		t.Error("a missing secret file was accepted")
	}
}

func TestSecretsAreNotPrinted(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-listen", "127.0.0.1:0", "-data", data, "-seed", "0")
	cmd.Env = append(os.Environ(), childVariable+"=1")
	var printed, logged bytes.Buffer
	cmd.Stderr = &logged
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		printed.Write(lines.Bytes())
		if strings.Contains(lines.Text(), "admin token") {
			cmd.Process.Signal(os.Interrupt)
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("the board did not stop by itself: %v", err)
	}
	for _, name := range []string{board.SecretFile, board.AdminFile} {
		secret, err := os.ReadFile(filepath.Join(data, name))
		all := printed.String() + logged.String()
		if err != nil || strings.Contains(all, strings.TrimSpace(string(secret))) {
			t.Errorf("%s is printed or missing (%v)", name, err)
		}
	}
}

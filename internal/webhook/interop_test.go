// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package webhook_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/internal/webhook"
)

// peerCase is one message given to an independent implementation.
type peerCase struct {
	Op      string            `json:"op"` // "sign" or "verify"
	ID      string            `json:"id,omitempty"`
	Seconds int64             `json:"seconds,omitempty"`
	Secrets []string          `json:"secrets"` // a verifier knows the first only
	Headers map[string]string `json:"headers,omitempty"`
	Body    string            `json:"body"`
}

type peerResult struct {
	OK      bool              `json:"ok"`
	Error   string            `json:"error"`
	Headers map[string]string `json:"headers"`
	Event   map[string]any    `json:"event"`
}

// eachPeer runs a check once for every independent implementation.
func eachPeer(t *testing.T, check func(t *testing.T, ask func([]peerCase) []peerResult)) {
	installed := os.Getenv("TOCSIN_INTEROP")
	if installed == "" {
		t.Skip("NOT TESTED: NO INDEPENDENT IMPLEMENTATION IS INSTALLED: run interop/run to let them check our webhooks")
	}
	scripts := filepath.Join("..", "..", "interop", "webhook")
	for name, command := range map[string][]string{
		"node":   {"node", filepath.Join(scripts, "peer.mjs")},
		"python": {filepath.Join(installed, "venv", "bin", "python"), filepath.Join(scripts, "peer.py")},
	} {
		t.Run(name, func(t *testing.T) {
			check(t, func(cases []peerCase) []peerResult { return askPeer(t, command, cases) })
		})
	}
}

func askPeer(t *testing.T, command []string, cases []peerCase) []peerResult {
	t.Helper()
	input, err := json.Marshal(cases)
	if err != nil {
		t.Fatal(err)
	}
	var trouble bytes.Buffer
	cmd := exec.CommandContext(t.Context(), command[0], command[1:]...)
	cmd.Stdin, cmd.Stderr = bytes.NewReader(input), &trouble
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("run peer: %v\n%s", err, trouble.String())
	}
	var answer struct {
		Peer    string
		Results []peerResult
	}
	if err := json.Unmarshal(output, &answer); err != nil {
		t.Fatalf("read peer: %v\n%s", err, output)
	}
	t.Logf("peer: %s", answer.Peer)
	if len(answer.Results) != len(cases) {
		t.Fatalf("%d results for %d cases", len(answer.Results), len(cases))
	}
	return answer.Results
}

// ourMessage is a message signed with a new and an old secret, as a peer receives it.
func ourMessage(t *testing.T, at time.Time, secrets ...webhook.Secret) peerCase {
	t.Helper()
	header, body, err := mustSigner(t, secrets...).Event("evt_1", "tocsin.item.restricted", noon, at,
		json.RawMessage(`{"item":{"ref":"12"},"note":"kéttle <&>"}`))
	if err != nil {
		t.Fatal(err)
	}
	c := peerCase{Op: "verify", Headers: map[string]string{}, Body: string(body)}
	for name := range header {
		c.Headers[strings.ToLower(name)] = header.Get(name)
	}
	for _, s := range secrets {
		c.Secrets = append(c.Secrets, s.Reveal())
	}
	return c
}

func TestInteropPeersVerifyOurMessages(t *testing.T) {
	eachPeer(t, func(t *testing.T, ask func([]peerCase) []peerResult) {
		newer, older, now := webhook.NewSecret(), webhook.NewSecret(), time.Now()
		first := ourMessage(t, now, newer, older)
		second := first
		second.Secrets = []string{older.Reveal()}
		cases := []peerCase{first, second}

		tampered, stranger := first, first
		tampered.Body = strings.Replace(first.Body, "12", "13", 1)
		stranger.Secrets = []string{webhook.NewSecret().Reveal()}
		cases = append(cases, tampered, stranger,
			ourMessage(t, now.Add(-6*time.Minute), newer), ourMessage(t, now.Add(6*time.Minute), newer))

		for i, r := range ask(cases) {
			if want := i < 2; r.OK != want {
				t.Errorf("case %d: accepted %v, want %v (%s)", i, r.OK, want, r.Error)
			}
			if i < 2 {
				checkEvent(t, r.Event)
			}
		}
	})
}

// checkEvent compares what a peer read with what we meant; implementations print a time differently.
func checkEvent(t *testing.T, event map[string]any) {
	t.Helper()
	text, _ := event["time"].(string)
	if at, err := time.Parse(time.RFC3339Nano, text); err != nil || at.Sub(noon).Abs() > time.Millisecond {
		t.Errorf("time %q: %v", text, err)
	}
	delete(event, "time")
	delete(event, "datacontenttype")
	want := map[string]any{
		"id": "evt_1", "type": "tocsin.item.restricted", "source": "https://node.example", "specversion": "1.0",
		"data": map[string]any{"item": map[string]any{"ref": "12"}, "note": "kéttle <&>"},
	}
	if diff := cmp.Diff(want, event); diff != "" {
		t.Error(diff)
	}
}

func TestInteropWeVerifyPeersMessages(t *testing.T) {
	eachPeer(t, func(t *testing.T, ask func([]peerCase) []peerResult) {
		newer, older, now := webhook.NewSecret(), webhook.NewSecret(), time.Now()
		c := peerCase{
			Op: "sign", ID: "msg_1", Seconds: now.Unix(), Body: `{"kettle":"é"}`,
			Secrets: []string{newer.Reveal(), older.Reveal()},
		}
		r := ask([]peerCase{c})[0]
		if !r.OK {
			t.Fatalf("peer cannot sign: %s", r.Error)
		}
		header := http.Header{}
		for name, value := range r.Headers {
			header.Set(name, value)
		}
		for _, secret := range []webhook.Secret{newer, older} {
			m, err := mustVerifier(t, secret).Verify(header, []byte(c.Body), now)
			if err != nil || m.ID != "msg_1" || m.At.Unix() != c.Seconds {
				t.Errorf("got %+v %v", m, err)
			}
		}
		if _, err := mustVerifier(t, newer).Verify(header, []byte(`{"kettle":"e"}`), now); err == nil {
			t.Error("a tampered body was accepted")
		}
		if _, err := mustVerifier(t, webhook.NewSecret()).Verify(header, []byte(c.Body), now); err == nil {
			t.Error("a stranger's secret was accepted")
		}
	})
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"tocsin"
)

// startLimit is far beyond what a process takes to begin serving on a loaded machine.
const startLimit = time.Minute

// process is one node or the board as a process of its own: this test binary, executed again.
type process struct {
	*network
	name    string
	dir     string // with seat.json, and the log of all its lives
	cmd     *exec.Cmd
	stdin   io.Closer
	ended   chan struct{} // closed once the process is gone
	exit    error         // how, then
	control atomic.Pointer[string]
}

// ready is what a child prints once it serves.
type ready struct {
	Public  string // where its own listener is
	Control string // where it takes what its people do; empty at the board
}

func (p *process) logFile() string { return filepath.Join(p.dir, "log") }

// start runs the process and returns when it serves.
func (p *process) start() error {
	log, err := os.OpenFile(p.logFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	p.cmd = exec.Command(os.Args[0])
	p.cmd.Env = append(os.Environ(), seatVariable+"="+p.dir)
	p.cmd.Stderr, p.cmd.SysProcAttr = log, diesWithParent()
	if p.stdin, err = p.cmd.StdinPipe(); err != nil {
		return err
	}
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := p.cmd.Start(); err != nil {
		return err
	}
	p.ended = make(chan struct{})
	said := make(chan ready, 1)
	go func() {
		defer close(p.ended)
		var r ready
		line, err := bufio.NewReader(stdout).ReadBytes('\n')
		if err == nil && json.Unmarshal(line, &r) == nil {
			said <- r
		}
		p.exit = p.cmd.Wait()
	}()
	select {
	case r := <-said:
		p.control.Store(&r.Control)
		p.lead(r.Public)
		return nil
	case <-p.ended:
		return fmt.Errorf("%s ended before it served: %w", p.name, p.exit)
	case <-time.After(startLimit):
		p.kill()
		return fmt.Errorf("%s does not serve", p.name)
	}
}

// kill ends the process at once, wherever it is. Doing it twice is harmless.
func (p *process) kill() {
	if p.cmd == nil || p.cmd.Process == nil {
		return
	}
	_ = p.cmd.Process.Kill() // it may be gone
	p.left()
}

func (p *process) left() {
	<-p.ended
	p.lead("")
	p.control.Store(nil)
	p.stdin.Close()
}

// stop asks the process to finish what it does and waits for it.
func (p *process) stop() error {
	p.stdin.Close()
	select {
	case <-p.ended:
		p.left()
		return p.exit
	case <-time.After(startLimit):
		p.kill()
		return errors.New(p.name + " does not stop")
	}
}

// alive reports that the process did not end by itself.
func (p *process) alive() error {
	select {
	case <-p.ended:
		return fmt.Errorf("%s ended by itself: %w", p.name, p.exit)
	default:
		return nil
	}
}

// complaint finds in the log what no process may ever say, whatever was done to it.
func (p *process) complaint() string {
	text, err := os.ReadFile(p.logFile())
	if err != nil {
		return err.Error()
	}
	for _, cry := range []string{"DATA RACE", "panic:", "fatal error:"} {
		if at := bytes.Index(text, []byte(cry)); at >= 0 {
			return string(text[at:min(len(text), at+4000)])
		}
	}
	return ""
}

// tail shows the end of the log with a failure.
func (p *process) tail(t *testing.T) {
	text, _ := os.ReadFile(p.logFile())
	t.Logf("the end of the log of %s:\n%s", p.name, text[max(0, len(text)-3000):])
}

// errAway is returned while the process does not answer; whether it did what was asked is unknown.
var errAway = errors.New("the process does not answer")

// ask has the process do something for one of its people.
func ask[Out, In any](ctx context.Context, p *process, name string, in In) (out Out, err error) {
	control := p.control.Load()
	if control == nil {
		return out, errAway
	}
	body, err := json.Marshal(in)
	if err != nil {
		return out, err
	}
	address := "http://" + *control + "/" + name
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return out, err
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return out, errors.Join(errAway, ctx.Err())
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return out, errors.Join(errAway, ctx.Err())
	}
	if resp.StatusCode == http.StatusOK {
		return out, json.Unmarshal(answer, &out)
	}
	refused := &tocsin.Error{}
	if err := json.Unmarshal(answer, refused); err != nil {
		return out, fmt.Errorf("%s answers %d: %s", p.name, resp.StatusCode, answer)
	}
	return out, refused
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package media

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"tocsin"
)

// process is a child, from the side of its parent. It is asked once.
type process struct {
	cmd        *exec.Cmd
	in         io.WriteCloser
	out        io.ReadCloser
	said       *head // on its error stream
	protection Protection
	limits     limits
	open       context.Context

	mu    sync.Mutex
	late  bool // killed because its time was over
	ended bool // no signal may be sent any more: the number may be another process's
}

// start is a wish for a child.
type start struct {
	cmd  *exec.Cmd
	done chan error
}

// startAll starts children until the Hasher ends. The kernel sends the signal of a parent's death when the
// thread that forked ends, not the process; so one thread forks them all, and stays.
func (h *Hasher) startAll() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for {
		select {
		case s := <-h.starts:
			s.done <- s.cmd.Start()
		case <-h.open.Done():
			return
		}
	}
}

// start starts a child and waits for its greeting.
func (h *Hasher) start(ctx context.Context) (*process, error) {
	path, err := ownProgram()
	if err != nil {
		return nil, failure(ReasonUnavailable, "", err)
	}
	p := &process{said: &head{}, limits: h.limits, open: h.open}
	p.cmd = &exec.Cmd{Path: path, Args: h.limits.arguments(), Env: []string{}, Stderr: p.said,
		SysProcAttr: attributes(), WaitDelay: time.Second}
	if os.PathSeparator == '/' {
		p.cmd.Dir = "/"
	}
	if p.in, err = p.cmd.StdinPipe(); err == nil {
		p.out, err = p.cmd.StdoutPipe()
	}
	if err != nil {
		return nil, failure(ReasonUnavailable, "", err)
	}
	s := start{cmd: p.cmd, done: make(chan error, 1)}
	select {
	case h.starts <- s:
		err = <-s.done
	case <-h.open.Done():
		err = errClosed
	case <-ctx.Done():
		err = ctx.Err()
	}
	if err != nil {
		_, _ = p.in.Close(), p.out.Close()
		return nil, failure(ReasonUnavailable, "", fmt.Errorf("start child: %w", err))
	}
	err = p.within(ctx, startTime, func() (err error) {
		p.protection, err = readGreeting(p.out)
		return err
	})
	if err != nil {
		state := p.finish()
		return nil, failure(ReasonUnavailable, "", fmt.Errorf("start child: %w: %v: %s", err, state, p.said))
	}
	return p, nil
}

// ownProgram is the program that runs now, even after its file was replaced.
func ownProgram() (string, error) {
	const link = "/proc/self/exe"
	if runtime.GOOS == "linux" {
		if _, err := os.Readlink(link); err == nil {
			return link, nil
		}
	}
	return os.Executable()
}

// errNotBegun is a child that was dead before it saw the file.
var errNotBegun = errors.New("the child did not begin")

// ask hands over a file, waits for the answer, and ends the child.
func (p *process) ask(ctx context.Context, data []byte, q Question) (a answer, err error) {
	began := false
	err = p.within(ctx, p.limits.wall, func() error {
		head := binary.BigEndian.AppendUint64([]byte{byte(q)}, uint64(len(data)))
		// A child that reads no further has its reasons, which it tells or which its end tells.
		if _, err := p.in.Write(head); err == nil {
			_, _ = p.in.Write(data)
		}
		var mark [1]byte
		if _, err := io.ReadFull(p.out, mark[:]); err != nil || mark[0] != begun {
			return errors.Join(errNotBegun, err)
		}
		began = true
		a, err = q.read(p.out)
		return err
	})
	state := p.finish()
	if err == nil || !began && !p.late {
		return a, err
	}
	reason := p.verdict(state, err)
	return answer{}, &tocsin.Error{Reason: reason, Err: fmt.Errorf("%w: child ended: %v", err, state)}
}

// read reads the answer to the question.
func (q Question) read(r io.Reader) (answer, error) {
	if q == stillSmall || q == stillLarge {
		return readStill(r)
	}
	a, err := readAnswer(r)
	if err == nil && a.outcome == "" && len(a.picture.Hashes) != q.count() {
		err = errAnswer
	}
	return a, err
}

func (q Question) count() int {
	if q == Dihedral {
		return 8
	}
	return 1
}

// within kills the child when a time passes or a context ends before fn does.
func (p *process) within(ctx context.Context, d time.Duration, fn func() error) error {
	timer := time.AfterFunc(d, func() { p.kill(true) })
	defer timer.Stop()
	defer context.AfterFunc(ctx, func() { p.kill(false) })()
	defer context.AfterFunc(p.open, func() { p.kill(false) })()
	return fn()
}

func (p *process) kill(late bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.ended {
		p.late = p.late || late
		killGroup(p.cmd.Process)
	}
}

// finish kills what is left of a child and of its group, and takes its end.
func (p *process) finish() *os.ProcessState {
	p.kill(false)
	p.mu.Lock()
	p.ended = true
	p.mu.Unlock()
	_ = p.cmd.Wait() // that it was killed is no news
	return p.cmd.ProcessState
}

// verdict says what a child died of that has not answered. One that the kernel killed had used up its processor
// time and did not say so, or its memory.
func (p *process) verdict(state *os.ProcessState, err error) tocsin.Reason {
	if p.late {
		return ReasonTimedOut
	}
	if state == nil || errors.Is(err, errAnswer) {
		return ReasonCrashed
	}
	status, ok := state.Sys().(syscall.WaitStatus)
	killed := ok && status.Signaled() && status.Signal() == syscall.SIGKILL
	switch said := p.said.String(); {
	case state.ExitCode() == exitTimedOut, killed && state.UserTime()+state.SystemTime() >= p.limits.cpu:
		return ReasonTimedOut
	case strings.Contains(said, "out of memory"), strings.Contains(said, "cannot allocate memory"):
		return ReasonMemory
	case killed:
		return ReasonMemory // the kernel needed its memory; nobody else kills it
	}
	return ReasonCrashed
}

// head keeps the beginning of what is written to it and forgets the rest.
type head struct {
	mu   sync.Mutex
	text []byte
}

const headSize = 2 << 10

func (h *head) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.text = append(h.text, p[:min(len(p), headSize-len(h.text))]...)
	return len(p), nil
}

func (h *head) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return strings.TrimSpace(string(h.text))
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build linux

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	starts      = 10
	idleFor     = 10 * time.Second
	demoRuns    = 3
	startsLimit = 20 * time.Second
)

// measureProgram builds the program as it ships and measures it from outside.
func measureProgram(ctx context.Context, b *bench) error {
	t := b.report.table("The program", "Built as it ships: no cgo, trimmed paths, no symbols. Cold start is "+
		"from executing `tocsin serve` on an existing node until `/readyz` answers; memory is the resident set of "+
		"that process after "+idleFor.String()+" without work.")
	program := filepath.Join(b.dir, "program")
	if err := build(ctx, theProgram, program); err != nil {
		return err
	}
	info, err := os.Stat(program)
	if err != nil {
		return err
	}
	t.atMost("size of the program", 45, "MB", float64(info.Size())/1e6)
	if err := serveTimes(ctx, b, t, program); err != nil {
		return err
	}
	var took []float64
	for range demoRuns {
		began := time.Now()
		out, err := exec.CommandContext(ctx, program, "demo", "--json").Output()
		if err != nil {
			return fmt.Errorf("demo: %w", err)
		}
		var told struct{ OK bool }
		if err := json.Unmarshal(out, &told); err != nil || !told.OK {
			return errors.Join(err, errors.New("the demonstration was not ok"))
		}
		took = append(took, time.Since(began).Seconds())
	}
	t.atMost("`tocsin demo`, the whole story", 60, "s", took...)
	return nil
}

func serveTimes(ctx context.Context, b *bench, t *table, program string) error {
	dir := filepath.Join(b.dir, "served")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	address := "127.0.0.1:" + strconv.Itoa(port)
	run := func(args ...string) *exec.Cmd {
		c := exec.CommandContext(ctx, program, args...)
		c.Dir, c.Cancel = dir, func() error { return c.Process.Signal(syscall.SIGTERM) }
		return c
	}
	create := run("init", "--party", "bench-authority", "--public-url", "http://localhost:"+strconv.Itoa(port),
		"--listen", address)
	if out, err := create.CombinedOutput(); err != nil {
		return fmt.Errorf("init: %w: %s", err, out)
	}
	var cold, memory []float64
	for i := range starts {
		serve := run("serve")
		began := time.Now()
		if err := serve.Start(); err != nil {
			return err
		}
		err := waitReady(ctx, "http://"+address+"/readyz")
		cold = append(cold, milliseconds(time.Since(began)))
		if err == nil && i < 2 {
			time.Sleep(idleFor)
			var rss float64
			rss, err = residentMB(serve.Process.Pid)
			memory = append(memory, rss)
		}
		if err := errors.Join(err, serve.Process.Signal(syscall.SIGTERM), serve.Wait()); err != nil {
			return err
		}
	}
	t.atMost("cold start until ready", 300, "ms", cold...)
	t.atMost("memory when idle", 60, "MB", memory...)
	return nil
}

func waitReady(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, startsLimit)
	defer cancel()
	for {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return err
		}
		resp, err := http.DefaultClient.Do(r)
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusNoContent {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return errors.New("the node did not become ready")
		case <-time.After(time.Millisecond):
		}
	}
}

// residentMB reads the resident set of a process, which Linux tells in kB of 1,024 bytes.
func residentMB(pid int) (float64, error) {
	text := fieldOf(fmt.Sprintf("/proc/%d/status", pid), "VmRSS")
	kb, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(text, "kB")), 64)
	return kb * 1024 / 1e6, err
}

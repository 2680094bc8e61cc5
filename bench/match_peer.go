// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build linux

package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
)

// requirements pin the peers.
const requirements = "bench/match/requirements.txt"

// peers makes a virtual environment with the peers and gives its Python. One that holds what is pinned is used
// again.
func peers(ctx context.Context, cache string) (string, error) {
	pinned, err := os.ReadFile(requirements)
	if err != nil {
		return "", fmt.Errorf("read what is pinned (run this in the root of the repository): %w", err)
	}
	folder := filepath.Join(cache, "venv")
	python, mark := filepath.Join(folder, "bin", "python"), filepath.Join(folder, "installed")
	sum := sha256.Sum256(append(pinned, output("python3", "--version")...))
	wanted := hex.EncodeToString(sum[:])
	if held, err := os.ReadFile(mark); err == nil && string(held) == wanted {
		return python, nil
	}
	for _, c := range [][]string{
		{"python3", "-m", "venv", "--clear", folder},
		{python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps",
			"--requirement", requirements},
	} {
		if out, err := exec.CommandContext(ctx, c[0], c[1:]...).CombinedOutput(); err != nil {
			return "", fmt.Errorf("install peers: %w: %s", err, out)
		}
	}
	return python, os.WriteFile(mark, []byte(wanted), 0o600)
}

// turn is what a child says of one command; bench/engine and bench/match/engine.py say what its members mean.
type turn struct {
	NS    []int64  `json:"ns"`
	CPU   int64    `json:"cpu_ns"`
	Count []int    `json:"count"`
	Sum   []uint32 `json:"sum"`
	Bytes float64  `json:"bytes"`
	Size  float64  `json:"size"`
	About string   `json:"about"`
	Value []string `json:"value"`
}

// child is a process that measures itself, on one core, and waits in between.
type child struct {
	name    string
	command *exec.Cmd
	asks    io.WriteCloser
	answers *bufio.Scanner
}

// lastCore is the one that all children share, one working at a time.
func lastCore() int { return runtime.NumCPU() - 1 }

// pin moves all threads of the child to a core. It stays a child of one core: it began as one.
func (c *child) pin(core int) error {
	pid := strconv.Itoa(c.command.Process.Pid) // taskset became the child
	out, err := exec.Command("taskset", "-a", "-p", "-c", strconv.Itoa(core), pid).CombinedOutput()
	if err != nil {
		return fmt.Errorf("pin %s: %w: %s", c.name, err, out)
	}
	return nil
}

func startChild(ctx context.Context, name string, argv ...string) (*child, error) {
	c := &child{name: name, command: exec.CommandContext(ctx, "taskset", append([]string{"-c", strconv.Itoa(lastCore())}, argv...)...)}
	c.command.Stderr = os.Stderr
	var err error
	if c.asks, err = c.command.StdinPipe(); err != nil {
		return nil, err
	}
	from, err := c.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	c.answers = bufio.NewScanner(from)
	c.answers.Buffer(nil, 64<<20)
	if err := c.command.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	return c, nil
}

// ask gives the child its turn and waits until it is over.
func (c *child) ask(word string, from, to int) (t turn, err error) {
	if _, err := fmt.Fprintln(c.asks, word, from, to); err != nil {
		return t, fmt.Errorf("%s: %s: %w", c.name, word, err)
	}
	if !c.answers.Scan() {
		return t, fmt.Errorf("%s: %s: no answer: %w", c.name, word, errors.Join(c.answers.Err(), io.ErrUnexpectedEOF))
	}
	if err := json.Unmarshal(c.answers.Bytes(), &t); err != nil {
		return t, fmt.Errorf("%s: %s: %w", c.name, word, err)
	}
	return t, nil
}

// end lets the child leave and waits for it.
func (c *child) end() error {
	return errors.Join(c.asks.Close(), c.command.Wait())
}

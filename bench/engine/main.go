// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build linux

// Command engine is our side of `make bench-match` and `make bench-decode`: an index, a hasher or a search in a
// process of its own, driven line by line over pipes, exactly as bench/match/engine.py and
// bench/decode/vectorscan.c drive the others. It times itself, so that the pipe is in no figure, and must never
// look at the expected answers: the driver checks them. Start reading at serve.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"
	"syscall"
	"time"

	"tocsin/internal/media"
)

func main() {
	media.RunIfChild()
	if err := serve(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "engine:", err)
		os.Exit(1)
	}
}

// turn is what one command took.
type turn struct {
	NS    []int64  `json:"ns"`              // of each call
	CPU   int64    `json:"cpu_ns"`          // of the process, all calls together
	Count []int    `json:"count,omitempty"` // hits of each query
	Sum   []uint32 `json:"sum,omitempty"`   // CRC-32 over them, see sumOf
	Bytes float64  `json:"bytes,omitempty"` // that the process grew by
	Size  float64  `json:"size,omitempty"`  // of it, what the engine itself counts
	About string   `json:"about,omitempty"` // the build
	Value []string `json:"value,omitempty"` // hashes
}

type command func(word string, from, to int) (turn, error)

// serve answers one line with one line until its input ends.
func serve(args []string) error {
	if len(args) < 1 {
		return fmt.Errorf("say index, pictures or literals")
	}
	var run command
	switch args[0] {
	case "index":
		x, err := newIndex(args[1:])
		if err != nil {
			return err
		}
		defer x.close()
		run = x.run
	case "pictures":
		p, err := newPictures(args[1:])
		if err != nil {
			return err
		}
		defer p.hasher.Close()
		run = p.run
	case "literals":
		x, err := newLiterals(args[1:])
		if err != nil {
			return err
		}
		run = x.run
	default:
		return fmt.Errorf("there is no engine %q", args[0])
	}
	lines, answers := bufio.NewScanner(os.Stdin), json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var word string
		var from, to int
		if _, err := fmt.Sscan(lines.Text(), &word, &from, &to); err != nil {
			return fmt.Errorf("read command: %w", err)
		}
		t, err := run(word, from, to)
		if err != nil {
			return fmt.Errorf("%s: %w", word, err)
		}
		if err := answers.Encode(t); err != nil {
			return err
		}
	}
	return lines.Err()
}

// cpu is the processor time of this process so far.
func cpu() int64 {
	var used syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &used) != nil {
		return 0
	}
	return used.Utime.Nano() + used.Stime.Nano()
}

// timed calls work for each number and says how long each call took.
func timed(from, to int, work func(number int) error) (t turn, err error) {
	begun := cpu()
	for number := from; number < to; number++ {
		start := time.Now()
		err := work(number)
		t.NS = append(t.NS, time.Since(start).Nanoseconds())
		if err != nil {
			return t, err
		}
	}
	t.CPU = cpu() - begun
	return t, nil
}

// anonymous is the memory of this process that no file backs, garbage given back.
func anonymous() (bytes float64, err error) {
	debug.FreeOSMemory()
	file, err := os.Open("/proc/self/status")
	if err != nil {
		return 0, err
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		if _, err := fmt.Sscanf(lines.Text(), "RssAnon: %f kB", &bytes); err == nil {
			return bytes * 1024, nil
		}
	}
	return 0, fmt.Errorf("find RssAnon: %w", lines.Err())
}

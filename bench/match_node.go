// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build linux

package main

import (
	"bufio"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
	loadRounds = 3
	restarts   = 3
	readyFor   = 2 * time.Minute // how long a node may take until it is ready, on a busy machine
	bankName   = "GARDENS"
)

// served is the program as it ships, with a node of its own.
type served struct {
	program, dir, address string
	metrics               string // where the node tells its figures; empty: nowhere
	environ               []string
	process               *exec.Cmd
}

// measureNode imports a list over HTTP, restarts the node, and screens.
func (m *matching) measureNode(ctx context.Context, count int) (p *matchPart, err error) {
	set, err := openSet(m.cache, "uniform", count, m.queriesFor(count))
	if err != nil {
		return nil, fmt.Errorf("make set: %w", err)
	}
	queries, err := set.many()
	if err != nil {
		return nil, fmt.Errorf("make queries: %w", err)
	}
	p = newPart(fmt.Sprintf("node-%d", count))
	s, err := m.foundNode(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	if err := s.start(ctx); err != nil {
		return nil, err
	}
	if err := s.importSet(ctx, set, p); err != nil {
		return nil, fmt.Errorf("import: %w", err)
	}
	for range restarts {
		if err := s.restart(ctx, m, queries, p); err != nil {
			return nil, fmt.Errorf("restart: %w", err)
		}
	}
	first := 0
	for round := range loadRounds + 1 {
		into := p
		if round == 0 {
			into = newPart("")
		}
		for _, l := range []struct {
			what          string
			each, workers int
		}{{"single, one caller", 1, 1}, {"single, 8 callers", 1, 8}, {"100 a call, 4 callers", 100, 4}} {
			told, err := s.screen(ctx, m, queries, first, l.each, l.workers, m.lasts)
			if err != nil {
				return nil, fmt.Errorf("screen: %w", err)
			}
			first += int(told.Lookups)
			into.add(oursEngine, l.what, "lookups/s", float64(told.Lookups)/told.Seconds)
			into.add(oursEngine, l.what+", p50", "ms", told.P50)
			into.add(oursEngine, l.what+", p99", "ms", told.P99)
			into.add(oursEngine, l.what+", share of the generator", "% of a core", 100*told.CPU/told.Seconds)
		}
	}
	return p, s.memory("memory after screening", p)
}

func (m *matching) foundNode(ctx context.Context) (*served, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(m.dir, "node-")
	if err != nil {
		return nil, err
	}
	s := &served{program: m.program, dir: dir}
	listen := "127.0.0.1:" + strconv.Itoa(port)
	s.address = "http://" + listen
	for _, args := range [][]string{
		{"init", "--party", "bench-host", "--public-url", "http://localhost:" + strconv.Itoa(port),
			"--listen", listen},
		{"keys", "service", "new", "bench", "--out", "token", "--scope", "bank.read", "--scope", "bank.change",
			"--scope", "signal.add", "--scope", "content.screen", "--per-minute", "0"},
	} {
		c := exec.CommandContext(ctx, s.program, args...)
		c.Dir = s.dir
		if out, err := c.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("%s: %w: %s", args[0], err, out)
		}
	}
	return s, nil
}

func (s *served) start(ctx context.Context) error {
	s.process = exec.CommandContext(ctx, s.program, "serve")
	s.process.Dir = s.dir
	s.process.Env = append(append(os.Environ(), "TOCSIN_LISTEN_METRICS="+s.metrics), s.environ...)
	if err := s.process.Start(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, readyFor)
	defer cancel()
	for {
		if err := waitReady(ctx, s.address+"/readyz"); err == nil || ctx.Err() != nil {
			return err
		}
	}
}

func (s *served) stop() error {
	if s.process == nil {
		return nil
	}
	p := s.process
	s.process = nil
	return errors.Join(p.Process.Signal(syscall.SIGTERM), p.Wait())
}

// restart stops the node and times how long it takes to be ready, and to answer.
func (s *served) restart(ctx context.Context, m *matching, queries string, p *matchPart) error {
	if err := s.stop(); err != nil {
		return err
	}
	began := time.Now()
	if err := s.start(ctx); err != nil {
		return err
	}
	p.add(oursEngine, "restart until ready", "s", time.Since(began).Seconds())
	_, err := s.screen(ctx, m, queries, 0, 1, 1, time.Nanosecond)
	p.add(oursEngine, "restart until a screening was answered", "s", time.Since(began).Seconds())
	return err
}

// importSet opens a bank and imports all hashes of a set as one list.
func (s *served) importSet(ctx context.Context, set *hashSet, p *matchPart) error {
	bank := `{"name":"` + bankName + `","polarity":"positive","marking":"green"}`
	if err := s.post(ctx, "/banks", "application/json", strings.NewReader(bank), nil); err != nil {
		return err
	}
	list, err := csvOf(filepath.Join(set.dir, "hashes"))
	if err != nil {
		return err
	}
	defer list.Close()
	done, most := make(chan struct{}), make(chan float64)
	go func() { most <- s.watch(done) }()
	var report struct {
		Rows int `json:"rows"`
	}
	began := time.Now()
	err = s.post(ctx, "/banks/"+bankName+"/imports?format=csv", "application/octet-stream", list, &report)
	took := time.Since(began)
	close(done)
	beyond := <-most
	if err != nil {
		return err
	}
	if report.Rows != set.count {
		return fmt.Errorf("%d rows of %d were taken", report.Rows, set.count)
	}
	p.add(oursEngine, "import", "s", took.Seconds())
	p.add(oursEngine, "most memory of its own during the import", "MB", beyond)
	return s.memory("memory after the import", p)
}

// watch gives the largest memory that no file backed until done: what an import takes beyond the files of the
// index.
func (s *served) watch(done <-chan struct{}) (most float64) {
	for {
		if mb, err := s.status("RssAnon"); err == nil {
			most = max(most, mb)
		}
		select {
		case <-done:
			return most
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (s *served) status(name string) (float64, error) {
	text := fieldOf(fmt.Sprintf("/proc/%d/status", s.process.Process.Pid), name)
	kb, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(text, "kB")), 64)
	return kb * 1024 / 1e6, err
}

func (s *served) memory(what string, p *matchPart) error {
	all, err := s.status("VmRSS")
	if err != nil {
		return err
	}
	own, err := s.status("RssAnon")
	p.add(oursEngine, what, "MB", all)
	p.add(oursEngine, what+", without mapped files", "MB", own)
	return err
}

// csvOf streams a file of hashes as a list.
func csvOf(path string) (io.ReadCloser, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	from, to := io.Pipe()
	go func() {
		defer file.Close()
		in, out := bufio.NewReaderSize(file, 1<<20), bufio.NewWriterSize(to, 1<<18)
		_, err := out.WriteString("type,value\n")
		var h [hashSize]byte
		line := []byte("pdq,")
		for err == nil {
			if _, err = io.ReadFull(in, h[:]); err == nil {
				line = append(hex.AppendEncode(line[:4], h[:]), '\n')
				_, err = out.Write(line)
			}
		}
		if errors.Is(err, io.EOF) {
			err = out.Flush()
		}
		to.CloseWithError(err)
	}()
	return from, nil
}

func (s *served) post(ctx context.Context, path, kind string, body io.Reader, answer any) error {
	resp, err := s.ask(ctx, http.MethodPost, path, kind, body)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || answer == nil {
		return err
	}
	return json.Unmarshal(text, answer)
}

// lines counts those of an answer.
func (s *served) lines(ctx context.Context, path string) (n int, err error) {
	resp, err := s.ask(ctx, http.MethodGet, path, "", nil)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		n++
	}
	return n, lines.Err()
}

// ask calls the API with the node's key. An answer that is no success is an error.
func (s *served) ask(ctx context.Context, method, path, kind string, body io.Reader) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, method, s.address+"/api/v1"+path, body)
	if err != nil {
		return nil, err
	}
	token, err := os.ReadFile(filepath.Join(s.dir, "token"))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode/100 != 2 {
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		return nil, errors.Join(fmt.Errorf("status %d: %s", resp.StatusCode, text), err)
	}
	return resp, nil
}

// loaded is what bench/load says.
type loaded struct {
	Lookups int64   `json:"lookups"`
	Seconds float64 `json:"seconds"`
	P50     float64 `json:"p50_ms"`
	P99     float64 `json:"p99_ms"`
	CPU     float64 `json:"cpu_s"`
}

// screen lets the generator ask for a time; it checks every answer.
func (s *served) screen(ctx context.Context, m *matching, queries string, first, each, workers int,
	lasts time.Duration) (told loaded, err error) {
	c := exec.CommandContext(ctx, m.load, "-address", s.address, "-token", filepath.Join(s.dir, "token"),
		"-queries", queries, "-first", strconv.Itoa(first), "-each", strconv.Itoa(each),
		"-workers", strconv.Itoa(workers), "-lasts", lasts.String())
	c.Stderr = os.Stderr
	text, err := c.Output()
	if err != nil {
		return told, err
	}
	return told, json.Unmarshal(text, &told)
}

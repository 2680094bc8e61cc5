// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"tocsin/decode/lexicon"
	"tocsin/internal/visitor"
	"tocsin/internal/webhook"
)

const (
	volumeName    = "posts-100000"
	postsPerCall  = 100
	postCallers   = 4
	volumeRounds  = 3
	volumeSeconds = "100,000 posts"
)

// measureVolume screens the posts of a day over HTTP, at a node that matches, reads and makes cases, as often as asked; the
// answers are counted against what was written into the posts.
func (d *decoding) measureVolume(ctx context.Context) (p *matchPart, err error) {
	platform := httptest.NewServer(visitor.Platform())
	defer platform.Close()
	p = newPart(volumeName)
	for round := range volumeRounds {
		if err := d.volume(ctx, p, platform.URL, round); err != nil {
			return nil, fmt.Errorf("round %d: %w", round+1, err)
		}
	}
	return p, nil
}

func (d *decoding) volume(ctx context.Context, p *matchPart, platform string, round int) (err error) {
	s, err := d.foundReader(ctx, platform, round)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	if err := s.start(ctx); err != nil {
		return err
	}
	all, known := posts(postCount)
	if err := s.learnTexts(ctx, known); err != nil {
		return fmt.Errorf("learn: %w", err)
	}
	if _, err := s.screenPosts(ctx, all[:postsPerCall]); err != nil { // warms up
		return err
	}
	before, err := s.status("RssAnon")
	if err != nil {
		return err
	}
	began := time.Now()
	calls, err := s.replay(ctx, all)
	if err != nil {
		return err
	}
	took := time.Since(began)
	after, err := s.status("RssAnon")
	if err != nil {
		return err
	}
	if err := s.counted(ctx, all); err != nil {
		return err
	}
	slices.Sort(calls)
	p.add(oursEngine, volumeSeconds, "s", took.Seconds())
	p.add(oursEngine, "a call of 100, p50", "ms", milliseconds(calls[len(calls)/2]))
	p.add(oursEngine, "a call of 100, p99", "ms", milliseconds(calls[len(calls)*99/100]))
	p.add(oursEngine, "memory of its own, before", "MB", before)
	p.add(oursEngine, "memory of its own, after", "MB", after)
	if round < volumeRounds-1 {
		return nil
	}
	return s.moreDays(ctx, p, all)
}

// foundReader sets a host's node up that reads for the demonstration's words.
func (d *decoding) foundReader(ctx context.Context, platform string, round int) (*served, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	s := &served{program: d.program, dir: filepath.Join(d.dir, "node-"+strconv.Itoa(round))}
	if err := os.Mkdir(s.dir, 0o700); err != nil {
		return nil, err
	}
	listen := "127.0.0.1:" + strconv.Itoa(port)
	s.address = "http://" + listen
	metrics, err := freePort()
	if err != nil {
		return nil, err
	}
	s.metrics = "127.0.0.1:" + strconv.Itoa(metrics)
	var words bytes.Buffer
	if err := lexicon.Demonstration().Write(&words); err != nil {
		return nil, err
	}
	for name, text := range map[string]string{"words.json": words.String(), "secret": webhook.NewSecret().Reveal()} {
		if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	for _, args := range [][]string{
		{"init", "--party", "bench-host", "--public-url", "http://localhost:" + strconv.Itoa(port), "--listen", listen},
		{"keys", "service", "new", "bench", "--out", "token", "--scope", "bank.read", "--scope", "bank.change", "--scope",
			"signal.add", "--scope", "content.screen", "--scope", "case.read", "--per-minute", "0"},
	} {
		c := exec.CommandContext(ctx, s.program, args...)
		c.Dir = s.dir
		if out, err := c.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("%s: %w: %s", args[0], err, out)
		}
	}
	s.environ = []string{"TOCSIN_DEMONSTRATION=true", "TOCSIN_PLATFORM_CALLBACK=" + platform + "/callback",
		"TOCSIN_PLATFORM_RESOLVE=" + platform + "/resolve", "TOCSIN_PLATFORM_SECRET_FILE=" + filepath.Join(s.dir, "secret"),
		"TOCSIN_MATCHING_LEXICONS=" + filepath.Join(s.dir, "words.json"), "TOCSIN_LOG_LEVEL=error"}
	return s, nil
}

func (s *served) learnTexts(ctx context.Context, known []string) error {
	bank := `{"name":"` + bankName + `","polarity":"positive","marking":"green"}`
	if err := s.post(ctx, "/banks", "application/json", bytes.NewReader([]byte(bank)), nil); err != nil {
		return err
	}
	for _, text := range known {
		body, err := json.Marshal(map[string]any{"type": "text", "value": text, "confidence": 80})
		if err != nil {
			return err
		}
		if err := s.post(ctx, "/banks/"+bankName+"/signals", "application/json", bytes.NewReader(body), nil); err != nil {
			return err
		}
	}
	return nil
}

// replay screens all posts, several callers at once, and gives how long each call took.
func (s *served) replay(ctx context.Context, all []post) ([]time.Duration, error) {
	work := make(chan []post)
	var mu sync.Mutex
	var calls []time.Duration
	var failed error
	var callers sync.WaitGroup
	for range postCallers {
		callers.Go(func() {
			for some := range work {
				took, err := s.screenPosts(ctx, some)
				mu.Lock()
				calls, failed = append(calls, took), errors.Join(failed, err)
				mu.Unlock()
			}
		})
	}
	for some := range slices.Chunk(all, postsPerCall) {
		work <- some
	}
	close(work)
	callers.Wait()
	return calls, failed
}

// screenPosts screens some posts in one call and holds each answer against what was written into it.
func (s *served) screenPosts(ctx context.Context, some []post) (time.Duration, error) {
	body, err := json.Marshal(map[string]any{"assertion": "public", "queries": some})
	if err != nil {
		return 0, err
	}
	var got struct {
		Answers []struct {
			Matches  []json.RawMessage `json:"matches"`
			Readings []json.RawMessage `json:"readings"`
			Error    json.RawMessage   `json:"error"`
		} `json:"answers"`
	}
	began := time.Now()
	if err := s.post(ctx, "/screen", "application/json", bytes.NewReader(body), &got); err != nil {
		return 0, err
	}
	took := time.Since(began)
	if len(got.Answers) != len(some) {
		return 0, fmt.Errorf("%d answers to %d posts", len(got.Answers), len(some))
	}
	for n, a := range got.Answers {
		if a.Error != nil || (len(a.Matches) > 0) != some[n].known || (len(a.Readings) > 0) != some[n].read {
			return 0, fmt.Errorf("%s: %d matches, %d readings, error %s; known %t, to be read %t", some[n].Item,
				len(a.Matches), len(a.Readings), a.Error, some[n].known, some[n].read)
		}
	}
	return took, nil
}

// counted holds the cases against the posts that a bank knows, or in which something is read: none lost, none twice.
func (s *served) counted(ctx context.Context, all []post) error {
	want := 0
	for _, p := range all {
		if p.known || p.read {
			want++
		}
	}
	rows, err := s.lines(ctx, "/cases/export?format=jsonl")
	if err == nil && rows != want {
		err = fmt.Errorf("%d cases, want %d", rows, want)
	}
	return err
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package publog_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"tocsin"
	"tocsin/internal/publog"
	"tocsin/translog"
)

// shard is one log in memory with the checkpoint it last published.
type shard struct {
	translog.Memory
	origin    string
	signer    note.Signer
	verifier  note.Verifier
	published []byte
}

func newShard(t testing.TB, number int64) *shard {
	t.Helper()
	s := &shard{origin: translog.Origin("host.example", number)}
	key := ed25519.NewKeyFromSeed(append(make([]byte, 31), byte(number)))
	var err error
	if s.signer, err = translog.NewSigner(s.origin, key); err != nil {
		t.Fatal(err)
	}
	if s.verifier, err = translog.NewVerifier(s.origin, key.Public().(ed25519.PublicKey)); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *shard) grow(t testing.TB, n int) {
	t.Helper()
	for range n {
		if _, err := s.AppendBytes(entryOf(s.Checkpoint("").Size)); err != nil {
			t.Fatal(err)
		}
	}
}

func entryOf(index int64) []byte { return fmt.Appendf(nil, "the %dth kettle of the garden", index) }

func (s *shard) publish(t testing.TB) {
	t.Helper()
	var err error
	if s.published, err = s.Checkpoint(s.origin).Sign(s.signer); err != nil {
		t.Fatal(err)
	}
}

// shards serves from memory, like a store would from its tables. It does not check what is published: that is
// the handler's duty.
type shards struct {
	all     map[int64]*shard
	current int64
	broken  error

	withheld int // hashes and entries that are missing from every answer
}

func (s *shards) get(n int64) (*shard, error) {
	if s.broken != nil {
		return nil, s.broken
	}
	if l := s.all[n]; l != nil && l.published != nil {
		return l, nil
	}
	return nil, tocsin.Errorf(tocsin.CodeNotFound, "", "no such shard")
}

func (s *shards) CurrentShard(context.Context) (int64, error) { return s.current, nil }

func (s *shards) Checkpoint(_ context.Context, n int64) ([]byte, error) {
	l, err := s.get(n)
	if err != nil {
		return nil, err
	}
	return l.published, nil
}

func (s *shards) Tile(_ context.Context, n int64, t tlog.Tile) ([]byte, error) {
	l, err := s.get(n)
	if err != nil {
		return nil, err
	}
	t.W -= s.withheld
	return translog.TileData(l.Memory.Checkpoint("").Size, t, l)
}

func (s *shards) Entries(_ context.Context, n, from int64, count int) ([][]byte, error) {
	l, err := s.get(n)
	if err != nil {
		return nil, err
	}
	return l.Memory.Entries(from, count-s.withheld)
}

func serve(t testing.TB, src publog.Source) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(publog.Handler(src, slog.New(slog.DiscardHandler)))
	t.Cleanup(server.Close)
	return server
}

// get fetches without the transparent decompression of net/http, to see what is on the wire.
func get(t testing.TB, method, address string, header http.Header) (*http.Response, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header = header
	client := &http.Client{Transport: &http.Transport{DisableCompression: true, DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		t.Fatal(err)
	}
	return resp, body
}

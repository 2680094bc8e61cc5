// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package logaudit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"tocsin/translog"
)

// Client sends requests. The caller decides which addresses may be reached, and how long that may take.
type Client interface {
	Do(*http.Request) (*http.Response, error)
}

const (
	maxCheckpoint = 1 << 16
	maxBundle     = translog.TileWidth * (2 + translog.MaxEntry)
)

// reader fetches the resources of one log, each up to the size it can have.
type reader struct {
	base   string
	client Client
}

func newReader(base string, client Client) (reader, error) {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || u.RawQuery != "" {
		return reader{}, fmt.Errorf("audit log: %w: not the address of a log", translog.ErrMalformed)
	}
	return reader{base: strings.TrimSuffix(base, "/") + "/", client: client}, nil
}

func (r reader) checkpoint(ctx context.Context) ([]byte, error) {
	return r.fetch(ctx, "checkpoint", maxCheckpoint)
}

// bundle gives the entries of an entry bundle.
func (r reader) bundle(ctx context.Context, t tlog.Tile) ([][]byte, error) {
	path := translog.TilePath(t)
	b, err := r.fetch(ctx, path, maxBundle)
	if err != nil {
		return nil, err
	}
	entries, err := translog.ParseBundle(b, t.W)
	if err != nil {
		return nil, &TileError{Path: path, Err: err}
	}
	return entries, nil
}

// hashes gives the hashes of a tile.
func (r reader) hashes(ctx context.Context, t tlog.Tile) ([]byte, error) {
	path, size := translog.TilePath(t), t.W*tlog.HashSize
	b, err := r.fetch(ctx, path, size)
	if err != nil {
		return nil, err
	}
	if len(b) != size {
		return nil, &TileError{Path: path, Err: fmt.Errorf("%w: wrong length", translog.ErrMalformed)}
	}
	return b, nil
}

func (r reader) fetch(ctx context.Context, path string, limit int) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.base+path, nil)
	if err != nil {
		return nil, &FetchError{Path: path, Err: cause(err)}
	}
	resp, err := r.client.Do(req)
	if err != nil {
		return nil, &FetchError{Path: path, Err: cause(err)}
	}
	defer func() { _ = resp.Body.Close() }() // everything that matters has been read, or has failed
	if resp.StatusCode != http.StatusOK {
		return nil, &FetchError{Path: path, Status: resp.StatusCode}
	}
	b, err := io.ReadAll(io.LimitReader(resp.Body, int64(limit)+1))
	if err != nil {
		return nil, &FetchError{Path: path, Err: cause(err)}
	}
	if len(b) > limit {
		return nil, &FetchError{Path: path, Err: fmt.Errorf("%w: over %d bytes", translog.ErrMalformed, limit)}
	}
	return b, nil
}

// cause drops the address that net/http puts into its errors.
func cause(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package publog

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"tocsin"
	"tocsin/translog"
)

// Source gives what is public of a party's log. What does not exist is an error of [tocsin.CodeNotFound].
type Source interface {
	// CurrentShard gives the number of the shard that is being written, from 1.
	CurrentShard(ctx context.Context) (int64, error)
	// Checkpoint gives the last published checkpoint of a shard, signed. Its size is the published size.
	Checkpoint(ctx context.Context, shard int64) ([]byte, error)
	// Tile gives the hashes of a tile that the published checkpoint covers: t.W of 32 bytes.
	Tile(ctx context.Context, shard int64, t tlog.Tile) ([]byte, error)
	// Entries gives n leaves from an index, all covered by the published checkpoint.
	Entries(ctx context.Context, shard, from int64, n int) ([][]byte, error)
}

// How long what was served may be kept. A full tile never changes and is never withdrawn; a partial one
// never changes but is soon of no use; a checkpoint is replaced at any moment.
const (
	cacheForEver    = "public, max-age=31536000, immutable"
	cachePartial    = "public, max-age=600, immutable"
	cacheCheckpoint = "public, max-age=2"
	cacheNothing    = "no-store"
)

const (
	typeText  = "text/plain; charset=utf-8"
	typeBytes = "application/octet-stream"
)

// Handler serves the paths below /log/. What goes wrong inside is logged; the public only learns that it did.
func Handler(src Source, log *slog.Logger) http.Handler {
	return &handler{src: src, log: log}
}

type handler struct {
	src Source
	log *slog.Logger
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		refuse(w, http.StatusMethodNotAllowed)
		return
	}
	shard, resource, ok := split(r.URL.EscapedPath())
	if !ok {
		refuse(w, http.StatusNotFound)
		return
	}
	var tile tlog.Tile
	if resource != "checkpoint" {
		var err error
		if tile, err = translog.ParseTilePath(resource); err != nil {
			refuse(w, http.StatusBadRequest)
			return
		}
	}
	a, err := h.answer(r.Context(), shard, tile)
	if err != nil {
		h.fail(w, r, err)
		return
	}
	a.write(w, r)
}

// split takes apart "/log/7/tile/0/000". The shard is 0 when the path names none.
func split(path string) (shard int64, resource string, ok bool) {
	rest, ok := strings.CutPrefix(path, "/log/")
	if !ok {
		return 0, "", false
	}
	if number, below, found := strings.Cut(rest, "/"); found {
		n, err := strconv.ParseInt(number, 10, 64)
		if err == nil && n > 0 && strconv.FormatInt(n, 10) == number {
			shard, rest = n, below
		}
	}
	return shard, rest, rest == "checkpoint" || strings.HasPrefix(rest, "tile/")
}

// answer reads one resource; the zero tile stands for the checkpoint.
func (h *handler) answer(ctx context.Context, shard int64, tile tlog.Tile) (answer, error) {
	if shard == 0 {
		var err error
		if shard, err = h.src.CurrentShard(ctx); err != nil {
			return answer{}, fmt.Errorf("find current shard: %w", err)
		}
	}
	signed, err := h.src.Checkpoint(ctx, shard)
	if err != nil {
		return answer{}, fmt.Errorf("read checkpoint: %w", err)
	}
	if tile == (tlog.Tile{}) {
		return answer{body: signed, contentType: typeText, cache: cacheCheckpoint}, nil
	}
	published, err := translog.PeekCheckpoint(signed)
	if err != nil {
		return answer{}, fmt.Errorf("read own checkpoint: %w", err)
	}
	if !translog.HasTile(published.Size, tile) {
		return answer{}, tocsin.Errorf(tocsin.CodeNotFound, "", "not published")
	}
	a := answer{contentType: typeBytes, cache: cacheForEver}
	if tile.W < translog.TileWidth {
		a.cache = cachePartial
	}
	if tile.L == translog.EntriesLevel {
		a.compress = true
		a.body, err = h.bundle(ctx, shard, tile)
	} else {
		a.body, err = h.hashes(ctx, shard, tile)
	}
	return a, err
}

func (h *handler) hashes(ctx context.Context, shard int64, tile tlog.Tile) ([]byte, error) {
	b, err := h.src.Tile(ctx, shard, tile)
	if err != nil {
		return nil, fmt.Errorf("read tile: %w", err)
	}
	if len(b) != tile.W*tlog.HashSize {
		return nil, fmt.Errorf("read tile: source gave %d bytes for %d hashes", len(b), tile.W)
	}
	return b, nil
}

func (h *handler) bundle(ctx context.Context, shard int64, tile tlog.Tile) ([]byte, error) {
	entries, err := h.src.Entries(ctx, shard, tile.N*translog.TileWidth, tile.W)
	if err != nil {
		return nil, fmt.Errorf("read entries: %w", err)
	}
	if len(entries) != tile.W {
		return nil, fmt.Errorf("read entries: source gave %d of %d", len(entries), tile.W)
	}
	return translog.EncodeBundle(entries)
}

func (h *handler) fail(w http.ResponseWriter, r *http.Request, err error) {
	switch tocsin.CodeOf(err) {
	case tocsin.CodeNotFound:
		refuse(w, http.StatusNotFound)
	case tocsin.CodeBusy:
		refuse(w, http.StatusServiceUnavailable)
	default:
		if r.Context().Err() == nil { // otherwise the reader has gone, and that is no fault of ours
			h.log.ErrorContext(r.Context(), "public log cannot be read", "error", err)
		}
		refuse(w, http.StatusInternalServerError)
	}
}

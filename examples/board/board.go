// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package board is a small public image board: the platform a Tocsin node talks to in the demo and in the
// tests.
//
// It shows how an existing platform joins: two signed endpoints (callback.go, resolve.go), one table of
// measures (measure.go), pages for what may not be shown (restricted.go), and two requests of its own: for
// what is new (screen.go) and what is reported (report.go). It has its own SQLite file and knows a node only over HTTP. It must never import a package of this module, delete the bytes of a
// restricted post, or let anybody tell a gagged restriction from a removal under the board's own terms.
//
// Start reading at Handler in routes.go, then callback.go.
package board

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// Names of the files Open keeps in Config.Dir.
const (
	DatabaseFile = "board.db"
	SecretFile   = "webhook-secret"
	AdminFile    = "admin-token"
)

// minSecretBytes is the lower bound Standard Webhooks sets for a symmetric secret.
const minSecretBytes = 24

// Config says where a board lives and whom it trusts. Dir and PublicURL are required.
type Config struct {
	Dir           string           // data folder, created with mode 0700
	PublicURL     string           // root address people use, such as "https://board.example"; no path
	Title         string           // name at the top of each page; default "Plain Board"
	Contact       string           // how an author reaches the people who run the board; shown as text
	WebhookSecret string           // "whsec_…" shared with the node; empty: kept in Dir, made when absent
	AdminToken    string           // allows removal under the board's own terms; empty: kept in Dir
	Seed          int              // how many generated posts an empty board starts with
	Node          string           // root address of the node to [Board.Join]; empty: none
	ServiceKey    string           // of that node, with content.screen, bank.read and notice.submit
	Clock         func() time.Time // default time.Now
	Log           *slog.Logger     // internal failures, never text or addresses; default slog.Default
}

// Board is an open board. Its methods are safe for concurrent use.
type Board struct {
	cfg       Config
	base      *url.URL
	store     *store
	webhook   *webhooks.Webhook
	adminHash [sha256.Size]byte
	// mediaSecret makes the addresses at which the node fetches pictures.
	mediaSecret [sha256.Size]byte
	decoding    chan struct{} // one token for each upload being decoded, which bounds memory

	posted, reported chan struct{} // something waits for the node
	leave            context.CancelFunc
	asking           sync.WaitGroup
}

// Open opens the board kept in cfg.Dir, and creates it when there is none.
func Open(ctx context.Context, cfg Config) (*Board, error) {
	base, err := parseBase(cfg.PublicURL)
	if err != nil {
		return nil, err
	}
	if cfg.Dir == "" {
		return nil, errors.New("open board: no data folder given")
	}
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("create data folder: %w", err)
	}
	b := &Board{cfg: withDefaults(cfg), base: base, decoding: make(chan struct{}, 2), posted: make(chan struct{}, 1),
		reported: make(chan struct{}, 1), leave: func() {}}
	if err := b.loadSecrets(); err != nil {
		return nil, err
	}
	if b.store, err = openStore(ctx, filepath.Join(cfg.Dir, DatabaseFile)); err != nil {
		return nil, err
	}
	if err := b.seed(ctx); err != nil {
		return nil, errors.Join(err, b.store.close())
	}
	if cfg.Node != "" {
		if err := b.Join(cfg.Node, cfg.ServiceKey); err != nil {
			return nil, errors.Join(err, b.store.close())
		}
	}
	return b, nil
}

// Close stops asking the node and closes the database. Stop the HTTP server first.
func (b *Board) Close() error {
	b.leave()
	b.asking.Wait()
	return b.store.close()
}

// now is the board's clock at the precision it stores.
func (b *Board) now() time.Time { return b.cfg.Clock().UTC().Truncate(time.Microsecond) }

func withDefaults(cfg Config) Config {
	if cfg.Title == "" {
		cfg.Title = "Plain Board"
	}
	if cfg.Contact == "" {
		cfg.Contact = "the people who run this board"
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	return cfg
}

func parseBase(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" {
		return nil, errors.New(`open board: public URL must look like "https://board.example"`)
	}
	if strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return nil, errors.New("open board: public URL must name the root of a host, no path, query or user")
	}
	return &url.URL{Scheme: u.Scheme, Host: strings.ToLower(u.Host)}, nil
}

func (b *Board) loadSecrets() error {
	secret, err := keptSecret(filepath.Join(b.cfg.Dir, SecretFile), b.cfg.WebhookSecret, func() string {
		return "whsec_" + base64.StdEncoding.EncodeToString(randomBytes(32))
	})
	if err != nil {
		return err
	}
	// The library accepts an empty key, with which anybody could sign.
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil || len(key) < minSecretBytes {
		return fmt.Errorf("read webhook secret: need whsec_ and base64 of at least %d bytes", minSecretBytes)
	}
	b.mediaSecret = sha256.Sum256(append([]byte("media addresses\x00"), key...))
	if b.webhook, err = webhooks.NewWebhookRaw(key); err != nil {
		return fmt.Errorf("read webhook secret: %w", err)
	}
	admin, err := keptSecret(filepath.Join(b.cfg.Dir, AdminFile), b.cfg.AdminToken, newToken)
	if err != nil {
		return err
	}
	if len(admin) < 16 {
		return errors.New("read admin token: need at least 16 characters")
	}
	b.adminHash = sha256.Sum256([]byte(admin))
	return nil
}

// keptSecret returns given, or the content of the file, or a new secret it has written to that file.
func keptSecret(path, given string, generate func() string) (string, error) {
	if given != "" {
		return given, nil
	}
	kept, err := os.ReadFile(path)
	if err == nil {
		return strings.TrimSpace(string(kept)), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("read secret file: %w", err)
	}
	secret := generate()
	if err := os.WriteFile(path, []byte(secret+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("write secret file: %w", err)
	}
	return secret, nil
}

func newToken() string { return base64.RawURLEncoding.EncodeToString(randomBytes(32)) }

func randomBytes(n int) []byte {
	b := make([]byte, n)
	rand.Read(b) // never fails: crypto/rand ends the program instead
	return b
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package archive writes and reads backups of a node's data: a folder with the database as it was at one
// moment, the lists that were imported, and a manifest with the digest of each file.
//
// A backup must never hold a key: whoever finds one can read no record with it. Start reading at Write and
// Restore.
package archive

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"tocsin"
	"tocsin/internal/blob"
)

// Names of files in a backup and in a data folder.
const (
	ManifestName = "manifest.json"
	DatabaseName = "tocsin.db"
)

// format is the version of the manifest.
const format = 1

// Manifest says what a backup holds.
type Manifest struct {
	Format  int            `json:"format"`
	Party   tocsin.PartyID `json:"party"`
	TakenAt time.Time      `json:"taken_at"`
	Program string         `json:"program"` // version that wrote it
	Files   []File         `json:"files"`
}

// File is one file of a backup.
type File struct {
	Name   string        `json:"name"`
	Size   int64         `json:"size"`
	SHA256 tocsin.Digest `json:"sha256"`
}

// Write makes a backup in a folder that must not exist or be empty. snapshot writes the database to a path.
func Write(ctx context.Context, dir string, m Manifest, blobs *blob.Store, snapshot func(context.Context,
	string) error) (Manifest, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return m, fmt.Errorf("make backup folder: %w", err)
	}
	if err := refuseFilled(dir); err != nil {
		return m, err
	}
	database := filepath.Join(dir, DatabaseName)
	if err := snapshot(ctx, database); err != nil {
		return m, err
	}
	file, err := describe(database, DatabaseName)
	if err != nil {
		return m, err
	}
	lists, err := saveBlobs(ctx, dir, blobs)
	if err != nil {
		return m, err
	}
	m.Format, m.Files = format, append([]File{file}, lists...)
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return m, fmt.Errorf("write manifest: %w", err)
	}
	// Last: a folder without a manifest is no backup.
	if err := writeFile(filepath.Join(dir, ManifestName), bytes.NewReader(append(text, '\n'))); err != nil {
		return m, fmt.Errorf("write manifest: %w", err)
	}
	return m, nil
}

func refuseFilled(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("look into folder: %w", err)
	}
	if len(entries) > 0 {
		return fmt.Errorf("%s is not empty: %w", dir, fs.ErrExist)
	}
	return nil
}

// Read reads and checks a backup: every file is there and has its digest.
func Read(dir string) (Manifest, error) {
	var m Manifest
	text, err := os.ReadFile(filepath.Join(dir, ManifestName))
	if err != nil {
		return m, fmt.Errorf("read backup: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		return m, fmt.Errorf("read manifest: %w", err)
	}
	if m.Format != format {
		return m, fmt.Errorf("read manifest: its format is %d, and this program knows %d", m.Format, format)
	}
	if len(m.Files) == 0 || m.Files[0].Name != DatabaseName {
		return m, errors.New("read manifest: it must list the database first")
	}
	for i, f := range m.Files {
		if i > 0 && !isBlob(f) {
			return m, errors.New("read manifest: it lists something that belongs in no backup")
		}
		found, err := describe(filepath.Join(dir, filepath.FromSlash(f.Name)), f.Name)
		if err != nil {
			return m, err
		}
		if found != f {
			return m, damaged()
		}
	}
	return m, nil
}

func damaged() error {
	return tocsin.Errorf(tocsin.CodeInvalid, "backup_damaged",
		"A file of the backup is not the one its manifest describes: it is damaged or was changed")
}

// Restore puts a backup's database at a path where none is, and its lists among the blobs, and checks what
// arrived.
func Restore(ctx context.Context, dir, database string, blobs *blob.Store) (Manifest, error) {
	m, err := Read(dir)
	if err != nil {
		return m, err
	}
	if err := os.MkdirAll(filepath.Dir(database), 0o700); err != nil {
		return m, fmt.Errorf("make data folder: %w", err)
	}
	for _, beside := range []string{"", "-wal", "-shm", "-journal"} {
		if _, err := os.Lstat(database + beside); !errors.Is(err, fs.ErrNotExist) {
			return m, fmt.Errorf("%s is there already, and nothing is overwritten: %w", database+beside, fs.ErrExist)
		}
	}
	for _, f := range m.Files[1:] {
		if err := restoreBlob(ctx, dir, f, blobs); err != nil {
			return m, err
		}
	}
	partial := database + ".partial"
	if err := copyFile(filepath.Join(dir, DatabaseName), partial); err != nil {
		return m, err
	}
	arrived, err := describe(partial, DatabaseName)
	if err == nil && arrived != m.Files[0] {
		err = damaged()
	}
	if err != nil {
		return m, errors.Join(err, os.Remove(partial))
	}
	if err := os.Rename(partial, database); err != nil {
		return m, fmt.Errorf("put database in place: %w", err)
	}
	return m, syncPath(filepath.Dir(database))
}

func copyFile(from, to string) error {
	source, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("read backup: %w", err)
	}
	defer source.Close()
	if err := os.Remove(to); err != nil && !errors.Is(err, fs.ErrNotExist) { // of a restore that broke off
		return fmt.Errorf("copy database: %w", err)
	}
	if err := writeFile(to, source); err != nil {
		return fmt.Errorf("copy database: %w", err)
	}
	return nil
}

// writeFile makes a new file for its owner alone and puts it on the disk.
func writeFile(path string, content io.Reader) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, content)
	return errors.Join(err, f.Sync(), f.Close())
}

func describe(path, name string) (File, error) {
	f, err := os.Open(path)
	if err != nil {
		return File{}, fmt.Errorf("read backup: %w", err)
	}
	defer f.Close()
	hash := sha256.New()
	n, err := io.Copy(hash, f)
	if err != nil {
		return File{}, fmt.Errorf("read backup: %w", err)
	}
	return File{Name: name, Size: n, SHA256: tocsin.Digest(hex.EncodeToString(hash.Sum(nil)))}, nil
}

func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	return errors.Join(f.Sync(), f.Close())
}

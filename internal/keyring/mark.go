// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package keyring

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"

	"golang.org/x/mod/sumdb/tlog"

	"tocsin"
	"tocsin/internal/flow"
)

var _ flow.Mark = (*Ring)(nil)

// mark is the file of the largest tree this party has served, kept outside the database. A database that
// is behind it was restored from a backup and must not grow under the same origin: it would fork the log.
type mark struct {
	Shard  int64     `json:"shard"` // from 1
	Size   int64     `json:"size"`
	Root   tlog.Hash `json:"root"`
	Origin string    `json:"origin"` // of the shard
}

// ReadMark gives the mark, and false when no checkpoint was ever served.
func (r *Ring) ReadMark() (flow.Published, bool, error) {
	m, found, err := readMark(r.dir)
	return flow.Published{Origin: m.Origin, Shard: m.Shard, Size: m.Size, Root: m.Root}, found, err
}

func readMark(dir string) (mark, bool, error) {
	path := filepath.Join(dir, markFile)
	text, err := readFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return mark{}, false, nil
	}
	if err != nil {
		return mark{}, false, fmt.Errorf("read log mark: %w", err)
	}
	var m mark
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		return mark{}, false, fmt.Errorf("read log mark: %s: %w", path, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) || m.validate() != nil {
		return mark{}, false, fmt.Errorf("read log mark: %s: is not a mark", path)
	}
	return m, true, nil
}

// WriteMark moves the mark forward; it is durable when WriteMark returns, and only then may the checkpoint
// be served. A smaller tree, another root at the same size, another origin for the same shard, or an
// earlier shard gives [tocsin.ReasonLogBehindMark] and changes nothing. The same mark again is fine.
func (r *Ring) WriteMark(p flow.Published) error {
	m := mark{Shard: p.Shard, Size: p.Size, Root: p.Root, Origin: p.Origin}
	if err := m.validate(); err != nil {
		return err
	}
	text, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("write log mark: %w", err)
	}
	return underLock(r.dir, func() error {
		served, found, err := readMark(r.dir)
		if err != nil {
			return err
		}
		if found && m == served {
			return nil
		}
		if found {
			if err := served.precedes(m); err != nil {
				return err
			}
		}
		if err := replace(filepath.Join(r.dir, markFile), append(text, '\n')); err != nil {
			return fmt.Errorf("write log mark: %w", err)
		}
		return nil
	})
}

func (m mark) validate() error {
	if m.Shard < 1 || m.Size < 0 || m.Origin == "" {
		return errors.New("log mark: needs a shard from 1, a size from 0 and an origin")
	}
	return nil
}

// precedes says why next cannot follow what was served, judged by numbers alone: consistency proofs are
// for the log.
func (m mark) precedes(next mark) error {
	fork := func(why string) error {
		return tocsin.Errorf(tocsin.CodeConflict, tocsin.ReasonLogBehindMark,
			"The log would fork: %s. A restored database continues in a new log shard.", why)
	}
	switch {
	case next.Shard > m.Shard:
		return nil
	case next.Shard < m.Shard:
		return fork(fmt.Sprintf("shard %d was served, and this is shard %d", m.Shard, next.Shard))
	case next.Origin != m.Origin:
		return fork(fmt.Sprintf("shard %d was served under another origin", m.Shard))
	case next.Size < m.Size:
		return fork(fmt.Sprintf("size %d was served, and this is size %d", m.Size, next.Size))
	case next.Size == m.Size && next.Root != m.Root:
		return fork(fmt.Sprintf("another root was served at size %d", m.Size))
	}
	return nil
}

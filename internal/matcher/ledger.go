// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package matcher

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"

	"tocsin"
	"tocsin/match"
)

// ledger tells which batches the files of the index hold at one of its positions. It is a file beside them,
// named by that position and written before the index takes it, so that whatever position is found after a
// crash, its ledger is there.
type ledger struct {
	Version  int     `json:"version"`
	Position uint64  `json:"position"`
	Batches  []entry `json:"batches"`
}

// entry is a batch in the ledger.
type entry struct {
	Base     match.ID      `json:"base"`
	Blob     tocsin.Digest `json:"blob"`
	Pictures int64         `json:"pictures"`          // rows that are in the index
	Others   int64         `json:"others"`            // other rows, which only the blob holds
	Leaving  bool          `json:"leaving,omitempty"` // it was taken back, or not added to the end
	Stored   bool          `json:"-"`                 // it is in the ledger
}

const (
	ledgerVersion = 1
	ledgerPrefix  = "batches-"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

var errLedger = errors.New("ledger of batches is damaged")

func ledgerName(dir string, position uint64) string {
	return filepath.Join(dir, fmt.Sprintf("%s%016x", ledgerPrefix, position))
}

func (l ledger) encode() []byte {
	line, err := json.Marshal(l)
	if err != nil {
		panic(err) // numbers and digests only
	}
	return fmt.Appendf(line, "\n%08x\n", crc32.Checksum(line, castagnoli))
}

func parseLedger(data []byte) (l ledger, err error) {
	line, sum, _ := bytes.Cut(data, []byte("\n"))
	if string(sum) != fmt.Sprintf("%08x\n", crc32.Checksum(line, castagnoli)) {
		return l, errLedger
	}
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&l); err != nil {
		return l, fmt.Errorf("%w: %w", errLedger, err)
	}
	if l.Version != ledgerVersion {
		return l, fmt.Errorf("%w: version %d", errLedger, l.Version)
	}
	for i := range l.Batches {
		e := &l.Batches[i]
		e.Stored = true
		if e.Base != baseOf(e.Base) || !e.Blob.Valid() || e.Others < 0 || e.Pictures < 0 {
			return l, errLedger
		}
	}
	return l, nil
}

// pictures is how many pairs the index must have.
func (l ledger) pictures() (n int64) {
	for _, e := range l.Batches {
		if !e.Leaving {
			n += e.Pictures
		}
	}
	return n
}

func readLedger(dir string, position uint64) (ledger, error) {
	data, err := os.ReadFile(ledgerName(dir, position))
	if err != nil {
		return ledger{}, fmt.Errorf("read ledger of batches: %w", err)
	}
	l, err := parseLedger(data)
	if err == nil && l.Position != position {
		err = errLedger
	}
	return l, err
}

// write puts the ledger on the disk itself.
func (l ledger) write(dir string) error {
	name := ledgerName(dir, l.Position)
	temporary := filepath.Join(dir, "batches.new")
	if err := writeSynced(temporary, l.encode()); err != nil {
		return fmt.Errorf("write ledger of batches: %w", err)
	}
	if err := os.Rename(temporary, name); err != nil {
		return fmt.Errorf("write ledger of batches: %w", err)
	}
	return syncFolder(dir)
}

func writeSynced(name string, data []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// sweepLedgers removes the ledgers of other positions.
func sweepLedgers(dir string, position uint64) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return // they only take room
	}
	for _, f := range files {
		name := filepath.Join(dir, f.Name())
		if strings.HasPrefix(f.Name(), ledgerPrefix) && name != ledgerName(dir, position) {
			_ = os.Remove(name)
		}
	}
}

// syncFolder makes a name durable. Systems whose folders cannot be opened journal such changes themselves.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return nil //nolint:nilerr // see above
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("sync folder of matcher: %w", err)
	}
	return nil
}

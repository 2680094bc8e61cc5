// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hammingdisk

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"regexp"
)

// A manifest names the files that together are the index at one position of the caller's journal. It is one
// line of JSON and a line with its checksum, replaced as a whole.
type manifest struct {
	Version  int            `json:"version"`
	Position uint64         `json:"position"`
	Segments []segmentEntry `json:"segments"`
}

type segmentEntry struct {
	File     string        `json:"file"`
	Bytes    int64         `json:"bytes"`
	Checksum uint32        `json:"checksum"` // of the header, which covers the rest
	Removed  *removedEntry `json:"removed,omitempty"`
}

// removedEntry is a file with the marks of removed pairs.
type removedEntry struct {
	File     string `json:"file"`
	Bytes    int64  `json:"bytes"`
	Checksum uint32 `json:"checksum"`
}

const (
	manifestName    = "manifest"
	manifestVersion = 1
	maxManifest     = 1 << 20
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

var fileName = regexp.MustCompile(`^(?:segment|removed)-[0-9a-f]{16}$`)

var errManifest = fmt.Errorf("%w: manifest", errDamaged)

func (m manifest) encode() []byte {
	line, err := json.Marshal(m)
	if err != nil {
		panic(err) // numbers and names only
	}
	return fmt.Appendf(line, "\n%08x\n", crc32.Checksum(line, castagnoli))
}

func parseManifest(data []byte) (m manifest, err error) {
	line, sum, found := bytes.Cut(data, []byte("\n"))
	want := fmt.Sprintf("%08x\n", crc32.Checksum(line, castagnoli))
	if !found || len(data) > maxManifest || string(sum) != want {
		return m, errManifest
	}
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&m); err != nil {
		return m, fmt.Errorf("%w: %w", errManifest, err)
	}
	if m.Version != manifestVersion {
		return m, fmt.Errorf("%w: version %d", errManifest, m.Version)
	}
	for _, file := range m.files() {
		if !fileName.MatchString(file) {
			return m, fmt.Errorf("%w: a file name that is none of ours", errManifest)
		}
	}
	for _, s := range m.Segments {
		if s.Bytes <= 0 || s.Removed != nil && (s.Removed.Bytes <= 0 || s.Removed.Bytes > s.Bytes) {
			return m, fmt.Errorf("%w: size of a file", errManifest)
		}
	}
	return m, nil
}

// files are the names in the manifest.
func (m manifest) files() (names []string) {
	for _, s := range m.Segments {
		names = append(names, s.File)
		if s.Removed != nil {
			names = append(names, s.Removed.File)
		}
	}
	return names
}

// readManifest gives an empty manifest when there is none.
func (f *folder) readManifest() (manifest, error) {
	data, err := os.ReadFile(f.path(manifestName))
	if errors.Is(err, os.ErrNotExist) {
		return manifest{Version: manifestVersion}, nil
	}
	if err != nil {
		return manifest{}, fmt.Errorf("read manifest: %w", err)
	}
	return parseManifest(data)
}

// writeManifest replaces the manifest at once: it is the old one or the new one, whenever the machine stops.
// The files that it names must be on the disk already.
func (f *folder) writeManifest(m manifest) error {
	if err := f.sync(); err != nil { // the names of those files
		return err
	}
	temporary := f.path(manifestName + ".new")
	if err := os.WriteFile(temporary, m.encode(), 0o600); err != nil {
		return fmt.Errorf("write manifest: %w", err)
	}
	if err := syncFile(temporary); err != nil {
		return err
	}
	if err := os.Rename(temporary, f.path(manifestName)); err != nil {
		return fmt.Errorf("replace manifest: %w", err)
	}
	return f.sync()
}

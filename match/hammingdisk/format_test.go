// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hammingdisk

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite golden files")

// TestFoldersOfOldVersionsOpen opens a copy of what each version that was ever released wrote.
func TestFoldersOfOldVersionsOpen(t *testing.T) {
	t.Parallel()
	const golden = "testdata/v1"
	if *update {
		writing := t.TempDir()
		s := openStore(t, writing)
		must(t, s.AddAll(pairs(0, 20)))
		must(t, s.Settle())
		must(t, s.Remove(hashOf(3), 3))
		must(t, s.Checkpoint())
		must(t, s.Add(hashOf(20), 20)) // in the log alone, as this
		must(t, s.Remove(hashOf(4), 4))
		must(t, os.RemoveAll(golden))
		must(t, os.CopyFS(golden, os.DirFS(writing)))
		must(t, os.Remove(filepath.Join(golden, "lock")))
	}
	dir := t.TempDir()
	must(t, os.CopyFS(dir, os.DirFS(golden)))
	s := openStore(t, dir)
	if s.disk.Problem() != nil || s.disk.Position() != 21 || s.log.length() != 23 {
		t.Errorf("problem %v, position %d, log of %d", s.disk.Problem(), s.disk.Position(), s.log.length())
	}
	for id := range uint64(22) {
		if want := id <= 20 && id != 3 && id != 4; s.holds(id) != want {
			t.Errorf("pair %d", id)
		}
	}
}

func TestManifestReadsWhatItWrote(t *testing.T) {
	t.Parallel()
	m := manifest{Version: 1, Position: 1 << 63, Segments: []segmentEntry{
		{File: "segment-0123456789abcdef", Bytes: 5, Checksum: 7},
		{File: "segment-0123456789abcdee", Bytes: 50, Removed: &removedEntry{
			File: "removed-0123456789abcdef", Bytes: 8, Checksum: 9}},
	}}
	data := m.encode()
	got, err := parseManifest(data)
	if diff := cmp.Diff(m, got); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	for at := range data {
		damaged := slices.Clone(data)
		damaged[at] ^= 1
		if _, err := parseManifest(damaged); err == nil {
			t.Errorf("damage at %d is not seen", at)
		}
		if _, err := parseManifest(data[:at]); err == nil {
			t.Errorf("a cut at %d is not seen", at)
		}
	}
}

func FuzzParseManifest(f *testing.F) {
	f.Add(manifest{Version: 1}.encode())
	f.Add([]byte("{}\n00000000\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := parseManifest(data)
		if err != nil {
			return
		}
		again, err := parseManifest(m.encode())
		if diff := cmp.Diff(m, again); err != nil || diff != "" {
			t.Errorf("%v %s", err, diff)
		}
	})
}

// FuzzReadLog reads any bytes as a log: it is refused, or begun, or cut to whole records that read again.
func FuzzReadLog(f *testing.F) {
	log := logHeader()
	f.Add(log)
	for i := range uint32(3) {
		log = appendRecord(log, uint64(i), i, change{hash: hashOf(uint64(i)), id: uint64(i), removed: i == 2})
	}
	f.Add(log)
	f.Add(log[:len(log)-1])
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), logName)
		must(t, os.WriteFile(path, data, 0o600))
		counts := [2]int{}
		for i := range counts {
			l, err := openLog(path, 0, func(changes []change) { counts[i] += len(changes) })
			if err != nil {
				return
			}
			must(t, l.close())
		}
		if counts[0] != counts[1] {
			t.Errorf("%d records, then %d", counts[0], counts[1])
		}
	})
}

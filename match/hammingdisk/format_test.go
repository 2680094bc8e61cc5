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

// goldens are folders as each version of the log was written, all of them with the same pairs.
var goldens = []struct {
	folder           string
	position, length uint64
	head             logHead
	write            func(t *testing.T, s *Store)
}{
	{"testdata/v1", 21, 23, logHead{}, func(t *testing.T, s *Store) {
		must(t, s.AddAll(pairs(0, 20)))
	}},
	{"testdata/v2", 81, 83, logHead{first: 62, sealed: 81}, func(t *testing.T, s *Store) {
		s.shortenAfter = 10
		must(t, s.AddAll(pairs(0, 40)))
		for id := uint64(20); id < 40; id++ {
			must(t, s.Remove(hashOf(id), id))
		}
		must(t, s.AddAll(pairs(0, 20)))
	}},
}

// TestFoldersOfOldVersionsOpen opens a copy of what each version that was ever released wrote.
func TestFoldersOfOldVersionsOpen(t *testing.T) {
	t.Parallel()
	for _, g := range goldens {
		if *update {
			writing := t.TempDir()
			s := openStore(t, writing)
			g.write(t, s)
			must(t, s.Settle())
			must(t, s.Remove(hashOf(3), 3))
			must(t, s.Checkpoint())
			must(t, s.Add(hashOf(20), 20)) // in the log alone, as this
			must(t, s.Remove(hashOf(4), 4))
			must(t, os.RemoveAll(g.folder))
			must(t, os.CopyFS(g.folder, os.DirFS(writing)))
			must(t, os.Remove(filepath.Join(g.folder, "lock")))
		}
		dir := t.TempDir()
		must(t, os.CopyFS(dir, os.DirFS(g.folder)))
		for _, index := range []bool{true, false} {
			if !index {
				must(t, os.Remove(filepath.Join(dir, manifestName)))
			}
			s := openStore(t, dir)
			position := g.position
			if !index {
				position = 0
			}
			if s.disk.Problem() != nil || s.disk.Position() != position || s.log.length() != g.length ||
				s.log.head != g.head {
				t.Errorf("%s: problem %v, position %d, log of %+v to %d",
					g.folder, s.disk.Problem(), s.disk.Position(), s.log.head, s.log.length())
			}
			for id := range uint64(42) {
				if want := id <= 20 && id != 3 && id != 4; s.holds(id) != want {
					t.Errorf("%s, index %t: pair %d", g.folder, index, id)
				}
			}
			must(t, s.Close())
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
	log := logHead{}.encode()
	f.Add(log)
	for i := range uint32(3) {
		log = appendRecord(log, uint64(i), i, change{hash: hashOf(uint64(i)), id: uint64(i), removed: i == 2})
	}
	f.Add(log)
	f.Add(log[:len(log)-1])
	shortened := logHead{first: 3, sealed: 5}.encode()
	for number := uint64(3); number < 7; number++ {
		shortened = appendRecord(shortened, number, 0, change{hash: hashOf(number), id: number})
	}
	f.Add(shortened)
	f.Add(shortened[:4*recordSize])
	f.Add(logHead{first: 9, sealed: 9}.encode())
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

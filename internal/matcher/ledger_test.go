// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package matcher_test

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"strings"
	"testing"

	"tocsin/internal/matcher"
)

// signed puts the checksum behind a line.
func signed(line string) []byte {
	return fmt.Appendf(nil, "%s\n%08x\n", line, crc32.Checksum([]byte(line), crc32.MakeTable(crc32.Castagnoli)))
}

var soundLedger = signed(`{"version":1,"position":3,"batches":[{"base":16777216,"blob":"` +
	strings.Repeat("0a", 32) + `","pictures":5,"others":2,"leaving":true}]}`)

func TestLedgerThatIsNotSoundIsRefused(t *testing.T) {
	t.Parallel()
	if again, err := matcher.ReadAndWriteLedger(soundLedger); err != nil || !bytes.Equal(again, soundLedger) {
		t.Errorf("%s, %v", again, err)
	}
	for i := range soundLedger {
		bad := bytes.Clone(soundLedger)
		bad[i] ^= 4
		if _, err := matcher.ReadAndWriteLedger(bad); err == nil {
			t.Errorf("byte %d changed: accepted", i)
		}
		if _, err := matcher.ReadAndWriteLedger(soundLedger[:i]); err == nil {
			t.Errorf("cut at %d: accepted", i)
		}
	}
	for _, line := range []string{
		`{"version":2,"position":3,"batches":[]}`,
		`{"version":1,"position":3,"batches":[],"kettle":1}`,
		`{"version":1,"position":3,"batches":[{"base":5,"blob":"` + strings.Repeat("0a", 32) + `","pictures":1}]}`,
		`{"version":1,"position":3,"batches":[{"base":0,"blob":"kettle","pictures":1}]}`,
		`{"version":1,"position":3,"batches":[{"base":0,"blob":"` + strings.Repeat("0a", 32) + `","pictures":-1}]}`,
	} {
		if _, err := matcher.ReadAndWriteLedger(signed(line)); err == nil {
			t.Errorf("accepted: %s", line)
		}
	}
}

func FuzzLedger(f *testing.F) {
	f.Add(soundLedger)
	f.Add(signed(`{"version":1,"position":0,"batches":null}`))
	f.Add([]byte("\n\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		written, err := matcher.ReadAndWriteLedger(data)
		if err != nil {
			return
		}
		if again, err := matcher.ReadAndWriteLedger(written); err != nil || !bytes.Equal(again, written) {
			t.Errorf("what was written reads as something else: %v", err)
		}
	})
}

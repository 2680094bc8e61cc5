// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hammingdisk

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"

	"tocsin/match/hamming"
)

// Marks of removed pairs are a file of little-endian numbers of 64 bits; its checksum is in the manifest.

// writeRemoved writes marks, or holds the file before when it says the same.
func (f *folder) writeRemoved(marks []uint64, before *removedEntry) (removedEntry, error) {
	data := make([]byte, 0, 8*len(marks))
	for _, word := range marks {
		data = binary.LittleEndian.AppendUint64(data, word)
	}
	entry := removedEntry{Bytes: int64(len(data)), Checksum: crc32.Checksum(data, castagnoli)}
	if before != nil && before.Bytes == entry.Bytes && before.Checksum == entry.Checksum {
		f.hold(before.File)
		return *before, nil
	}
	name, err := f.create("removed", data)
	if err != nil {
		return entry, err
	}
	if err := syncFile(f.path(name)); err != nil {
		f.drop(name)
		return entry, err
	}
	entry.File = name
	return entry, nil
}

func (f *folder) readRemoved(segment *hamming.Segment, entry removedEntry) error {
	data, err := os.ReadFile(f.path(entry.File))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("read marks: %w", err)
	}
	size := int64(len(data))
	if size != entry.Bytes || size%8 != 0 || crc32.Checksum(data, castagnoli) != entry.Checksum {
		return fmt.Errorf("%w: marks in %s", errDamaged, entry.File)
	}
	marks := make([]uint64, len(data)/8)
	for i := range marks {
		marks[i] = binary.LittleEndian.Uint64(data[8*i:])
	}
	if err := segment.MarkDead(marks); err != nil {
		return fmt.Errorf("%w: %w", errDamaged, err)
	}
	return nil
}

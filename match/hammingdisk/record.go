// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hammingdisk

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"tocsin/match/hamming"
)

// A log is a header and records of one size, little-endian:
//
//	header   "TOCSNLOG", version of 32 bits, in version 2 first 8 B and sealed 8 B, zeros, checksum
//	record   hash 32 B, id 8 B, since 4 B, checksum 4 B
//
// A log begins in version 1, with record 0. One that was shortened is of version 2 and begins with the record
// first; those below sealed are what was stored when it was shortened, all of them on the disk.
//
// Since counts the records before this one that were written with it and not yet known to be on the disk; its
// highest bit says that the pair is removed. The checksum also covers the number of the record, so that none
// counts in another's place. So a log tells what a machine that stopped may have lost: records of the last
// write, which nobody was told of. A bad record is such a one, and ends the log, unless a later record says
// that it had been on the disk: then somebody's pair is lost, and the log is refused.
const (
	logMagic   = "TOCSNLOG"
	recordSize = 48
	removal    = 1 << 31
	maxWrite   = 1 << 16 // records
	maxNumber  = 1 << 56 // of a record, so that its place in a file is a number
)

// ErrLogDamaged says that the log lacks records that were acknowledged.
var ErrLogDamaged = errors.New("log is damaged")

// change is what a record tells: a pair is added or removed.
type change struct {
	hash    hamming.Hash
	id      uint64
	removed bool
}

// logHead is what a header tells: the number of the first record, and below which number none may lack.
type logHead struct{ first, sealed uint64 }

func (h logHead) encode() []byte {
	head := make([]byte, recordSize)
	copy(head, logMagic)
	version := uint32(1)
	if h.sealed > 0 {
		version = 2
	}
	binary.LittleEndian.PutUint32(head[8:], version)
	binary.LittleEndian.PutUint64(head[12:], h.first)
	binary.LittleEndian.PutUint64(head[20:], h.sealed)
	binary.LittleEndian.PutUint32(head[recordSize-4:], crc32.Checksum(head[:recordSize-4], castagnoli))
	return head
}

// parseLogHead reads a header; there is one way to write each.
func parseLogHead(data []byte) (h logHead, ok bool) {
	h = logHead{binary.LittleEndian.Uint64(data[12:]), binary.LittleEndian.Uint64(data[20:])}
	return h, h.first <= h.sealed && h.sealed <= maxNumber && bytes.Equal(data, h.encode())
}

// place is where the record of a number lies in the file.
func (h logHead) place(number uint64) int64 { return int64(1+number-h.first) * recordSize }

// appendRecord appends the record of a number, which was preceded by since records of the same write.
func appendRecord(data []byte, number uint64, since uint32, c change) []byte {
	begin := len(data)
	data = append(data, c.hash[:]...)
	data = binary.LittleEndian.AppendUint64(data, c.id)
	if c.removed {
		since |= removal
	}
	data = binary.LittleEndian.AppendUint32(data, since)
	return binary.LittleEndian.AppendUint32(data, recordSum(data[begin:], number))
}

func recordSum(record []byte, number uint64) uint32 {
	var place [8]byte
	binary.LittleEndian.PutUint64(place[:], number)
	return crc32.Update(crc32.Checksum(place[:], castagnoli), castagnoli, record[:recordSize-4])
}

// parseRecord gives a record that is whole.
func parseRecord(record []byte, number uint64) (c change, since uint32, ok bool) {
	if binary.LittleEndian.Uint32(record[recordSize-4:]) != recordSum(record, number) {
		return c, 0, false
	}
	c.hash = hamming.Hash(record)
	c.id = binary.LittleEndian.Uint64(record[32:])
	since = binary.LittleEndian.Uint32(record[40:])
	c.removed = since&removal != 0
	return c, since &^ removal, uint64(since&^removal) <= number
}

// logReader reads records one after the other and finds where the log ends.
type logReader struct {
	number uint64 // of the next record
	end    uint64 // records that count, as far as is known
	bad    bool   // a record was bad, and the log ends at it unless it is refused
}

// next takes a record; it is to be applied when ok.
func (r *logReader) next(record []byte) (c change, ok bool, err error) {
	c, since, good := parseRecord(record, r.number)
	number := r.number
	r.number++
	switch {
	case !good:
		r.bad = true
	case r.bad && number-uint64(since) > r.end:
		return c, false, fmt.Errorf("%w: record %d", ErrLogDamaged, r.end)
	case !r.bad:
		r.end++
		return c, true, nil
	}
	return c, false, nil
}

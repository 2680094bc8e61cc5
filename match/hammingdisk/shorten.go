// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hammingdisk

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"tocsin/match/hamming"
)

// A log is shortened when most of its records tell of pairs that are gone. A new file holds the pairs that
// are stored, as additions, and every record from a number at on that the index files have reached. The
// additions are numbered up to at, so that the records behind them keep their numbers, and bytes. At every
// moment one of the two files has the name of the log and is whole.

// shortenAfter is how many records more than twice the stored pairs a log has before it is shortened.
const shortenAfter = 256 << 10

// logBehind is how many records, at most, are copied while writers wait.
const logBehind = 4 << 10

// wasteful says whether a log that reaches a number has more records than its pairs are worth.
func (l *changeLog) wasteful(at uint64, pairs, after int) bool {
	return at-l.head.first > 2*uint64(pairs)+uint64(after)
}

// shorten puts a log of the pairs of a snapshot, which may be younger than the record at, in place of this
// one. Whatever the snapshot has of later records is told again by them, in their order. Names makes the
// names in the folder durable.
func (l *changeLog) shorten(snapshot *hamming.Snapshot, at uint64, names func() error) error {
	head := logHead{first: at - uint64(snapshot.Len()), sealed: at}
	unfinished := l.path + ".new"
	file, err := os.OpenFile(unfinished, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("shorten log: %w", err)
	}
	next := &changeLog{path: l.path, file: file, head: head, durable: at}
	if err = next.writePairs(snapshot); err == nil {
		err = l.handOver(next, unfinished, names)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("shorten log: %w", err), file.Close(), dropFile(unfinished))
	}
	return nil
}

// dropFile removes a file that may have another name by now.
func dropFile(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("drop unfinished log: %w", err)
	}
	return nil
}

// writePairs writes the header and the stored pairs.
func (l *changeLog) writePairs(snapshot *hamming.Snapshot) error {
	output := bufio.NewWriterSize(l.file, recordSize<<14)
	if _, err := output.Write(l.head.encode()); err != nil {
		return err
	}
	number := l.head.first
	for hash, id := range snapshot.Pairs {
		record := appendRecord(l.buffer[:0], number, 0, change{hash: hash, id: id})
		if _, err := output.Write(record); err != nil {
			return err
		}
		l.buffer = record
		number++
	}
	return output.Flush()
}

// handOver copies the records that follow, until few are missing, and the rest while writers wait.
func (l *changeLog) handOver(next *changeLog, unfinished string, names func() error) error {
	for l.length() > next.durable+logBehind {
		if err := next.copyRecords(l.file, l.head, l.length()); err != nil {
			return err
		}
	}
	if err := next.sync(); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.busy {
		l.changed.Wait()
	}
	if l.failure != nil {
		return l.failure
	}
	if err := next.copyRecords(l.file, l.head, l.durable); err != nil {
		return err
	}
	if err := next.sync(); err != nil {
		return err
	}
	if err := os.Rename(unfinished, l.path); err != nil {
		return err
	}
	if err := names(); err != nil {
		l.failure = err // which of the two has the name after a crash is not known
		return err
	}
	old := l.file
	l.file, l.head = next.file, next.head
	_ = old.Close() // it was only read, and has no name any more
	return nil
}

// copyRecords takes the records up to a number from another log, in which they are durable.
func (l *changeLog) copyRecords(from io.ReaderAt, head logHead, end uint64) error {
	size := int64(end-l.durable) * recordSize
	records := io.NewSectionReader(from, head.place(l.durable), size)
	copied, err := io.Copy(io.NewOffsetWriter(l.file, l.head.place(l.durable)), records)
	if err != nil {
		return err
	}
	if copied != size {
		return io.ErrUnexpectedEOF
	}
	l.durable = end
	return nil
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hammingdisk

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// changeLog appends changes to a file. Those that wait for the disk at the same time share one write and one
// sync: whoever comes first does them for all who came meanwhile.
type changeLog struct {
	path  string
	file  *os.File
	head  logHead
	apply func([]change) // called in the order of the log, once changes are durable

	mu      sync.Mutex
	changed sync.Cond
	waiting []change
	busy    bool   // somebody writes
	asked   uint64 // records up to the last that waits
	durable uint64 // records on the disk, and applied
	failure error  // the file cannot be relied on any more
	buffer  []byte
}

// openLog reads a log from the record from on, applies what it tells, and gives it for appending. A log that
// is shorter than from, or was shortened since, gives errForeign.
func openLog(path string, from uint64, apply func([]change)) (*changeLog, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	l := &changeLog{path: path, file: file, apply: apply}
	l.changed.L = &l.mu
	if err := l.read(from); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return l, nil
}

// errForeign says that the log ends before the position of the index files, or was shortened after it: they
// do not belong to this log.
var errForeign = errors.New("log is not that of the index")

// read finds the end of the log, cuts what was not finished, and applies records.
func (l *changeLog) read(from uint64) error {
	input := bufio.NewReaderSize(l.file, recordSize<<14)
	record := make([]byte, recordSize)
	info, err := l.file.Stat()
	if err != nil {
		return fmt.Errorf("read log: %w", err)
	}
	_, err = io.ReadFull(input, record)
	head, sound := parseLogHead(record)
	switch sound = sound && err == nil; {
	case !sound && info.Size() <= recordSize:
		return l.begin(from) // the log was being made: nothing can be in it
	case err != nil:
		return fmt.Errorf("read log: %w", err)
	case !sound:
		return fmt.Errorf("%w: header", ErrLogDamaged)
	case from > 0 && from < head.sealed:
		return errForeign
	}
	l.head = head
	reader := logReader{number: head.first, end: head.first}
	if err := l.readRecords(input, &reader, from); err != nil {
		return err
	}
	switch {
	case reader.end < head.sealed:
		return fmt.Errorf("%w: record %d", ErrLogDamaged, reader.end)
	case reader.end < from:
		return errForeign
	}
	l.asked, l.durable = reader.end, reader.end
	return l.cut()
}

// readRecords reads all records and applies those from a number on that count.
func (l *changeLog) readRecords(input io.Reader, reader *logReader, from uint64) error {
	record := make([]byte, recordSize)
	var pending []change
	for {
		_, err := io.ReadFull(input, record)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			l.apply(pending)
			return nil
		}
		if err != nil {
			return fmt.Errorf("read log: %w", err)
		}
		number := reader.number
		c, ok, err := reader.next(record)
		if err != nil {
			return err
		}
		if ok && number >= from {
			pending = append(pending, c)
		}
		if len(pending) == maxWrite {
			l.apply(pending)
			pending = pending[:0]
		}
	}
}

// begin makes an empty log.
func (l *changeLog) begin(from uint64) error {
	if from > 0 {
		return errForeign
	}
	if err := l.file.Truncate(0); err != nil {
		return fmt.Errorf("begin log: %w", err)
	}
	if _, err := l.file.WriteAt(l.head.encode(), 0); err != nil {
		return fmt.Errorf("begin log: %w", err)
	}
	return l.sync()
}

// cut removes what lies behind the last record that counts, so that it can never be taken for a later one.
func (l *changeLog) cut() error {
	if err := l.file.Truncate(l.head.place(l.durable)); err != nil {
		return fmt.Errorf("cut log: %w", err)
	}
	return l.sync()
}

func (l *changeLog) sync() error {
	if err := l.file.Sync(); err != nil {
		return fmt.Errorf("sync log: %w", err)
	}
	return nil
}

// commit appends changes and returns when they are on the disk and applied.
func (l *changeLog) commit(changes []change) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failure != nil {
		return l.failure
	}
	l.waiting = append(l.waiting, changes...)
	l.asked += uint64(len(changes))
	mine := l.asked
	for l.durable < mine && l.failure == nil {
		if l.busy {
			l.changed.Wait()
		} else {
			l.writeWaiting()
		}
	}
	if l.durable < mine {
		return l.failure
	}
	return nil
}

// writeWaiting writes what waits. The caller holds mu, which is given up meanwhile.
func (l *changeLog) writeWaiting() {
	l.busy = true
	changes := l.waiting[:min(len(l.waiting), maxWrite)]
	l.waiting = l.waiting[len(changes):]
	first := l.durable
	l.mu.Unlock()
	err := l.write(first, changes)
	if err == nil {
		l.apply(changes)
	}
	l.mu.Lock()
	l.busy = false
	if err != nil {
		// What a failed write or sync left on the disk is not known: only opening the log again tells.
		l.failure = err
	} else {
		l.durable += uint64(len(changes))
	}
	l.changed.Broadcast()
}

func (l *changeLog) write(first uint64, changes []change) error {
	l.buffer = l.buffer[:0]
	for i, c := range changes {
		l.buffer = appendRecord(l.buffer, first+uint64(i), uint32(i), c)
	}
	if _, err := l.file.WriteAt(l.buffer, l.head.place(first)); err != nil {
		return fmt.Errorf("write log: %w", err)
	}
	return l.sync()
}

// length is the number of records that are durable and applied.
func (l *changeLog) length() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.durable
}

// close waits for whoever writes, and takes no further changes.
func (l *changeLog) close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.busy {
		l.changed.Wait()
	}
	if l.failure == nil {
		l.failure = ErrClosed
	}
	return l.file.Close()
}

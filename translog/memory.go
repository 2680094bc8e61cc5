// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package translog

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// Memory is a log held in memory: for examples, tests and small tools. The zero value is an empty log.
// It is not safe for use by several goroutines.
type Memory struct {
	edge    Edge
	entries [][]byte
	hashes  []tlog.Hash
}

// Append adds entries and gives the index of the first.
func (m *Memory) Append(entries ...Entry) (int64, error) {
	encoded := make([][]byte, len(entries))
	for i, e := range entries {
		b, err := e.Encode()
		if err != nil {
			return 0, err
		}
		encoded[i] = b
	}
	return m.AppendBytes(encoded...)
}

// AppendBytes adds entries that are encoded already, or that no schema allows.
func (m *Memory) AppendBytes(entries ...[]byte) (int64, error) {
	first := m.edge.Size()
	stored, edge, err := m.edge.Append(entries...)
	if err != nil {
		return 0, err
	}
	for _, s := range stored {
		m.hashes = append(m.hashes, s.Hash)
	}
	m.entries = append(m.entries, entries...)
	m.edge = edge
	return first, nil
}

// Checkpoint gives the tree head as it is now.
func (m *Memory) Checkpoint(origin string) Checkpoint {
	return Checkpoint{Origin: origin, Size: m.edge.Size(), Root: m.edge.Root()}
}

// Entries gives n entries from an index.
func (m *Memory) Entries(from int64, n int) ([][]byte, error) {
	if from < 0 || n < 0 || from > m.edge.Size()-int64(n) {
		return nil, fmt.Errorf("read entries: %w: not in the log", ErrMalformed)
	}
	return m.entries[from : from+int64(n)], nil
}

// ReadHashes implements [tlog.HashReader].
func (m *Memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		if x < 0 || x >= int64(len(m.hashes)) {
			return nil, fmt.Errorf("read hashes: %w: not in the log", ErrMalformed)
		}
		hashes[i] = m.hashes[x]
	}
	return hashes, nil
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package matcher

import (
	"cmp"
	"slices"

	"tocsin/match"
)

// nudge tells the tidier that there may be something to do.
func (m *Matcher) nudge() {
	select {
	case m.wake <- struct{}{}:
	default: // it knows
	}
}

// tidy reclaims what was taken back and writes down what the index holds, each time something changed.
func (m *Matcher) tidy() {
	for {
		select {
		case <-m.closed.Done():
			return
		case <-m.wake:
		}
		m.reclaim()
		if err := m.writeDown(); err != nil {
			m.report(err)
		}
		// What was written may name segments that are being merged. Once they are, their files can go.
		m.pictures.disk.Wait()
		if err := m.writeDown(); err != nil {
			m.report(err)
		}
	}
}

// reclaim takes batches that were removed out of memory and files.
func (m *Matcher) reclaim() {
	gone := map[match.ID]bool{}
	m.mu.Lock()
	for base, h := range m.batches {
		if h.state == leaving {
			gone[base] = true
		}
	}
	m.mu.Unlock()
	if len(gone) == 0 {
		return
	}
	m.set.Reclaim()
	m.pictures.purge(gone)
	m.mu.Lock()
	defer m.mu.Unlock()
	for base := range gone {
		close(m.batches[base].change)
		delete(m.batches, base)
	}
}

// writeDown writes the next position of ledger and index, unless they are as they were written last.
func (m *Matcher) writeDown() error {
	m.loading.Lock()
	defer m.loading.Unlock()
	next := ledger{Version: ledgerVersion, Position: m.ledger.Position + 1, Batches: m.entries()}
	segments := m.pictures.segments()
	if slices.Equal(next.Batches, m.ledger.Batches) && slices.Equal(segments, m.segments) {
		return nil
	}
	if err := next.write(m.dir); err != nil {
		return err
	}
	if err := m.pictures.disk.Checkpoint(next.Position); err != nil {
		return err
	}
	m.ledger, m.segments = next, segments
	sweepLedgers(m.dir, next.Position)
	return nil
}

// dropUnclaimed gives up batches that nobody added since the matcher was opened, unless none was: then
// whoever opened it had no time to.
func (m *Matcher) dropUnclaimed() {
	m.mu.Lock()
	defer m.mu.Unlock()
	var unclaimed []*holding
	claimed := false
	for _, h := range m.batches {
		switch h.state {
		case live:
			claimed = true
		case stored:
			unclaimed = append(unclaimed, h)
		}
	}
	if claimed {
		for _, h := range unclaimed {
			h.leave()
		}
	}
}

// entries are the batches whose pictures are in the index. The caller holds loading.
func (m *Matcher) entries() []entry {
	m.mu.Lock()
	defer m.mu.Unlock()
	var entries []entry
	for _, h := range m.batches {
		if h.Stored {
			e := h.entry
			e.Leaving = h.state == leaving || h.part
			entries = append(entries, e)
		}
	}
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Compare(a.Base, b.Base) })
	return entries
}

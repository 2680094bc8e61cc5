// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hammingdisk

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"sync/atomic"

	"tocsin/match/hamming"
)

// Options of an index in files; the zero value is good.
type Options struct {
	// Resident keeps segments in memory of the process, in huge pages if the machine has them, instead of
	// mapping their files.
	Resident bool
	// Tail and Limit are those of hamming.Options.
	Tail, Limit int
	// Report is told of failures in the background, from another goroutine; nil: nobody is told. Nothing is
	// lost by them: what could not be merged or written is found as before, and tried again later.
	Report func(error)

	shortenAfter int // for tests, in place of the constant
}

// Disk is an index that files follow, whose truth is a journal of the caller.
type Disk struct {
	*hamming.Index

	memory   *memory
	lock     *os.File
	position atomic.Uint64
	problem  error

	checkpoint sync.Mutex // held by Checkpoint
	written    manifest
}

// ErrInUse says that another process has the folder open.
var ErrInUse = errors.New("folder is in use")

// errDamaged is in every error about files that are not what they should be: they are built again, where
// other errors, such as a lack of memory, end Open.
var errDamaged = errors.New("files of the index are damaged")

// Open gives the index that the last Checkpoint left in the folder, which is made when it is not there.
// Position tells what is in it. When a file is missing or damaged, the index is empty, its position 0, and
// Problem says why; the caller then applies its journal from the beginning.
func Open(dir string, options Options) (*Disk, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make folder of index: %w", err)
	}
	lock, err := lockFolder(dir)
	if err != nil {
		return nil, err
	}
	files := &folder{dir: dir, users: map[string]int{}}
	d := &Disk{memory: &memory{folder: files, resident: options.Resident}, lock: lock}
	d.Index = hamming.New(hamming.Options{
		Memory: d.memory, Tail: options.Tail, Limit: options.Limit, Report: options.Report,
	})
	if err := d.load(); err != nil {
		if !errors.Is(err, errDamaged) {
			return nil, errors.Join(err, d.Close())
		}
		d.problem = err
		d.written = manifest{Version: manifestVersion}
	}
	d.position.Store(d.written.Position)
	files.sweep()
	return d, nil
}

// load opens every segment of the manifest, or none.
func (d *Disk) load() (err error) {
	if d.written, err = d.memory.folder.readManifest(); err != nil {
		return err
	}
	for _, name := range d.written.files() {
		d.memory.folder.hold(name)
	}
	var segments []*hamming.Segment
	for _, entry := range d.written.Segments {
		segment, err := d.openSegment(entry)
		if err != nil {
			for _, other := range segments {
				other.Block().Release()
			}
			d.dropAll(d.written)
			return err
		}
		segments = append(segments, segment)
	}
	for _, segment := range segments {
		d.Attach(segment)
	}
	return nil
}

func (d *Disk) openSegment(entry segmentEntry) (*hamming.Segment, error) {
	block, err := d.memory.open(entry.File, entry.Bytes)
	if err != nil {
		return nil, err
	}
	segment, err := hamming.OpenSegment(block)
	if err != nil {
		err = fmt.Errorf("%w: %w", errDamaged, err)
	} else if segment.Checksum() != entry.Checksum {
		err = fmt.Errorf("%w: not the file that the manifest means", errDamaged)
	}
	if err == nil && entry.Removed != nil {
		err = d.memory.folder.readRemoved(segment, *entry.Removed)
	}
	if err != nil {
		block.Release()
		return nil, fmt.Errorf("open %s: %w", entry.File, err)
	}
	return segment, nil
}

// Position is what the last Checkpoint was given, or what it was when the folder was opened.
func (d *Disk) Position() uint64 { return d.position.Load() }

// Problem says why the files that were in the folder could not be used; nil when they could, or when there
// were none.
func (d *Disk) Problem() error { return d.problem }

// Checkpoint writes what the index holds, so that Open gives it again together with the position, which is
// how far the caller has applied its journal. What is applied while it runs may be in the files as well: to
// apply it again in the same order does no harm.
func (d *Disk) Checkpoint(position uint64) error {
	d.checkpoint.Lock()
	defer d.checkpoint.Unlock()
	snapshot := d.Snapshot()
	defer snapshot.Release()
	next, err := d.write(snapshot, position)
	if err == nil {
		err = d.memory.folder.writeManifest(next)
	}
	if err != nil {
		d.dropAll(next)
		return fmt.Errorf("write checkpoint: %w", err)
	}
	d.dropAll(d.written)
	d.written = next
	d.position.Store(position)
	return nil
}

func (d *Disk) dropAll(m manifest) {
	for _, name := range m.files() {
		d.memory.folder.drop(name)
	}
}

// write puts everything into files that the manifest holds.
func (d *Disk) write(snapshot *hamming.Snapshot, position uint64) (m manifest, err error) {
	m = manifest{Version: manifestVersion, Position: position}
	for _, state := range snapshot.Segments {
		entry, err := d.writeSegment(state)
		if entry.File != "" {
			m.Segments = append(m.Segments, entry)
		}
		if err != nil {
			return m, err
		}
	}
	if len(snapshot.Tail) == 0 {
		return m, nil
	}
	tail, err := segmentOf(snapshot.Tail)
	if err != nil {
		return m, err
	}
	entry, err := d.writeSegment(hamming.SegmentState{Segment: tail})
	if entry.File != "" {
		m.Segments = append(m.Segments, entry)
	}
	return m, err
}

// segmentOf makes a small segment of a tail, for its file alone: in the index itself it stays a tail.
func segmentOf(pairs []hamming.Pair) (*hamming.Segment, error) {
	return hamming.Build(hamming.Heap, len(pairs), func(yield func(hamming.Hash, uint64) bool) {
		for _, p := range pairs {
			if !yield(p.Hash, p.ID) {
				return
			}
		}
	})
}

// writeSegment puts a segment and its marks into files. An entry that names a file holds it, also on an
// error.
func (d *Disk) writeSegment(state hamming.SegmentState) (entry segmentEntry, err error) {
	name, err := d.fileOf(state.Segment)
	if err != nil {
		return entry, err
	}
	size := int64(len(state.Segment.Block().Bytes()))
	entry = segmentEntry{File: name, Bytes: size, Checksum: state.Segment.Checksum()}
	if state.Dead == nil {
		return entry, nil
	}
	removed, err := d.memory.folder.writeRemoved(state.Dead, d.removedBefore(name))
	if err != nil {
		return entry, err
	}
	entry.Removed = &removed
	return entry, nil
}

// fileOf gives the file of a segment, on the disk itself and held. A segment from elsewhere has none yet.
func (d *Disk) fileOf(segment *hamming.Segment) (name string, err error) {
	files := d.memory.folder
	if own, ok := segment.Block().(*block); ok {
		if name, err = own.persist(); err == nil {
			files.hold(name)
		}
		return name, err
	}
	if name, err = files.create("segment", segment.Block().Bytes()); err != nil {
		return "", err
	}
	if err := syncFile(files.path(name)); err != nil {
		files.drop(name)
		return "", err
	}
	return name, nil
}

// removedBefore is the entry of a segment's marks in the manifest that is in force.
func (d *Disk) removedBefore(segment string) *removedEntry {
	i := slices.IndexFunc(d.written.Segments, func(s segmentEntry) bool { return s.File == segment })
	if i < 0 {
		return nil
	}
	return d.written.Segments[i].Removed
}

// Close gives the folder free. It writes nothing: what came after the last Checkpoint is in the journal.
func (d *Disk) Close() error {
	d.checkpoint.Lock()
	defer d.checkpoint.Unlock()
	d.Index.Close()
	return unlockFolder(d.lock)
}

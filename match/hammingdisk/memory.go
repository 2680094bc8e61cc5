// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hammingdisk

import (
	"fmt"
	"os"
	"sync"

	"tocsin/match/hamming"
)

// memory provides segments with anonymous memory to be built in. A finished segment stays there when the
// index is resident, and becomes a mapped file otherwise.
type memory struct {
	folder   *folder
	resident bool
}

func (m *memory) Allocate(size int) (hamming.Block, error) {
	area, err := anonymous(size)
	if err != nil {
		return nil, err
	}
	return &block{memory: m, area: area}, nil
}

// block is the memory of a segment and, once it has one, its file.
type block struct {
	memory *memory
	area   area

	mu     sync.Mutex // held while the file is written
	file   string     // "" as long as there is none
	synced bool
}

func (b *block) Bytes() []byte { return b.area.data }

func (b *block) Keep(size int) error {
	b.area.trim(size)
	if b.memory.resident {
		return nil
	}
	name, err := b.memory.folder.create("segment", b.area.data)
	if err != nil {
		return err
	}
	mapped, err := mapFile(b.memory.folder.path(name), size)
	if err != nil {
		b.memory.folder.drop(name)
		return fmt.Errorf("map segment: %w", err)
	}
	b.area.release()
	b.area, b.file = mapped, name
	return nil
}

func (b *block) Release() {
	b.area.release()
	if b.file != "" {
		b.memory.folder.drop(b.file)
	}
}

// persist makes sure that the segment is in a file, on the disk itself, and gives its name.
func (b *block) persist() (name string, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.file == "" {
		if b.file, err = b.memory.folder.create("segment", b.area.data); err != nil {
			return "", err
		}
	}
	if !b.synced {
		if err := syncFile(b.memory.folder.path(b.file)); err != nil {
			return "", err
		}
		b.synced = true
	}
	return b.file, nil
}

// open gives the block of a file that a manifest names.
func (m *memory) open(name string, size int64) (*block, error) {
	path := m.folder.path(name)
	if info, err := os.Stat(path); err != nil || info.Size() != size {
		return nil, fmt.Errorf("%w: %s is not there whole", errDamaged, name)
	}
	open := mapFile
	if m.resident {
		open = readFile
	}
	area, err := open(path, int(size))
	if err != nil {
		return nil, fmt.Errorf("open segment: %w", err)
	}
	m.folder.hold(name)
	return &block{memory: m, area: area, file: name, synced: true}, nil
}

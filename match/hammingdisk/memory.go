// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hammingdisk

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"tocsin/match/hamming"
)

// memory provides segments with anonymous memory to be built in. A finished segment stays there when the index
// is resident, and becomes a mapped file otherwise.
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

// folder counts who needs each file, and removes a file that nobody needs: neither a segment in use nor the
// manifest.
type folder struct {
	dir string

	mu    sync.Mutex
	users map[string]int
}

func (f *folder) path(name string) string { return filepath.Join(f.dir, name) }

func (f *folder) hold(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.users[name]++
}

// drop ends one use. A file that cannot be removed is removed when the folder is opened again.
func (f *folder) drop(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.users[name]--; f.users[name] <= 0 {
		delete(f.users, name)
		_ = os.Remove(f.path(name))
	}
}

// create writes a file under a name that no file had before, and holds it. It is on the disk itself only
// after syncFile.
func (f *folder) create(kind string, data []byte) (name string, err error) {
	random := make([]byte, 8)
	_, _ = rand.Read(random) // never fails
	name = kind + "-" + hex.EncodeToString(random)
	file, err := os.OpenFile(f.path(name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", fmt.Errorf("create %s: %w", kind, err)
	}
	f.hold(name)
	_, err = file.Write(data)
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err != nil {
		f.drop(name)
		return "", fmt.Errorf("write %s: %w", kind, err)
	}
	return name, nil
}

func syncFile(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("sync file: %w", err)
	}
	defer file.Close()
	if err := file.Sync(); err != nil {
		return fmt.Errorf("sync file: %w", err)
	}
	return nil
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package keyring_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/keyring"
)

func root(b byte) tlog.Hash { return tlog.Hash{b} }

func TestMarkNeverGoesBackwards(t *testing.T) {
	t.Parallel()
	const one, two = "node.example/log-1", "node.example/log-2"
	served := flow.Published{Shard: 2, Size: 10, Root: root(1), Origin: two}
	for _, c := range []struct {
		name string
		next flow.Published
		fork bool
	}{
		{"the same", served, false},
		{"larger", flow.Published{Shard: 2, Size: 11, Root: root(2), Origin: two}, false},
		{"next shard, empty", flow.Published{Shard: 3, Size: 0, Origin: "node.example/log-3"}, false},
		{"smaller", flow.Published{Shard: 2, Size: 9, Root: root(2), Origin: two}, true},
		{"other root", flow.Published{Shard: 2, Size: 10, Root: root(2), Origin: two}, true},
		{"other origin", flow.Published{Shard: 2, Size: 11, Root: root(2), Origin: one}, true},
		{"earlier shard", flow.Published{Shard: 1, Size: 99, Root: root(2), Origin: one}, true},
	} {
		dir, r := newRing(t)
		if _, ok, err := r.ReadMark(); ok || err != nil {
			t.Fatalf("a new folder has a mark: %v", err)
		}
		if err := r.WriteMark(served); err != nil {
			t.Fatal(err)
		}
		err := r.WriteMark(c.next)
		if (err != nil) != c.fork || c.fork && tocsin.ReasonOf(err) != tocsin.ReasonLogBehindMark {
			t.Errorf("%s: %v", c.name, err)
		}
		want := c.next
		if c.fork {
			want = served
		}
		if got, ok, err := open(t, dir).ReadMark(); err != nil || !ok || got != want {
			t.Errorf("%s: the mark is %+v, %v", c.name, got, err)
		}
	}
}

func TestMarkIsRefusedWhenMalformed(t *testing.T) {
	t.Parallel()
	dir, r := newRing(t)
	for _, m := range []flow.Published{{Size: 1, Origin: "o"}, {Shard: 1, Size: -1, Origin: "o"}, {Shard: 1}} {
		if err := r.WriteMark(m); err == nil {
			t.Errorf("%+v was written", m)
		}
	}
	for _, text := range []string{"", "{}", "null", `{"shard":1,"size":1,"root":"AA==","origin":"o"}`,
		`{"shard":1,"size":1,"root":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","origin":"o"} {}`,
		`{"shard":1,"size":1,"root":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","origin":"o","x":1}`} {
		if err := os.WriteFile(filepath.Join(dir, "mark.json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if m, ok, err := r.ReadMark(); err == nil {
			t.Errorf("%q was read as %+v, %v", text, m, ok)
		}
		if err := r.WriteMark(flow.Published{Shard: 9, Size: 9, Origin: "o"}); err == nil {
			t.Errorf("a mark was written over %q", text)
		}
	}
}

func TestWritersOfOneFolderNeverMoveTheMarkBack(t *testing.T) {
	t.Parallel()
	dir, _ := newRing(t)
	var group sync.WaitGroup
	for range 4 {
		r := open(t, dir)
		group.Go(func() {
			best := int64(0)
			for size := range int64(15) {
				m := flow.Published{Shard: 1, Size: size, Root: root(byte(size)), Origin: "node.example/log-1"}
				if err := r.WriteMark(m); err == nil {
					best = size
				} else if tocsin.ReasonOf(err) != tocsin.ReasonLogBehindMark {
					t.Error(err)
				}
				if now, _, err := r.ReadMark(); err != nil || now.Size < best {
					t.Errorf("after size %d the mark is %d, %v", best, now.Size, err)
				}
			}
		})
	}
	group.Wait()
	if m, _, err := open(t, dir).ReadMark(); err != nil || m.Size != 14 {
		t.Errorf("the mark ended at %d, %v", m.Size, err)
	}
}

// TestKilledWriterLosesNothingAcknowledged kills a process that writes marks and keys, and reads what
// is left.
func TestKilledWriterLosesNothingAcknowledged(t *testing.T) {
	if dir := os.Getenv("KEYRING_WRITE_TO"); dir != "" {
		writeForever(dir)
	}
	t.Parallel()
	dir, r := newRing(t)
	before := len(r.WrappingKeys())
	for run := range 8 {
		writer := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
		writer.Env = append(os.Environ(), "KEYRING_WRITE_TO="+dir)
		out, err := writer.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := writer.Start(); err != nil {
			t.Fatal(err)
		}
		acknowledged := int64(0)
		lines := bufio.NewScanner(out)
		for n := 0; n <= run*3 && lines.Scan(); n++ {
			acknowledged, _ = strconv.ParseInt(lines.Text(), 10, 64)
		}
		_ = writer.Process.Kill()
		for lines.Scan() {
			if size, err := strconv.ParseInt(lines.Text(), 10, 64); err == nil {
				acknowledged = size
			}
		}
		_ = writer.Wait()
		again := open(t, dir)
		m, ok, err := again.ReadMark()
		if err != nil || !ok || m.Size < acknowledged || acknowledged == 0 {
			t.Fatalf("run %d: acknowledged %d, the mark is %+v, %v", run, acknowledged, m, err)
		}
		if n := len(again.WrappingKeys()); n < before+int(acknowledged) {
			t.Fatalf("run %d: %d key-encryption keys, %d were acknowledged", run, n, before+int(acknowledged))
		}
		for path := range files(t, dir) {
			if strings.HasPrefix(filepath.Base(path), ".") {
				t.Errorf("run %d left %s", run, path)
			}
		}
	}
}

// writeForever is the process that is killed: each line of its output is a mark that was written.
func writeForever(dir string) {
	r, err := keyring.Open(dir)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	m, _, err := r.ReadMark()
	for err == nil {
		m = flow.Published{Shard: 1, Size: m.Size + 1, Origin: "node.example/log-1"}
		if _, err = r.Rotate(); err == nil {
			if err = r.WriteMark(m); err == nil {
				fmt.Println(m.Size)
			}
		}
	}
	fmt.Println(err)
	os.Exit(1)
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package matcher_test

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"

	"tocsin"
	"tocsin/match"
)

const (
	victimFolder = "TOCSIN_TEST_MATCHER_FOLDER"
	victimBlobs  = "TOCSIN_TEST_MATCHER_BLOBS"
)

// beVictim is what the process does that TestKilledMatcherFindsEverythingAgain kills: it adds and removes
// batches and says what it is about to do and what was done.
func beVictim(t *testing.T, folder string) {
	w := &world{t: t, dir: folder}
	m := w.start()
	blobs := strings.Split(os.Getenv(victimBlobs), ",")
	for {
		i := rand.IntN(len(blobs))
		blob, base := tocsin.Digest(blobs[i]), match.ID(i+1)<<24
		fmt.Println("add", i)
		w.add(m, base, blob)
		fmt.Println("added", i)
		if rand.IntN(3) == 0 {
			fmt.Println("remove", i)
			w.remove(m, base, blob)
			fmt.Println("removed", i)
		}
	}
}

func TestKilledMatcherFindsEverythingAgain(t *testing.T) {
	if folder := os.Getenv(victimFolder); folder != "" {
		beVictim(t, folder)
	}
	t.Parallel()
	w := newWorld(t)
	const batches, rounds = 8, 6
	values, names := make([][]string, batches), make([]string, batches)
	for i := range batches {
		values[i] = hashes(uint64(100+i), 200+3000*(i%2))
		names[i] = string(w.put(append(pictures(values[i]), garden[i%2])...))
	}
	r := rand.New(rand.NewPCG(31, 32))
	for range rounds {
		done := w.kill(t, names, 1+r.IntN(25))
		m := w.start()
		for i := range batches { // as the journal would have it
			if done[i] == "added" {
				w.add(m, match.ID(i+1)<<24, tocsin.Digest(names[i]))
			} else {
				w.remove(m, match.ID(i+1)<<24, tocsin.Digest(names[i]))
			}
		}
		for i := range batches {
			for _, row := range []int{0, len(values[i]) - 1} {
				if id := match.ID(i+1)<<24 + match.ID(row); done[i] == "added" {
					w.found(m, "pdq", values[i][row], id)
				} else {
					w.found(m, "pdq", values[i][row])
				}
			}
		}
		w.stop(m)
	}
}

// kill starts the victim, kills it when it has written some lines, and gives the last word on each batch.
func (w *world) kill(t *testing.T, blobs []string, lines int) map[int]string {
	t.Helper()
	victim := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$") //nolint:gosec // this test
	victim.Env = append(os.Environ(), victimFolder+"="+w.dir, victimBlobs+"="+strings.Join(blobs, ","))
	out, err := victim.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	done := map[int]string{}
	for said := bufio.NewScanner(out); said.Scan(); lines-- {
		if lines == 0 {
			_ = victim.Process.Kill()
		}
		var word string
		var i int
		if _, err := fmt.Sscan(said.Text(), &word, &i); err == nil {
			done[i] = word
		}
	}
	_ = victim.Wait() // it was killed
	return done
}

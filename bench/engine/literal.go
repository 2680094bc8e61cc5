// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build linux

package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/coregx/ahocorasick"

	"tocsin/decode/literal"
)

// literals searches a text for many patterns, with our automaton or with coregx's.
type literals struct {
	peer     bool
	patterns []string
	text     []byte
	ours     *literal.Set
	coregx   *ahocorasick.Automaton
}

// newLiterals takes the engine, a file of patterns, one a line, and a file of text.
func newLiterals(args []string) (*literals, error) {
	if len(args) != 3 {
		return nil, errors.New("literals needs an engine, patterns and a text")
	}
	list, err := os.ReadFile(args[1])
	if err != nil {
		return nil, err
	}
	x := &literals{peer: args[0] == "coregx", patterns: strings.Fields(string(list))}
	x.text, err = os.ReadFile(args[2])
	return x, err
}

// run builds, or scans the text from a place to another.
func (x *literals) run(word string, from, to int) (turn, error) {
	switch word {
	case "build":
		return x.build()
	case "scan":
		return x.scan(x.text[from:to])
	}
	return turn{}, fmt.Errorf("literals know no %q", word)
}

func (x *literals) build() (t turn, err error) {
	before, err := anonymous()
	if err != nil {
		return t, err
	}
	t, err = timed(0, 1, func(int) (err error) {
		if x.peer {
			x.coregx, err = ahocorasick.NewBuilder().AddStrings(x.patterns).Build()
			return err
		}
		x.ours, err = literal.Compile(x.patterns)
		return err
	})
	if err != nil {
		return t, err
	}
	after, err := anonymous()
	t.Bytes, t.About = after-before, x.about()
	if !x.peer {
		t.Size = float64(x.ours.Size())
	}
	return t, err
}

func (x *literals) about() string {
	if !x.peer {
		return runtime.Version()
	}
	info, _ := debug.ReadBuildInfo()
	for _, m := range info.Deps {
		if m.Path == "github.com/coregx/ahocorasick" {
			return m.Version + ", " + runtime.Version()
		}
	}
	return runtime.Version()
}

// scan counts the hits and sums them up in a way that does not depend on their order; bench/decode/vectorscan.c
// does the same.
func (x *literals) scan(text []byte) (t turn, err error) {
	count, sum := 0, uint32(0)
	t, err = timed(0, 1, func(int) error {
		if x.peer {
			for _, m := range x.coregx.FindAllOverlapping(text) {
				count++
				sum += mixed(m.PatternID, m.End)
			}
			return nil
		}
		x.ours.Find(text, func(pattern, _, end int) bool {
			count++
			sum += mixed(pattern, end)
			return true
		})
		return nil
	})
	t.Count, t.Sum = []int{count}, []uint32{sum}
	return t, err
}

func mixed(pattern, end int) uint32 {
	return (uint32(pattern)+1)*0x9e3779b1 ^ uint32(end)*0x85ebca6b
}

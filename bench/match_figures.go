// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build linux

package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// These files hold what was measured last, part by part: a part that is measured again replaces only itself.
const (
	figuresFile       = "bench/match/figures.json"
	decodeFiguresFile = "bench/decode/figures.json"
)

// matchPart is what was measured at one go.
type matchPart struct {
	Name      string // such as index-uniform-1000000
	Date      string // UTC
	Processor string
	System    string            //
	Go        string            // with what changes the build of ours
	Before    string            // load average when it began
	After     string            // and when it ended, its own included
	Seconds   float64           // that it took
	About     map[string]string // version and build of each engine
	Figures   []figure

	begun time.Time
}

// figure is one number of one engine in each round.
type figure struct {
	Engine, What, Unit string
	Runs               []float64
}

func newPart(name string) *matchPart {
	return &matchPart{Name: name, Date: time.Now().UTC().Format("2006-01-02 15:04"),
		Processor: fieldOf("/proc/cpuinfo", "model name"), System: output("uname", "-srm"),
		Go: runtime.Version() + ", GOAMD64=" + output("go", "env", "GOAMD64"), Before: loads(),
		About: map[string]string{}, begun: time.Now()}
}

func (p *matchPart) finish() { p.After, p.Seconds = loads(), time.Since(p.begun).Seconds() }

func loads() string {
	before, _, _ := strings.Cut(loadAverage(), " (")
	return before
}

// add keeps a figure of a round with those of the rounds before.
func (p *matchPart) add(engine, what, unit string, value float64) {
	for i := range p.Figures {
		if f := &p.Figures[i]; f.Engine == engine && f.What == what {
			f.Runs = append(f.Runs, value)
			return
		}
	}
	p.Figures = append(p.Figures, figure{engine, what, unit, []float64{value}})
}

// of gives a figure; false when it was not measured.
func (p *matchPart) of(engine, what string) (figure, bool) {
	i := slices.IndexFunc(p.Figures, func(f figure) bool { return f.Engine == engine && f.What == what })
	if i < 0 {
		return figure{}, false
	}
	return p.Figures[i], true
}

func readParts(file string) (parts []*matchPart, err error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return parts, json.Unmarshal(text, &parts)
}

// replaced gives the parts with one measured again.
func replaced(parts []*matchPart, p *matchPart) []*matchPart {
	parts = slices.DeleteFunc(parts, func(old *matchPart) bool { return old.Name == p.Name })
	parts = append(parts, p)
	slices.SortFunc(parts, func(a, b *matchPart) int { return cmp.Compare(a.Name, b.Name) })
	return parts
}

// keep writes a part down in place of the one of its name.
func (p *matchPart) keep(file string) error {
	parts, err := readParts(file)
	if err != nil {
		return err
	}
	return writeParts(file, replaced(parts, p))
}

func writeParts(file string, parts []*matchPart) error {
	text, err := json.MarshalIndent(parts, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o644)
}

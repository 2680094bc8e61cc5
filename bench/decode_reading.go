// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build linux

package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"tocsin/decode"
	"tocsin/decode/disguise"
	"tocsin/decode/fold"
	"tocsin/decode/lexicon"
)

const (
	readingName  = "reading"
	readingPosts = 20_000
	hostileBytes = 1 << 20
	hostileUnit  = "ms/MB"
	postsRead    = "posts"
	offPicture   = ", off a picture"
)

// measureReading reads texts that were made to cost much, and posts, for the demonstration's words, in this process; by
// its own processor time.
func (d *decoding) measureReading(ctx context.Context) (*matchPart, error) {
	p := newPart(readingName)
	reader := decode.New(lexicon.Demonstration(), fold.New(), time.Now())
	all, _ := posts(readingPosts)
	for round := range d.rounds + 1 { // the first warms up and counts for nothing
		into := p
		if round == 0 {
			into = newPart("")
		}
		for _, h := range disguise.HostileTexts("zorvian", hostileBytes) {
			for name, about := range map[string]decode.About{h.Name: {}, h.Name + offPicture: {FromPicture: true}} {
				if err := ctx.Err(); err != nil {
					return nil, err
				}
				began := processorTime()
				reader.Read(h.Text, about)
				into.add(oursEngine, name, hostileUnit, milliseconds(processorTime()-began)/(float64(len(h.Text))/1e6))
			}
		}
		began, size, read := processorTime(), 0, 0
		for _, post := range all {
			size, read = size+len(post.Text), read+len(reader.Read(post.Text, decode.About{}).Decodes)
		}
		took := processorTime() - began
		if want := readingPosts / wordEvery; read < want {
			return nil, fmt.Errorf("%d readings of posts, want %d", read, want)
		}
		into.add(oursEngine, postsRead, "MB/s", float64(size)/1e6/took.Seconds())
	}
	return p, nil
}

// writeReading is the table of the texts that are read.
func writeReading(b *strings.Builder, parts []*matchPart) {
	at := slices.IndexFunc(parts, func(p *matchPart) bool { return p.Name == readingName })
	if at < 0 {
		return
	}
	p := parts[at]
	fmt.Fprintf(b, "\n### Texts made to cost much\n\nThe library reads %d posts of %d bytes, and texts of 1 MB made to cost as much as may be, for the "+
		"demonstration's lexicon, by its own processor time on one core. Goals: posts at 30 MB/s, hostile texts in 200 ms/MB; where "+
		"work runs out, the answer says so.\n\n| Text | As people write | Off a picture |\n|---|---|---|\n", readingPosts, postBytes)
	fmt.Fprintf(b, "| posts | %s MB/s | – |\n", p.cell(oursEngine, postsRead))
	for _, h := range disguise.HostileTexts("zorvian", hostileBytes/1024) {
		fmt.Fprintf(b, "| %s | %s ms/MB | %s ms/MB |\n", h.Name, p.cell(oursEngine, h.Name), p.cell(oursEngine, h.Name+offPicture))
	}
}

// worstReading is the figure of the text that takes longest, as people write.
func worstReading(p *matchPart) (name string, runs []float64) {
	for _, f := range p.Figures {
		if f.Unit == hostileUnit && !strings.HasSuffix(f.What, offPicture) && (runs == nil || median(f.Runs) > median(runs)) {
			name, runs = f.What, f.Runs
		}
	}
	return name, runs
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"tocsin/decode"
	"tocsin/decode/fold"
	"tocsin/decode/lexicon"
	"tocsin/internal/node"
)

type decodeFlags struct {
	lexicon  string
	language string
	explain  bool
	ocr      bool
}

func (p *program) decodeCommand() *cobra.Command {
	var f decodeFlags
	c := task("decode FILE…", "Read disguised text, step by step, without a node", `
Reads texts for the entries of a lexicon, whatever stands between: look-alike letters, digits for letters,
letters set apart, words run together. Each reading is printed with its tier, T0 for what stands there as it
is to T4 for what is far from it. --explain tells each step, the other ways to read it, and what stands around
it. FILE may be - for standard input. Nothing is sent anywhere.

A reading is not a finding, and disguise is no evidence of anything. Without --lexicon the demonstration's
invented words are read for. With --json each file is one object with the records that docs/decode.md explains.`,
		"  echo 'ᴢ0rv1an' | tocsin decode --explain -\n  tocsin decode --lexicon words.json --json posts.txt",
		cobra.MinimumNArgs(1), func(ctx context.Context, args []string) error { return p.decode(ctx, args, f) })
	c.Flags().StringVar(&f.lexicon, "lexicon", "", "a lexicon file (default: the demonstration's invented words)")
	c.Flags().StringVar(&f.language, "language", "", "language of the texts, such as fr; it only becomes part of the record")
	c.Flags().BoolVar(&f.ocr, "ocr", false, "a program read the texts off pictures: letters that it may have mixed up are read for each other")
	c.Flags().BoolVar(&f.explain, "explain", false, "every step, other readings, and what stands around")
	return c
}

// fileRead is what was read in one file.
type fileRead struct {
	File string `json:"file"`
	decode.Result
	Error string `json:"error,omitempty"`
}

func (p *program) decode(ctx context.Context, files []string, f decodeFlags) error {
	if i := slices.Index(files, "-"); i >= 0 && slices.Contains(files[i+1:], "-") {
		return usagef("standard input can be read once only")
	}
	s, err := p.openLexicon(f.lexicon)
	if err != nil {
		return err
	}
	d := decode.New(s, fold.New(), p.clock.Now())
	failed := 0
	for _, file := range files {
		if err := ctx.Err(); err != nil {
			return err
		}
		text, err := p.readText(file)
		if err != nil {
			failed++
			if err := p.showRead(fileRead{File: file, Error: err.Error()}, f); err != nil {
				return err
			}
			continue
		}
		if err := p.showRead(fileRead{File: file, Result: d.Read(text, decode.About{Language: f.language, FromPicture: f.ocr})}, f); err != nil {
			return err
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d files could not be read", failed, len(files))
	}
	return nil
}

// openLexicon reads a lexicon file, or takes the demonstration's.
func (p *program) openLexicon(file string) (*lexicon.Snapshot, error) {
	if file == "" {
		p.note("Note: reading for the invented words of the demonstration. Name a lexicon with --lexicon.")
		return lexicon.Demonstration(), nil
	}
	return node.OpenLexicon(file)
}

// readText reads a file that is at most as long as what is read.
func (p *program) readText(file string) (string, error) {
	in := p.in
	if file != "-" {
		opened, err := os.Open(file)
		if err != nil {
			return "", bare(err)
		}
		defer opened.Close()
		in = opened
	}
	text, err := io.ReadAll(io.LimitReader(in, decode.MaxSize+1))
	if err != nil {
		return "", bare(err)
	}
	if len(text) > decode.MaxSize {
		return "", fmt.Errorf("longer than %d bytes: split it", decode.MaxSize)
	}
	return string(text), nil
}

// bare leaves the path out of a file's error: it stands beside it.
func bare(err error) error {
	if e, ok := err.(*fs.PathError); ok {
		return e.Err
	}
	return err
}

func (p *program) showRead(r fileRead, f decodeFlags) error {
	if p.global.json {
		if r.Decodes == nil {
			r.Decodes = []decode.Decode{}
		}
		encoder := json.NewEncoder(p.out)
		encoder.SetEscapeHTML(false)
		return encoder.Encode(r)
	}
	var b strings.Builder
	file := decode.VisibleLine(r.File)
	if r.Error != "" {
		fmt.Fprintf(&b, "%s: %s\n", file, r.Error)
	}
	for _, d := range r.Decodes {
		fmt.Fprintf(&b, "%s:%d-%d  %s  %s  %s → %s\n", file, d.Span.Start, d.Span.End, d.Tier, d.Entry.ID,
			decode.VisibleLine(d.Original), decode.VisibleLine(d.Normalised))
		if f.explain {
			b.WriteString(story(d))
		}
	}
	if r.More > 0 {
		fmt.Fprintf(&b, "%s: %d more readings are not shown\n", file, r.More)
	}
	if r.Bounded {
		fmt.Fprintf(&b, "%s: part of it is so ambiguous that not all ways to read it were tried\n", file)
	}
	_, err := io.WriteString(p.out, b.String())
	return err
}

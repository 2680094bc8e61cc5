// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"tocsin"
	"tocsin/internal/media"
	"tocsin/match/digest"
	"tocsin/match/pdq"
)

// typePDQ is the signal type of pictures; the digests have the names of their algorithms.
const typePDQ = "pdq"

// hashTypes are what --type takes, in the order in which they are printed.
func hashTypes() []string {
	all := []string{typePDQ}
	for _, a := range digest.Algorithms() {
		all = append(all, string(a))
	}
	return all
}

// hashFlags choose what is computed.
type hashFlags struct {
	types    []string
	dihedral bool
}

// hashed is one line of the result: a hash, or why there is none.
type hashed struct {
	File    string        `json:"file"`
	Type    string        `json:"type,omitempty"`
	Turn    string        `json:"turn,omitempty"` // with --dihedral
	Value   string        `json:"value,omitempty"`
	Quality *int          `json:"quality,omitempty"` // of pictures, like the next two
	Width   int           `json:"width,omitempty"`
	Height  int           `json:"height,omitempty"`
	Error   string        `json:"error,omitempty"`
	Reason  tocsin.Reason `json:"reason,omitempty"`
}

func (p *program) hashCommand() *cobra.Command {
	var f hashFlags
	c := task("hash FILE…", "Print the hashes of files, without a node", `
Computes the hashes by which files are found again, here and with nothing sent anywhere: pdq for what a
picture looks like, md5, sha1 and sha256 for its exact bytes. FILE may be - for standard input.

Pictures are JPEG, PNG, GIF and WebP, told by their content. Of an animation the first frame is hashed, and a
turned picture is hashed as it is stored; --dihedral adds the hashes of its rotations and reflections. A
quality below 50 means that the picture shows too little for its pdq hash to be relied on.

A file that cannot be hashed is reported beside the others, the exit code is then 1, and it must not be taken
for one that matches nothing. With --json every line is an object of its own.`,
		"  tocsin hash bridge.jpg\n  tocsin hash --type pdq,sha256 --json *.png > hashes.jsonl\n"+
			"  curl -s https://example.com/garden.webp | tocsin hash --type pdq -",
		cobra.MinimumNArgs(1), func(ctx context.Context, args []string) error { return p.hash(ctx, args, f) })
	c.Flags().StringSliceVar(&f.types, "type", hashTypes(), "which hashes; repeat, or separate by commas")
	c.Flags().BoolVar(&f.dihedral, "dihedral", false, "the eight pdq hashes of a picture however it is turned")
	return c
}

func (f hashFlags) check(files []string) error {
	for _, t := range f.types {
		if !slices.Contains(hashTypes(), t) {
			return usagef("--type takes %s", strings.Join(hashTypes(), ", "))
		}
	}
	if f.dihedral && !slices.Contains(f.types, typePDQ) {
		return usagef("--dihedral is for pdq")
	}
	if i := slices.Index(files, "-"); i >= 0 && slices.Contains(files[i+1:], "-") {
		return usagef("standard input can be read once only")
	}
	return nil
}

func (p *program) hash(ctx context.Context, files []string, f hashFlags) error {
	if err := f.check(files); err != nil {
		return err
	}
	var pictures *media.Hasher
	if slices.Contains(f.types, typePDQ) {
		var err error
		if pictures, err = media.New(ctx, media.Options{}); err != nil {
			return err
		}
		defer pictures.Close()
		if missing := pictures.Protection().Missing(); len(missing) > 0 {
			p.note("Note: this system lacks %s; pictures are decoded in a process apart, less confined.",
				strings.Join(missing, " and "))
		}
	}
	show, flush := p.hashPrinter()
	step, end := p.progress("hash")
	failed, done := 0, int64(0)
	work := func(file string) []hashed { return p.hashFile(ctx, pictures, file, f) }
	for lines := range inOrder(ctx, files, work) {
		if slices.ContainsFunc(lines, func(h hashed) bool { return h.Error != "" }) {
			failed++
		}
		if err := show(lines); err != nil {
			return err
		}
		done++
		step(done, int64(len(files)))
	}
	end()
	if err := errors.Join(flush(), ctx.Err()); err != nil {
		return err
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d files could not be hashed", failed, len(files))
	}
	return nil
}

// inOrder hashes several files at once and gives the results in the order of the files.
func inOrder(ctx context.Context, files []string, work func(string) []hashed) func(func([]hashed) bool) {
	return func(yield func([]hashed) bool) {
		results := make(chan chan []hashed, runtime.NumCPU())
		stop := make(chan struct{})
		defer close(stop)
		go func() {
			defer close(results)
			for _, file := range files {
				result := make(chan []hashed, 1)
				select {
				case results <- result: // not before an earlier one was taken
				case <-stop:
					return
				case <-ctx.Done():
					return
				}
				go func() { result <- work(file) }()
			}
		}()
		for result := range results {
			if !yield(<-result) {
				return
			}
		}
	}
}

// hashFile gives the lines of one file.
func (p *program) hashFile(ctx context.Context, pictures *media.Hasher, name string, f hashFlags) []hashed {
	file, err := p.readForHash(ctx, name)
	if err != nil {
		return []hashed{failedHash(name, "", err)}
	}
	var lines []hashed
	if pictures != nil {
		lines = hashPicture(ctx, pictures, name, file.Data, f.dihedral)
	}
	for _, d := range file.Digests {
		if slices.Contains(f.types, string(d.Algorithm())) {
			lines = append(lines, hashed{File: name, Type: string(d.Algorithm()), Value: d.String()})
		}
	}
	return lines
}

func (p *program) readForHash(ctx context.Context, name string) (media.File, error) {
	if name == "-" {
		return media.Read(ctx, p.in)
	}
	f, err := os.Open(name)
	if err != nil {
		return media.File{}, err
	}
	defer f.Close()
	return media.Read(ctx, f)
}

func hashPicture(ctx context.Context, pictures *media.Hasher, name string, data []byte,
	dihedral bool) []hashed {
	question := media.Upright
	if dihedral {
		question = media.Dihedral
	}
	found, err := pictures.Picture(ctx, data, question)
	if err != nil {
		return []hashed{failedHash(name, typePDQ, err)}
	}
	var lines []hashed
	for i, h := range found.Hashes {
		line := hashed{File: name, Type: typePDQ, Value: h.String(), Quality: &found.Quality, Width: found.Width,
			Height: found.Height}
		if dihedral {
			line.Turn = pdq.DihedralName(i)
		}
		lines = append(lines, line)
	}
	return lines
}

// failedHash says why there is no hash, in the words that are for everyone.
func failedHash(name, hashType string, err error) hashed {
	line := hashed{File: name, Type: hashType, Error: err.Error(), Reason: tocsin.ReasonOf(err)}
	if e, ok := errors.AsType[*tocsin.Error](err); ok {
		line.Error = e.Public
	} else if e, ok := errors.AsType[*fs.PathError](err); ok {
		line.Error = e.Err.Error()
	}
	return line
}

// hashPrinter prints lines: objects as they come, or a table at the end and failures beside it.
func (p *program) hashPrinter() (show func([]hashed) error, flush func() error) {
	if p.global.json {
		e := json.NewEncoder(p.out)
		e.SetEscapeHTML(false)
		return func(lines []hashed) error {
			for _, line := range lines {
				if err := e.Encode(line); err != nil {
					return err
				}
			}
			return nil
		}, func() error { return nil }
	}
	w := tabwriter.NewWriter(p.out, 0, 4, 2, ' ', 0)
	return func(lines []hashed) error {
		for _, line := range lines {
			if line.Error != "" {
				fmt.Fprintf(p.err, "tocsin: %s: %s\n", shownName(line.File), line.Error)
			} else if err := line.print(w); err != nil {
				return err
			}
		}
		return nil
	}, w.Flush
}

func (h hashed) print(w io.Writer) error {
	about := ""
	if h.Quality != nil {
		about = fmt.Sprintf("quality %d, %d×%d", *h.Quality, h.Width, h.Height)
		if *h.Quality < pdq.MinQuality {
			about += ", too little to rely on"
		}
		if h.Turn != "" {
			about += ", " + h.Turn
		}
	}
	_, err := fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", shownName(h.File), h.Type, h.Value, about)
	return err
}

// shownName keeps the name of a file from giving orders to a terminal or breaking a table.
func shownName(name string) string {
	if strings.ContainsFunc(name, func(r rune) bool { return !strconv.IsPrint(r) }) {
		return strconv.Quote(name)
	}
	return name
}

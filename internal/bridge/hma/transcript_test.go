// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hma_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/node"
)

var update = flag.Bool("update", false, "rewrite the answers of the transcripts")

// TestTranscripts sends the requests of each transcript to a node of its own and compares every answer to the
// byte. A block is a request, then its answer; # begins a comment. Besides METHOD PATH BODY, a block may say
//
//	UPLOAD PATH name=value name=@file …   send a form
//	IMPORT BANK TYPE VALUE                import a list of one signal
//	WITHDRAW                              take the last import back
//	WRITE NAME LINES                      write a local file; ; ends a line
//	FETCH                                 fetch all sources
//	LATER DURATION                        let time pass
//
// $SITE is a machine that may be fetched from, $FILES the folder of local files, and $1, $2, … are the
// numbers of contents in the order in which they were first seen.
func TestTranscripts(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("testdata/*.txt")
	check(t, err)
	if len(names) < 7 {
		t.Fatalf("only %d transcripts", len(names))
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(name)
			check(t, err)
			l := newLab(t)
			got := (&player{lab: l, numbers: map[string]string{}}).play(string(text))
			l.intact()
			if *update {
				check(t, os.WriteFile(name, []byte(got), 0o644))
			} else if diff := cmp.Diff(string(text), got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

type player struct {
	*lab
	numbers map[string]string // of contents, by their place in the transcript
	last    tocsin.RecordID   // import
}

func (p *player) play(text string) string {
	var out strings.Builder
	for block := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		var request string
		for line := range strings.Lines(block + "\n") {
			line = strings.TrimSuffix(line, "\n")
			if strings.HasPrefix(line, "#") {
				fmt.Fprintln(&out, line)
				continue
			}
			request = line
			break
		}
		if request == "" {
			fmt.Fprintln(&out)
			continue
		}
		fmt.Fprintf(&out, "%s\n%s\n", request, p.perform(request))
	}
	return strings.TrimSuffix(out.String(), "\n")
}

// perform does what one line asks and gives its answer as the transcript writes it.
func (p *player) perform(line string) string {
	p.t.Helper()
	word, rest, _ := strings.Cut(p.filled(line), " ")
	path, arguments, _ := strings.Cut(rest, " ")
	switch word {
	case "UPLOAD":
		return p.written(p.upload(path, strings.Fields(arguments)...))
	case "IMPORT":
		report, err := p.node.Flow.Import(p.t.Context(), node.Operator, "", flow.Import{Bank: path,
			Source: "fr-notifier",
			Format: tocsin.FormatLocalFile, Reference: "list-7", Body: strings.NewReader(arguments)})
		check(p.t, err)
		p.last = report.Batch
	case "WITHDRAW":
		check(p.t, p.node.Flow.WithdrawBatch(p.t.Context(), node.Operator, p.last, "The wrong list."))
	case "WRITE":
		check(p.t, os.WriteFile(filepath.Join(p.files, path), []byte(strings.ReplaceAll(arguments, ";", "\n")),
			0o600))
	case "FETCH":
		p.service.FetchAll(p.t.Context())
	case "LATER":
		d, err := time.ParseDuration(path)
		check(p.t, err)
		p.clock.Advance(d)
		check(p.t, p.node.Flow.Scan(p.t.Context()))
		// The node of the test does not follow its journal by itself; a change of its own makes it.
		check(p.t, p.node.Flow.SetRatio(p.t.Context(), node.Operator, "video_md5", tocsin.Whole))
	default:
		return p.written(p.do(word, path, arguments))
	}
	return ""
}

var (
	long    = regexp.MustCompile(`\b[0-9]{8,15}\b`)
	ordinal = regexp.MustCompile(`\$([0-9]+)`)
)

// filled puts in what differs from one run to the next.
func (p *player) filled(line string) string {
	line = strings.NewReplacer("$SITE", p.site, "$FILES", p.files).Replace(line)
	return ordinal.ReplaceAllStringFunc(line, func(n string) string {
		for number, name := range p.numbers {
			if name == n {
				return number
			}
		}
		return n
	})
}

// written is an answer as it stands in a transcript.
func (p *player) written(r reply) string {
	body := strings.NewReplacer(p.site, "$SITE", p.files, "$FILES").Replace(strings.TrimSuffix(r.body, "\n"))
	body = long.ReplaceAllStringFunc(body, func(number string) string {
		if !isContent(number) {
			return number
		}
		if p.numbers[number] == "" {
			p.numbers[number] = fmt.Sprint("$", len(p.numbers)+1)
		}
		return p.numbers[number]
	})
	head := fmt.Sprint(r.status, " ", r.header.Get("Content-Type"))
	for _, name := range slices.Sorted(maps.Keys(r.header)) {
		if strings.HasPrefix(name, "X-Tocsin-") || name == "Location" || name == "Allow" {
			head += " " + name + ": " + strings.Join(r.header[name], ", ")
		}
	}
	return strings.TrimSpace(strings.TrimSpace(head)+"\n"+body) + "\n"
}

// isContent tells the number of a content from a time: sequence numbers in the tests are small.
func isContent(number string) bool {
	var n int64
	_, err := fmt.Sscan(number, &n)
	return err == nil && n>>24 < 80 && n>>24 > 0
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// pages hold commands that people copy.
var pages = []string{"README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "SECURITY.md", "docs/*.md",
	"examples/*/README.md"}

var (
	shellBlock = regexp.MustCompile("(?s)```sh\n(.*?)```")
	commandSay = regexp.MustCompile("`((?:go run ./cmd/)?tocsin [^`]+)`")
	shellWord  = regexp.MustCompile(`"[^"]*"|'[^']*'|[^\s"']+`)
	shellEnds  = []string{"|", ">", ">>", "&&", "||", ";", "&"}
)

// line is one command of a page, in words.
type line struct {
	page    string
	words   []string
	excerpt bool // a mention in a sentence, which may leave arguments away
}

func (l line) String() string { return l.page + ": " + strings.Join(l.words, " ") }

// linesOf gives the commands of a page: those of its sh blocks, and tocsin where a sentence mentions it.
func linesOf(page, text string) []line {
	var all []line
	for _, block := range shellBlock.FindAllStringSubmatch(text, -1) {
		for command := range strings.Lines(strings.ReplaceAll(block[1], "\\\n", " ")) {
			command, _, _ = strings.Cut(command, " #")
			if words := shellWord.FindAllString(command, -1); len(words) > 0 && !strings.HasPrefix(words[0], "#") {
				all = append(all, line{page, words, false})
			}
		}
	}
	for _, mention := range commandSay.FindAllStringSubmatch(text, -1) {
		all = append(all, line{page, shellWord.FindAllString(mention[1], -1), true})
	}
	return all
}

// arguments are those of tocsin in a command, up to the end of that part of the command.
func (l line) arguments() (args []string, found bool) {
	words := l.words
	if words[0] == "sudo" {
		words = words[1:]
		if len(words) > 2 && words[0] == "-u" {
			words = words[2:]
		}
	}
	switch {
	case words[0] == "tocsin":
		words = words[1:]
	case len(words) > 2 && words[0] == "go" && words[1] == "run" && words[2] == "./cmd/tocsin":
		words = words[3:]
	default:
		return nil, false
	}
	for _, w := range words {
		if slices.Contains(shellEnds, w) {
			break
		}
		args = append(args, strings.Trim(w, `"'`))
	}
	return args, true
}

// check says what a page gets wrong about the command, "" when nothing.
func (l line) check() string {
	args, found := l.arguments()
	if !found {
		return l.checkOther()
	}
	root := newProgram(strings.NewReader(""), io.Discard, io.Discard, nil).root()
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	command, rest, err := root.Find(args)
	if err != nil {
		return err.Error()
	}
	if command == root && len(rest) > 0 && !strings.HasPrefix(rest[0], "-") {
		return "there is no such command"
	}
	if l.excerpt {
		return unknownFlag(command, rest)
	}
	if err := command.ParseFlags(rest); err != nil {
		return err.Error()
	}
	if err := command.ValidateArgs(command.Flags().Args()); err != nil {
		return err.Error()
	}
	return ""
}

func unknownFlag(command *cobra.Command, args []string) string {
	for _, arg := range args {
		name, isFlag := strings.CutPrefix(arg, "--")
		name, _, _ = strings.Cut(name, "=")
		if isFlag && command.Flag(name) == nil && command.InheritedFlags().Lookup(name) == nil {
			return "there is no flag --" + name
		}
	}
	return ""
}

// checkOther looks at what a page asks of go, make and scripts of the repository.
func (l line) checkOther() string {
	switch first := l.words[0]; {
	case first == "make" && len(l.words) > 1:
		makefile, err := os.ReadFile(repository("Makefile"))
		if err != nil || !strings.Contains(string(makefile), "\n"+l.words[1]+":") {
			return "make has no such verb"
		}
	case strings.Contains(first, "/") && !filepath.IsAbs(first):
		if _, err := os.Stat(repository(first)); err != nil {
			return "there is no such script"
		}
	case first == "go":
		for _, w := range l.words[1:] {
			if _, err := os.Stat(repository(strings.TrimSuffix(w, "/..."))); strings.HasPrefix(w, "./") && err != nil {
				return "there is no " + w
			}
		}
	}
	return ""
}

func repository(path string) string { return filepath.Join("..", "..", path) }

func TestPagesNameCommandsThatExist(t *testing.T) {
	t.Parallel()
	checked := 0
	for _, pattern := range pages {
		files, err := filepath.Glob(repository(pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range linesOf(strings.TrimPrefix(file, repository("")+"/"), string(text)) {
				checked++
				if wrong := l.check(); wrong != "" {
					t.Errorf("%s: %s", l, wrong)
				}
			}
		}
	}
	if checked < 50 {
		t.Errorf("only %d commands were found in the pages", checked)
	}
}

// What a check does not find when it is there, it does not hold.
func TestWrongCommandsInPagesAreFound(t *testing.T) {
	t.Parallel()
	page := "```sh\ntocsin prune\ntocsin serve --fast\ntocsin backup\ntocsin keys service new a --scope\n" +
		"sudo -u tocsin tocsin init --\\\n  speed 3\ngo run ./nowhere\nmake coffee\n./tidy.sh now\n```\n" +
		"`tocsin fsck --repair` and `tocsin verify URL`"
	var missed []string
	lines := linesOf("page.md", page)
	for _, l := range lines {
		if l.check() == "" {
			missed = append(missed, l.String())
		}
	}
	if len(missed) > 0 || len(lines) != 10 {
		t.Errorf("of %d commands, these passed: %v", len(lines), missed)
	}
	right := "```sh\ntocsin demo --json > report.json\ntocsin backup /backup   # daily\nsudo -u tocsin tocsin fsck\n```\n"
	for _, l := range linesOf("page.md", right) {
		if wrong := l.check(); wrong != "" {
			t.Error(fmt.Sprint(l, ": ", wrong))
		}
	}
}

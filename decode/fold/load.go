// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package fold

import (
	"bufio"
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

//go:embed tables/*.tsv
var embedded embed.FS

var builtIn = func() fs.FS { return must(fs.Sub(embedded, "tables")) }()

func must[T any](v T, err error) T {
	if err != nil {
		panic(err) // the tables are part of the program, and a test loads them
	}
	return v
}

// sheet is one table as it stands in its file.
type sheet struct {
	name, version, source, licence string
	rows                           [][2]string
}

// cite is how steps name a table.
func (s sheet) cite() string { return s.name + "@" + s.version }

// load reads a folder of tables.
func load(dir fs.FS) (*Tables, error) {
	t := &Tables{looks: map[rune][]proto{}, leet: map[rune][]Edge{}, emoji: map[rune][]Edge{}, misread: map[rune][]Edge{}}
	names := computed()
	for _, file := range []struct {
		name string
		take func(*Tables, sheet) error
	}{
		{"confusables", (*Tables).takeLooks}, {"extra", (*Tables).takeLooks}, {"leet", (*Tables).takeLeet},
		{"leet-long", (*Tables).takeLong}, {"emoji", (*Tables).takeEmoji}, {"ocr", (*Tables).takeMisread},
	} {
		s, err := readSheet(dir, file.name+".tsv")
		if err == nil {
			err = file.take(t, s)
		}
		if err != nil {
			return nil, fmt.Errorf("table %s: %w", file.name, err)
		}
		names = append(names, s.cite())
	}
	for _, edges := range t.long[:] {
		slices.SortStableFunc(edges, longestFirst)
	}
	for _, table := range []map[rune][]Edge{t.emoji, t.misread} {
		for _, edges := range table {
			slices.SortStableFunc(edges, longestFirst)
		}
	}
	t.id = strings.Join(names, " ")
	return t, nil
}

func longestFirst(a, b Edge) int { return cmp.Compare(len(b.From), len(a.From)) }

// readSheet reads a head of "# name<TAB>value" lines and rows of two columns.
func readSheet(dir fs.FS, name string) (s sheet, err error) {
	text, err := fs.ReadFile(dir, name)
	if err != nil {
		return s, err
	}
	head := map[string]string{}
	lines := bufio.NewScanner(strings.NewReader(string(text)))
	for n := 1; lines.Scan(); n++ {
		left, right, ok := strings.Cut(lines.Text(), "\t")
		if !ok {
			return s, fmt.Errorf("line %d has no second column", n)
		}
		if about, isHead := strings.CutPrefix(left, "# "); isHead {
			head[about] = right
			continue
		}
		s.rows = append(s.rows, [2]string{left, right})
	}
	s.name, s.version, s.source, s.licence = head["table"], head["version"], head["source"], head["licence"]
	if s.name == "" || s.version == "" || s.source == "" || s.licence == "" {
		return s, fmt.Errorf("its head wants table, version, source and licence")
	}
	return s, lines.Err()
}

func (t *Tables) takeLooks(s sheet) error {
	for _, row := range s.rows {
		to, err := points(row[0])
		if err != nil {
			return err
		}
		from, err := points(row[1])
		if err != nil {
			return err
		}
		letters := prototypes(string(to))
		for _, r := range from {
			if r < 0x80 {
				return fmt.Errorf("U+%04X is ASCII, which is read as it stands", r)
			}
			for _, letter := range letters {
				t.looks[r] = append(t.looks[r], proto{to: letter, source: s.cite()})
			}
		}
	}
	return nil
}

// prototypes are what a prototype of UTS #39 stands for: its l is also an i, its rn an m.
func prototypes(to string) []string {
	switch to {
	case "l":
		return []string{"l", "i"}
	case "rn":
		return []string{"rn", "m"}
	}
	return []string{to}
}

func points(text string) (all []rune, err error) {
	for field := range strings.FieldsSeq(text) {
		n, err := strconv.ParseUint(field, 16, 21)
		if err != nil {
			return nil, fmt.Errorf("code point %q: %w", field, err)
		}
		all = append(all, rune(n))
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("a column has no code point")
	}
	return all, nil
}

func (t *Tables) takeLeet(s sheet) error {
	for _, row := range s.rows {
		r, single := oneRune(row[0])
		if !single {
			return fmt.Errorf("%q is more than one character", row[0])
		}
		for letter := range strings.FieldsSeq(row[1]) {
			t.leet[r] = append(t.leet[r], substitute(s, OpLeet, row[0], letter, T2))
			if r < 0x80 {
				t.stand[r] = true
			}
		}
	}
	return nil
}

func substitute(s sheet, op Op, from, to string, tier Tier) Edge {
	e := Edge{From: from}
	e.stepFrom(s.cite(), op, to, CostLeet)
	e.Tier = tier
	return e
}

func (t *Tables) takeLong(s sheet) error {
	for _, row := range s.rows {
		for letter := range strings.FieldsSeq(row[1]) {
			t.long[row[0][0]] = append(t.long[row[0][0]], substitute(s, OpLeet, row[0], letter, T3))
		}
	}
	return nil
}

func (t *Tables) takeEmoji(s sheet) error {
	for _, row := range s.rows {
		r, _ := utf8.DecodeRuneInString(row[0])
		for letters := range strings.FieldsSeq(row[1]) {
			t.emoji[r] = append(t.emoji[r], substitute(s, OpEmoji, row[0], letters, T2))
		}
	}
	return nil
}

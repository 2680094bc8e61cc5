#!/bin/sh
# SPDX-FileCopyrightText: The Tocsin contributors
# SPDX-License-Identifier: Apache-2.0
#
# Writes confusables.tsv anew from the table of UTS #39 that go.mau.fi/util carries.
# Needs Go and a module proxy. Raise the version, run it, read the difference, raise the version in the file's head.
set -eu
module=go.mau.fi/util@v0.11.0 unicode=17.0.0
here=$(cd "$(dirname "$0")" && pwd)
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
cat > go.mod <<'EOF'
module confusables

go 1.26
EOF
cat > main.go <<'EOF'
package main

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"go.mau.fi/util/confusable"
)

// Only rows whose code point is not ASCII: in the table ASCII itself maps, which would make a normaliser of it.
func main() {
	from := map[string][]rune{}
	for r := rune(0x80); r <= utf8.MaxRune; r++ {
		if to := confusable.GetReplacement(r); to != "" {
			from[to] = append(from[to], r)
		}
	}
	var prototypes []string
	for to := range from {
		prototypes = append(prototypes, to)
	}
	slices.Sort(prototypes)
	for _, to := range prototypes {
		fmt.Printf("%s\t%s\n", hex([]rune(to)), hex(from[to]))
	}
}

func hex(runes []rune) (text string) {
	for i, r := range runes {
		if i > 0 {
			text += " "
		}
		text += fmt.Sprintf("%X", r)
	}
	return text
}
EOF
GOFLAGS=-mod=mod go get "$module" > get.log 2>&1 || { cat get.log >&2; exit 1; }
{
	printf '# table\tuts39\n# version\t%s\n' "$unicode"
	printf '# source\tUnicode Technical Standard #39, confusables.txt, through %s\n' "$module"
	printf '# licence\tUnicode-3.0\n'
	printf '# rows\tprototype, what looks like it; code points in hexadecimal\n'
	GOFLAGS=-mod=mod go run .
} > "$here/confusables.tsv"

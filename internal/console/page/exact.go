// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package page

import (
	"context"
	"io"
	"strings"

	"github.com/a-h/templ"
)

// The components below are written by hand because a template may put white space between the pieces, and
// here every character counts.

// runs writes pieces of text, marked where a character would hide or mislead.
func runs(pieces []run) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		var b strings.Builder
		for _, r := range pieces {
			switch {
			case r.code == "":
				b.WriteString(templ.EscapeString(r.text))
			case r.text == "":
				mark(&b, T(ctx, "console.text.hidden", "Code", r.code), r.code)
			default:
				mark(&b, T(ctx, "console.text.unusual", "Code", r.code), r.text)
			}
		}
		_, err := io.WriteString(w, b.String())
		return err
	})
}

func mark(b *strings.Builder, title, shown string) {
	b.WriteString(
		`<span class="mark" title="` + templ.EscapeString(title) + `">` + templ.EscapeString(shown) + `</span>`,
	)
}

// spaced writes groups that look apart and copy as one.
func spaced(groups []string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		var b strings.Builder
		for _, g := range groups {
			b.WriteString("<span>" + templ.EscapeString(g) + "</span>")
		}
		_, err := io.WriteString(w, b.String())
		return err
	})
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package page

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/a-h/templ"
)

// Shortcut is something a single key does. Names are stable: people's own keys are kept under them.
type Shortcut struct {
	Name  string
	Usual string // key, as the browser calls it
	Fixed bool   // not a character: WCAG 2.2, 2.1.4 does not ask for another key
}

// Shortcuts lists them in the order of the help.
func Shortcuts() []Shortcut {
	return []Shortcut{
		{Name: "next", Usual: "j"},
		{Name: "previous", Usual: "k"},
		{Name: "search", Usual: "/"},
		{Name: "undo", Usual: "u"},
		{Name: "help", Usual: "?"},
		{Name: "actions", Usual: "1–9", Fixed: true},
		{Name: "submit", Usual: "Enter", Fixed: true},
		{Name: "submit_next", Usual: "Shift+Enter", Fixed: true},
		{Name: "reveal", Usual: "Space", Fixed: true},
		{Name: "palette", Usual: "Ctrl+K", Fixed: true},
	}
}

// Keys are a person's shortcuts as they hold on a page.
type Keys struct {
	Off bool
	Own map[string]string
}

// Of gives the key of a shortcut; empty when it has none.
func (k Keys) Of(s Shortcut) string {
	if s.Fixed {
		return s.Usual
	}
	if own, chosen := k.Own[s.Name]; chosen {
		return own
	}
	return s.Usual
}

// key is the key of a shortcut by its name, for hints; empty when it has none or all are off.
func key(ctx context.Context, name string) string {
	keys := frame(ctx).Keys
	if keys.Off {
		return ""
	}
	for _, s := range Shortcuts() {
		if s.Name == name {
			return keys.Of(s)
		}
	}
	return ""
}

// KeyForm brings a key into the form in which it is kept: one character that a keyboard gives, in lower case. Digits
// belong to the actions of a page.
func KeyForm(typed string) (string, bool) {
	typed = strings.ToLower(strings.TrimSpace(typed))
	if typed == "" {
		return "", true
	}
	r, size := utf8.DecodeRuneInString(typed)
	if size != len(typed) || !unicode.IsGraphic(r) || unicode.IsSpace(r) || (r >= '0' && r <= '9') {
		return "", false
	}
	return typed, true
}

// shown is how a key is written for people.
func shown(key string) string {
	if utf8.RuneCountInString(key) == 1 {
		return strings.ToUpper(key)
	}
	return key
}

// holding says to who hears a page which key does what an element does.
func holding(key string) templ.Attributes {
	if key == "" {
		return nil
	}
	return templ.Attributes{"aria-keyshortcuts": strings.ReplaceAll(shown(key), "Ctrl", "Control")}
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package page writes the pages of the console: templates and the small decisions of presentation they need.
//
// It must never ask the node anything, decide what a person may do, or write a sentence that is not in a
// catalogue. What a document says is shown as what it is, never as markup and never as a link.
//
// Start reading at frame.go, then layout.templ and document.templ.
package page

import (
	"context"
	"strings"
	"time"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/locale"
)

// Frame is what every page needs beside its own matter.
type Frame struct {
	Node          string // name of the party this node speaks for
	Person        string // who is signed in; empty before
	Alerts        int    // that wait for her and nobody took; -1 where there is no bell
	Tabs          []Tab
	Asset         func(file string) string // address of a style sheet, script or picture
	Demonstration bool
	Zone          *time.Location // in which the person reads times
	Now           time.Time
	Notice        string // what was just done, already in words
	Undo          *Undo  // takes that back; nil where nothing can
	Keys          Keys   // the person's shortcuts
	Wellness      flow.Wellness
	Break         bool // it is time for one
	Languages     []Language
	Path          string // of this request, to come back to
	Directory     tocsin.Directory
	Names         map[tocsin.ActorID]string // of colleagues on this page
}

// Tab is an entry of the main navigation.
type Tab struct {
	Address string
	Label   string
	Current bool
}

// Language is one a person may choose.
type Language struct {
	Tag     string
	Name    string // in itself
	Current bool
}

type frameKey struct{}

// With returns a context that carries the frame to the templates.
func With(ctx context.Context, f *Frame) context.Context {
	return context.WithValue(ctx, frameKey{}, f)
}

// frame gives the frame of a page; outside a request it is empty, in UTC.
func frame(ctx context.Context) *Frame {
	if f, ok := ctx.Value(frameKey{}).(*Frame); ok {
		return f
	}
	return &Frame{Zone: time.UTC, Alerts: -1, Wellness: flow.DefaultWellness(), Asset: func(file string) string { return file }}
}

// T gives a message in the reader's language.
func T(ctx context.Context, id string, data ...any) string { return locale.T(ctx, id, data...) }

// known gives a message, or something else where no catalogue has it: codes come from other nodes and
// releases too.
func known(message, fallback string) string {
	if strings.HasPrefix(message, "[console.") {
		return fallback
	}
	return message
}

// party names a party as the directory does; the id stands where it is not listed.
func party(ctx context.Context, id tocsin.PartyID) string {
	if p, err := frame(ctx).Directory.Party(id); err == nil {
		return p.Name
	}
	return string(id)
}

// N gives a message in the plural form of a count.
func N(ctx context.Context, id string, count int, data ...any) string {
	return locale.N(ctx, id, count, data...)
}

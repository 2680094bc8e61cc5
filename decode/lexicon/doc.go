// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package lexicon holds the entries that a decoder reads for: a vocabulary that people curate, date and answer for. An
// entry says what its words mean where, from what source, since when and until when, how often they mean something else,
// and which parties agreed that it should be read for.
//
// A [Snapshot] is a set of entries that never changes and is named by its digest; a reading names the snapshot it is
// from, so that anybody can repeat it. An entry is never evidence: what it finds goes to a person.
//
// Start reading at [Entry], then [Parse] and [Entry.Lint].
package lexicon

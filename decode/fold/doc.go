// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package fold knows what the characters of a text may be read as: the same letter in another case or width, a letter
// that looks like it, a digit in its place. Each way is an [Edge] with the [Step]s it takes, the table they are from, and
// what it costs.
//
// The tables are data with a version, a source and a licence each; [Tables.ID] names them all, and Unicode's version.
// A fold says how a text can be read, never that somebody disguised it.
//
// UTS #39's skeleton is not used: it maps ASCII itself and is, as it says, no way to normalise a text. Its prototypes are
// alternatives beside the compatibility form, one character at a time, and only for what is not ASCII.
//
// Start reading at [Tables.Edges].
package fold

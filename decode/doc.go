// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package decode reads disguised public text: look-alike letters, digits for letters, letters set apart, words run
// together. It reads step by step, for the entries of a lexicon only, and every reading comes with the steps that lead
// from the bytes of the text to it, so that anybody can repeat and contest it ([Decode.Replay]).
//
// A reading is not a finding of illegality, and disguise is no evidence of anything: many who write like this do so
// lawfully. Readings go to people. How far a reading goes from what is written is its tier, T0 to T4; see [fold.Tier] for
// what each may do. What is quoted, reported or denied is read all the same and carries a flag that says so.
//
// The same text, lexicon, tables and version give the same readings on every machine. Work is bounded by the length of
// the text whatever stands in it.
//
// It keeps nothing, knows no author and must never read what is not public. Start reading at [New] and [Decoder.Read].
package decode

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package winnow recognises texts that were copied, edited or quoted, and shows the passages they share. A
// text is folded, cut into overlapping shingles of twelve runes, and of every eight neighbours one is kept
// as a hash with its place (S. Schleimer, D. Wilkerson, A. Aiken, "Winnowing", SIGMOD 2003). A Fingerprint
// holds those hashes, never the text.
//
// It must never decide anything: shared words are shared words, and a text inside a longer one is often
// quoted to be discussed or opposed, which Comparison.Embedded says. Fingerprints of short texts can be
// guessed, so those that leave an organisation are made with a key that only its group has (WithKey).
//
// Start reading at Fold, then Hasher.Sum, Compare and Index.
package winnow

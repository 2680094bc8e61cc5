// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package disguise writes neutral words the way people disguise words, one [Class] a way, from a seed: what a decoder is
// measured with. Generator and decoder share authors and tables, so a figure from it says how a decoder does on what it
// was made for; figures over a table of others' making stand beside it wherever this project publishes one.
//
// It must never be given a word that is not neutral, and nothing that runs at a node uses it. Start reading at [Classes].
package disguise

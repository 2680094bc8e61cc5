// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package tocsin holds the nouns and rules of the exchange: parties and their competences, removal
// orders on the side that issues them and on the side that receives them, items and the restrictions
// that make them less than fully visible, and the events that are the only record of what happened.
//
// Everything here is pure. A command is a method on an aggregate ([IssuedOrder], [ReceivedOrder],
// [Item], [OrderCopy], [Contact], [Person]); it checks the rule, returns the events that follow and
// folds them into the aggregate. The same fold, run over a journal, gives the same state, so "what
// happened" is always a read.
//
// The package must never do I/O, read a clock on its own, hold an author's identity, or put text,
// an address or a name into an event [Header].
//
// Start reading at order_issued.go and order_received.go, then item.go and event.go.
//
// Articles cited are those of Regulation (EU) 2021/784 unless another act is named.
package tocsin

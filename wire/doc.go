// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package wire holds the documents that parties exchange: how each is encoded, signed and verified, offline
// and with nothing but a directory. A party that runs other software implements this package's rules; the
// vectors under testdata/vectors say, for each good and bad document, what every implementation must
// answer.
//
// A document is a compact JWS over exact bytes: what was signed is what is kept, and nothing is
// re-serialised before it is verified. The algorithm is the one under which the directory registered the
// key, never the one the header asks for. An order carries the passkey assertions of the two officers who
// drafted and approved it, so that its recipient verifies two people and not two keys on one server.
//
// The package must never do I/O, fetch a key from an address in a document, read a clock, or guess: it
// answers a typed document or a [tocsin.Error] whose Reason is the failure class.
//
// Start reading at [Verify] in verify.go, then [Order] and assertion.go.
package wire

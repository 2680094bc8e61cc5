// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package logaudit audits a party's transparency log from outside, over HTTP, with no more than anybody
// has: an address and the log's public key.
//
// It reads every entry and every tile, recomputes all hashes up to the signed root, holds each leaf to the
// schema, follows every promise to open what is withheld, and counts. It never takes a server's word: what a
// tile says is compared with what the entries give. It holds one bundle, the right edge and what is still
// owed in memory, however long the log is.
//
// Start with [Audit.Run]; [Compare] sets two logs against each other (double entry).
package logaudit

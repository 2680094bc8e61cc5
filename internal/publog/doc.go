// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package publog serves a party's transparency log to the public over HTTP, as c2sp.org/tlog-tiles: the
// current shard below /log/, shard n below /log/n/.
//
// It must never serve what the published checkpoint does not cover, and it must never be able to reach an
// original: all it can ask for is leaf bytes, hashes and signed checkpoints, and a test holds its imports to
// that. Start with [Source] and [Handler].
package publog

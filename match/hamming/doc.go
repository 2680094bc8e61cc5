// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package hamming finds every stored 256-bit hash within a Hamming distance of a query: exactly, while hashes
// are added and removed.
//
// An [Index] holds pairs of a hash and an id. The newest pairs lie in a tail that every query scans; older
// ones in immutable segments that are looked up by parts of the hash. By the pigeonhole principle a stored
// hash within the threshold agrees with the query, but for few bits, in at least one part: so nothing is
// missed. A threshold above what the parts of a segment can promise is answered by reading that segment
// whole, and the [Result] says so.
//
// Readers take no lock and wait for nobody. What an Add or Remove changed is visible to each query that
// begins after it returned. Tails become segments, and small segments larger ones, in the background.
//
// The package does no I/O: a segment is a slice of bytes that a [Memory] provides, and package hammingdisk
// puts it into files. It never answers from parts that cannot be exact, never cuts a result without saying
// so, and trusts no segment that it has not checked. Start reading at Index, then Segment and its probe.
package hamming

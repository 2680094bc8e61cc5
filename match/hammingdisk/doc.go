// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package hammingdisk keeps an index of package hamming in files.
//
// It serves two kinds of callers. One has a journal of its own, as a node has: [Open] gives the index as the
// last checkpoint left it, and the position up to which the caller's journal is in it; the caller applies
// what came later, and calls Checkpoint from time to time. The files are disposable then: what is damaged is
// reported, and the index begins at position 0. The other has nothing else: [OpenStore] adds a log, and an
// Add that returned survives whatever happens to the process or the machine. The log is shortened when most of
// it tells of pairs that are gone, so its size follows what is stored and not what ever was.
//
// Segments are mapped files by default, so that the operating system may take the memory back; or they are
// resident, in huge pages where those are to be had, which is faster. Nothing here waits for a disk while
// anybody searches. The package never uses a file that it has not checked, and never changes one that a
// manifest names. Start reading at Open, then Checkpoint; the log is in log.go and
// shorten.go.
package hammingdisk

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package media looks into files that strangers made. A picture is decoded in a child process and nowhere
// else: this program, executed again under another name, which gives up files, network, further processes
// and all memory above a limit before it reads the first byte, serves one file, and dies. What comes back
// is a few numbers and hashes in a fixed form, or bare pixels of what the file shows, for a person to look at.
//
// It must never decode in the process that asks, never write a file, never use one child for two files, and
// never let a file that could not be examined pass for one without a match: every failure is an error with
// a reason. Start reading at Hasher, then at RunIfChild for the other side.
package media

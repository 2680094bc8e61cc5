// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package vpdq hashes and compares videos: a video is the bag of the PDQ hashes of some of its frames,
// and two videos match when enough frames of one have a frame of the other near them. It finds clips cut
// out of a longer video; it does not look at the order of the frames.
//
// It must never decode a video (it is given frames), and never report a match without the frames that it
// rests on. Start reading at Hasher, then Compare.
package vpdq

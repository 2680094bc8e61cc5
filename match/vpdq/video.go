// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package vpdq

import (
	"fmt"
	"strings"
	"time"

	"tocsin/match/pdq"
	"tocsin/match/syntax"
)

// Name is the name of the signal type.
const Name = "vpdq"

// MaxFrames is the most features a video may have: nine hours at one a second. To compare two videos of
// that many takes some 10⁹ steps.
const MaxFrames = 1 << 15

// MaxText is the longest text of a video, in bytes.
const MaxText = MaxFrames * 128

// NoFrame stands for a frame number that the text form does not hold.
const NoFrame = -1

// Feature is one hashed frame.
type Feature struct {
	Hash    pdq.Hash      // the zero hash, with quality 0, for a black frame
	Quality int           // 0 to 100
	Frame   int           // counted from 0 over all frames of the video, or NoFrame
	At      time.Duration // from the beginning, whole milliseconds
}

// Video is the features of a video in the order of its frames, of all qualities. A Video that this
// package made has at least one.
type Video []Feature

// Kept gives the features that count when videos are compared or indexed: those of at least this
// quality, and of equal hashes the first. The quality decides before equality, lest a bad first copy
// push out a good one. A video of which nothing is kept cannot match and is not to be indexed.
func (v Video) Kept(minQuality int) Video {
	var kept Video
	seen := make(map[pdq.Hash]bool, len(v))
	for _, f := range v {
		if f.Quality >= minQuality && !seen[f.Hash] {
			seen[f.Hash] = true
			kept = append(kept, f)
		}
	}
	return kept
}

// String gives the canonical form, the signal string: a JSON array of "hash,quality,timestamp", the
// timestamp in seconds with three decimals. It leaves out the frame numbers.
func (v Video) String() string {
	var text strings.Builder
	text.WriteByte('[')
	for i, f := range v {
		if i > 0 {
			text.WriteString(", ")
		}
		fmt.Fprintf(&text, `"%v,%d,%s"`, f.Hash, f.Quality, seconds(f.At))
	}
	text.WriteByte(']')
	return text.String()
}

// File gives the form kept in files: a line "frame,quality,hash,timestamp" for each feature. A feature
// without a frame number is given its place in the video.
func (v Video) File() string {
	var text strings.Builder
	for i, f := range v {
		if f.Frame == NoFrame {
			f.Frame = i
		}
		fmt.Fprintf(&text, "%d,%d,%v,%s\n", f.Frame, f.Quality, f.Hash, seconds(f.At))
	}
	return text.String()
}

func seconds(at time.Duration) string {
	ms := at.Milliseconds()
	return fmt.Sprintf("%d.%03d", ms/1000, ms%1000)
}

// complete says whether a video that was read may be used.
func complete(v Video) (Video, error) {
	switch {
	case len(v) == 0:
		return nil, syntax.Errorf(Name, syntax.Empty, "the video has no frames")
	case len(v) > MaxFrames:
		return nil, syntax.Errorf(Name, syntax.Length, "the video has more than %d frames", MaxFrames)
	}
	return v, nil
}

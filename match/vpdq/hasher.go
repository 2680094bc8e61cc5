// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package vpdq

import (
	"errors"
	"fmt"
	"math"

	"tocsin/match/pdq"
)

// DefaultSecondsPerHash is how far apart hashed frames are unless somebody asks for another distance.
const DefaultSecondsPerHash = 1.0

var (
	// ErrRate is the error for a frame rate or a distance between frames that cannot be.
	ErrRate = errors.New("not a frame rate")
	// ErrFrame is the error for a frame that comes out of order, is not to be hashed or cannot be.
	ErrFrame = errors.New("not a frame to hash")
	// ErrEmpty is the error for a video without a hashed frame.
	ErrEmpty = errors.New("the video has no hashed frame")
)

// Hasher makes a Video of frames. The caller decodes all frames of the first video stream in output
// order, counts them from 0, and adds those that Wants names, as RGB of the stream's coded size or of
// the smaller size that was agreed on, without turning them. A Hasher serves one video and one
// goroutine.
type Hasher struct {
	fps   float32
	step  int
	video Video
}

// NewHasher takes the stream's average frame rate, or its base rate where that is unset, and how many
// seconds lie between hashed frames: 0 for every frame. The error wraps ErrRate.
func NewHasher(fps, secondsPerHash float64) (*Hasher, error) {
	if !(fps > 0) || math.IsInf(fps, 0) || float32(fps) == 0 || math.IsInf(float64(float32(fps)), 0) {
		return nil, fmt.Errorf("%w: frames per second must be above 0", ErrRate)
	}
	step := secondsPerHash * fps
	if !(secondsPerHash >= 0) || step > math.MaxInt32 {
		return nil, fmt.Errorf("%w: seconds between frames must be 0 or more", ErrRate)
	}
	return &Hasher{fps: float32(fps), step: max(int(step), 1)}, nil
}

// Step is how many frames lie from one hashed frame to the next. It is rounded down: 29 at 29.97 frames
// and one hash a second.
func (h *Hasher) Step() int { return h.step }

// Wants says whether the frame of this number is hashed.
func (h *Hasher) Wants(frame int) bool { return frame >= 0 && frame%h.step == 0 }

// Add hashes a frame. Numbers must ascend. A frame of bad quality is added too: the quality is looked at
// when videos are compared. The error wraps ErrFrame, or pdq.ErrPicture; after one the video is not to
// be used.
func (h *Hasher) Add(frame int, p pdq.Picture) error {
	switch {
	case !h.Wants(frame):
		return fmt.Errorf("%w: %d is not a multiple of %d", ErrFrame, frame, h.step)
	case len(h.video) > 0 && frame <= h.video[len(h.video)-1].Frame:
		return fmt.Errorf("%w: %d does not follow the last one", ErrFrame, frame)
	case len(h.video) == MaxFrames:
		return fmt.Errorf("%w: more than %d frames", ErrFrame, MaxFrames)
	case p.Width < pdq.SmallestSide || p.Height < pdq.SmallestSide:
		return fmt.Errorf("%w: smaller than %d pixels", ErrFrame, pdq.SmallestSide)
	}
	hash, quality, err := pdq.SumFrame(p)
	if err != nil {
		return fmt.Errorf("hash frame %d: %w", frame, err)
	}
	at := milliseconds(float64(float32(frame) / h.fps)) // float32, as the reference has it
	h.video = append(h.video, Feature{Hash: hash, Quality: quality, Frame: frame, At: at})
	return nil
}

// Video is the video of the frames added so far. The error is ErrEmpty when there is none.
func (h *Hasher) Video() (Video, error) {
	if len(h.video) == 0 {
		return nil, ErrEmpty
	}
	return append(Video(nil), h.video...), nil
}

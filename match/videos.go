// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package match

import (
	"math"
	"slices"

	"tocsin/match/hamming"
	"tocsin/match/syntax"
	"tocsin/match/vpdq"
)

// Distances between videos are percent of the query's frames that the known video lacks. Beyond the greatest,
// which asks for one frame in a hundred, everything would match.
const (
	nearVideo     = 20 // what peers use: four fifths of the query's frames are known
	farthestVideo = 99
)

// videos keeps signals of the type "vpdq": the frames in an index, and the videos whole to compare them.
type videos struct {
	roll[vpdq.Video]
	frames *hamming.Index
}

func keepVideos(Options) kind {
	return &videos{newRoll[vpdq.Video](), hamming.New(hamming.Options{Limit: mostNear})}
}

// parseVideo refuses a video of which no frame counts: it could never match.
func parseVideo(text string) (vpdq.Video, error) {
	v, err := vpdq.Parse(text)
	if err == nil && len(v.Kept(vpdq.Defaults().MinQuality)) == 0 {
		err = syntax.Errorf(vpdq.Name, syntax.Sentinel, "no frame of the video is good enough to be compared")
	}
	return v, err
}

// videoDistance is how far a query is from a known video.
func videoDistance(known, query vpdq.Video) int {
	return framesLacking(vpdq.Compare(query, known, vpdq.Defaults()))
}

func framesLacking(c vpdq.Comparison) int { return int(math.Ceil(100 - c.Query.Percent())) }

func (v *videos) add(id ID, value string) error {
	video, err := parseVideo(value)
	if err != nil {
		return err
	}
	return v.roll.add(id, video.String(), video, func(number uint64) error {
		for _, f := range video.Kept(vpdq.Defaults().MinQuality) {
			v.frames.Add(hamming.Hash(f.Hash), number)
		}
		return nil
	})
}

func (v *videos) leave(number uint64, video vpdq.Video) {
	for _, f := range video.Kept(vpdq.Defaults().MinQuality) {
		v.frames.Remove(hamming.Hash(f.Hash), number)
	}
}

func (v *videos) remove(id ID, value string) error {
	video, err := parseVideo(value)
	if err == nil {
		v.roll.remove(video.String(), is(id), v.leave)
	}
	return err
}

func (v *videos) forget(gone func(ID) bool) { v.roll.forget(gone, v.leave) }

func (v *videos) find(value string) ([]ID, error) {
	video, err := parseVideo(value)
	if err != nil {
		return nil, err
	}
	return v.holders(video.String()), nil
}

// search compares the query with every video that has a frame near one of its own, whole.
func (v *videos) search(q Query, _ func(ID) bool) (found, error) {
	query, err := parseVideo(q.Value)
	if err != nil {
		return found{}, err
	}
	options := vpdq.Defaults()
	var f found
	counts := map[uint64]int{} // frames of the query that a video has
	kept := query.Kept(options.MinQuality)
	for _, feature := range kept {
		near := v.frames.Search(hamming.Hash(feature.Hash), options.Distance)
		f.more = f.more || near.More
		for _, number := range numbers(near.Hits) {
			counts[number]++
		}
	}
	for number, matched := range counts {
		if framesLacking(vpdq.Comparison{Query: vpdq.Side{Matched: matched, Kept: len(kept)}}) > q.Radius {
			continue
		}
		if e := v.at(number); e != nil {
			c := vpdq.Compare(query, e.value, options)
			f.hits = e.hits(f.hits, Hit{Type: q.Type, Distance: framesLacking(c), Why: whyVideo(c)})
		}
	}
	return f, nil
}

// numbers are the different ids among hits.
func numbers(hits []hamming.Hit) []uint64 {
	ids := make([]uint64, len(hits))
	for i, h := range hits {
		ids[i] = h.ID
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func whyVideo(c vpdq.Comparison) Why {
	why := Why{Query: c.Query.Percent(), Stored: c.Stored.Percent()}
	for _, m := range c.Frames {
		why.Frames = append(why.Frames, Frame{At: m.Query.At.Seconds(), StoredAt: m.Stored.At.Seconds(),
			Distance: m.Distance})
	}
	return why
}

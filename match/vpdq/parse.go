// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package vpdq

import (
	"encoding/json"
	"errors"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"tocsin/match/pdq"
	"tocsin/match/syntax"
)

// Parse reads a signal string: the JSON array that String writes, or the JSON object of old, in which
// the frame number is the key. It refuses a video without frames.
func Parse(text string) (Video, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return nil, syntax.Errorf(Name, syntax.Empty, "no video was given")
	case len(text) > MaxText:
		return nil, syntax.Errorf(Name, syntax.Length, "the text is longer than %d bytes", MaxText)
	case text[0] == '{':
		return parseObject(text)
	}
	var parts []string
	if json.Unmarshal([]byte(text), &parts) != nil {
		return nil, syntax.Errorf(Name, syntax.Structure, "the text is not a JSON array of strings")
	}
	var v Video
	for i, part := range parts {
		fields := strings.Split(part, ",")
		if len(fields) != 3 {
			return nil, syntax.Errorf(Name, syntax.Structure, "feature %d: not a hash, a quality and a timestamp", i+1)
		}
		f, err := parseFeature(i+1, fields[0], fields[1], fields[2])
		if err != nil {
			return nil, err
		}
		v = append(v, f)
	}
	return complete(v)
}

// parseObject reads the old form. A map would hide that a frame number came twice.
func parseObject(text string) (Video, error) {
	var v Video
	bad := syntax.Errorf(Name, syntax.Structure, "the text is not a JSON object of frames")
	decoder := json.NewDecoder(strings.NewReader(text))
	if _, err := decoder.Token(); err != nil {
		return nil, bad
	}
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return nil, bad
		}
		var old struct {
			Quality   json.Number `json:"quality"`
			Hash      string      `json:"hash"`
			Timestamp json.Number `json:"timestamp"`
		}
		if err := decoder.Decode(&old); err != nil {
			return nil, bad
		}
		f, err := parseFeature(len(v)+1, old.Hash, old.Quality.String(), old.Timestamp.String())
		if err != nil {
			return nil, err
		}
		number, _ := key.(string)
		if f.Frame, err = parseFrame(len(v)+1, number); err != nil {
			return nil, err
		}
		v = append(v, f)
	}
	if _, err := decoder.Token(); err != nil {
		return nil, bad
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, bad
	}
	return ordered(v)
}

// ParseFile reads the form kept in files, one line for each frame; further fields on a line are left
// alone.
func ParseFile(text string) (Video, error) {
	if len(text) > MaxText {
		return nil, syntax.Errorf(Name, syntax.Length, "the text is longer than %d bytes", MaxText)
	}
	var v Video
	for line := range strings.Lines(strings.TrimSpace(text)) {
		n := len(v) + 1
		fields := strings.Split(line, ",")
		if len(fields) < 4 {
			return nil, syntax.Errorf(Name, syntax.Structure, "line %d: fewer than four fields", n)
		}
		f, err := parseFeature(n, fields[2], fields[1], fields[3])
		if err != nil {
			return nil, err
		}
		if f.Frame, err = parseFrame(n, strings.TrimSpace(fields[0])); err != nil {
			return nil, err
		}
		v = append(v, f)
	}
	return ordered(v)
}

// ordered sorts a video by its frame numbers.
func ordered(v Video) (Video, error) {
	slices.SortFunc(v, func(a, b Feature) int { return a.Frame - b.Frame })
	for i := range v {
		if i > 0 && v[i].Frame == v[i-1].Frame {
			return nil, syntax.Errorf(Name, syntax.Structure, "frame %d comes twice", v[i].Frame)
		}
	}
	return complete(v)
}

// parseFeature reads the parts of feature n, counted from 1.
func parseFeature(n int, hash, quality, timestamp string) (Feature, error) {
	f := Feature{Frame: NoFrame}
	var err error
	f.Quality, err = strconv.Atoi(strings.TrimSpace(quality))
	if err != nil || f.Quality < 0 || f.Quality > pdq.MaxQuality {
		return f, syntax.Errorf(Name, syntax.Range, "feature %d: the quality is not a number from 0 to 100", n)
	}
	if f.Hash, err = pdq.Parse(hash); err != nil {
		var refused *syntax.Error
		if !errors.As(err, &refused) {
			return f, err
		}
		if refused.Reason != syntax.Sentinel || f.Quality >= pdq.MinQuality {
			return f, syntax.Errorf(Name, refused.Reason, "feature %d: %s", n, refused.Detail)
		}
		f.Hash = pdq.Hash{} // a black frame
	}
	if f.At, err = parseSeconds(strings.TrimSpace(timestamp)); err != nil {
		return f, syntax.Errorf(Name, syntax.Range, "feature %d: the timestamp is not a number of seconds", n)
	}
	return f, nil
}

// largestSeconds bounds timestamps: more than three years.
const largestSeconds = 1e8

// parseSeconds reads a number with or without exponent, to the millisecond: peers write three significant
// digits rather than three decimals, so 1234.5 may come as 1.23e+03.
func parseSeconds(text string) (time.Duration, error) {
	if strings.Trim(text, "0123456789.eE+-") != "" {
		return 0, strconv.ErrSyntax
	}
	s, err := strconv.ParseFloat(text, 64)
	if err != nil || s < 0 || s > largestSeconds {
		return 0, strconv.ErrRange
	}
	return milliseconds(s), nil
}

func milliseconds(s float64) time.Duration {
	return time.Duration(math.RoundToEven(s*1000)) * time.Millisecond
}

func parseFrame(n int, text string) (int, error) {
	frame, err := strconv.ParseUint(text, 10, 31)
	if err != nil {
		return 0, syntax.Errorf(Name, syntax.Range, "feature %d: the frame number is not a number", n)
	}
	return int(frame), nil
}

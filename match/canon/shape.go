// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package canon

import (
	"strings"

	"tocsin/match/canon/href"
	"tocsin/match/syntax"
)

// shape is the pattern of an address below a host:
//
//	/watch?v={id}      literal segments and one parameter
//	/video/{id}        a captured segment; a slash may follow
//	/*/status/{id}     any segment
//	/details/{id}/...  anything may follow
//	/web/*/{url}       the whole rest, with its query
type shape struct {
	segments  []string
	open      bool   // ends in "..."
	rest      bool   // ends in "{url}"
	parameter string // captured, instead of a segment
}

const (
	captureID  = "{id}"
	captureURL = "{url}"
	anySegment = "*"
	anyRest    = "..."
)

func parseShape(text string) (shape, error) {
	path, query, hasQuery := strings.Cut(text, "?")
	path, rooted := strings.CutPrefix(path, "/")
	if !rooted {
		return shape{}, syntax.Errorf("rules", syntax.Structure, "a shape begins with a slash")
	}
	s := shape{segments: strings.Split(path, "/")}
	captures := strings.Count(path, captureID) + strings.Count(path, captureURL)
	switch last := s.segments[len(s.segments)-1]; last {
	case anyRest:
		s.open, s.segments = true, s.segments[:len(s.segments)-1]
	case captureURL:
		s.rest, s.segments = true, s.segments[:len(s.segments)-1]
	}
	if hasQuery {
		name, capture, _ := strings.Cut(query, "=")
		if name == "" || capture != captureID && capture != captureURL {
			return shape{}, syntax.Errorf("rules", syntax.Structure, "a shape's query is name={id} or name={url}")
		}
		s.parameter = name
		captures++
	}
	if captures != 1 {
		return shape{}, syntax.Errorf("rules", syntax.Structure, "a shape captures one thing")
	}
	return s, nil
}

// match returns what the shape captures of an address.
func (s shape) match(u href.URL) (captured string, ok bool) {
	rest := strings.TrimPrefix(u.Path, "/")
	for i, want := range s.segments {
		segment, after, more := strings.Cut(rest, "/")
		switch {
		case want == captureID:
			captured = segment
		case want == anySegment && segment == "", want != anySegment && segment != want:
			return "", false
		}
		rest = after
		if !more && i < len(s.segments)-1 || !more && s.rest {
			return "", false
		}
	}
	switch {
	case s.rest:
		if u.HasQuery {
			rest += "?" + u.Query
		}
		return rest, rest != ""
	case rest != "" && !s.open:
		return "", false
	case s.parameter != "":
		return parameter(u.Query, s.parameter)
	}
	return captured, captured != ""
}

// parameter returns the first value of a parameter, as written.
func parameter(query, name string) (string, bool) {
	for field := range strings.SplitSeq(query, "&") {
		if value, found := strings.CutPrefix(field, name+"="); found && value != "" {
			return value, true
		}
	}
	return "", false
}

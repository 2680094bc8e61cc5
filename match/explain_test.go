// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package match_test

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"tocsin/match"
	"tocsin/match/pdq"
	"tocsin/match/syntax"
	"tocsin/match/winnow"
)

func add(t *testing.T, s *match.Set, id match.ID, typ, raw string) string {
	t.Helper()
	kind, _ := match.Lookup(typ)
	value, err := kind.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Add(id, typ, value); err != nil {
		t.Fatal(err)
	}
	return value
}

func search(t *testing.T, s *match.Set, q match.Query) match.Answer {
	t.Helper()
	a, err := s.Search(q)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestTurnedPictureIsFoundByTheImageThatIsNearest(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(41, 42))
	s := match.NewSet(match.Options{})
	hash := strings.ToLower(digits(32)(r))
	add(t, s, 1, "pdq", hash)
	rotated := make([]string, 7)
	for i := range rotated {
		rotated[i] = digits(32)(r)
	}
	rotated[2], rotated[4] = changed(hash, 9), changed(hash, 3)
	a := search(t, s, match.Query{Type: "pdq", Value: digits(32)(r), Radius: -1, Rotated: rotated})
	if len(a.Hits) != 1 || a.Hits[0].Distance != 3 || a.Hits[0].Why.Rotated != pdq.DihedralName(5) {
		t.Errorf("hits %+v", a.Hits)
	}
	a = search(t, s, match.Query{Type: "pdq", Value: changed(hash, 3), Radius: -1, Rotated: rotated})
	if len(a.Hits) != 1 || a.Hits[0].Why.Rotated != "" {
		t.Errorf("the original is as near, but hits are %+v", a.Hits)
	}
	_, err := s.Search(match.Query{Type: "pdq", Value: hash, Rotated: rotated[:3]})
	if e, ok := errors.AsType[*syntax.Error](err); !ok || e.Reason != syntax.Structure {
		t.Errorf("three images: %v", err)
	}
}

// changed flips the first n bits of a hash.
func changed(text string, n int) string {
	b, _ := hex.DecodeString(text)
	for i := range n {
		b[i/8] ^= 1 << (i % 8)
	}
	return hex.EncodeToString(b)
}

func TestAnswerBeyondTheLimitSaysSoAndGivesTheNearest(t *testing.T) {
	t.Parallel()
	s := match.NewSet(match.Options{})
	hash := strings.ToLower(digits(32)(rand.New(rand.NewPCG(1, 1))))
	for i := range 20 {
		add(t, s, match.ID(i), "pdq", changed(hash, 19-i))
		add(t, s, match.ID(i), "md5", strings.Repeat("ab", 16))
	}
	a := search(t, s, match.Query{Type: "pdq", Value: hash, Radius: -1, Limit: 5})
	if len(a.Hits) != 5 || !a.More || a.Hits[0].Distance != 0 || a.Hits[4].Distance != 4 || a.Hits[0].ID != 19 {
		t.Errorf("hits %+v, more %v", a.Hits, a.More)
	}
	if a = search(t, s, match.Query{Type: "md5", Value: strings.Repeat("AB", 16), Limit: 19}); !a.More {
		t.Error("20 ids hold the digest, 19 were given, and nothing says so")
	}
	a = search(t, s, match.Query{Type: "md5", Value: strings.Repeat("AB", 16), Limit: 20})
	if a.More || len(a.Hits) != 20 {
		t.Error("all 20 were wanted")
	}
	a = search(t, s, match.Query{Type: "pdq", Value: hash, Radius: -1, Limit: math.MaxInt})
	if a.More || len(a.Hits) != 20 {
		t.Error("however many were wanted")
	}
	a = search(t, s, match.Query{Type: "md5", Value: strings.Repeat("ab", 16)})
	if a.Hits[0].Why.Caveat != match.CaveatForgeable {
		t.Error("nothing says that MD5 can be forged")
	}
}

func TestQuotedTextIsEmbeddedAndItsPassageShown(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(51, 52))
	s := match.NewSet(match.Options{})
	known := prose(r)
	value := add(t, s, 1, "text", known)
	post := prose(r) + prose(r) + strings.ToUpper(known) + prose(r)
	a := search(t, s, match.Query{Type: "text", Value: post, Radius: -1})
	if len(a.Hits) != 1 {
		t.Fatalf("hits %+v", a.Hits)
	}
	why := a.Hits[0].Why
	if !why.Embedded || why.Share < .8 || len(why.Passages) == 0 || why.Context || a.Hits[0].Value != value {
		t.Errorf("why %+v", why)
	}
	for _, p := range why.Passages {
		if !strings.Contains(strings.ToUpper(known), strings.ToUpper(post[p.Start:p.End])) {
			t.Errorf("passage %q is not in the known text", post[p.Start:p.End])
		}
	}
	if a = search(t, s, match.Query{Type: "text", Value: value, Radius: 0}); len(a.Hits) != 1 {
		t.Error("the fingerprint itself is not found")
	}
	keyed, err := winnow.WithKey([]byte("kettle kettle kettle"))
	if err != nil {
		t.Fatal(err)
	}
	print, err := keyed.Sum(known)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Search(match.Query{Type: "text", Value: print.String()})
	if e, ok := errors.AsType[*syntax.Error](err); !ok || e.Reason != "key" {
		t.Errorf("a fingerprint of another key: %v", err)
	}
	if err := s.Add(2, "text", print.String()); err == nil {
		t.Error("a fingerprint of another key was added")
	}
}

func TestVideoIsExplainedByItsFrames(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(61, 62))
	s := match.NewSet(match.Options{})
	frames := make([]string, 10)
	for i := range frames {
		frames[i] = fmt.Sprintf("%q", fmt.Sprintf("%s,90,%d.000", digits(32)(r), i))
	}
	add(t, s, 1, "vpdq", "["+strings.Join(frames, ",")+"]")
	clip := "[" + strings.Join(frames[6:10], ",") + fmt.Sprintf(`,"%s,90,11.000"]`, digits(32)(r))
	a := search(t, s, match.Query{Type: "vpdq", Value: clip, Radius: -1})
	if len(a.Hits) != 1 || a.Hits[0].Distance != 20 {
		t.Fatalf("hits %+v", a.Hits)
	}
	why := a.Hits[0].Why
	if why.Query != 80 || why.Stored != 40 || len(why.Frames) != 4 || why.Frames[0].StoredAt != 6 {
		t.Errorf("why %+v", why)
	}
	if a = search(t, s, match.Query{Type: "vpdq", Value: clip, Radius: 19}); len(a.Hits) != 0 {
		t.Error("four frames of five are found within a fifth less one percent")
	}
}

func TestDomainAndHostAreContextOnly(t *testing.T) {
	t.Parallel()
	s := match.NewSet(match.Options{})
	add(t, s, 1, "domain", "garden.example")
	add(t, s, 2, "url", "https://bridge.example/")
	for _, q := range []match.Query{
		{Type: "domain", Value: "garden.example"},
		{Type: "domain", Value: "kettle.garden.example"},
		{Type: "domain", Value: "https://kettle.garden.example/copper?id=1"},
		{Type: "url", Value: "https://bridge.example/arch/3"},
	} {
		a := search(t, s, q)
		if len(a.Hits) != 1 || !a.Hits[0].Why.Context || len(a.Hits[0].Why.Steps) == 0 {
			t.Errorf("%s: hits %+v", q.Type, a.Hits)
		}
	}
	add(t, s, 3, "url", "https://bridge.example/arch/3")
	a := search(t, s, match.Query{Type: "url", Value: "http://bridge.example/arch/3#top"})
	for _, h := range a.Hits {
		if strong := h.ID == 3; h.Why.Context == strong || strong && h.Why.Level != "identity" {
			t.Errorf("hit %+v", h)
		}
	}
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hma

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"tocsin"
	"tocsin/match"
	"tocsin/match/pdq"
	"tocsin/match/syntax"
)

// signalType is one of the types that HMA has in its usual installation.
type signalType struct {
	match.Type
	content string // what it is computed of
	invalid string // what HMA says of a value that is none
}

const (
	photo    = "photo"
	video    = "video"
	videoMD5 = "video_md5"
)

var (
	contentTypes = []string{photo, video}
	signalTypes  = []signalType{typeOf(pdq.Name, photo, "invalid PDQ hash"), typeOf(videoMD5, video,
		"invalid MD5 hash")}
)

func typeOf(name, content, invalid string) signalType {
	t, ok := match.Lookup(name)
	if !ok {
		panic("hma: no such type of signal: " + name)
	}
	return signalType{t, content, invalid}
}

// parse gives a value its canonical form.
func (t signalType) parse(value string) (string, error) {
	canonical, err := t.Parse(value)
	if err == nil {
		return canonical, nil
	}
	if _, ok := errors.AsType[*syntax.Error](err); ok {
		return "", errors.New(t.invalid)
	}
	return "", err
}

func (t signalType) query(value string) match.Query { return match.Query{Type: t.Name, Value: value} }

// distance is the distance of a lookup, a text on the wire.
func (t signalType) distance(d int) string {
	if t.Exact {
		return "-"
	}
	return strconv.Itoa(d)
}

func findType(name string) (signalType, bool) {
	i := slices.IndexFunc(signalTypes, func(t signalType) bool { return t.Name == name })
	if i < 0 {
		return signalType{}, false
	}
	return signalTypes[i], true
}

// share is the share of queries a type takes part in. Only 0 matters: it switches the type off.
func (s *Service) share(t signalType) int64 {
	if parts, ok := s.Flow.Face().Ratios[tocsin.SignalType(t.Name)]; ok {
		return parts
	}
	return tocsin.Whole
}

// enabledType finds a type that is switched on.
func (s *Service) enabledType(name string) (signalType, error) {
	t, ok := findType(name)
	if !ok {
		return t, badRequest("No such SignalType '%s'", name)
	}
	if s.share(t) == 0 {
		return t, badRequest("SignalType '%s' is not enabled", name)
	}
	return t, nil
}

type signalTypeView struct {
	Name  string `json:"name"`
	Ratio share  `json:"enabled_ratio"`
}

func listSignalTypes(c *call) error {
	var list []signalTypeView
	for _, t := range signalTypes {
		list = append(list, signalTypeView{t.Name, share{parts: c.s.share(t)}})
	}
	return c.ok(list)
}

func changeSignalType(c *call) error {
	t, ok := findType(c.vars["signal_type"])
	if !ok {
		return refusef(http.StatusNotFound, "No such SignalType '%s'", c.vars["signal_type"])
	}
	body, err := c.body(false)
	if err != nil {
		return err
	}
	ratio, err := body.ratio("enabled_ratio")
	if err != nil {
		return err
	}
	if err := c.s.Flow.SetRatio(c.r.Context(), c.actor, tocsin.SignalType(t.Name), ratio.parts); err != nil {
		return err
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

type contentTypeView struct {
	Name    string `json:"name"`
	Enabled bool   `json:"enabled"`
}

func listContentTypes(c *call) error {
	var list []contentTypeView
	for _, name := range contentTypes {
		list = append(list, contentTypeView{name, true})
	}
	return c.ok(list)
}

// asked gives the types a request about the index speaks of.
func (c *call) asked() ([]signalType, error) {
	if !c.query.Has("signal_type") {
		return signalTypes, nil
	}
	t, ok := findType(c.query.Get("signal_type"))
	if !ok {
		return nil, badRequest("No such signal type '%s'", c.query.Get("signal_type"))
	}
	return []signalType{t}, nil
}

type indexView struct {
	Present bool  `json:"present"`
	BuiltTo int64 `json:"built_to"`
	Size    int64 `json:"size"`
}

// indexStatus speaks of an index that is always up to date: a signal is found by the query after its commit.
func indexStatus(c *call) error {
	types, err := c.asked()
	if err != nil {
		return err
	}
	held, all := c.s.Flow.Held(c.actor), map[string]indexView{}
	for _, t := range types {
		all[t.Name] = indexView{BuiltTo: -1}
		if h, ok := held[tocsin.SignalType(t.Name)]; ok {
			all[t.Name] = indexView{true, h.Newest.Unix(), h.Count}
		}
	}
	return c.ok(all)
}

type typeIndexView struct {
	DBSize    int64 `json:"db_size"`
	IndexSize int64 `json:"index_size"`
	OutOfDate bool  `json:"index_out_of_date"`
	Newest    int64 `json:"newest_db_item"`
	BuiltTo   int64 `json:"index_built_to"`
}

func signalTypeIndex(c *call) error {
	types, err := c.asked()
	if err != nil {
		return err
	}
	held, all := c.s.Flow.Held(c.actor), map[string]typeIndexView{}
	for _, t := range types {
		all[t.Name] = typeIndexView{Newest: -1, BuiltTo: -1}
		if h, ok := held[tocsin.SignalType(t.Name)]; ok {
			all[t.Name] = typeIndexView{h.Count, h.Count, false, h.Newest.Unix(), h.Newest.Unix()}
		}
	}
	return c.ok(all)
}

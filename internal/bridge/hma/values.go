// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hma

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"

	"tocsin"
)

// maxJSON bounds a JSON body in bytes.
const maxJSON = 1 << 20

// object is a JSON object of which only the members that matter are read; HMA ignores the others.
type object map[string]json.RawMessage

// body reads a JSON object. A body that is missing is an empty object when optional.
func (c *call) body(optional bool) (object, error) {
	text, err := io.ReadAll(http.MaxBytesReader(c.w, c.r.Body, maxJSON))
	if err != nil {
		return nil, tooLarge(err)
	}
	if optional && len(bytes.TrimSpace(text)) == 0 {
		return object{}, nil
	}
	return objectOf(text, "body")
}

func objectOf(text []byte, name string) (object, error) {
	var o object
	if err := json.Unmarshal(text, &o); err != nil || o == nil {
		return nil, badRequest("%s must be a JSON object", name)
	}
	return o, nil
}

func tooLarge(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return refusef(http.StatusRequestEntityTooLarge, "Content too large")
	}
	return badRequest("The body broke off.")
}

// has reports whether a member is there and not null.
func (o object) has(name string) bool {
	raw, ok := o[name]
	return ok && string(raw) != "null"
}

// text reads a member that must be a string.
func (o object) text(name string) (string, error) {
	var s string
	if !o.has(name) {
		return "", badRequest("Field `%s` is required", name)
	}
	if json.Unmarshal(o[name], &s) != nil {
		return "", badRequest("Field `%s` must be a string", name)
	}
	return s, nil
}

// scalar is the text of a number, a string or a truth value, which HMA takes for one another.
func (o object) scalar(name string) (string, bool) {
	raw := o[name]
	if len(raw) == 0 || raw[0] == '{' || raw[0] == '[' {
		return "", false
	}
	var s string
	if raw[0] == '"' {
		if json.Unmarshal(raw, &s) != nil {
			return "", false
		}
		return strings.TrimSpace(s), true
	}
	return string(raw), true
}

// ratio reads a share between 0 and 1, given as a number or as its text.
func (o object) ratio(name string) (share, error) {
	text, ok := o.scalar(name)
	number, err := strconv.ParseFloat(text, 64)
	if !ok || err != nil || strings.ContainsAny(text, "xX_") || math.IsNaN(number) || number < 0 || number > 1 {
		return share{}, badRequest("Field `%s` must be a number between 0.0 and 1.0", name)
	}
	return share{parts: int64(math.Round(number * tocsin.Whole))}, nil
}

// truth reads a truth value, given as such, as 0 or 1, or as the text of either.
func (o object) truth(name string) (bool, error) {
	text, ok := o.scalar(name)
	if ok {
		if value, err := truthOf(text); err == nil {
			return value, nil
		}
	}
	return false, badRequest("Field `%s` must be true or false", name)
}

func truthOf(text string) (bool, error) {
	switch strings.ToLower(text) {
	case "true", "1":
		return true, nil
	case "false", "0":
		return false, nil
	}
	return false, errors.New("neither true nor false")
}

// flag reads a truth value of the query.
func (c *call) flag(name string, otherwise bool) (bool, error) {
	if !c.query.Has(name) {
		return otherwise, nil
	}
	value, err := truthOf(c.query.Get(name))
	if err != nil {
		return false, badRequest("Parameter `%s` must be true or false", name)
	}
	return value, nil
}

// list reads names separated by commas.
func (c *call) list(name string) []string {
	var names []string
	for part := range strings.SplitSeq(c.query.Get(name), ",") {
		if part = strings.TrimSpace(part); part != "" {
			names = append(names, part)
		}
	}
	return names
}

// share is a ratio in parts per million, written as Python writes it.
type share struct {
	parts int64
	whole bool // written without a fraction, as HMA does after a mere switch
}

// MarshalJSON writes 1.0 for the whole.
func (s share) MarshalJSON() ([]byte, error) {
	text := strconv.FormatFloat(float64(s.parts)/tocsin.Whole, 'f', -1, 64)
	if !s.whole && !strings.Contains(text, ".") {
		text += ".0"
	}
	return []byte(text), nil
}

// switched is the share after a mere switch.
func switched(on bool) share {
	if on {
		return share{tocsin.Whole, true}
	}
	return share{0, true}
}

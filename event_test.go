// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin_test

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin"
)

// fullHeader has every fact set.
func fullHeader() tocsin.Header {
	digest := tocsin.DigestOf([]byte("x"))
	at := noon.Add(time.Microsecond)
	return tocsin.Header{V: tocsin.HeaderVersion, ID: tocsin.NewEventID(), Kind: tocsin.EventOrderIssued,
		Record: newID(tocsin.KindIssuedOrder), Of: tocsin.KindIssuedOrder, Version: 1, At: noon,
		Actor: tocsin.ActorParty(authority), Commitment: digest,
		Facts: tocsin.Facts{Code: string(tocsin.BasisRemovalOrder),
			Codes: []string{string(tocsin.CategoryIncites), "found"}, Party: host, Record: newID(tocsin.KindItem),
			Records: []tocsin.RecordID{"itm_a"}, Restriction: tocsin.NewRestrictionID(), Event: tocsin.NewEventID(),
			Key: "document-20260101-a", Digest: digest, Country: "FR", Basis: tocsin.BasisHostTerms,
			Detection: tocsin.DetectionMatch,
			Territory: []tocsin.Country{tocsin.TerritoryUnion}, Marking: tocsin.MarkingAmber, Number: 2, Due: &at, When: &at, Until: &at,
			Automatic: true, Emergency: true, Unlogged: true, CrossBorder: true}}
}

func TestHeaderSurvivesItsEncoding(t *testing.T) {
	t.Parallel()
	h := fullHeader()
	if v := reflect.ValueOf(h.Facts); v.NumField() > 0 {
		for i := range v.NumField() {
			if v.Field(i).IsZero() {
				t.Errorf("the test leaves out the fact %s", v.Type().Field(i).Name)
			}
		}
	}
	b, err := h.Encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := tocsin.DecodeHeader(b)
	if err != nil || !cmp.Equal(h, got) {
		t.Errorf("%v\n%s", err, cmp.Diff(h, got))
	}
}

// TestHeaderTakesNoText puts text, an address and a name in every place of a header in turn.
func TestHeaderTakesNoText(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"a garden", "https://board.example/post/12", "board.example/post", "jardin-été", "a\x00b", "a\nb", "\xff",
		strings.Repeat("a", 81), "-a", " ", "a,b", "mailto:a@board.example",
	} {
		h := fullHeader()
		places := 0
		eachString(reflect.ValueOf(&h).Elem(), func(v reflect.Value) {
			good := v.String()
			v.SetString(text)
			if _, err := h.Encode(); err == nil {
				t.Errorf("%q was taken in place of %q", text, good)
			} else if len(text) > 1 && strings.Contains(err.Error(), text) {
				t.Errorf("the error repeats %q", text)
			}
			v.SetString(good)
			places++
		})
		if places < 15 {
			t.Fatalf("only %d places tried", places)
		}
	}
}

// eachString visits every string of a value, also those in slices.
func eachString(v reflect.Value, fn func(reflect.Value)) {
	switch v.Kind() {
	case reflect.String:
		fn(v)
	case reflect.Slice:
		for i := range v.Len() {
			eachString(v.Index(i), fn)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			eachString(v.Elem(), fn)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			eachString(v.Field(i), fn)
		}
	}
}

func TestHeaderSaysWhatHappenedToWhatWhenAndByWhom(t *testing.T) {
	t.Parallel()
	early, far := time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, change := range map[string]func(*tocsin.Header){
		"no version":            func(h *tocsin.Header) { h.V = 0 },
		"version to come":       func(h *tocsin.Header) { h.V = tocsin.HeaderVersion + 1 },
		"no id":                 func(h *tocsin.Header) { h.ID = "" },
		"malformed id":          func(h *tocsin.Header) { h.ID = "evt_1" },
		"no kind":               func(h *tocsin.Header) { h.Kind = "" },
		"no record":             func(h *tocsin.Header) { h.Record = "" },
		"no kind of record":     func(h *tocsin.Header) { h.Of = "" },
		"record version 0":      func(h *tocsin.Header) { h.Version = 0 },
		"no time":               func(h *tocsin.Header) { h.At = time.Time{} },
		"time outside of JSON":  func(h *tocsin.Header) { h.At = far },
		"clock outside of JSON": func(h *tocsin.Header) { h.Facts.Due = &early },
		"no actor":              func(h *tocsin.Header) { h.Actor = "" },
	} {
		h := fullHeader()
		change(&h)
		if _, err := h.Encode(); err == nil {
			t.Errorf("%s: the header was written", name)
		}
	}
}

func TestOnlyTheExactBytesOfAHeaderAreRead(t *testing.T) {
	t.Parallel()
	b, err := fullHeader().Encode()
	if err != nil {
		t.Fatal(err)
	}
	for name, altered := range map[string][]byte{
		"unknown field":  bytes.Replace(b, []byte(`{"v":1`), []byte(`{"note":"a garden","v":1`), 1),
		"field twice":    bytes.Replace(b, []byte(`{"v":1`), []byte(`{"v":1,"v":1`), 1),
		"other spelling": bytes.Replace(b, []byte(`"kind"`), []byte(`"KIND"`), 1),
		"white space":    append([]byte(" "), b...),
		"other order":    bytes.Replace(b, []byte(`{"v":1,`), []byte(`{"version":1,"v":1,`), 1),
		"trailing bytes": append(bytes.Clone(b), '{'),
		"truncated":      b[:len(b)-1],
		"null":           []byte("null"),
		"empty":          nil,
		"list":           []byte("[]"),
	} {
		if h, err := tocsin.DecodeHeader(altered); err == nil {
			t.Errorf("%s: read as %+v", name, h)
		}
	}
}

func FuzzDecodeHeader(f *testing.F) {
	full, err := fullHeader().Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(full)
	for _, h := range histories(f) {
		for _, e := range h.events {
			b, err := e.Encode()
			if err != nil {
				f.Fatal(err)
			}
			f.Add(b)
		}
	}
	f.Add([]byte(`{"v":1,"facts":{"codes":[null]}}`))
	f.Add([]byte("null"))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := tocsin.DecodeHeader(b)
		if err != nil {
			if !cmp.Equal(h, tocsin.Header{}) {
				t.Fatal("an error, and yet a header")
			}
			return
		}
		again, err := h.Encode()
		if err != nil || !bytes.Equal(again, b) {
			t.Fatalf("read %s, would write %s, %v", b, again, err)
		}
		if bytes.ContainsAny(b, " /@\\\n") {
			t.Fatalf("a header with the signs of text or of an address: %s", b)
		}
	})
}

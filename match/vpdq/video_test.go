// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package vpdq_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tocsin/match/pdq"
	"tocsin/match/syntax"
	"tocsin/match/vpdq"
)

const (
	bridge = "d8f8f0cee0f4a84f0637022a078f67f0b36e2ed596621e1d33e6339c4e9c9b22"
	garden = "6227401f601ff4ccafcc9fad4b0d95d371a2eb7265a3285234d228ca94deeb2d"
)

var black = strings.Repeat("0", 64)

func parse(t *testing.T, text string) vpdq.Video {
	t.Helper()
	v, err := vpdq.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestSignalStringIsReadInBothFormsAndWrittenInOne(t *testing.T) {
	t.Parallel()
	want := `["` + bridge + `,100,0.000", "` + black + `,0,59.967", "` + garden + `,49,1230.000"]`
	for _, text := range []string{
		want,
		`["` + strings.ToUpper(bridge) + `,100,0.0","` + black + `,0,59.967","` + garden + `,49,1.23e+03"]`,
		` [" ` + bridge + ` , 100 , 0", "` + black + `,0,59.9672", "` + garden + `,49,1230"] `,
		`{"0": {"quality": 100, "hash": "` + bridge + `", "timestamp": 0.0},
		  "120": {"quality": 49, "hash": "` + garden + `", "timestamp": 1230},
		  "60": {"quality": 0, "hash": "` + black + `", "timestamp": 59.967, "more": [1]}}`,
	} {
		v := parse(t, text)
		if v.String() != want {
			t.Errorf("%s\nbecame %v", text, v)
		}
		if v[1].At != 59967*time.Millisecond {
			t.Errorf("timestamp %v", v[1].At)
		}
		numbers := []int{v[0].Frame, v[1].Frame, v[2].Frame}
		known := cmp.Equal(numbers, []int{0, 60, 120})
		none := cmp.Equal(numbers, []int{vpdq.NoFrame, vpdq.NoFrame, vpdq.NoFrame})
		if known == none || known != (text[0] == '{') {
			t.Errorf("frames %v", numbers)
		}
	}
}

func TestWhatIsNoVideoIsRefusedWithItsReason(t *testing.T) {
	t.Parallel()
	object := func(hash, quality, at string) string {
		return `{"3": {"hash": "` + hash + `", "quality": ` + quality + `, "timestamp": ` + at + `}}`
	}
	for text, reason := range map[string]string{
		"":                                      syntax.Empty,
		"[]":                                    syntax.Empty,
		"{}":                                    syntax.Empty,
		`null`:                                  syntax.Empty,
		`["`:                                    syntax.Structure,
		`[3]`:                                   syntax.Structure,
		`{`:                                     syntax.Structure,
		`{"a":`:                                 syntax.Structure,
		`[null]`:                                syntax.Structure,
		`["` + bridge + `,100,0"] []`:           syntax.Structure,
		`["` + bridge + `,100"]`:                syntax.Structure,
		`["` + bridge + `,100,0,0"]`:            syntax.Structure,
		`["` + bridge[1:] + `,100,0"]`:          syntax.Length,
		`["x` + bridge[1:] + `,100,0"]`:         syntax.Alphabet,
		`["` + black + `,50,0"]`:                syntax.Sentinel,
		`["` + bridge + `,101,0"]`:              syntax.Range,
		`["` + bridge + `,-1,0"]`:               syntax.Range,
		`["` + bridge + `,1.5,0"]`:              syntax.Range,
		`["` + bridge + `,100,-1"]`:             syntax.Range,
		`["` + bridge + `,100,nan"]`:            syntax.Range,
		`["` + bridge + `,100,inf"]`:            syntax.Range,
		`["` + bridge + `,100,1e9"]`:            syntax.Range,
		`["` + bridge + `,100,1e999"]`:          syntax.Range,
		`["` + bridge + `,100,0x1p1"]`:          syntax.Range,
		`["` + bridge + `,100,"]`:               syntax.Range,
		object(bridge, "100", "0") + "{}":       syntax.Structure,
		object(bridge, `"x"`, "0"):              syntax.Structure,
		object(bridge, "null", "0"):             syntax.Range,
		object("", "100", "0"):                  syntax.Empty,
		`{"-3"` + object(bridge, "9", "0")[4:]:  syntax.Range,
		`{"1e3"` + object(bridge, "9", "0")[4:]: syntax.Range,
		strings.TrimSuffix(object(bridge, "9", "1"), "}") + "," + object(garden, "9", "0")[1:]: syntax.Structure,
		"[" + strings.Repeat(" ", vpdq.MaxText) + "]":                                          syntax.Length,
		manyFrames(vpdq.MaxFrames + 1).String():                                                syntax.Length,
	} {
		var refused *syntax.Error
		v, err := vpdq.Parse(text)
		if !errors.As(err, &refused) || refused.Type != vpdq.Name || refused.Reason != reason || v != nil {
			t.Errorf("%.300s: %v, want %s", text, err, reason)
		}
	}
}

func manyFrames(n int) (v vpdq.Video) {
	h := pdq.Hash{1}
	for i := range n {
		h[30], h[31] = byte(i>>8), byte(i)
		v = append(v, vpdq.Feature{Hash: h, Quality: 100, Frame: i, At: time.Duration(i) * time.Millisecond})
	}
	return v
}

func TestLargestVideoIsRead(t *testing.T) {
	t.Parallel()
	want := manyFrames(vpdq.MaxFrames)
	if got, err := vpdq.ParseFile(want.File()); err != nil || !slices.Equal(got, want) {
		t.Errorf("%d frames, %v", len(got), err)
	}
	if got, err := vpdq.Parse(want.String()); err != nil || len(got) != len(want) {
		t.Errorf("%d frames, %v", len(got), err)
	}
}

func TestFileFormIsReadAndWritten(t *testing.T) {
	t.Parallel()
	text := "0,100," + bridge + ",0.000\n30,0," + black + ",1.001\n60,49," + garden + ",2.002\n"
	v, err := vpdq.ParseFile(text)
	if err != nil || v.File() != text {
		t.Fatalf("%v %v", v, err)
	}
	shuffled := "60,49," + garden + ",2.002,more\r\n0,100," + bridge + ",0\r\n30,0," + black + ",1.001"
	if again, err := vpdq.ParseFile(shuffled); err != nil || !cmp.Equal(again, v) {
		t.Errorf("%v %v", again, err)
	}
	for i := range v {
		v[i].Frame = vpdq.NoFrame
	}
	if !strings.HasPrefix(v.File(), "0,100,") || !strings.Contains(v.File(), "\n2,49,") {
		t.Errorf("frames without number:\n%s", v.File())
	}
	for bad, reason := range map[string]string{
		"":                                    syntax.Empty,
		"\n\n":                                syntax.Empty,
		"0,100," + bridge:                     syntax.Structure,
		"0,100," + bridge + ",0\n\n1,1,":      syntax.Structure,
		"x,100," + bridge + ",0":              syntax.Range,
		"99999999999,100," + bridge + ",0":    syntax.Range,
		text + "30,100," + bridge + ",1":      syntax.Structure,
		strings.Repeat("0", vpdq.MaxText+1):   syntax.Length,
		manyFrames(vpdq.MaxFrames + 1).File(): syntax.Length,
	} {
		var refused *syntax.Error
		if _, err := vpdq.ParseFile(bad); !errors.As(err, &refused) || refused.Reason != reason {
			t.Errorf("%.100q: %v, want %s", bad, err, reason)
		}
	}
}

func TestKeptFiltersByQualityBeforeItDropsCopies(t *testing.T) {
	t.Parallel()
	v := parse(t, `["`+bridge+`,10,0", "`+garden+`,50,1", "`+bridge+`,90,2",
		"`+garden+`,100,3", "`+black+`,0,4"]`)
	kept := v.Kept(50)
	if len(kept) != 2 || kept[0].At != time.Second || kept[1].At != 2*time.Second {
		t.Errorf("%v", kept)
	}
	if all := v.Kept(0); len(all) != 3 || all[0].Quality != 10 {
		t.Errorf("%v", all)
	}
}

func drawVideo(t *rapid.T, label string, most int) vpdq.Video {
	near := rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, label+" base")
	count := rapid.IntRange(1, most).Draw(t, label+" count")
	var v vpdq.Video
	for i := range count {
		f := vpdq.Feature{Frame: i * 30, At: time.Duration(i*1001) * time.Millisecond}
		copy(f.Hash[:], near)
		for range rapid.IntRange(0, 40).Draw(t, label+" flips") {
			k := rapid.IntRange(0, 255).Draw(t, label+" bit")
			f.Hash[k/8] ^= 1 << (k % 8)
		}
		f.Quality = rapid.SampledFrom([]int{0, 49, 50, 100}).Draw(t, label+" quality")
		if f.Hash.IsZero() {
			f.Quality = 0
		}
		v = append(v, f)
	}
	return v
}

func TestParsingUndoesWriting(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		v := drawVideo(t, "video", 8)
		file, err := vpdq.ParseFile(v.File())
		if err != nil || !cmp.Equal(file, v) {
			t.Fatalf("file: %v", err)
		}
		text, err := vpdq.Parse(v.String())
		if err != nil || text.String() != v.String() {
			t.Fatalf("signal string: %v", err)
		}
		if again, err := vpdq.Parse(text.String()); err != nil || !cmp.Equal(again, text) {
			t.Fatalf("signal string read again: %v", err)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add(`["` + bridge + `,100,1.23e+03"]`)
	f.Add(`{"60": {"quality": 0, "hash": "` + black + `", "timestamp": 59.967}}`)
	f.Add("0,100," + bridge + ",0.000\n30,0," + black + ",1.001\n")
	f.Add(`[]`)
	f.Fuzz(func(t *testing.T, text string) {
		v, err := vpdq.Parse(text)
		if err == nil {
			if again, err := vpdq.Parse(v.String()); err != nil || again.String() != v.String() {
				t.Fatalf("%v reads as %v, %v", v, again, err)
			}
		} else if refused := new(syntax.Error); !errors.As(err, &refused) {
			t.Fatalf("error of type %T", err)
		}
	})
}

func FuzzParseFile(f *testing.F) {
	f.Add("0,100," + bridge + ",0.000\n30,0," + black + ",1.001\n")
	f.Add("7,100," + bridge + ",1e1,x")
	f.Fuzz(func(t *testing.T, text string) {
		v, err := vpdq.ParseFile(text)
		if err == nil {
			if again, err := vpdq.ParseFile(v.File()); err != nil || !cmp.Equal(again, v) {
				t.Fatalf("%v reads as %v, %v", v, again, err)
			}
		} else if refused := new(syntax.Error); !errors.As(err, &refused) {
			t.Fatalf("error of type %T", err)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	for _, n := range []int{60, 3600} {
		text := manyFrames(n).String()
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				if _, err := vpdq.Parse(text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"testing"
)

func kept(t *testing.T) []byte {
	t.Helper()
	text, err := os.ReadFile(reportFile)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestPictureIsFresh(t *testing.T) {
	t.Parallel()
	want, err := draw(kept(t))
	if err != nil {
		t.Fatal(err)
	}
	have, err := os.ReadFile(pictureFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, want) {
		t.Error("docs/demo.svg is not what the report gives; run go generate ./docs/picture")
	}
}

func TestPictureShowsEveryStepAndNoOther(t *testing.T) {
	t.Parallel()
	var r report
	if err := json.Unmarshal(kept(t), &r); err != nil {
		t.Fatal(err)
	}
	var shown []string
	for _, s := range r.Steps {
		shown = append(shown, s.Name)
	}
	slices.Sort(shown)
	if drawn := slices.Sorted(maps.Keys(scenes)); !slices.Equal(drawn, shown) {
		t.Errorf("there are scenes for %v, and the demonstration shows %v", drawn, shown)
	}
}

var chapter = regexp.MustCompile(`\{"([a-z]+\.[a-z0-9-]+)", "`)

// A demonstration that shows more, less or in another order must be measured again.
func TestPictureIsOfThisDemonstration(t *testing.T) {
	t.Parallel()
	story, err := os.ReadFile("../../internal/demo/story.go")
	if err != nil {
		t.Fatal(err)
	}
	var told, shown []string
	for _, found := range chapter.FindAllSubmatch(story, -1) {
		told = append(told, string(found[1]))
	}
	var r report
	if err := json.Unmarshal(kept(t), &r); err != nil {
		t.Fatal(err)
	}
	for _, s := range r.Steps {
		shown = append(shown, s.Name)
	}
	if len(told) == 0 || !slices.Equal(told, shown) {
		t.Errorf("the demonstration tells %v, and the kept report shows %v", told, shown)
	}
}

func TestPictureIsWellFormed(t *testing.T) {
	t.Parallel()
	picture, err := draw(kept(t))
	if err != nil {
		t.Fatal(err)
	}
	d := xml.NewDecoder(bytes.NewReader(picture))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

func TestFailedDemonstrationIsNotDrawn(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"failed":       `{"ok":false,"steps":[]}`,
		"unknown step": `{"ok":true,"steps":[{"name":"kettle.boiled","ok":true,"ms":1}]}`,
		"no JSON":      `kettle`,
	} {
		if _, err := draw([]byte(text)); err == nil {
			t.Errorf("%s: was drawn", name)
		}
	}
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package canon_test

import (
	"strings"
	"testing"

	"tocsin/match/canon"
)

func TestPublicShapesOfKnownServices(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"https://www.youtube.com/watch?v=Ab3xY9kLm-_":              "youtube:Ab3xY9kLm-_",
		"https://youtu.be/Ab3xY9kLm-_?si=1":                        "youtube:Ab3xY9kLm-_",
		"https://m.youtube.com/shorts/Ab3xY9kLm-_":                 "youtube:Ab3xY9kLm-_",
		"https://www.youtube-nocookie.com/embed/Ab3xY9kLm-_":       "youtube:Ab3xY9kLm-_",
		"https://player.vimeo.com/video/123456789":                 "vimeo:123456789",
		"https://vimeo.com/123456789":                              "vimeo:123456789",
		"https://archive.org/download/garden-film/garden-film.mp4": "archive.item:garden-film",
		"https://archive.org/details/garden-film":                  "archive.item:garden-film",
		"https://pastebin.com/raw/Ab3xY9kL":                        "pastebin:Ab3xY9kL",
		"https://dai.ly/x8abcde":                                   "dailymotion:x8abcde",
		"https://twitter.com/garden/status/1234567890":             "x.post:1234567890",
		"https://www.youtube.com/channel/garden":                   "",
		"https://vimeo.com/about":                                  "",
	} {
		u, err := canon.Canonicalise(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := u.Resource(); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

func TestPublicWrappersLeadToTheirTarget(t *testing.T) {
	t.Parallel()
	const (
		v0 = "QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n"
		v1 = "bafybeihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"
	)
	for text, want := range map[string]string{
		"https://web.archive.org/web/20260101000000/http://example.org/a?b": "example.org/a?b",
		"https://archive.ph/20260101/https://example.org/a":                 "example.org/a",
		"https://www.google.com/url?sa=t&url=https%3A%2F%2Fexample.org%2Fa": "example.org/a",
		"https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.org%2Fa&h=x":  "example.org/a",
		"https://example-org.translate.goog/a?b=1&_x_tr_sl=en":              "example.org/a?b=1",
		"https://example-org.cdn.ampproject.org/c/s/example.org/a":          "example.org/a",
		"https://www.google.com/amp/s/example.org/a":                        "example.org/a",
		"https://ipfs.io/ipfs/" + v0 + "/rose":                              "ipfs://" + v1 + "/rose",
		"https://" + v1 + ".ipfs.dweb.link/rose":                            "ipfs://" + v1 + "/rose",
		"https://web.archive.org/about":                                     "",
	} {
		u, err := canon.Canonicalise(text)
		if err != nil {
			t.Fatal(err)
		}
		inner, _ := u.Unwrapped()
		if inner.String() != want {
			t.Errorf("%s: got %q, want %q", text, inner, want)
		}
	}
}

func TestWrappersAreFollowedAFewTimesOnly(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("https://keep.example/web/1/", 20) + "https://example.org/"
	u, err := exampleRules(t).Canonicalise(text)
	if err != nil {
		t.Fatal(err)
	}
	if got := len(values(u, canon.KeyUnwrapped)); got != canon.MaxUnwraps {
		t.Errorf("got %d", got)
	}
}

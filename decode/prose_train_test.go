// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build train

package decode_test

import (
	"os"
	"path/filepath"
	"testing"

	"tocsin/decode"
)

// TestProse counts false readings in more text than is kept here, a file a language as both collect.py write them:
//
//	TOCSIN_PROSE=folder go test -tags train -run TestProse -v ./decode
func TestProse(t *testing.T) {
	folder := os.Getenv("TOCSIN_PROSE")
	if folder == "" {
		t.Fatal("say in TOCSIN_PROSE where the text is")
	}
	d := decoderOf(t, "all", noiseWords(t))
	for _, language := range languages {
		text, err := os.ReadFile(filepath.Join(folder, language+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		for name, about := range map[string]decode.About{"": {}, ", off a picture": offPicture} {
			all := string(text[:min(len(text), decode.MaxSize)])
			t.Logf("%s, %d bytes%s: %s", language, len(all), name, perMegabyte(falseDecodes(t, d, all, about), len(all)))
		}
	}
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package vocabulary

import (
	"bytes"
	"compress/flate"
	"fmt"
)

// pack is the inverse of unpack, for words in order.
func pack(sorted []string, in []Languages) ([]byte, error) {
	var data []byte
	last := ""
	for n, word := range sorted {
		shared := 0
		for shared < min(len(word), len(last)) && word[shared] == last[shared] {
			shared++
		}
		if len(word) > mostBytes {
			return nil, fmt.Errorf("pack words: %q is too long", word)
		}
		data = append(data, byte(shared), byte(len(word)-shared))
		data = append(append(data, word[shared:]...), byte(in[n]))
		last = word
	}
	var file bytes.Buffer
	w, err := flate.NewWriter(&file, flate.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return file.Bytes(), nil
}

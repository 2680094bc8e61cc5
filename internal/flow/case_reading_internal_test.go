// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tocsin/decode"
	tier "tocsin/decode/fold"
	"tocsin/decode/lexicon"
)

// readingsOf are many readings of a text, each of another entry whose sense has so many bytes.
func readingsOf(text string, many, bytes int) (all []decode.Decode) {
	for n := range many {
		all = append(all, decode.Decode{Original: text, Normalised: text, Span: decode.Span{End: len(text)}, Tier: tier.T0,
			Entry: lexicon.Entry{ID: fmt.Sprintf("lex:kettle-%02d", n), Version: 1, Status: lexicon.StatusPublished,
				Sense: strings.Repeat("k", bytes)}})
	}
	return all
}

// TestCaseKeepsNoMoreThanFits holds both bounds of what a case keeps of readings: how many, and how much.
func TestCaseKeepsNoMoreThanFits(t *testing.T) {
	t.Parallel()
	const text = "a kettle"
	var file CaseFile
	if fresh := file.take(text, readingsOf(text, MostCaseReadings+1, 10), time.Time{}); len(fresh) != MostCaseReadings ||
		len(file.Readings) != MostCaseReadings {
		t.Errorf("%d are new and %d kept", len(fresh), len(file.Readings))
	}
	if fresh := file.take(text, readingsOf(text, MostCaseReadings+1, 10), time.Time{}); len(fresh) != 0 {
		t.Errorf("%d more are taken by a full case", len(fresh))
	}
	file = CaseFile{}
	bare := sizeOf(freeze(text, readingsOf(text, 1, 0)[0], time.Time{}))
	const none = len("null") // a list of nothing, as it is written
	large := (mostReadingBytes-none)/4 - bare
	if fresh := file.take(text, readingsOf(text, 6, large), time.Time{}); len(fresh) != 4 || len(file.Readings) != 4 ||
		sizeOf(fresh[0])*4+none != mostReadingBytes {
		t.Errorf("%d of a quarter fit, each of %d bytes", len(fresh), sizeOf(fresh[0]))
	}
	if fresh := (&CaseFile{}).take(text, readingsOf(text, 6, large+1), time.Time{}); len(fresh) != 3 {
		t.Errorf("%d fit that are a byte larger", len(fresh))
	}
	if fresh := file.take(text, readingsOf("one more", 5, 1), time.Time{}); len(fresh) != 0 || len(file.Readings) != 4 {
		t.Errorf("%d more are taken where there is no room", len(fresh))
	}
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"cmp"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"tocsin/decode"
)

// Bounds of what a case keeps of readings. A reading spans at most a few hundred bytes, and so many steps.
const (
	MostCaseReadings = 20      // of one case
	mostReadingBytes = 256_000 // of all of them, as they are written
	readingReach     = 200     // bytes of the text on either side of a reading: the text itself is not kept
	mostFrozen       = 3       // sources and counter-examples of an entry
)

// CaseReading is a reading of a text of an item as it was made. It can be repeated from what is here.
type CaseReading struct {
	decode.Decode        // its places count from the beginning of the text
	Around        string `json:"around"` // the reading, and what stands near it
	From          int    `json:"from"`   // byte of the text where Around begins
	// SeenAt is when the text was screened.
	SeenAt time.Time `json:"seen_at"`
}

// caseReadings is the payload of the event that tells of them.
type caseReadings struct{ Readings []CaseReading }

// Before and After are what stands on either side of the reading.
func (r CaseReading) Before() string { return r.Around[:r.Span.Start-r.From] }

// After is what stands behind the reading.
func (r CaseReading) After() string { return r.Around[r.Span.End-r.From:] }

// Asks reports whether the reading by itself asks a person to look; else it is shown beside what does.
func (r CaseReading) Asks() bool {
	_, queues := asks(&r.Decode)
	return queues
}

// take keeps the readings that are not there yet, as far as there is room, and gives those: what asks for a person
// before what does not, and what goes less far before what goes farther.
func (file *CaseFile) take(text string, found []decode.Decode, at time.Time) (fresh []CaseReading) {
	found = slices.Clone(found)
	slices.SortStableFunc(found, func(a, b decode.Decode) int { return cmp.Compare(rankOf(&a), rankOf(&b)) })
	size := sizeOf(file.Readings)
	for _, d := range found {
		same := func(r CaseReading) bool { return sameReading(&r.Decode, &d) }
		if slices.ContainsFunc(file.Readings, same) || len(file.Readings) == MostCaseReadings {
			continue
		}
		kept := freeze(text, d, at)
		if size += sizeOf(kept); size > mostReadingBytes {
			return fresh
		}
		file.Readings, fresh = append(file.Readings, kept), append(fresh, kept)
	}
	return fresh
}

// rankOf orders readings by what a person needs first.
func rankOf(d *decode.Decode) int {
	if _, queues := asks(d); !queues {
		return int(d.Tier) + 1<<8
	}
	return int(d.Tier)
}

// sameReading reports whether two readings tell a person the same: where they stand makes no difference.
func sameReading(a, b *decode.Decode) bool {
	return a.Entry.ID == b.Entry.ID && a.Entry.Version == b.Entry.Version && a.Original == b.Original &&
		a.Normalised == b.Normalised && a.Tier == b.Tier
}

// freeze keeps of an entry what a person needs who judges the reading: not how else the words may be written, which
// would help those who evade it.
func freeze(text string, d decode.Decode, at time.Time) CaseReading {
	d.Entry.Forms, d.Entry.Approvals = nil, nil
	d.Entry.Sources = d.Entry.Sources[:min(len(d.Entry.Sources), mostFrozen)]
	d.Entry.CounterExamples = d.Entry.CounterExamples[:min(len(d.Entry.CounterExamples), mostFrozen)]
	from, to := max(0, d.Span.Start-readingReach), min(len(text), d.Span.End+readingReach)
	for from < d.Span.Start && !utf8.RuneStart(text[from]) {
		from++
	}
	for to > d.Span.End && to < len(text) && !utf8.RuneStart(text[to]) {
		to--
	}
	return CaseReading{Decode: d, Around: text[from:to], From: from, SeenAt: at}
}

func sizeOf(v any) int {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // plain structs only
	}
	return len(text)
}

func decodes(all []CaseReading) []decode.Decode {
	list := make([]decode.Decode, len(all))
	for i, r := range all {
		list[i] = r.Decode
	}
	return list
}

// entryMark stands for an entry where no text may: its id may be the very word. It tells nothing to whoever lacks this
// node's key, who could try all words otherwise.
func (f *Flow) entryMark(id string) string {
	return hex.EncodeToString(f.Sealer.LookupKey("entry", id)[:8])
}

var languageForm = regexp.MustCompile(`^[a-z]{2,3}$`)

// languageUnknown is the code of a text whose language nobody could tell (ISO 639-2).
const languageUnknown = "und"

// languageCode is the language of a tag, without script and region.
func languageCode(tag string) string {
	if code, _, _ := strings.Cut(strings.ToLower(tag), "-"); languageForm.MatchString(code) {
		return code
	}
	return languageUnknown
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode

import (
	"encoding/json"
	"fmt"

	"tocsin/decode/fold"
	"tocsin/decode/lexicon"
)

// Version is that of the way of reading: tables and lexicon have their own.
const Version = "1.1.0"

// Note stands in every record.
const Note = "a decode is not a finding of illegality"

// Span is a stretch of bytes of the original text, its end exclusive.
type Span struct{ Start, End int }

// MarshalJSON writes [start,end].
func (s Span) MarshalJSON() ([]byte, error) { return fmt.Appendf(nil, "[%d,%d]", s.Start, s.End), nil }

// UnmarshalJSON reads [start,end].
func (s *Span) UnmarshalJSON(text []byte) error {
	var both [2]int
	err := json.Unmarshal(text, &both)
	s.Start, s.End = both[0], both[1]
	return err
}

// Decode is one reading of a part of a text, and all that is needed to repeat it.
type Decode struct {
	Span         Span          `json:"span"`
	Original     string        `json:"original"`   // the bytes as they are written
	Normalised   string        `json:"normalised"` // as they are read
	Path         []Step        `json:"path"`       // from one to the other
	Tier         fold.Tier     `json:"tier"`
	Cost         fold.Cost     `json:"cost"` // thousandths of a letter
	Alternatives []Alternative `json:"alternatives"`
	Entry        lexicon.Entry `json:"entry"` // as it was when the text was read
	Context      Context       `json:"context"`
	Precision    *Precision    `json:"precision,omitempty"`
	Snapshot     string        `json:"lexicon_snapshot"`
	Tables       string        `json:"tables"`
	Decoder      string        `json:"decoder"`
	Note         string        `json:"note"`
}

// Step turns what stands at a place into something else. Steps at one place follow each other: each begins with what the
// one before made. What is put in where nothing stood begins and ends at the same byte.
type Step struct {
	At     int     `json:"at"`  // byte of the original where it begins
	End    int     `json:"end"` // and where it ends
	From   string  `json:"from"`
	To     string  `json:"to"`
	Op     fold.Op `json:"op"`
	Source string  `json:"src"` // the table and its version
}

// Alternative is another way to read the same part.
type Alternative struct {
	Entry   *string   `json:"entry"` // nil when it is no entry's
	Reading string    `json:"reading"`
	Cost    fold.Cost `json:"cost"`
}

// Context is what stands around a reading. Flags never delete one.
type Context struct {
	Quoted         bool   `json:"quoted"`
	Attribution    string `json:"attribution,omitempty"` // the words that say whose it is
	Negation       bool   `json:"negation"`
	CounterSpeech  string `json:"counter_speech,omitempty"` // the words that speak against it
	CounterExample string `json:"counter_example,omitempty"`
	DomainType     string `json:"domain_type,omitempty"`
	FromPicture    bool   `json:"from_picture,omitempty"` // a program read the text off one, the caller says
	Language       string `json:"language,omitempty"`     // as the caller said, or as it was guessed
	// LanguageConfidence is per mille; 0 where the caller said, or nobody knows.
	LanguageConfidence int  `json:"language_confidence,omitempty"`
	ScriptMix          bool `json:"script_mix"` // letters of several scripts in one word
	Code               bool `json:"code"`       // between backticks
	Joined             bool `json:"joined"`     // one of several words that are written together
	// Words are these, set apart, where no capitals but common words say where each ends.
	Words string `json:"words,omitempty"`
}

// Flagged reports whether something in the context speaks for another sense than the entry's.
func (c Context) Flagged() bool {
	return c.Quoted || c.Attribution != "" || c.Negation || c.CounterSpeech != "" || c.CounterExample != ""
}

// MaxDecodes is how many readings of one text are explained.
const MaxDecodes = 500

// Result is everything read in a text.
type Result struct {
	Decodes []Decode `json:"decodes"`
	// More is how many readings there are beyond [MaxDecodes].
	More int `json:"more,omitempty"`
	// Bounded says that part of a text was so ambiguous that not all ways to read it were tried.
	Bounded bool `json:"bounded,omitempty"`
}

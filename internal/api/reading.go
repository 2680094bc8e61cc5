// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"time"

	"tocsin/decode"
	"tocsin/decode/lexicon"
)

// Reading is one way in which a part of a text can be read as an entry of a lexicon, with all that is needed to repeat it.
type Reading struct {
	Span         []int                `json:"span" required:"true" nullable:"false" minItems:"2" maxItems:"2" doc:"bytes of the text: [start, end)"`
	Original     string               `json:"original" required:"true" doc:"what stands there"`
	Normalised   string               `json:"normalised" required:"true" doc:"how it is read"`
	Path         []ReadingStep        `json:"path" required:"true" nullable:"false" doc:"the steps from one to the other"`
	Tier         string               `json:"tier" required:"true" enum:"T0,T1,T2,T3,T4" doc:"how far it is from what stands there"`
	Cost         int                  `json:"cost" required:"true" doc:"thousandths of a letter"`
	Alternatives []ReadingAlternative `json:"alternatives" required:"true" nullable:"false"`
	Entry        ReadingEntry         `json:"entry" required:"true"`
	Context      ReadingContext       `json:"context" required:"true" doc:"what stands around; a flag never takes a reading away"`
	Precision    *ReadingPrecision    `json:"precision,omitempty" doc:"how often people agreed; absent while no case was decided"`
	State        lexicon.Status       `json:"state" required:"true" enum:"draft,published,demoted,suspended,expired" doc:"of the entry in this tier: as the lexicon says, or lower where people often found otherwise; suspended proposes nothing"`
	Snapshot     string               `json:"lexicon_snapshot" required:"true"`
	Tables       string               `json:"tables" required:"true"`
	Decoder      string               `json:"decoder" required:"true"`
	Note         string               `json:"note" required:"true"`
}

// ReadingStep turns what stands at a place into something else. Steps at one place follow each other.
type ReadingStep decode.Step

// ReadingAlternative is another way to read the same part; without an entry it is no entry's.
type ReadingAlternative decode.Alternative

// ReadingContext is what stands around a reading.
type ReadingContext decode.Context

// ReadingPrecision counts the decided cases behind an entry, or a tier, with the score interval of the share that agreed.
type ReadingPrecision struct {
	Right   int       `json:"entry_tp" required:"true" doc:"decisions that say that this was the meaning; 10000 is so many or more"`
	Wrong   int       `json:"entry_fp" required:"true" doc:"decisions that say that it was not; 10000 is so many or more"`
	Wilson  []float64 `json:"wilson95" required:"true" nullable:"false" minItems:"2" maxItems:"2" doc:"Wilson's interval at 95 %"`
	Counted time.Time `json:"as_of" required:"true"`
}

func precisionView(p decode.Precision) *ReadingPrecision {
	if p.Right+p.Wrong == 0 {
		return nil
	}
	return &ReadingPrecision{p.Right, p.Wrong, p.Wilson95[:], p.CountedTo}
}

// ReadingEntry is the entry as it was.
type ReadingEntry struct {
	ID              string            `json:"id" required:"true"`
	Version         int               `json:"version" required:"true"`
	Sense           string            `json:"sense" required:"true"`
	Languages       []string          `json:"lang" required:"true" nullable:"false"`
	Ambiguity       lexicon.Ambiguity `json:"ambiguity" required:"true" enum:"low,medium,high"`
	CounterExamples []string          `json:"counter_examples" required:"true" nullable:"false"`
	Sources         []string          `json:"sources" required:"true" nullable:"false"`
	Status          lexicon.Status    `json:"status" required:"true"`
}

func readingViews(all []decode.Decode) []Reading {
	var views []Reading
	for _, d := range all {
		views = append(views, readingView(d))
	}
	return views
}

func readingView(d decode.Decode) Reading {
	path, alternatives := make([]ReadingStep, len(d.Path)), make([]ReadingAlternative, len(d.Alternatives))
	for i, step := range d.Path {
		path[i] = ReadingStep(step)
	}
	for i, other := range d.Alternatives {
		alternatives[i] = ReadingAlternative(other)
	}
	var precision *ReadingPrecision
	if d.Precision != nil {
		precision = precisionView(*d.Precision)
	}
	return Reading{Precision: precision, State: d.State(), Span: []int{d.Span.Start, d.Span.End}, Original: d.Original, Normalised: d.Normalised, Path: path,
		Tier: d.Tier.String(), Cost: int(d.Cost), Alternatives: alternatives, Entry: readingEntry(d.Entry),
		Context: ReadingContext(d.Context), Snapshot: d.Snapshot, Tables: d.Tables, Decoder: d.Decoder, Note: d.Note}
}

func readingEntry(e lexicon.Entry) ReadingEntry {
	view := ReadingEntry{ID: e.ID, Version: e.Version, Sense: e.Sense, Languages: e.Languages, Ambiguity: e.Ambiguity,
		CounterExamples: e.CounterExamples, Status: e.Status, Sources: []string{}}
	for _, s := range e.Sources {
		view.Sources = append(view.Sources, s.Citation+" ("+s.Date.Format("2006-01-02")+")")
	}
	return view
}

// LexiconFigures are what people decided of readings, without entries.
type LexiconFigures struct {
	Figures []LexiconFigure `json:"figures" required:"true" nullable:"false"`
}

// LexiconFigure is what they decided in one tier, of texts in one language.
type LexiconFigure struct {
	Tier     string `json:"tier" required:"true" enum:"T0,T1,T2,T3,T4"`
	Language string `json:"language" required:"true" doc:"und where nobody could tell"`
	ReadingPrecision
}

func (s *service) lexiconFigures(ctx context.Context, _ *struct{}) (*output[LexiconFigures], error) {
	all, err := s.Flow.TierFigures(ctx, actorOf(ctx))
	if err != nil {
		return nil, err
	}
	list := make([]LexiconFigure, 0, len(all))
	for _, f := range all {
		list = append(list, LexiconFigure{f.Tier.String(), f.Language, *precisionView(f.Precision)})
	}
	return answer(LexiconFigures{list}), nil
}

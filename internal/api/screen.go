// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"

	"tocsin"
	"tocsin/internal/flow"
)

// Limits of one screening.
const (
	maxScreenBody = 8 << 20 // bytes of the JSON form
	mostRotated   = 7
)

const (
	screenOperation = "content-screen"

	reasonOneOf tocsin.Reason = "one_of"
)

// Screening asks what some content is known as.
type Screening struct {
	Body ScreenBody `required:"true"`
}

// ScreenBody holds the queries and the caller's word about the content. Negative banks always take part;
// banks that take part in a share of queries are chosen by the seed.
type ScreenBody struct {
	Assertion flow.Assertion `json:"assertion,omitempty" doc:"public or reported; anything else is refused"`
	Queries   []ScreenQuery  `json:"queries" required:"true" doc:"1 to 500"`
	Banks     []string       `json:"banks,omitempty" maxItems:"200" doc:"ids or names; all when left out"`
	Seed      string         `json:"seed,omitempty" maxLength:"200" doc:"the same gives the same banks"`
	Every     bool           `json:"every,omitempty" doc:"also banks that would sit this query out"`
}

// ScreenQuery is one question: a value of a type, or a text, or an address. Item is the platform's own opaque
// reference, under which the node may keep hashes for a time, to match new signals against them.
type ScreenQuery struct {
	Type    string   `json:"type,omitempty" doc:"such as pdq, sha256 or url; with value"`
	Value   string   `json:"value,omitempty" doc:"in any form that the type takes"`
	Rotated []string `json:"rotated,omitempty" doc:"of a picture: its seven other dihedral hashes"`
	Text    string   `json:"text,omitempty" doc:"the text itself"`
	// FromPicture changes how a text is read, and nothing that it matches.
	FromPicture bool   `json:"from_picture,omitempty" doc:"a program read the text off a picture: what such programs take for each other is read so"`
	Address     string `json:"address,omitempty" doc:"as found, also defanged"`
	Item        string `json:"item,omitempty" pattern:"^[A-Za-z0-9][A-Za-z0-9._:-]{0,79}$"`
}

// Screened answers every query, or every file, in the order in which it was asked.
type Screened struct {
	Answers []ScreenAnswer `json:"answers" required:"true" nullable:"false"`
}

// ScreenAnswer is what one query or file came upon. An error says why it could not be answered, or not in
// full: no match beside an error means nothing.
type ScreenAnswer struct {
	Fingerprints []FingerprintView `json:"fingerprints,omitempty" doc:"of a file, as computed"`
	Matches      []Match           `json:"matches" required:"true" nullable:"false" doc:"the nearest first"`
	More         bool              `json:"more,omitempty" doc:"there are more matches than are shown"`
	Readings     []Reading         `json:"readings,omitempty" doc:"of a text, by the node's lexicons; no finding of anything"`
	MoreReadings int               `json:"more_readings,omitempty" doc:"how many readings are not shown"`
	Bounded      bool              `json:"bounded,omitempty" doc:"part of a text was so ambiguous that not all was tried"`
	Error        *Problem          `json:"error,omitempty"`
}

func (s *service) screen(ctx context.Context, in *Screening) (*output[Screened], error) {
	a := asked{where: "body.queries[%d]."}
	for _, q := range in.Body.Queries {
		a.ask(q)
	}
	answers, err := s.lookUp(ctx, in.Body.screening(), a)
	if err != nil {
		return nil, err
	}
	return answer(Screened{answers}), nil
}

func (b ScreenBody) screening() flow.Screening {
	return flow.Screening{Assertion: b.Assertion, Banks: b.Banks, Seed: b.Seed, Every: b.Every}
}

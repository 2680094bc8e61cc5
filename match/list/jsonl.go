// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package list

import (
	"bytes"
	"fmt"

	"github.com/go-json-experiment/json"

	"tocsin/match/batch"
	"tocsin/match/pdq"
)

// jsonLine reads our own full form, and what 'tocsin hash --json' prints. Unknown and repeated members are
// refused: what is misspelt would be lost in silence, and an end that is lost restricts for longer than its
// publisher meant.
type jsonLine struct{ fixed string }

// jsonRow is an object of the list.
type jsonRow struct {
	Type       string   `json:"type"`
	Value      string   `json:"value"`
	Reference  string   `json:"reference,omitempty"`
	Labels     []string `json:"labels,omitempty"`
	Confidence int      `json:"confidence,omitzero"`
	Until      string   `json:"until,omitempty"`
	Deleted    bool     `json:"deleted,omitzero"`
}

// hashedRow is a line of a list that was computed of files.
type hashedRow struct {
	jsonRow
	computed
}

// computed is what a hasher says beside a hash. Nothing of it is kept: a name of a file may tell who made it.
type computed struct {
	File    string `json:"file"`
	Turn    string `json:"turn"`
	Quality *int   `json:"quality"`
	Width   int    `json:"width"`
	Height  int    `json:"height"`
	Error   string `json:"error"` // why there is no hash
	Reason  string `json:"reason"`
}

// check refuses what is no hash, or one that would match by accident.
func (c computed) check(line int64, signalType string) error {
	if c.Error != "" || c.Reason != "" {
		return &Bad{line, ReasonNotHashed, "the file was not hashed"}
	}
	if least := minQuality[signalType]; c.Quality != nil && *c.Quality < least {
		return &Bad{line, ReasonQuality, fmt.Sprintf("the quality is below %d: the picture shows too little", least)}
	}
	return nil
}

// minQuality is the quality below which a hash of a type matches by accident.
var minQuality = map[string]int{pdq.Name: pdq.MinQuality}

func (f jsonLine) row(line int64, record []byte) (row Row, skip bool, err error) {
	record = bytes.TrimSpace(record)
	if len(record) == 0 {
		return row, true, nil
	}
	if tooDeep(record) {
		return row, false, &Bad{line, ReasonTooDeep, "the object is nested too deeply"}
	}
	var in hashedRow
	if record[0] != '{' || json.Unmarshal(record, &in, json.RejectUnknownMembers(true)) != nil {
		return row, false, &Bad{line, ReasonForm, "a line is a JSON object with the members of the format"}
	}
	until, ok := parseUntil(in.Until)
	if !ok {
		return row, false, badUntil(line)
	}
	if in.Type == "" {
		in.Type = f.fixed
	}
	if err := in.check(line, in.Type); err != nil {
		return row, false, err
	}
	return Row{Deleted: in.Deleted, Row: batch.Row{Type: in.Type, Value: in.Value, Reference: in.Reference,
		Labels: in.Labels, Confidence: in.Confidence, Until: until}}, false, nil
}

func appendJSONLine(to []byte, row *Row) ([]byte, error) {
	out := jsonRow{Type: row.Type, Value: row.Value, Reference: row.Reference, Labels: row.Labels,
		Confidence: row.Confidence, Deleted: row.Deleted}
	if row.Until != nil {
		out.Until = row.Until.UTC().Format(untilForm)
	}
	text, err := json.Marshal(&out)
	if err != nil {
		return to, err
	}
	return append(append(to, text...), '\n'), nil
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package list

import (
	"bytes"

	"github.com/go-json-experiment/json"

	"tocsin/match/batch"
)

// jsonLine reads our own full form. Unknown and repeated members are refused: what is misspelt would be lost
// in silence, and an end that is lost restricts for longer than its publisher meant.
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

func (f jsonLine) row(line int64, record []byte) (row Row, skip bool, err error) {
	record = bytes.TrimSpace(record)
	if len(record) == 0 {
		return row, true, nil
	}
	if tooDeep(record) {
		return row, false, &Bad{line, ReasonTooDeep, "the object is nested too deeply"}
	}
	var in jsonRow
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

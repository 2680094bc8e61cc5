// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package list

import (
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"tocsin/match/batch"
)

// The types of signals that a TAT list holds, and its names for them.
const (
	pdqType        = "pdq"
	pdqAlgorithm   = "PDQ"
	videoType      = "video_md5"
	videoAlgorithm = "MD5"
)

// videoFiles are the kinds of files whose MD5 pytx reads; the first is written for every one.
var videoFiles = []string{"mp4", "mov", "m4v", "webm"}

// tatRecord reads the records of Tech Against Terrorism's hash list.
type tatRecord struct{}

// tatEntry is what is read of a record, and written. The times of a record are the server's own matter.
type tatEntry struct {
	Digest    string         `json:"hash_digest"`
	Algorithm string         `json:"algorithm"`
	Ideology  string         `json:"ideology,omitempty"`
	FileType  string         `json:"file_type"`
	Deleted   bool           `json:"deleted"`
	ID        jsontext.Value `json:"id,omitempty"`
}

func (tatRecord) row(line int64, record []byte) (row Row, skip bool, err error) {
	var in tatEntry
	if len(record) == 0 || record[0] != '{' || json.Unmarshal(record, &in) != nil {
		return row, false, &Bad{line, ReasonForm, "this is not a record of a hash list"}
	}
	signalType, bad := in.signalType(line)
	if bad != nil {
		return row, false, bad
	}
	reference, ok := in.reference()
	if !ok {
		return row, false, &Bad{line, batch.ReasonReference, "the id of a record is a number or a text"}
	}
	row = Row{Deleted: in.Deleted, Row: batch.Row{Type: signalType, Value: in.Digest, Reference: reference}}
	if in.Ideology != "" {
		row.Labels = []string{in.Ideology}
	}
	return row, false, nil
}

func (in *tatEntry) signalType(line int64) (string, *Bad) {
	switch strings.ToUpper(in.Algorithm) {
	case pdqAlgorithm:
		return pdqType, nil
	case videoAlgorithm:
		if slices.Contains(videoFiles, strings.ToLower(in.FileType)) {
			return videoType, nil
		}
		return "", &Bad{line, ReasonKeptOut, "an MD5 is read only of the video files mov, m4v, mp4 and webm"}
	}
	return "", &Bad{line, ReasonKeptOut, "only PDQ and MD5 are read"}
}

func (in *tatEntry) reference() (text string, ok bool) {
	switch in.ID.Kind() {
	case jsontext.KindString:
		return text, json.Unmarshal(in.ID, &text) == nil
	case jsontext.KindNumber:
		return string(in.ID), true
	}
	return "", len(in.ID) == 0 || in.ID.Kind() == jsontext.KindNull
}

// appendTAT writes a record. The format knows two types, one label, and neither confidence nor end.
func appendTAT(to []byte, row *Row, first bool) ([]byte, error) {
	out := tatEntry{Digest: row.Value, Deleted: row.Deleted}
	switch row.Type {
	case pdqType:
		out.Algorithm = pdqAlgorithm
	case videoType:
		out.Algorithm, out.FileType = videoAlgorithm, videoFiles[0]
	default:
		return to, &Bad{row.Line, ReasonKeptOut, "the format has no signals of this type"}
	}
	if len(row.Labels) > 0 {
		out.Ideology = row.Labels[0]
	}
	if row.Reference != "" {
		id, err := tatID(row.Reference)
		if err != nil {
			return to, err
		}
		out.ID = id
	}
	text, err := json.Marshal(&out)
	if err != nil {
		return to, err
	}
	if !first {
		to = append(to, ',')
	}
	return append(append(to, '\n'), text...), nil
}

// tatID writes a whole number as one and any other reference as text.
func tatID(reference string) (jsontext.Value, error) {
	if n, err := strconv.ParseInt(reference, 10, 64); err == nil && strconv.FormatInt(n, 10) == reference {
		return jsontext.Value(reference), nil
	}
	return json.Marshal(reference)
}

// beginTAT and endTAT frame the records as the only page of a list.
const beginTAT = `{"results":[`

func endTAT(to []byte, count int64) []byte {
	if count > 0 {
		to = append(to, '\n')
	}
	to = strconv.AppendInt(append(to, `],"count":`...), count, 10)
	return append(to, `,"next":null,"previous":null,"checkpoint":""}`+"\n"...)
}

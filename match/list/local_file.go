// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package list

import (
	"bytes"
	"strings"

	"tocsin/match/batch"
)

// localFile reads the lines of pytx's local_file. pytx passes over a line without a signal; it is reported
// here.
type localFile struct{ fixed string }

func (f localFile) row(line int64, record []byte) (row Row, skip bool, err error) {
	record = bytes.TrimSpace(record)
	if len(record) == 0 {
		return row, true, nil
	}
	if f.fixed != "" {
		return Row{Row: batch.Row{Type: f.fixed, Value: string(record)}}, false, nil
	}
	signalType, value, found := bytes.Cut(record, []byte(" "))
	if !found {
		return row, false, &Bad{line, ReasonForm, "a line is a type, a space and the signal"}
	}
	return Row{Row: batch.Row{Type: string(signalType), Value: string(bytes.TrimSpace(value))}}, false, nil
}

// appendLocalFile writes a row; a deletion, and a value that is not one line, has no place in the format.
func appendLocalFile(to []byte, row *Row, fixed string) ([]byte, error) {
	switch {
	case row.Deleted:
		return to, &Bad{row.Line, ReasonKeptOut, "the format has no deletions"}
	case fixed != "" && row.Type != fixed:
		return to, &Bad{row.Line, ReasonKeptOut, "the list is of another type"}
	case strings.ContainsAny(row.Value, "\r\n"), strings.TrimSpace(row.Value) != row.Value,
		strings.HasPrefix(row.Value, byteOrderMark):
		return to, &Bad{row.Line, ReasonKeptOut, "the format has no values of several lines or with spaces around"}
	}
	if fixed == "" {
		to = append(append(to, row.Type...), ' ')
	}
	return append(append(to, row.Value...), '\n'), nil
}

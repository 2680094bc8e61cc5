// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package list

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tocsin/match/batch"
)

// Columns of a CSV, in the order in which they are written.
const (
	columnType = iota
	columnValue
	columnReference
	columnLabels
	columnConfidence
	columnUntil
	columnDeleted
	columnsWritten
)

// Columns of a table that was made of the output of 'tocsin hash --json'. They are read and not written.
const (
	columnQuality = iota + columnsWritten
	columnError
	columnFile // this and the next are read over
	columnTurn
	columnWidth
	columnHeight
	columnReason
	columnCount
)

var columnNames = [columnCount]string{columnType: "type", columnValue: "value", columnReference: "reference",
	columnLabels: "labels", columnConfidence: "confidence", columnUntil: "until", columnDeleted: "deleted",
	columnQuality: "quality", columnError: "error", columnFile: "file", columnTurn: "turn", columnWidth: "width",
	columnHeight: "height", columnReason: "reason"}

// maxColumns bounds what is looked at of a row; a list with more is none of signals.
const maxColumns = 256

const labelSeparator = ";"

// csvRow reads the rows of a CSV.
type csvRow struct {
	split *csvRecords // knows the separator
	fixed string      // type of rows that name none
	order []int       // for each column of the list which one it is, -1 for one that is not read
	cells []string    // of the row being read; its memory is used again
}

func (c *csvRow) row(line int64, record []byte) (row Row, skip bool, err error) {
	c.cells = csvCells(record, c.split.comma, c.cells[:0])
	if len(c.cells) == 1 && strings.TrimSpace(c.cells[0]) == "" {
		return row, true, nil
	}
	if c.order == nil {
		return row, true, c.header(line)
	}
	if len(c.cells) != len(c.order) {
		return row, false, &Bad{line, ReasonForm, "the row has more or fewer cells than the first row"}
	}
	var cell [columnCount]string
	for i, column := range c.order {
		if column >= 0 {
			cell[column] = unguard(c.cells[i])
		}
	}
	if strings.TrimSpace(cell[columnType]) == "" {
		cell[columnType] = c.fixed
	}
	row.Row = batch.Row{Type: strings.TrimSpace(cell[columnType]), Value: cell[columnValue],
		Reference: cell[columnReference], Labels: splitLabels(cell[columnLabels])}
	return row, false, row.parseCells(line, &cell)
}

// splitLabels leaves more pieces than any row may have unsplit, for Check to refuse.
func splitLabels(cell string) []string {
	return strings.SplitN(cell, labelSeparator, 4*batch.MaxLabels)
}

// parseCells reads the cells that are not text.
func (row *Row) parseCells(line int64, cell *[columnCount]string) error {
	var ok bool
	if row.Until, ok = parseUntil(strings.TrimSpace(cell[columnUntil])); !ok {
		return badUntil(line)
	}
	if text := strings.TrimSpace(cell[columnConfidence]); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			return &Bad{line, batch.ReasonConfidence, "confidence is a whole number from 0 to 100"}
		}
		row.Confidence = n
	}
	beside := computed{Error: strings.TrimSpace(cell[columnError])}
	if text := strings.TrimSpace(cell[columnQuality]); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			return &Bad{line, ReasonForm, "quality is a whole number"}
		}
		beside.Quality = &n
	}
	if err := beside.check(line, row.Type); err != nil {
		return err
	}
	switch strings.ToLower(strings.TrimSpace(cell[columnDeleted])) {
	case "true", "1":
		row.Deleted = true
	case "", "false", "0":
	default:
		return &Bad{line, ReasonForm, "deleted is true or false"}
	}
	return nil
}

// header reads the first row. What it does not know it reports: a misspelt column would be lost in silence.
func (c *csvRow) header(line int64) error {
	if len(c.cells) > maxColumns {
		return &Error{ReasonHeader, "the first row has too many columns"}
	}
	c.order = make([]int, len(c.cells))
	var found [columnCount]bool
	var unread []string
	for i, name := range c.cells {
		column := slices.Index(columnNames[:], strings.ToLower(strings.TrimSpace(unguard(name))))
		c.order[i] = column
		if column < 0 {
			unread = append(unread, strconv.Itoa(i+1))
			continue
		}
		if found[column] {
			return &Error{ReasonHeader, "the first row names a column twice"}
		}
		found[column] = true
	}
	if !found[columnValue] || !found[columnType] && c.fixed == "" {
		return &Error{ReasonHeader, "the first row must name the columns, among them value, and type where none " +
			"is given"}
	}
	if unread != nil {
		numbers := strings.Join(unread[:min(len(unread), 20)], ", ")
		return &Bad{line, ReasonColumn, fmt.Sprintf("of %d columns these are not read: %s", len(c.cells), numbers)}
	}
	return nil
}

func appendCSVHeader(to []byte) []byte {
	return append(append(to, strings.Join(columnNames[:columnsWritten], ",")...), "\r\n"...)
}

func appendCSV(to []byte, row *Row) []byte {
	cells := [columnsWritten]string{columnType: row.Type, columnValue: row.Value, columnReference: row.Reference,
		columnLabels: strings.Join(row.Labels, labelSeparator)}
	if row.Confidence > 0 {
		cells[columnConfidence] = strconv.Itoa(row.Confidence)
	}
	if row.Until != nil {
		cells[columnUntil] = row.Until.UTC().Format(untilForm)
	}
	if row.Deleted {
		cells[columnDeleted] = "true"
	}
	for i, cell := range cells {
		if i > 0 {
			to = append(to, ',')
		}
		to = appendCell(to, Guard(cell))
	}
	return append(to, "\r\n"...)
}

// appendCell quotes what any reader could take for more than one cell, semicolons and tabs included.
func appendCell(to []byte, cell string) []byte {
	if !strings.ContainsAny(cell, ",;\t\"\r\n") && strings.TrimSpace(cell) == cell {
		return append(to, cell...)
	}
	return append(append(append(to, '"'), strings.ReplaceAll(cell, `"`, `""`)...), '"')
}

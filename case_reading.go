// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import (
	"fmt"
	"slices"
)

// EventCaseReadAs tells that a text of the item can be read as entries of a lexicon. That is a finding of nothing.
const EventCaseReadAs EventKind = "case.read_as"

// ReadingCode names a reading in a header, without a word of it: a digest of the entry, the version of that, how far the
// reading went, and in which language the text is, or "und".
type ReadingCode string

// NewReadingCode writes one.
func NewReadingCode(entry string, version int, tier, language string) ReadingCode {
	return ReadingCode(fmt.Sprintf("%s.%d.%s.%s", entry, version, tier, language))
}

// ReadAs adds what a text of the item can be read as. What queues puts the case before people, as urgently as p says;
// what does not is kept beside what else points to the item, and changes nothing of when somebody looks.
func (c *Case) ReadAs(by By, readings []ReadingCode, p Priority, queues bool, periods Periods, payload any) ([]Event, error) {
	if !queues {
		return happened(c, by.event(EventCaseReadAs, Facts{Codes: codes(readings), Number: int64(PriorityReading)}, payload))
	}
	events := []Event{by.event(EventCaseReadAs, Facts{Codes: codes(readings), Number: int64(p),
		Due: c.firstClock(by, p, periods)}, payload)}
	return happened(c, c.foundAgain(by, events, p, periods)...)
}

func (c *Case) readAs(f Facts) {
	for _, code := range f.Codes {
		if !slices.Contains(c.Readings, ReadingCode(code)) {
			c.Readings = append(c.Readings, ReadingCode(code))
		}
	}
	c.presses(f)
}

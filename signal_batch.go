// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import (
	"slices"
	"time"
)

// Events of a batch.
const (
	EventBatchImported  EventKind = "batch.imported"
	EventBatchWithdrawn EventKind = "batch.withdrawn" // none of its rows matches from now on
	EventBatchExpired   EventKind = "batch.expired"
)

// BatchState is where a batch stands.
type BatchState string

// The states of a batch.
const (
	BatchActive    BatchState = "active"
	BatchWithdrawn BatchState = "withdrawn"
	BatchExpired   BatchState = "expired"
)

// ListFormat is the form of a list of signals, as other people publish it.
type ListFormat string

// The formats of lists.
const (
	FormatLocalFile ListFormat = "local_file" // pytx: a type and a signal on each line
	FormatTAT       ListFormat = "tat"        // Tech Against Terrorism's hash list, JSON
	FormatCSV       ListFormat = "csv"
	FormatJSONLines ListFormat = "jsonl"
)

// ListFormats lists every format.
func ListFormats() []ListFormat {
	return []ListFormat{FormatLocalFile, FormatTAT, FormatCSV, FormatJSONLines}
}

// MostRows bounds one import: a row is named by 24 bits beside the sequence number of its event.
const MostRows = 1 << 24

// Imported is what an import brings: which rows, and who vouches for them.
type Imported struct {
	Bank    RecordID   `json:"bank"`
	Blob    Digest     `json:"blob"`   // of the rows; immutable
	Rows    int64      `json:"rows"`   // 1 to [MostRows]
	Format  ListFormat `json:"format"` // of the list that was read
	Source  PartyID    `json:"source"` // who vouches for the rows
	Vouched time.Time  `json:"vouched_at"`
	Until   *time.Time `json:"until,omitempty"` // from when they no longer match
	Marking Marking    `json:"marking"`
}

// Batch is one import of many signals into a bank. Its rows are one immutable blob, which its first event
// names; a row gets a record of its own, a [Signal], only when somebody touches it.
type Batch struct {
	Root
	Imported
	Status BatchState `json:"status"`
}

// Kind is [KindBatch].
func (b *Batch) Kind() RecordKind { return KindBatch }

// State gives the status.
func (b *Batch) State() string { return string(b.Status) }

// Due is when the rows expire.
func (b *Batch) Due() *time.Time {
	if b.Status != BatchActive {
		return nil
	}
	return b.Until
}

// Apply folds one event.
func (b *Batch) Apply(h Header) error {
	f := h.Facts
	switch h.Kind {
	case EventBatchImported:
		if f.When == nil {
			return malformedEvent(h)
		}
		b.Status = BatchActive
		b.Imported = Imported{Bank: f.Record, Blob: f.Digest, Rows: f.Number, Format: ListFormat(f.Code), Source: f.Party,
			Vouched: *f.When, Until: f.Due, Marking: f.Marking}
	case EventBatchWithdrawn:
		b.Status = BatchWithdrawn
	case EventBatchExpired:
		b.Status = BatchExpired
	default:
		return unknownEvent(b, h)
	}
	return nil
}

// ImportBatch records an import into a bank that takes signals. payload is its readable document.
func ImportBatch(by By, id RecordID, bank *Bank, in Imported, payload any) (*Batch, []Event, error) {
	if err := bank.Takes(); err != nil {
		return nil, nil, err
	}
	in.Bank = bank.ID
	if err := in.validate(by.At); err != nil {
		return nil, nil, err
	}
	b := &Batch{Root: Root{ID: id}}
	events, err := happened(b, by.event(EventBatchImported, Facts{Record: in.Bank, Digest: in.Blob,
		Number: in.Rows, Code: string(in.Format), Party: in.Source, When: &in.Vouched, Due: in.Until,
		Marking: in.Marking}, payload))
	return b, events, err
}

func (in Imported) validate(at time.Time) error {
	switch {
	case !in.Blob.Valid():
		return Invalid(ReasonFormat, "blob", "An import names its rows by their SHA-256.")
	case !slices.Contains(ListFormats(), in.Format):
		return Invalid(ReasonUnknownValue, "format", "A list is local_file, tat, csv or jsonl.")
	case in.Rows < 1:
		return Invalid(ReasonMissing, "rows", "There is no signal in the list.")
	case in.Rows > MostRows:
		return Invalid(ReasonTooMany, "rows", "One import takes at most %d signals. Split the list.", MostRows)
	case !in.Source.Valid():
		return Invalid(ReasonUnknownParty, "source", "Say which party vouches for the signals.")
	case !slices.Contains(Markings(), in.Marking):
		return Invalid(ReasonUnknownValue, "marking", "Say to whom they may be passed on.")
	case in.Vouched.IsZero() || in.Vouched.After(at.Add(clockTolerance)):
		return Invalid(ReasonFormat, "vouched_at", "Say when the party vouched for them; not in the future.")
	case in.Until != nil && !in.Until.After(at):
		return Invalid(ReasonFormat, "until", "The end lies in the past.")
	}
	return nil
}

// Withdraw takes back the whole import, whatever came of single rows.
func (b *Batch) Withdraw(by By, reasons string) ([]Event, error) {
	if b.Status != BatchActive {
		return nil, wrongState(b, "withdrawn")
	}
	if err := checkText("reasons", reasons, 1, 1000); err != nil {
		return nil, err
	}
	return happened(b, by.event(EventBatchWithdrawn, Facts{Record: b.Bank}, Text{reasons}))
}

// Tick ends the batch when its time is over.
func (b *Batch) Tick(by By, _ Periods) ([]Event, error) {
	if !passed(b.Due(), by.At) {
		return nil, nil
	}
	return happened(b, by.event(EventBatchExpired, Facts{Record: b.Bank}, nil))
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"time"

	"tocsin"
)

// Class is what a driver's error means for the transaction it ended.
type Class int

// The classes of a driver's error.
const (
	ClassBug       Class = iota // a statement or a value that should not have been: ours
	ClassContended              // lost a race that another run can win
	ClassDuplicate              // a unique key exists
	ClassSlow                   // a timeout ended it
	ClassLost                   // no connection
	ClassFull                   // no space left
	ClassBroken                 // the storage cannot be trusted any more
)

// What the store tells beside the reasons of the root package. Not for the wire.
const (
	reasonContended   tocsin.Reason = "contended"
	reasonTooSlow     tocsin.Reason = "too_slow"
	reasonUnavailable tocsin.Reason = "storage_unavailable"
	reasonFull        tocsin.Reason = "storage_full"
	reasonBroken      tocsin.Reason = "storage_broken"
)

// translate makes the one error type of a driver's error. Drivers' messages hold names of tables and
// constraints, never values.
func (d Dialect) translate(err error) *tocsin.Error {
	if e, ok := errors.AsType[*tocsin.Error](err); ok {
		return e
	}
	class := d.classify(err)
	err = d.cause(err)
	busy := func(reason tocsin.Reason, public string) *tocsin.Error {
		return &tocsin.Error{Code: tocsin.CodeBusy, Reason: reason, Public: public,
			RetryAfter: time.Second, Err: err}
	}
	switch class {
	case ClassContended:
		return busy(reasonContended, "Others were changing the same. Try again.")
	case ClassSlow:
		return busy(reasonTooSlow, "The database took too long. Try again.")
	case ClassLost:
		return busy(reasonUnavailable, "The database cannot be reached. Try again.")
	case ClassFull:
		return busy(reasonFull, "The storage is full.")
	case ClassDuplicate:
		return &tocsin.Error{Code: tocsin.CodeConflict, Reason: tocsin.ReasonDuplicate,
			Public: "This exists already.", Err: err}
	case ClassBroken:
		return &tocsin.Error{Code: tocsin.CodeInternal, Reason: reasonBroken,
			Public: "The storage failed. Check the disk, run fsck, restart.", Err: err}
	}
	return &tocsin.Error{Code: tocsin.CodeInternal, Public: "The store failed.", Err: err}
}

func (d Dialect) classify(err error) Class {
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return ClassSlow
	case errors.Is(err, driver.ErrBadConn), errors.Is(err, sql.ErrConnDone):
		return ClassLost
	}
	return d.Classify(err)
}

func (d Dialect) cause(err error) error {
	if d.Cause == nil {
		return err
	}
	return d.Cause(err)
}

func notFound(what string) *tocsin.Error {
	return tocsin.Errorf(tocsin.CodeNotFound, tocsin.ReasonUnknownRecord, "There is no such %s.", what)
}

func conflict(reason tocsin.Reason, public string) *tocsin.Error {
	return tocsin.Errorf(tocsin.CodeConflict, reason, "%s", public)
}

func erased() *tocsin.Error {
	return tocsin.Errorf(tocsin.CodeErased, tocsin.ReasonErased, "This record was erased.")
}

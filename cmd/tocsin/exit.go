// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"tocsin"
	"tocsin/cmd/tocsin/internal/remote"
	"tocsin/internal/api"
)

// Exit codes. Scripts rely on them: they are never renumbered.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitNotFound    = 3
	exitConflict    = 4
	exitRefused     = 5
	exitUnavailable = 6
	exitDifferences = 7
)

// exitCodes explains them, in order.
var exitCodes = []string{
	"done",
	"failed for a reason that has no other code",
	"the command line or the settings are wrong",
	"not there: a file, a record, a party, a key",
	"not now: it exists already, changed meanwhile, or is in use by a running node",
	"refused: not allowed, not signed as it must be, or breaking a rule",
	"no node answers, or it is too busy",
	"examined, and differences were found",
}

// usageError is a wrong command line or setting, found after the command began.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// errDifferences ends a command that has said itself what it found.
var errDifferences = errors.New("differences found")

var byCode = map[tocsin.Code]int{
	tocsin.CodeInvalid: exitRefused, tocsin.CodeUnauthenticated: exitRefused, tocsin.CodeForbidden: exitRefused,
	tocsin.CodeNotFound: exitNotFound, tocsin.CodeConflict: exitConflict, tocsin.CodeTooLarge: exitRefused,
	tocsin.CodeUnsupported: exitRefused, tocsin.CodeExpired: exitRefused, tocsin.CodeErased: exitRefused,
	tocsin.CodeBusy: exitUnavailable,
}

// exitCode says with which code an error ends the program.
func (p *program) exitCode(err error) int {
	switch e, ok := errors.AsType[*tocsin.Error](err); {
	case err == nil:
		return exitOK
	case errors.Is(err, errDifferences):
		return exitDifferences
	case !p.started:
		return exitUsage
	case isUsage(err):
		return exitUsage
	case ok && byCode[e.Code] != 0:
		return byCode[e.Code]
	case errors.Is(err, fs.ErrNotExist):
		return exitNotFound
	case errors.Is(err, fs.ErrExist):
		return exitConflict
	}
	return exitFailed
}

func isUsage(err error) bool {
	_, ok := errors.AsType[usageError](err)
	return ok
}

// failure is an error as JSON.
type failure struct {
	Exit    int            `json:"exit"`
	Code    tocsin.Code    `json:"code,omitempty"`
	Reason  tocsin.Reason  `json:"reason,omitempty"`
	Message string         `json:"message"`
	Errors  []api.Location `json:"errors,omitempty"`
}

// finish tells an error and gives the exit code.
func (p *program) finish(err error) int {
	code := p.exitCode(err)
	if code == exitOK || code == exitDifferences {
		return code
	}
	if p.global.json {
		f := failure{Exit: code, Message: err.Error(), Reason: tocsin.ReasonOf(err)}
		if e, ok := errors.AsType[*tocsin.Error](err); ok {
			f.Code = e.Code
		}
		if problem, ok := errors.AsType[*remote.Problem](err); ok {
			f.Message, f.Errors = problem.Detail, problem.Errors
		}
		_ = json.NewEncoder(p.err).Encode(map[string]failure{"error": f})
		return code
	}
	fmt.Fprintf(p.err, "tocsin: %v\n", err)
	if !p.started {
		fmt.Fprintln(p.err, "Run 'tocsin help' for what there is, 'tocsin help COMMAND' for one command.")
	}
	return code
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package postgres

import (
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"tocsin/internal/store/sqlstore"
)

// channel is where a commit is announced.
const channel = "tocsin"

// dialect: claimers pass over each other's rows.
var dialect = sqlstore.Dialect{
	Claim:      sqlstore.ClaimStatement("FOR UPDATE SKIP LOCKED"),
	Notify:     "SELECT pg_notify('" + channel + "', '')",
	Classify:   classify,
	CommitLost: commitLost,
	Cause:      cause,
	Parameters: 10_000, // of the 65,535 that the protocol can count
}

// classify goes by SQLSTATE, PostgreSQL manual, appendix A.
func classify(err error) sqlstore.Class {
	e, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return classifyLocal(err)
	}
	switch e.Code {
	case "40001", "40P01":
		return sqlstore.ClassContended
	case "23505":
		return sqlstore.ClassDuplicate
	case "57014", "55P03", "25P03", "25P04":
		return sqlstore.ClassSlow
	case "53100":
		return sqlstore.ClassFull
	case "XX001", "XX002":
		return sqlstore.ClassBroken
	}
	switch e.Code[:min(2, len(e.Code))] {
	case "08", "53", "57": // connection, resources, operator intervention
		return sqlstore.ClassLost
	case "58": // the server's own system calls failed
		return sqlstore.ClassBroken
	}
	return sqlstore.ClassBug
}

// classifyLocal sees to what did not come from the server.
func classifyLocal(err error) sqlstore.Class {
	if pgconn.Timeout(err) {
		return sqlstore.ClassSlow
	}
	_, isNet := errors.AsType[net.Error](err)
	_, isConnect := errors.AsType[*pgconn.ConnectError](err)
	if isNet || isConnect || errors.Is(err, pgconn.ErrConnClosed) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return sqlstore.ClassLost
	}
	return sqlstore.ClassBug
}

// commitLost: unless the server answered, nobody here knows. pgconn.SafeToRetry does not tell either: when
// the connection breaks while a COMMIT's answer is awaited, v5.12.0 reports "conn closed" as safe.
func commitLost(err error) bool {
	if errors.Is(err, pgx.ErrTxCommitRollback) || errors.Is(err, sql.ErrTxDone) {
		return false
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return strings.HasPrefix(e.Code, "08") || strings.HasPrefix(e.Code, "57P")
	}
	return true
}

// cause drops the server's address from an error.
func cause(err error) error {
	_, connecting := errors.AsType[*pgconn.ConnectError](err)
	if e, ok := errors.AsType[*pgconn.PgError](err); ok && connecting {
		return e
	}
	if e, ok := errors.AsType[*net.DNSError](err); ok {
		return errors.New("look up the server's name: " + e.Err)
	}
	if e, ok := errors.AsType[*net.OpError](err); ok {
		return fmt.Errorf("%s: %w", e.Op, e.Err)
	}
	if connecting {
		return errors.New("connect to the server")
	}
	return err
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package postgres

import (
	"database/sql"
	"errors"
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
	switch {
	case isNet, isConnect, errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		return sqlstore.ClassLost
	case strings.Contains(err.Error(), "conn closed"): // pgconn has no value for it
		return sqlstore.ClassLost
	}
	return sqlstore.ClassBug
}

// commitLost: unless the server answered, or nothing was sent, nobody here knows.
func commitLost(err error) bool {
	switch {
	case errors.Is(err, pgx.ErrTxCommitRollback), errors.Is(err, sql.ErrTxDone), pgconn.SafeToRetry(err):
		return false
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return strings.HasPrefix(e.Code, "08") || strings.HasPrefix(e.Code, "57P")
	}
	return true
}

// cause drops the connection's address from an error.
func cause(err error) error {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e
	}
	if e, ok := errors.AsType[*net.OpError](err); ok {
		return e.Err
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return errors.New("connect to the server")
	}
	return err
}

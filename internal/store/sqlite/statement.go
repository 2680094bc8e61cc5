// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"strings"

	"modernc.org/sqlite"
)

// maxKept is how many compiled statements a connection keeps. The store has fewer texts, but for those whose
// lists vary in length.
const maxKept = 200

var keptVerbs = []string{"SELECT", "INSERT", "UPDATE", "DELETE"}

// openHandle opens a handle whose connections compile each statement once. database/sql can do the same
// only with a connection beside the one that is in a transaction, and the writer has no other.
func openHandle(name string) (*sql.DB, error) {
	c, err := sqlite.NewConnector(name)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(keepingConnector{c}), nil
}

type keepingConnector struct{ driver.Connector }

func (c keepingConnector) Connect(ctx context.Context) (driver.Conn, error) {
	inner, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	conn, ok := inner.(connection)
	if !ok {
		return nil, errors.Join(fmt.Errorf("the SQLite driver's connection is a %T", inner), inner.Close())
	}
	return &keepingConn{connection: conn, kept: map[string]statement{}}, nil
}

// connection is all that database/sql asks of the driver's.
type connection interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

type statement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// keepingConn keeps compiled statements between their uses, without the values they were used with, which
// the driver clears. database/sql lets one goroutine at a time use a connection and the rows it gave.
type keepingConn struct {
	connection
	kept map[string]statement
}

// Unwrap shows the driver its own connection.
func (c *keepingConn) Unwrap() driver.Conn { return c.connection }

// Close ends the kept statements first.
func (c *keepingConn) Close() error {
	var errs []error
	for _, s := range c.kept {
		errs = append(errs, s.Close())
	}
	clear(c.kept)
	return errors.Join(append(errs, c.connection.Close())...)
}

// ExecContext runs a statement that gives no rows.
func (c *keepingConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (
	driver.Result, error,
) {
	s, err := c.take(ctx, query)
	if s == nil {
		if err == nil {
			return c.connection.ExecContext(ctx, query, args)
		}
		return nil, err
	}
	result, err := s.ExecContext(ctx, args)
	return result, errors.Join(err, c.giveBack(query, s, err == nil))
}

// QueryContext runs a statement that gives rows; the statement comes back when they are closed.
func (c *keepingConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (
	driver.Rows, error,
) {
	s, err := c.take(ctx, query)
	if s == nil {
		if err == nil {
			return c.connection.QueryContext(ctx, query, args)
		}
		return nil, err
	}
	rows, err := s.QueryContext(ctx, args)
	if err != nil {
		return nil, errors.Join(err, c.giveBack(query, s, false))
	}
	return &keptRows{Rows: rows, done: func(whole bool) error { return c.giveBack(query, s, whole) }}, nil
}

// take gives a compiled statement out of the kept ones, or compiles it; nil for what is not worth keeping.
// While it is out, the same text gets another one.
func (c *keepingConn) take(ctx context.Context, query string) (statement, error) {
	if s, kept := c.kept[query]; kept {
		delete(c.kept, query)
		return s, nil
	}
	verb, _, _ := strings.Cut(query, " ")
	if !slices.Contains(keptVerbs, verb) || len(c.kept) >= maxKept {
		return nil, nil
	}
	s, err := c.connection.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	full, ok := s.(statement)
	if !ok {
		return nil, errors.Join(fmt.Errorf("the SQLite driver's statement is a %T", s), s.Close())
	}
	return full, nil
}

func (c *keepingConn) giveBack(query string, s statement, whole bool) error {
	if _, another := c.kept[query]; another || !whole || len(c.kept) >= maxKept {
		return s.Close()
	}
	c.kept[query] = s
	return nil
}

type keptRows struct {
	driver.Rows
	done   func(whole bool) error
	closed bool
}

// Close ends the rows, and the use of their statement.
func (r *keptRows) Close() error {
	if r.closed {
		return nil
	}
	r.closed = true
	err := r.Rows.Close()
	return errors.Join(err, r.done(err == nil))
}

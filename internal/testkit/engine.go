// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package testkit

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"
	_ "github.com/jackc/pgx/v5/stdlib" // for looking into a database
	_ "modernc.org/sqlite"             // the same

	"tocsin"
	"tocsin/internal/config"
	"tocsin/internal/node"
)

// Engine is where the nodes of a world keep their journals.
type Engine string

// The engines.
const (
	SQLite     Engine = "sqlite"
	PostgreSQL Engine = "postgresql"
)

// serverVariable names a server whose user may create databases.
const serverVariable = "TOCSIN_TEST_POSTGRES"

// OnEachEngine runs a test on both; where no server is named, it says so.
func OnEachEngine(t *testing.T, test func(t *testing.T, on Engine)) {
	t.Helper()
	for _, on := range []Engine{SQLite, PostgreSQL} {
		t.Run(string(on), func(t *testing.T) {
			t.Parallel()
			on.need(t)
			test(t, on)
		})
	}
}

// OnlyOnPostgreSQL skips a test, loudly, where no server is named.
func OnlyOnPostgreSQL(t *testing.T) {
	t.Helper()
	PostgreSQL.need(t)
}

func (e Engine) need(t testing.TB) {
	t.Helper()
	if e == PostgreSQL && os.Getenv(serverVariable) == "" {
		t.Skip("NOT TESTED: NO POSTGRESQL: set " + serverVariable +
			" to the address of a server whose user may create databases")
	}
}

// configure says in a node's configuration where its database is. from is the one to copy, "" for a new one.
func (e Engine) configure(ctx context.Context, c *config.Config, from string) error {
	if e == PostgreSQL {
		name, err := createDatabase(ctx, from)
		if err != nil {
			return err
		}
		c.Database.URL, err = databaseAddress(name)
		return err
	}
	if from == "" {
		return nil
	}
	if err := os.MkdirAll(c.DataDir, 0o700); err != nil {
		return err
	}
	return copyFile(from, node.DatabasePath(*c))
}

// source is what configure takes to copy the database of a closed node.
func (e Engine) source(c config.Config) string {
	if e == PostgreSQL {
		return databaseName(c)
	}
	return node.DatabasePath(c)
}

func databaseName(c config.Config) string {
	u, err := url.Parse(c.Database.URL)
	if err != nil {
		return ""
	}
	return filepath.Base(u.Path)
}

func databaseAddress(name string) (string, error) {
	u, err := url.Parse(os.Getenv(serverVariable))
	if err != nil {
		return "", fmt.Errorf("parse %s: not an address", serverVariable)
	}
	u.Path = "/" + name
	return u.String(), nil
}

// createDatabase copies another database, or the server's empty one.
func createDatabase(ctx context.Context, from string) (name string, err error) {
	name = tocsin.NewToken("tst")
	if from == "" {
		from = "template0"
	}
	return name, onServer(ctx, "CREATE DATABASE "+name+" TEMPLATE "+from+" ENCODING 'UTF8'")
}

func dropDatabase(name string) error {
	return onServer(context.Background(), "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
}

func onServer(ctx context.Context, statement string) error {
	conn, err := pgx.Connect(ctx, os.Getenv(serverVariable))
	if err != nil {
		return fmt.Errorf("connect to the test server: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	_, err = conn.Exec(ctx, statement)
	return err
}

// open gives a database behind the back of its node.
func (e Engine) open(c config.Config) (*sql.DB, error) {
	if e == PostgreSQL {
		return sql.Open("pgx", c.Database.URL)
	}
	return sql.Open("sqlite", (&url.URL{Scheme: "file", Path: node.DatabasePath(c),
		RawQuery: "_pragma=busy_timeout(5000)"}).String())
}

func copyFile(from, to string) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, content, 0o600)
}

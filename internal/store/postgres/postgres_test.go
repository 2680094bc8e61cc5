// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package postgres_test

import (
	"context"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/store/postgres"
	"tocsin/internal/store/storetest"
)

// newDatabase makes a database of its own for a test and gives its address.
func newDatabase(t testing.TB) string {
	t.Helper()
	address := os.Getenv("TOCSIN_TEST_POSTGRES")
	if address == "" {
		t.Skip("POSTGRESQL NOT TESTED: set TOCSIN_TEST_POSTGRES to the address of a server whose user may create databases")
	}
	name := strings.ReplaceAll(tocsin.NewToken("test"), "-", "_")
	admin := func(statement string) {
		t.Helper()
		ctx := context.Background() // also when the test is over
		conn, err := pgx.Connect(ctx, address)
		if err != nil {
			t.Fatalf("connect to the test server: %v", err)
		}
		defer conn.Close(ctx)
		if _, err := conn.Exec(ctx, statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	admin("CREATE DATABASE " + name + " TEMPLATE template0 ENCODING 'UTF8'")
	t.Cleanup(func() { admin("DROP DATABASE " + name + " WITH (FORCE)") })
	own, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	own.Path = "/" + name
	return own.String()
}

func open(t testing.TB, address string, create bool) *postgres.DB {
	t.Helper()
	db, err := postgres.Open(t.Context(), postgres.Options{URL: address, Create: create})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return db
}

func TestStore(t *testing.T) {
	t.Parallel()
	newDatabase(t) // skips once, loudly
	storetest.Run(t, func(t *testing.T) flow.Store { return open(t, newDatabase(t), true) })
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"context"
	"net/url"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"

	"tocsin"
)

// postgresRounds are fewer: the jobs of a killed process come back only when their lease has run out.
const postgresRounds = 10

// TestSoakOnPostgres is TestSoak with every node on a PostgreSQL database of its own.
func TestSoakOnPostgres(t *testing.T) {
	t.Parallel()
	address := os.Getenv("TOCSIN_TEST_POSTGRES")
	if address == "" {
		t.Skip("NOT TESTED: NO POSTGRESQL TO SOAK: set TOCSIN_TEST_POSTGRES to the address of a server " +
			"whose user may create databases")
	}
	soak(t, roundsWanted(t, postgresRounds), func(t *testing.T) string { return newDatabase(t, address) })
}

// newDatabase makes a database of its own for a node and gives its address.
func newDatabase(t *testing.T, address string) string {
	t.Helper()
	name := tocsin.NewToken("tst")
	administer(t, address, "CREATE DATABASE "+name+" TEMPLATE template0 ENCODING 'UTF8'")
	t.Cleanup(func() { administer(t, address, "DROP DATABASE "+name+" WITH (FORCE)") })
	own, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	own.Path = "/" + name
	return own.String()
}

// administer runs a statement, also when the test is over.
func administer(t *testing.T, address, statement string) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		t.Fatalf("connect to the test server: %v", err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package sqlstore is the journal and everything that commits with it, in one hand-written SQL text that
// runs on SQLite and PostgreSQL through database/sql. What differs between the engines is a [Dialect].
//
// It must never open a network connection, read the clock for anything it stores, or put text, an address
// or a token into an error. It does not open databases: packages sqlite and postgres do, and package
// storetest says what holds on both.
//
// Start reading at store.go (transactions), then journal.go (the order of things). There is a file a noun.
package sqlstore

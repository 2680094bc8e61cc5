// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package schema brings a database to the tables this program knows, and refuses one that it does not
// know: newer than the program, migrated from other files, changed by hand, or left half-way.
//
// Migrations are SQL files, forward only, one directory an engine, with the same numbers and names on
// both. It must never change a database that it refuses. Start at [Migrate].
package schema

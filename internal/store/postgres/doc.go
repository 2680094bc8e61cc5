// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package postgres opens a node's PostgreSQL database for package sqlstore. Several processes of one node
// may share it; they hear of each other's commits by LISTEN.
//
// It must never fill a database unless asked, and never put the database's address into an error that
// leaves it. Start at [Open].
package postgres

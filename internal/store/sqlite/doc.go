// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package sqlite opens a node's SQLite file for package sqlstore: one process, one writing connection, a
// few reading ones, and a commit that is on the disk before it is acknowledged.
//
// It must never create a file unless asked, and never leave text of an erased record behind once
// [DB.Compact] returned. Start at [Open].
package sqlite

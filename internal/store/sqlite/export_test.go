// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package sqlite

import "database/sql"

// Writer is the handle whose connection the store writes with.
func (db *DB) Writer() *sql.DB { return db.writer }

// Classify is what the store makes of the driver's errors.
var Classify = classify

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package postgres

import "database/sql"

// Pool is the handle the store uses.
func (db *DB) Pool() *sql.DB { return db.pool }

// Classify is what the store makes of the driver's errors.
var Classify = classify

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package postgres

import (
	"database/sql"
	"fmt"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"tocsin/internal/store/schema"
)

// engine is what migrating needs to know. Several processes may start at once: one migrates, the others
// wait for it, a minute at most.
func engine() (schema.Engine, error) {
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60))
	if err != nil {
		return schema.Engine{}, fmt.Errorf("prepare migrations: %w", err)
	}
	return schema.Engine{
		Dir:         "postgres",
		Dialect:     goose.DialectPostgres,
		Tables:      "SELECT CAST(tablename AS text) FROM pg_tables WHERE schemaname = current_schema()",
		Fingerprint: fingerprint,
		Moment:      &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true},
		Locker:      locker,
	}, nil
}

// fingerprint describes everything in the schema that a statement's meaning depends on. A trigger's
// tgenabled is part of it: a disabled one is a change.
const fingerprint = `
WITH ns AS (SELECT oid, nspname FROM pg_namespace WHERE nspname = current_schema()),
rel AS (SELECT c.oid, c.relname, c.relkind, c.relrowsecurity, c.reloptions FROM pg_class c, ns
  WHERE c.relnamespace = ns.oid AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f'))
SELECT replace(line, (SELECT quote_ident(nspname) || '.' FROM ns), '') FROM (
  SELECT concat_ws(' ', 'relation', relname, relkind, relrowsecurity, reloptions) FROM rel
  UNION ALL
  SELECT concat_ws(' ', 'column', rel.relname, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod),
    a.attnotnull, a.attidentity, a.attgenerated, co.collname, pg_get_expr(d.adbin, d.adrelid))
  FROM rel JOIN pg_attribute a ON a.attrelid = rel.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_collation co ON co.oid = a.attcollation
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  UNION ALL
  SELECT concat_ws(' ', 'constraint', rel.relname, k.conname, pg_get_constraintdef(k.oid))
  FROM rel JOIN pg_constraint k ON k.conrelid = rel.oid
  UNION ALL
  SELECT concat_ws(' ', 'index', pg_get_indexdef(i.indexrelid), i.indisvalid)
  FROM rel JOIN pg_index i ON i.indrelid = rel.oid
  UNION ALL
  SELECT concat_ws(' ', 'trigger', pg_get_triggerdef(t.oid), t.tgenabled)
  FROM rel JOIN pg_trigger t ON t.tgrelid = rel.oid AND NOT t.tgisinternal
  UNION ALL
  SELECT concat_ws(' ', 'rule', pg_get_ruledef(r.oid))
  FROM rel JOIN pg_rewrite r ON r.ev_class = rel.oid
  UNION ALL
  SELECT concat_ws(' ', 'policy', rel.relname, p.polname, p.polcmd, pg_get_expr(p.polqual, p.polrelid),
    pg_get_expr(p.polwithcheck, p.polrelid))
  FROM rel JOIN pg_policy p ON p.polrelid = rel.oid
  UNION ALL
  SELECT concat_ws(' ', 'function', pg_get_functiondef(f.oid))
  FROM pg_proc f, ns WHERE f.pronamespace = ns.oid AND f.prokind IN ('f', 'p')
) AS all_lines (line) ORDER BY 1`

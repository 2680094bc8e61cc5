// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/testkit"
)

// outOfReach are the columns whose alteration an examination cannot see, each with the reason. Every other
// column of every table must be found.
var outOfReach = map[string]string{
	"search.record":       "a row given to another record adds a word there; it is missed where it was",
	"job.id":              "no event says in which order work was taken up",
	"job.run_at":          "when to try again is nobody's claim; only what is put off beyond all rules shows",
	"job.lease_until":     "who works on it now",
	"job.attempt":         "how often it was tried",
	"job.first_run_at":    "how often it was tried",
	"job.last_error":      "what went wrong last",
	"delivery.attempts":   "how often it was tried",
	"delivery.offered_at": "when it was tried",
	"delivery.tried_at":   "when it was tried",
	"delivery.refused_at": "the time; the refusal itself lies sealed with its order",
	"delivery.code":       "what went wrong last",
	"command.key":         "only saves doing something twice; the answers in it are signed",
	"command.at":          "only saves doing something twice; the answers in it are signed",
	"command.result":      "only saves doing something twice; the answers in it are signed",
	"follower.name":       "a place in the journal from which reading goes on",
	"follower.seq":        "a place in the journal from which reading goes on",
	"kept.id":             "kept hashes stand in no event, and go by themselves",
	"kept.type":           "kept hashes stand in no event, and go by themselves",
	"kept.value":          "kept hashes stand in no event, and go by themselves",
	"kept.item":           "kept hashes stand in no event, and go by themselves",
	"kept.until_at":       "kept hashes stand in no event, and go by themselves",
	"nonce.digest":        "forgotten within minutes",
	"nonce.until_at":      "forgotten within minutes",
	"session.token":       "who is signed in now",
	"session.data":        "who is signed in now",
	"session.expiry_at":   "who is signed in now",

	"schema_mark.version":     "checked when the database is opened",
	"schema_mark.sha256":      "checked when the database is opened",
	"schema_mark.fingerprint": "checked when the database is opened",
}

// eventful is a world with something of every kind in its journals.
func eventful(t *testing.T) *testkit.World {
	t.Helper()
	w := testkit.New(t, testkit.Options{Alerts: true})
	one, receivedOne := w.Executed(testkit.Draft("F-1", testkit.Post(1), testkit.Post(2)))
	secret := gagged(w, "F-2", time.Hour, testkit.Post(1))
	w.Executed(secret)
	cleared, receivedCleared := w.Order(testkit.Draft("F-3", testkit.Collection()))
	cannot(w, receivedCleared, tocsin.GroundInsufficient)
	w.MustReach(cleared, tocsin.IssuedClarify)
	if err := w.Authority.Flow().ClarifyOrder(t.Context(), w.Officer.Actor, cleared, "The second."); err != nil {
		t.Fatal(err)
	}
	w.MustReach(cleared, tocsin.IssuedRunning)
	w.Withdraw(one, receivedOne)
	_, bundle := w.Captured(testkit.Draft("F-4", testkit.Post(3)))
	w.MustRefuse(w.Host, testkit.Outsider, bundle, tocsin.RefusedWrongSender)
	w.Authority.Faults.Up(testkit.SendTo(testkit.Host))
	b := bench{w}
	b.open("EXAMINED", nil)
	b.add("EXAMINED", known)
	b.load("EXAMINED", "pdq "+near)
	w.Pass(time.Hour)
	w.Drain()
	if err := w.Host.Flow().EraseRecord(t.Context(), testkit.Operator, receivedOne,
		"retention_ended"); err != nil {
		t.Fatal(err)
	}
	if err := w.Host.Stop(); err != nil {
		t.Fatal(err)
	}
	opened, err := w.Host.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := opened.Flow.OpenShard(t.Context(), testkit.Operator); err != nil {
		t.Fatal(err)
	}
	if err := opened.Close(); err != nil {
		t.Fatal(err)
	}
	if err := w.Host.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.Executed(testkit.Draft("F-5", testkit.Post(4)))
	w.Drain()
	return w
}

// TestEveryAlteredColumnIsFound alters every column of every table, one at a time, behind the back of a
// running node, in the first row, the last and one between; under the race detector in one. Then it takes
// a row out of each table.
func TestEveryAlteredColumnIsFound(t *testing.T) {
	t.Parallel()
	w := eventful(t)
	nodes := []*testkit.Node{w.Host, w.Authority, w.Supervisor}
	if raced { // all of it runs without the detector, which has nothing to say about one goroutine
		nodes = nodes[:1]
	}
	for _, n := range nodes {
		w.MustBeIntact(n) // nothing was touched
		t.Run(string(n.ID), func(t *testing.T) { alterEverything(w.As(t), n) })
		w.MustBeIntact(n) // everything was put back
	}
}

func alterEverything(w *testkit.World, n *testkit.Node) {
	db, err := n.Behind()
	if err != nil {
		w.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	a := &vandal{World: w, node: n, db: db}
	a.exec("PRAGMA synchronous = OFF")
	a.exec("PRAGMA ignore_check_constraints = ON")
	triggers := a.pairs("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
	for name := range triggers {
		a.exec("DROP TRIGGER " + name)
	}
	tables := a.pairs(`SELECT name, '' FROM sqlite_schema
		WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_'`)
	for table := range tables {
		if table == "goose_db_version" {
			continue
		}
		columns := a.pairs("SELECT name, type FROM pragma_table_info('" + table + "')")
		for n, column := range slices.Sorted(maps.Keys(columns)) {
			if !raced || n%4 == 0 {
				a.alter(table, column, columns[column])
			}
		}
		a.takeOut(table)
	}
	for _, text := range triggers {
		a.exec(text)
	}
}

// vandal alters one value at a time and puts it back.
type vandal struct {
	*testkit.World
	node *testkit.Node
	db   *sql.DB
}

func (v *vandal) exec(statement string, args ...any) {
	v.Helper()
	if _, err := v.db.ExecContext(v.Context(), statement, args...); err != nil {
		v.Fatalf("%s: %v", statement, err)
	}
}

func (v *vandal) pairs(query string) map[string]string {
	v.Helper()
	rows, err := v.db.QueryContext(v.Context(), query)
	if err != nil {
		v.Fatal(err)
	}
	defer rows.Close()
	found := map[string]string{}
	for rows.Next() {
		var name, value string
		if err := rows.Scan(&name, &value); err != nil {
			v.Fatal(err)
		}
		found[name] = value
	}
	return found
}

// alter tries one column in three rows.
func (v *vandal) alter(table, column, kind string) {
	v.Helper()
	if _, excused := outOfReach[table+"."+column]; excused {
		return
	}
	keys := v.keys(table)
	if len(keys) == 0 {
		return
	}
	places := slices.Compact([]int{0, len(keys) / 2, len(keys) - 1})
	if raced {
		places = []int{len(keys) / 2}
	}
	for _, place := range places {
		v.alterOne(table, column, kind, keys[place])
	}
}

// takeOut deletes the last row of a table that the journal speaks for.
func (v *vandal) takeOut(table string) {
	v.Helper()
	keys := v.keys(table)
	if len(keys) == 0 || !slices.Contains(spokenFor, table) {
		return
	}
	last := keys[len(keys)-1]
	for i := len(keys) - 1; i >= 0 && v.unknowable(table, "", keys[i]); i-- {
		last = keys[i-1]
	}
	v.exec("CREATE TEMP TABLE taken AS SELECT * FROM "+table+" WHERE "+last.where(1), last.values...)
	v.exec("DELETE FROM "+table+" WHERE "+last.where(1), last.values...)
	examined, err := v.node.Flow().Fsck(v.Context(), nil)
	if err != nil || len(examined.Differences) == 0 || !named(examined.Differences) {
		v.Errorf("%s without its row %v: %+v, %v", table, last.values, examined.Differences, err)
	}
	v.exec("INSERT INTO " + table + " SELECT * FROM taken")
	v.exec("DROP TABLE taken")
}

// spokenFor are the tables of which the journal says what rows they must have.
var spokenFor = []string{"event", "record", "lookup", "search", "log_shard", "leaf", "leaf_hash", "job",
	"delivery", "whose", "facet"}

func (v *vandal) alterOne(table, column, kind string, key row) {
	v.Helper()
	if v.unknowable(table, column, key) {
		return
	}
	var old any
	query := fmt.Sprintf("SELECT %s FROM %s WHERE %s", column, table, key.where(1))
	if err := v.db.QueryRow(query, key.values...).Scan(&old); err != nil {
		v.Fatalf("%s: %v", query, err)
	}
	for _, altered := range alterations(old, column, kind) {
		update := fmt.Sprintf("UPDATE %s SET %s = $1 WHERE ", table, column)
		if _, err := v.db.Exec(update+key.where(2), append([]any{altered}, key.values...)...); err != nil {
			continue // a constraint forbids it even so
		}
		examined, err := v.node.Flow().Fsck(v.Context(), nil)
		switch {
		case err != nil && table+"."+column != "journal_head.id": // without its head there is no journal to examine
			v.Errorf("%s.%s of %v: the examination itself failed: %v", table, column, key.values, err)
		case err == nil && len(examined.Differences) == 0:
			v.Errorf("%s.%s of %v: nobody sees that %.60v became %.60v", table, column, key.values, old, altered)
		case err == nil && !named(examined.Differences):
			v.Errorf("%s.%s of %v: nothing is named: %+v", table, column, key.values, examined.Differences)
		}
		moved := key.with(column, altered)
		v.exec(update+moved.where(2), append([]any{old}, moved.values...)...)
	}
}

// unknowable excuses single rows: nobody can tell any more under which reference an erased record was found,
// and what a platform was asked about an order that had ended meanwhile left no event.
func (v *vandal) unknowable(table, column string, key row) bool {
	v.Helper()
	var n int
	query := map[string]string{
		"lookup": "SELECT count(*) FROM record WHERE erased = 1 AND id = (SELECT record FROM lookup WHERE " +
			key.where(1) + ")",
		"job": "SELECT count(*) FROM job WHERE kind = 'locate' AND " + key.where(1),
	}[table]
	if query == "" || table == "job" && column != "done_at" {
		return false
	}
	if err := v.db.QueryRow(query, key.values...).Scan(&n); err != nil {
		v.Fatal(err)
	}
	return n > 0
}

// row is one row by its primary key.
type row struct {
	columns []string
	values  []any
}

// where is the condition, with parameters from a number on.
func (r row) where(from int) string {
	var terms []string
	for i, c := range r.columns {
		terms = append(terms, fmt.Sprintf("%s IS $%d", c, from+i))
	}
	return strings.Join(terms, " AND ")
}

// with is where the row is once a column has another value.
func (r row) with(column string, value any) row {
	moved := row{r.columns, slices.Clone(r.values)}
	if i := slices.Index(r.columns, column); i >= 0 {
		moved.values[i] = value
	}
	return moved
}

// named reports whether a difference says where it is: an event, a record, a place in the journal or a shard.
func named(differences []flow.Difference) bool {
	return slices.ContainsFunc(differences, func(d flow.Difference) bool {
		return d.Event != "" || d.Record != "" || d.Seq != 0 || strings.Contains(d.Detail, "Shard")
	})
}

// keys gives every row of a table, in the order of its primary key.
func (v *vandal) keys(table string) (all []row) {
	v.Helper()
	var columns []string
	rows, err := v.db.Query("SELECT name FROM pragma_table_info('" + table + "') WHERE pk > 0 ORDER BY pk")
	if err != nil {
		v.Fatal(err)
	}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			v.Fatal(err)
		}
		columns = append(columns, name)
	}
	list := strings.Join(columns, ", ")
	if rows, err = v.db.Query("SELECT " + list + " FROM " + table + " ORDER BY " + list); err != nil {
		v.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			v.Fatal(err)
		}
		all = append(all, row{columns, values})
	}
	return all
}

// alterations of a value that a column of its type can hold.
func alterations(old any, column, kind string) []any {
	switch value := old.(type) {
	case nil:
		if kind == "INTEGER" {
			return []any{int64(7_777_777)}
		}
		return []any{[]byte("planted")}
	case int64:
		if column == "erased" {
			return []any{1 - value}
		}
		return []any{value + 1_000_003}
	case string:
		return []any{alteredText(value)}
	case []byte:
		if len(value) == 0 {
			return []any{[]byte("planted")}
		}
		flipped := bytes.Clone(value)
		flipped[len(flipped)-1] ^= 1
		if kind == "BLOB" && bytes.HasPrefix(value, []byte("{")) { // a header or a leaf: within its text
			flipped = []byte(alteredText(string(value)))
		}
		return []any{flipped, nil}
	}
	return nil
}

// alteredText changes one letter or digit in the middle.
func alteredText(text string) string {
	b := []byte(text)
	for i := len(b) / 2; i < len(b); i++ {
		switch c := b[i]; {
		case c >= '0' && c < '9', c >= 'a' && c < 'z':
			b[i]++
			return string(b)
		}
	}
	return text + "x"
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package sqlstore

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"tocsin"
	"tocsin/internal/flow"
)

// ClaimStatement leases the jobs that are due; lock is what the engine needs after the inner SELECT.
// A lease that ran out is taken over; first_run_at stays.
func ClaimStatement(lock string) string {
	return `UPDATE job SET lease_until = $2, attempt = attempt + 1, first_run_at = coalesce(first_run_at, $1)
		WHERE id IN (SELECT id FROM job WHERE done_at IS NULL AND run_at <= $1 AND lease_until <= $1
			ORDER BY run_at, id LIMIT $3 ` + lock + `)
		RETURNING id, kind, key, args, run_at, attempt, first_run_at`
}

func (t *tx) Enqueue(jobs ...flow.Job) error {
	rows := make([][]any, 0, len(jobs))
	for _, j := range jobs {
		args, err := json.Marshal(j.Args)
		if err != nil {
			return t.fail(fmt.Errorf("encode job arguments: %w", err))
		}
		rows = append(rows, []any{j.Kind, j.Key, string(args), micros(j.RunAt), int64(0), int64(0), ""})
	}
	_, err := t.insert("job", "kind, key, args, run_at, lease_until, attempt, last_error",
		"ON CONFLICT (kind, key) DO NOTHING", rows)
	if err == nil && len(jobs) > 0 {
		err = t.announce()
	}
	return err
}

func (t *tx) ClaimJobs(now time.Time, lease time.Duration, limit int) ([]flow.ClaimedJob, error) {
	if t.readOnly {
		return nil, t.fail(errors.New("write in a read-only transaction"))
	}
	var all []flow.ClaimedJob
	err := t.query(func(rows *sql.Rows) error {
		j, err := scanJob(rows)
		all = append(all, j.ClaimedJob)
		return err
	}, t.dialect.Claim, micros(now), micros(now.Add(lease)), limit)
	slices.SortFunc(all, func(a, b flow.ClaimedJob) int { // RETURNING has no order
		return cmp.Or(a.RunAt.Compare(b.RunAt), cmp.Compare(a.ID, b.ID))
	})
	return all, err
}

// scanJob reads the columns of a claim, and those beyond into more.
func scanJob(rows *sql.Rows, more ...any) (flow.JobRow, error) {
	var j flow.JobRow
	var args []byte
	var runAt int64
	var firstRun sql.NullInt64
	dest := []any{&j.ID, &j.Kind, &j.Key, &args, &runAt, &j.Attempt, &firstRun}
	if err := rows.Scan(append(dest, more...)...); err != nil {
		return j, err
	}
	j.RunAt = fromMicros(runAt)
	if firstRun.Valid {
		j.FirstRun = fromMicros(firstRun.Int64)
	}
	return j, json.Unmarshal(args, &j.Args)
}

// held is true of a job as long as its lease was neither lost nor given back.
const held = " WHERE id = $1 AND attempt = $2 AND done_at IS NULL AND lease_until > 0"

func (t *tx) ExtendJob(id, attempt int64, until time.Time) (bool, error) {
	n, err := t.exec("UPDATE job SET lease_until = $3"+held, id, attempt, micros(until))
	return n == 1, err
}

func (t *tx) FinishJob(id, attempt int64, at time.Time) (bool, error) {
	n, err := t.exec("UPDATE job SET done_at = $3, last_error = ''"+held, id, attempt, micros(at))
	return n == 1, err
}

func (t *tx) RetryJob(id, attempt int64, runAt time.Time, code string) (bool, error) {
	n, err := t.exec("UPDATE job SET run_at = $3, lease_until = 0, last_error = $4"+held,
		id, attempt, micros(runAt), code)
	return n == 1, err
}

func (t *tx) FailJob(id, attempt int64, at time.Time, code string) (bool, error) {
	n, err := t.exec("UPDATE job SET done_at = $3, failed_at = $3, last_error = $4"+held,
		id, attempt, micros(at), code)
	return n == 1, err
}

// Jobs gives what is not done, failures included and the longest due first, or everything, latest first.
func (t *tx) Jobs(unfinished bool, limit int) ([]flow.JobRow, error) {
	query := "SELECT id, kind, key, args, run_at, attempt, first_run_at, last_error, done_at, failed_at" +
		" FROM job "
	if unfinished {
		query += "WHERE done_at IS NULL OR failed_at IS NOT NULL ORDER BY run_at, id LIMIT $1"
	} else {
		query += "ORDER BY id DESC LIMIT $1"
	}
	var all []flow.JobRow
	err := t.query(func(rows *sql.Rows) error {
		var lastError string
		var done, failed sql.NullInt64
		j, err := scanJob(rows, &lastError, &done, &failed)
		j.LastError, j.FailedAt = lastError, fromOptional(failed)
		if !failed.Valid { // giving up ended it, but it is not done
			j.DoneAt = fromOptional(done)
		}
		all = append(all, j)
		return err
	}, query, limit)
	return all, err
}

func (t *tx) RerunJob(id int64, at time.Time) error {
	n, err := t.exec(`UPDATE job SET run_at = $2, lease_until = 0, first_run_at = NULL, done_at = NULL,
		failed_at = NULL WHERE id = $1 AND failed_at IS NOT NULL`, id, micros(at))
	if err != nil {
		return err
	}
	if n == 1 {
		return t.announce()
	}
	var known int64
	found, err := t.one([]any{&known}, "SELECT id FROM job WHERE id = $1", id)
	switch {
	case err != nil:
		return err
	case !found:
		return t.fail(notFound("job"))
	}
	return t.fail(conflict(tocsin.ReasonWrongState, "This job did not fail."))
}

// PruneJobs leaves failed jobs: a person must see to them first.
func (t *tx) PruneJobs(finishedBefore time.Time, limit int) (int64, error) {
	return t.exec(`DELETE FROM job WHERE id IN (SELECT id FROM job WHERE done_at < $1 AND failed_at IS NULL
		ORDER BY done_at LIMIT $2)`, micros(finishedBefore), limit)
}

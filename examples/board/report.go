// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package board

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"tocsin/examples/board/picture"
)

// maxReasons is how many characters a report takes.
const maxReasons = 1000

// reportPage is the form to report a post, with what was typed when it comes back with an error.
type reportPage struct {
	post
	Error, Reasons string
}

// serveReport shows the form by which a member reports a post, and takes it.
func (b *Board) serveReport(w http.ResponseWriter, r *http.Request) {
	p, found := b.requested(w, r)
	if !found {
		return
	}
	if how, _ := p.answer(b.now()); how != answerShown {
		b.serveWithheld(w, p, false)
		return
	}
	page := reportPage{post: p}
	if r.Method != http.MethodPost {
		b.render(w, http.StatusOK, cacheNever, "report", "Report post "+p.ID.String(), page)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	page.Reasons = r.PostFormValue("reasons")
	reasons, err := cleanText(page.Reasons, maxReasons, "Say what is wrong with it, in 1 to 1000 characters.")
	if refused, ok := errors.AsType[picture.Error](err); ok {
		page.Error = refused.Error()
		b.render(w, http.StatusUnprocessableEntity, cacheNever, "report", "Report post "+p.ID.String(), page)
		return
	}
	err = b.store.write(r.Context(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(r.Context(), `INSERT INTO unreported (post, reasons) VALUES ($1, $2)`, p.ID, reasons)
		return err
	})
	if err != nil {
		b.serveFailure(w, r, err)
		return
	}
	wake(b.reported)
	b.renderMessage(w, http.StatusAccepted, "Thank you", "A person will look at what you reported.")
}

// reportNext passes on the oldest report that waits. The node keeps reports apart by external_id, so that one which
// arrived although its answer was lost is still one.
func (b *Board) reportNext(ctx context.Context, n *node) (more bool, err error) {
	var number int64
	var report struct {
		External string `json:"external_id"`
		Item     string `json:"item"`
		Reasons  string `json:"reasons"`
	}
	err = b.store.read(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT id, post, reasons FROM unreported ORDER BY id LIMIT 1`).
			Scan(&number, &report.Item, &report.Reasons)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	report.External = fmt.Sprintf("report-%d", number)
	body, err := json.Marshal(report)
	if err != nil {
		return false, err
	}
	_, err = n.post(ctx, "/api/v1/reports", "application/json", bytes.NewReader(body))
	if _, refused := errors.AsType[errRefused](err); refused {
		b.cfg.Log.Warn("node did not take a report", "report", number, "err", err)
		err = nil
	}
	if err != nil {
		return false, err
	}
	return true, b.store.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM unreported WHERE id = $1`, number)
		return err
	})
}

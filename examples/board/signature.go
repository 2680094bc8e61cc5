// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package board

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

const (
	// maxBody bounds a signed body: 64 restrictions with their reasons fit, a flood does not.
	maxBody = 256 << 10
	// tolerance is how far the sender's clock may be off, in both directions (Standard Webhooks).
	tolerance = 5 * time.Minute
)

// authentic reads the body of r and verifies its Standard Webhooks signature before anybody looks inside. The
// header may hold several signatures, which is how a sender rotates its secret; one that matches is enough.
func (b *Board) authentic(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return nil, problemOf(http.StatusRequestEntityTooLarge, "body-too-large", "The body is over 256 KiB.")
		}
		return nil, problemOf(http.StatusBadRequest, "unreadable-body", "The body could not be read.")
	}
	// The library checks the timestamp against the machine's clock; the board has its own.
	if err := b.webhook.VerifyIgnoringTimestamp(body, r.Header); err != nil {
		return nil, problemOf(http.StatusUnauthorized, "bad-signature",
			"webhook-id, webhook-timestamp or webhook-signature is missing, or no signature matches.")
	}
	sent, err := strconv.ParseInt(r.Header.Get(webhooks.HeaderWebhookTimestamp), 10, 64)
	now := b.now().Unix()
	if err != nil || sent < now-int64(tolerance.Seconds()) || sent > now+int64(tolerance.Seconds()) {
		return nil, problemOf(http.StatusUnauthorized, "bad-timestamp",
			"webhook-timestamp is more than five minutes away from the board's clock.")
	}
	return body, nil
}

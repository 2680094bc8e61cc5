// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package keyring

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"tocsin"
)

// usedFolder holds a file for each service key with the hour of its last use. It is no part of a key: what is lost
// with it is only when a key was used.
const usedFolder = "used"

// uses is what this process knows of how its service keys are used.
type uses struct {
	mu    sync.Mutex
	rates map[tocsin.ActorID]limited
	hours map[tocsin.ActorID]time.Time
}

type limited struct {
	*rate.Limiter
	perMinute int
}

// take counts a request of a key. Tokens of one key share its limit, so that a rotation gives nobody twice as much.
func (u *uses) take(k ServiceKey, at time.Time) error {
	if k.PerMinute == 0 {
		return nil
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	bucket, known := u.rates[k.ID]
	if !known || bucket.perMinute != k.PerMinute {
		if u.rates == nil {
			u.rates = map[tocsin.ActorID]limited{}
		}
		// Ten seconds' worth at once.
		bucket = limited{rate.NewLimiter(rate.Limit(k.PerMinute)/60, max(1, k.PerMinute/6)), k.PerMinute}
		u.rates[k.ID] = bucket
	}
	asked := bucket.ReserveN(at, 1)
	wait := asked.DelayFrom(at)
	if wait == 0 {
		return nil
	}
	asked.CancelAt(at)
	return &tocsin.Error{Code: tocsin.CodeBusy, Reason: ReasonServiceKeyRate, RetryAfter: wait,
		Public: "This service key asks more often than it may. Wait as long as Retry-After says."}
}

// noteUse remembers the hour of a use, and writes it once an hour. Which use it was, nobody keeps. A folder that cannot
// be written costs the note and no more.
func (r *Ring) noteUse(id tocsin.ActorID, at time.Time) {
	hour := at.UTC().Truncate(time.Hour)
	r.uses.mu.Lock()
	known := r.uses.hours[id]
	if r.uses.hours == nil {
		r.uses.hours = map[tocsin.ActorID]time.Time{}
	}
	if hour.After(known) {
		r.uses.hours[id] = hour
	}
	r.uses.mu.Unlock()
	if !hour.After(known) {
		return
	}
	if os.MkdirAll(filepath.Join(r.dir, usedFolder), 0o700) != nil {
		return
	}
	_ = os.WriteFile(r.usedPath(id), []byte(hour.Format(time.RFC3339)+"\n"), 0o600)
}

// lastUse reads the hour in which a key was used last; nil when it never was.
func (r *Ring) lastUse(id tocsin.ActorID) *time.Time {
	text, err := readFile(r.usedPath(id))
	if err != nil {
		return nil
	}
	at, err := time.Parse(time.RFC3339, strings.TrimSpace(string(text)))
	if err != nil {
		return nil
	}
	return &at
}

func (r *Ring) usedPath(id tocsin.ActorID) string {
	return filepath.Join(r.dir, usedFolder, string(id))
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

// A session ends after a shift, or when nobody used it for an hour. Both are judged by the node's clock.
const (
	longest   = 12 * time.Hour
	idle      = time.Hour
	seenEvery = time.Minute // no write for each page that is read
)

// What a session holds.
const (
	keyPerson   = "person"   // record id of who signed in
	keySince    = "since"    // when, Unix microseconds
	keySeen     = "seen"     // last use, Unix seconds
	keyToken    = "token"    // of an enrolment link that was opened
	keyCeremony = "ceremony" // a passkey ceremony under way
	keyNotice   = "notice"   // message id of what was just done
	keyUndo     = "undo"     // how that is taken back
	keyWorking  = "working"  // since when without a break, Unix seconds
)

func (c *Console) sessionManager() *scs.SessionManager {
	m := scs.New()
	m.Store = c.Sessions
	m.Lifetime = longest
	m.Cookie.Name = "tocsin"
	m.Cookie.HttpOnly = true
	m.Cookie.SameSite = http.SameSiteLaxMode // Strict would lose the session on the way from a mailed link
	m.Cookie.Persist = false
	if c.secure() {
		m.Cookie.Name = "__Host-tocsin"
		m.Cookie.Secure = true
	}
	m.ErrorFunc = func(w http.ResponseWriter, r *http.Request, err error) {
		c.writeError(w, r, fmt.Errorf("keep session: %w", err))
	}
	return m
}

// begin signs a person in: a new token, so that one planted before is worth nothing.
func (c *Console) begin(ctx context.Context, id tocsin.RecordID) error {
	if err := c.sessions.Clear(ctx); err != nil {
		return fmt.Errorf("clear session: %w", err)
	}
	if err := c.sessions.RenewToken(ctx); err != nil {
		return fmt.Errorf("renew session: %w", err)
	}
	began := c.Clock.Now()
	now := began.Unix()
	c.sessions.Put(ctx, keyPerson, string(id))
	c.sessions.Put(ctx, keySince, began.UnixMicro())
	c.sessions.Put(ctx, keySeen, now)
	c.sessions.Put(ctx, keyWorking, now)
	return nil
}

// current is the person of a session, read again for each request: a suspension works at once.
func (c *Console) current(r *http.Request, using bool) (flow.Individual, error) {
	ctx := r.Context()
	id := c.sessions.GetString(ctx, keyPerson)
	if id == "" {
		return flow.Individual{}, errSignIn
	}
	now := c.Clock.Now()
	since := c.since(ctx)
	seen := time.Unix(c.sessions.GetInt64(ctx, keySeen), 0)
	if now.Sub(since) >= longest || now.Sub(seen) >= idle {
		return flow.Individual{}, c.end(ctx, errSignIn)
	}
	who, err := c.Flow.ByID(ctx, tocsin.RecordID(id))
	if tocsin.CodeOf(err) == tocsin.CodeNotFound {
		return flow.Individual{}, c.end(ctx, errSignIn)
	}
	if err == nil && who.Outlived(since) {
		return flow.Individual{}, c.end(ctx, errSignIn)
	}
	if err == nil && using && now.Sub(seen) >= shortBreak {
		c.sessions.Put(ctx, keyWorking, now.Unix())
	}
	if err == nil && using && now.Sub(seen) >= seenEvery {
		c.sessions.Put(ctx, keySeen, now.Unix())
	}
	return who, err
}

// since is when the person of a session signed in.
func (c *Console) since(ctx context.Context) time.Time {
	return time.UnixMicro(c.sessions.GetInt64(ctx, keySince))
}

// anew is how long ago at the most somebody must have signed in who changes how she does.
const anew = 10 * time.Minute

var errAgain = tocsin.Errorf(tocsin.CodeForbidden, "sign_in_again",
	"This is done right after signing in. Sign out, sign in again, and come back here.")

// justSignedIn refuses whoever found a browser that somebody left.
func (c *Console) justSignedIn(ctx context.Context) error {
	if c.Clock.Now().Sub(c.since(ctx)) > anew {
		return errAgain
	}
	return nil
}

// end destroys the session and gives the reason back.
func (c *Console) end(ctx context.Context, why error) error {
	if err := c.sessions.Destroy(ctx); err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	return why
}

// keepCeremony stores what the finish of a ceremony must compare with. There is one at a time.
func (c *Console) keepCeremony(ctx context.Context, kind string, data any) error {
	inner, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("keep ceremony: %w", err)
	}
	outer, err := json.Marshal(ceremony{kind, inner})
	if err != nil {
		return fmt.Errorf("keep ceremony: %w", err)
	}
	c.sessions.Put(ctx, keyCeremony, outer)
	return nil
}

// takeCeremony gives a ceremony out once; whatever comes of it, it is gone.
func (c *Console) takeCeremony(ctx context.Context, kind string, into any) error {
	stored := c.sessions.PopBytes(ctx, keyCeremony)
	if stored == nil {
		return errNoCeremony
	}
	var outer ceremony
	if err := json.Unmarshal(stored, &outer); err != nil {
		return fmt.Errorf("read ceremony: %w", err)
	}
	if outer.Kind != kind {
		return errNoCeremony
	}
	return json.Unmarshal(outer.Data, into)
}

type ceremony struct {
	Kind string
	Data json.RawMessage
}

// notice leaves a message for the next page.
func (c *Console) notice(ctx context.Context, id string) { c.sessions.Put(ctx, keyNotice, id) }

// noticeUndo also offers to take back what was done: a POST to that address, until then.
func (c *Console) noticeUndo(ctx context.Context, id, address string, until time.Time) {
	c.notice(ctx, id)
	c.sessions.Put(ctx, keyUndo, strconv.FormatInt(until.Unix(), 10)+" "+address)
}

// tellNotice hands what was left to a page, once.
func (c *Console) tellNotice(ctx context.Context, f *page.Frame) {
	id, undo := c.sessions.PopString(ctx, keyNotice), c.sessions.PopString(ctx, keyUndo)
	if id == "" {
		return
	}
	f.Notice = page.T(ctx, id)
	seconds, address, found := strings.Cut(undo, " ")
	if until, err := strconv.ParseInt(seconds, 10, 64); found && err == nil {
		f.Undo = &page.Undo{Address: address, Until: time.Unix(until, 0)}
	}
}

// shortBreak is how long somebody must be away before the next reminder is counted anew.
const shortBreak = 5 * time.Minute

// breakIsDue reports whether a person has worked for as long as she wants to without a break.
func (c *Console) breakIsDue(ctx context.Context, w flow.Wellness) bool {
	since := c.sessions.GetInt64(ctx, keyWorking)
	return w.Break > 0 && since > 0 && c.Clock.Now().Sub(time.Unix(since, 0)) >= w.Break
}

type personKey struct{}

func withPerson(r *http.Request, who flow.Individual) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), personKey{}, who))
}

func personKnown(ctx context.Context) bool {
	_, known := personOf(ctx)
	return known
}

func personOf(ctx context.Context) (flow.Individual, bool) {
	who, ok := ctx.Value(personKey{}).(flow.Individual)
	return who, ok
}

type carriedKey struct{}

// carried marks requests that went through session handling; asking for a session without one panics.
func carried(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), carriedKey{}, true)))
	})
}

func carriesSession(ctx context.Context) bool { return ctx.Value(carriedKey{}) != nil }

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/config"
	"tocsin/internal/flow"
	"tocsin/internal/testkit"
)

// sights stand in for what fetches and draws files, which internal/node tests with the real ones; and for who is
// signed in.
type sights struct {
	mu    sync.Mutex
	made  int
	ended []tocsin.Digest
}

func (s *sights) Still(_ context.Context, address string, size flow.ViewSize) (flow.Still, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.made++
	return flow.Still{Type: "image/jpeg", Content: []byte(string(size) + " of " + address), Frames: 1}, nil
}

func (s *sights) Lives(_ context.Context, session tocsin.Digest) (bool, error) {
	return !slices.Contains(s.ended, session), nil
}

// session is one that somebody signed in to.
var session = tocsin.DigestOf([]byte("a session"))

// newSights is a desk with one case, of post 1.
func newSights(t *testing.T, on testkit.Engine, change func(*config.Config)) (desk, *sights, tocsin.RecordID) {
	t.Helper()
	d := newDesk(t, on, change)
	s := &sights{}
	d.Host.Flow().Viewer, d.Host.Flow().Sessions = s, s
	d.upload("1", sameBytes, known)
	return d, s, d.caseOf("1").ID
}

func (d desk) ask(who flow.Actor, id tocsin.RecordID) (string, error) {
	token, _, err := d.Host.Flow().AskView(d.Context(), who, session, id, 0, flow.ViewSmall)
	return token, err
}

// TestViewIsJournaledBeforeAByteIsServed: asking records nothing, and no still is given out whose view is not recorded,
// whether the record was lost or its confirmation was.
func TestViewIsJournaledBeforeAByteIsServed(t *testing.T) {
	t.Parallel()
	testkit.OnEachEngine(t, func(t *testing.T, on testkit.Engine) {
		d, s, id := newSights(t, on, nil)
		f := d.Host.Flow()
		views := func() int { return d.Count(d.Host, tocsin.EventCaseViewed) }
		token, err := d.ask(d.Moderator.Actor, id)
		d.must(err)
		if views() != 0 {
			t.Error("a view is recorded before anything was shown")
		}
		d.Host.Faults.Next(testkit.WriteCommitJournal, testkit.Lost, 0)
		if got, err := f.View(d.Context(), token); err == nil || got.Content != nil || views() != 0 {
			t.Errorf("the journal lost it, and %q is shown: %v, %d recorded", got.Content, err, views())
		}
		got, err := f.View(d.Context(), token)
		d.must(err)
		if !strings.HasPrefix(string(got.Content), "small of http") || views() != 1 || s.made != 1 {
			t.Errorf("shown %q, %d recorded, made %d times", got.Content, views(), s.made)
		}
		token, err = d.ask(d.Moderator.Actor, id)
		d.must(err)
		d.Host.Faults.Next(testkit.WriteCommitJournal, testkit.Unheard, 0)
		if got, err := f.View(d.Context(), token); err == nil || got.Content != nil || views() != 2 {
			t.Errorf("nobody confirmed it, and %q is shown: %v, %d recorded", got.Content, err, views())
		}
		c := d.caseOf("1")
		if c.Views != 2 || slices.ContainsFunc(c.History, func(p flow.Past) bool { return p.Kind == tocsin.EventCaseViewed }) {
			t.Errorf("the case counts %d, and tells who saw what: %v", c.Views, c.History)
		}
		herself, err := f.ByID(d.Context(), tocsin.RecordID(d.Moderator.ID))
		d.must(err)
		if seen := f.SeenBy(herself); seen.Day != 2 || seen.Total != 2 {
			t.Errorf("she has seen %+v", seen)
		}
		d.MustBeIntact(d.Host)
	})
}

// TestTokenOfAViewIsGoodOnceForOnePersonAndSession goes through everything that can be wrong with one. All of it is
// answered with an error, and nothing is recorded.
func TestTokenOfAViewIsGoodOnceForOnePersonAndSession(t *testing.T) {
	t.Parallel()
	d, s, id := newSights(t, testkit.SQLite, nil)
	f := d.Host.Flow()
	helper, err := d.Host.Hire(d.Context(), tocsin.DutyModerator)
	d.must(err)
	fresh := func() string {
		token, err := d.ask(helper.Actor, id)
		d.must(err)
		return token
	}
	refused := func(name, token string) {
		t.Helper()
		before := d.Count(d.Host, tocsin.EventCaseViewed)
		if got, err := f.View(d.Context(), token); err == nil || got.Content != nil {
			t.Errorf("%s: shown %q, %v", name, got.Content, err)
		}
		if d.Count(d.Host, tocsin.EventCaseViewed) != before {
			t.Errorf("%s: recorded", name)
		}
	}
	token := fresh()
	_, err = f.View(d.Context(), token)
	d.must(err)
	refused("used again", token)
	token = fresh()
	for i := 0; i < len(token); i += len(token) / 7 {
		changed := []byte(token)
		if changed[i]++; i%2 == 0 {
			changed[i] = 'A' + changed[i]%26
		}
		refused("changed", string(changed))
	}
	refused("cut", token[:len(token)-3])
	refused("padded", token+"=")
	refused("none", "")
	other, _, _ := newSights(t, testkit.SQLite, nil)
	foreign, err := other.ask(other.Moderator.Actor, other.caseOf("1").ID)
	d.must(err)
	refused("another node's", foreign)
	d.Clock.Advance(time.Minute)
	refused("too late", token)
	token = fresh()
	s.ended = []tocsin.Digest{session}
	refused("signed out", token)
	s.ended = nil
	token = fresh()
	d.must(f.SuspendPerson(d.Context(), testkit.Operator, tocsin.RecordID(helper.ID), "left"))
	refused("suspended", token)
	for name, err := range map[string]error{
		"a file that is not there": errorOf(f.AskView(d.Context(), d.Moderator.Actor, session, id, 1, flow.ViewSmall)),
		"before the first file":    errorOf(f.AskView(d.Context(), d.Moderator.Actor, session, id, -1, flow.ViewSmall)),
		"another size":             errorOf(f.AskView(d.Context(), d.Moderator.Actor, session, id, 0, "original")),
		"another case": errorOf(f.AskView(d.Context(), d.Moderator.Actor, session,
			tocsin.NewRecordID(tocsin.KindCase), 0, flow.ViewSmall)),
	} {
		if err == nil {
			t.Errorf("%s is shown", name)
		}
	}
	officer := flow.Actor{ID: d.Moderator.ID, Duties: []tocsin.Duty{tocsin.DutyOfficer}, Passkey: true}
	if _, err := d.ask(officer, id); tocsin.CodeOf(err) != tocsin.CodeForbidden {
		t.Errorf("an officer is shown media: %v", err)
	}
}

func errorOf(_ string, _ flow.Still, err error) error { return err }

// TestProcessThatMadeNoStillMakesItAnew, after the view is recorded: another process of the node was asked for it.
func TestProcessThatMadeNoStillMakesItAnew(t *testing.T) {
	t.Parallel()
	d, s, id := newSights(t, testkit.SQLite, nil)
	token, err := d.ask(d.Moderator.Actor, id)
	d.must(err)
	d.must(d.Host.Restart(d.Context()))
	f := d.Host.Flow()
	if _, err := f.View(d.Context(), token); tocsin.ReasonOf(err) != flow.ReasonNoViewer {
		t.Errorf("a node that shows no media shows one: %v", err)
	}
	f.Viewer, f.Sessions = s, s
	got, err := f.View(d.Context(), token)
	d.must(err)
	if len(got.Content) == 0 || s.made != 2 || d.Count(d.Host, tocsin.EventCaseViewed) != 1 {
		t.Errorf("shown %q, made %d times", got.Content, s.made)
	}
	if _, err := f.View(d.Context(), token); tocsin.ReasonOf(err) != flow.ReasonSpentView {
		t.Errorf("shown twice: %v", err)
	}
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"tocsin"
	"tocsin/decode/lexicon"
	"tocsin/internal/config"
	"tocsin/internal/flow"
	"tocsin/internal/testkit"
	"tocsin/wire"
)

// circle is three parties that share entries: an authority, a university in the supervisor's seat, and a host that reads.
type circle struct {
	*testkit.World
	legal  map[*testkit.Node]*testkit.Person // who speaks for a party
	senior *testkit.Person                   // who says what the host reads for
}

func newCircle(t *testing.T, on testkit.Engine, change ...func(*lexicon.Entry)) circle {
	t.Helper()
	files := reads(t, change...)
	w := testkit.New(t, testkit.Options{On: on, Configure: func(c *config.Config) {
		c.Lexicon.Exchange = true
		if c.Party == string(testkit.Host) {
			files(c)
		}
	}})
	edition := w.Edition(func(d *tocsin.Directory) {
		testkit.Entry(d, testkit.Supervisor).Roles = []tocsin.Role{tocsin.RoleReviewer}
	})
	s := circle{World: w, legal: map[*testkit.Node]*testkit.Person{}}
	var err error
	for _, n := range []*testkit.Node{w.Authority, w.Supervisor, w.Host} {
		w.Import(n, edition)
		s.legal[n], err = n.Hire(w.Context(), tocsin.DutyLegal)
		s.must(err)
	}
	s.senior, err = w.Host.Hire(w.Context(), tocsin.DutySeniorModerator)
	s.must(err)
	return s
}

func (s circle) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// lantern is a lexicon with one entry that no file of the settings has.
func lantern(changes ...func(*lexicon.Entry)) []byte {
	e := lexicon.Demonstration().Entries[0]
	for _, other := range lexicon.Demonstration().Entries {
		if other.ID == "lex:zorvian" {
			e = other
		}
	}
	e.ID, e.Version, e.Approvals, e.Status = "lex:perivalt", 1, nil, lexicon.StatusDraft
	e.Forms = []lexicon.Form{{Text: "perivalt", Kind: lexicon.FormLiteral}}
	e.CounterExamples, e.Marking, e.RequiredContext = []string{"the Perivalt bakery"}, "amber", nil
	for _, change := range changes {
		change(&e)
	}
	s, err := lexicon.New([]lexicon.Entry{e})
	if err != nil {
		panic(err)
	}
	var out strings.Builder
	if err := s.Write(&out); err != nil {
		panic(err)
	}
	return []byte(out.String())
}

// proposed adds an entry at the authority, approves it there, and sends it to the others.
func (s circle) proposed(text []byte, to ...tocsin.PartyID) tocsin.RecordID {
	s.Helper()
	f, legal := s.Authority.Flow(), s.legal[s.Authority].Actor
	ids, _, err := f.AddEntries(s.Context(), legal, text)
	s.must(err)
	s.must(f.ApproveEntry(s.Context(), legal, ids[0], lexicon.RoleAuthority))
	for _, party := range to {
		s.must(f.ShareEntry(s.Context(), legal, ids[0], party))
	}
	s.Drain()
	return ids[0]
}

// at is the one shared entry of a node.
func (s circle) at(n *testkit.Node) flow.SharedEntryView {
	s.Helper()
	list, _, err := n.Flow().SharedEntries(s.Context(), s.legal[n].Actor, flow.SharedEntryFilter{})
	s.must(err)
	if len(list) != 1 {
		s.Fatalf("%s has %d entries", n.ID, len(list))
	}
	v, err := n.Flow().SharedEntryOf(s.Context(), s.legal[n].Actor, list[0].ID)
	s.must(err)
	return v
}

func (s circle) standsAt(want tocsin.EntryState, nodes ...*testkit.Node) {
	s.Helper()
	for _, n := range nodes {
		if v := s.at(n); v.Status != want {
			s.Errorf("at %s it is %q, want %q: %+v %v", n.ID, v.Status, want, v.Approvals, v.Wrong)
		}
	}
}

// readings are how many readings of a text the host gives.
func (s circle) readings(text string) int {
	s.Helper()
	found, err := s.Host.Flow().Screen(s.Context(), s.Moderator.Actor, flow.Screening{Assertion: flow.AssertedPublic,
		Pieces: []flow.Piece{{Text: text}}})
	s.must(err)
	return len(found[0].Readings.Decodes)
}

// TestEntryIsProposedApprovedAndRetractedBetweenNodes follows an entry through three parties, while letters get lost.
func TestEntryIsProposedApprovedAndRetractedBetweenNodes(t *testing.T) {
	t.Parallel()
	testkit.OnEachEngine(t, func(t *testing.T, on testkit.Engine) {
		s := newCircle(t, on)
		id := s.proposed(lantern(), testkit.Supervisor, testkit.Host)
		s.standsAt(tocsin.EntryProposed, s.Authority, s.Supervisor, s.Host)

		// The university approves. Its letter is lost once, and what the authority passes on arrives unheard.
		s.Supervisor.Faults.Next(testkit.SendTo(testkit.Authority), testkit.Lost, 0)
		s.Authority.Faults.Next(testkit.SendTo(testkit.Host), testkit.Unheard, 0)
		university := s.Supervisor.Flow()
		s.must(university.ApproveEntry(s.Context(), s.legal[s.Supervisor].Actor, s.at(s.Supervisor).ID, lexicon.RoleAcademia))
		s.Drain()
		s.standsAt(tocsin.EntryApproved, s.Authority, s.Supervisor, s.Host)
		if s.Supervisor.Faults.Struck() != 1 || s.Authority.Faults.Struck() != 1 {
			t.Error("no letter was lost")
		}
		if n := s.readings("see the perivalt"); n != 0 {
			t.Errorf("%d readings before anybody adopted it", n)
		}

		host := s.Host.Flow()
		if err := host.AdoptEntry(s.Context(), s.Moderator.Actor, s.at(s.Host).ID); tocsin.CodeOf(err) != tocsin.CodeForbidden {
			t.Errorf("a moderator adopts: %v", err)
		}
		s.must(host.AdoptEntry(s.Context(), s.senior.Actor, s.at(s.Host).ID))
		if n := s.readings("see the p3rivalt"); n != 1 {
			t.Errorf("%d readings after it was adopted", n)
		}
		s.must(host.DropEntry(s.Context(), s.senior.Actor, s.at(s.Host).ID))
		if n := s.readings("see the perivalt"); n != 0 {
			t.Errorf("%d readings after it was dropped", n)
		}
		s.must(host.AdoptEntry(s.Context(), s.senior.Actor, s.at(s.Host).ID))

		// The retraction reaches whoever the approval reached, though one node was down.
		s.Authority.Faults.Next(testkit.SendTo(testkit.Host), testkit.Lost, 0)
		s.Pass(time.Minute)
		s.must(s.Authority.Flow().RetractEntry(s.Context(), s.legal[s.Authority].Actor, id, "It is a bakery."))
		s.Drain()
		s.standsAt(tocsin.EntryRetracted, s.Authority, s.Supervisor, s.Host)
		if n := s.readings("see the perivalt"); n != 0 {
			t.Errorf("%d readings after an approval was taken back", n)
		}
		s.mustKeepTheRetraction()
		if told := s.at(s.Host).Retractions; len(told) != 2 || told[0].Reasons != "It is a bakery." || told[0].Party != testkit.Authority {
			t.Errorf("the host knows %+v", told)
		}
		sent := s.Authority.Faults.Sent(testkit.Host)
		for n, want := range map[int]bool{0: true, len(sent) - 1: false} {
			_, payload, _ := strings.Cut(sent[n].Bundle.Document, ".")
			text, err := base64.RawURLEncoding.DecodeString(payload[:strings.IndexByte(payload, '.')])
			if s.must(err); strings.Contains(string(text), `"party":"`+string(testkit.Authority)) != want {
				t.Errorf("letter %d of %d has an approval of the authority: %v", n, len(sent), !want)
			}
		}
		if n := len(s.Host.Faults.Sent(testkit.Authority)); n != 0 {
			t.Errorf("the host, which said nothing, sent %d letters back to where it has all from", n)
		}
		s.MustBeIntact(s.Authority)
		s.MustBeIntact(s.Supervisor)
		s.MustBeIntact(s.Host)
	})
}

// mustKeepTheRetraction lets another party say very often that it retracts: what the first said is not forgotten for it,
// and neither is an approval that is of another entry, or from before, believed.
func (s circle) mustKeepTheRetraction() {
	s.Helper()
	v := s.at(s.Host)
	letter, before := letterOf(s.TB, v), v.Version
	for n := range 2 * wire.MaxRetractions {
		ref := wire.EntryRef{Entry: v.File.Entry.ID, Version: v.File.Entry.Version, Content: v.Content}
		if n == 0 {
			ref.Version++ // another entry's
		}
		signed, err := wire.Sign(s.Signer(testkit.Outsider, tocsin.UseDocument), wire.Letter{ID: wire.NewDocumentID(),
			At: s.Clock.Now().Add(time.Duration(n-40) * time.Second).Truncate(time.Second)},
			&wire.EntryRetraction{EntryRef: ref, Reasons: "No."})
		s.must(err)
		letter.Retractions = []string{string(signed)}
		s.MustAccept(s.Host, testkit.Authority, s.Sign(testkit.Authority, testkit.Host, letter))
		if after := s.at(s.Host).Version; n == 0 && after != before {
			s.Error("a retraction of another version counts")
		}
	}
	if kept := s.at(s.Host).File.Retractions; len(kept) != 2 || kept[0].Party != testkit.Authority {
		s.Errorf("the host keeps the retractions of %v", kept)
	}
}

// TestRetractionCountsForLexiconsOfTheSettings reads for an entry of a file until a party takes its approval back.
func TestRetractionCountsForLexiconsOfTheSettings(t *testing.T) {
	t.Parallel()
	var file *lexicon.Entry // as it stands in the file of the host, approved by parties of the directory
	s := newCircle(t, testkit.SQLite, func(e *lexicon.Entry) {
		if e.ID == "lex:zorvian" {
			e.Approvals[0].Party, e.Approvals[0].Role = string(testkit.Authority), lexicon.RoleAuthority
			e.Approvals[1].Party, e.Approvals[1].Role = string(testkit.Supervisor), lexicon.RoleAcademia
			file = e
		}
	})
	if n := s.readings("the zorvian stood there"); n != 1 {
		t.Fatalf("%d readings of an entry of the file", n)
	}
	id := s.proposed(lantern(func(e *lexicon.Entry) {
		*e = *file
		e.Approvals, e.Status = nil, lexicon.StatusDraft
	}), testkit.Host)
	s.Pass(time.Minute)
	s.must(s.Authority.Flow().RetractEntry(s.Context(), s.legal[s.Authority].Actor, id, "It is a cheese."))
	s.Drain()
	if n := s.readings("the zorvian stood there"); n != 0 {
		t.Errorf("%d readings of the file's entry after an authority took its approval back", n)
	}
	if n := s.readings("the quimber lantern stood there"); n != 1 {
		t.Errorf("%d readings of another entry of the file", n)
	}
}

func TestEntryThatSaysNothingNewChangesNothing(t *testing.T) {
	t.Parallel()
	s := newCircle(t, testkit.SQLite)
	s.proposed(lantern(), testkit.Host)
	before := s.at(s.Host)
	letter := s.Authority.Faults.Sent(testkit.Host)[0].Bundle
	s.MustAccept(s.Host, testkit.Authority, letter)
	again := s.Sign(testkit.Authority, testkit.Host, letterOf(t, s.at(s.Authority)))
	s.MustAccept(s.Host, testkit.Authority, again)
	if after := s.at(s.Host); after.Version != before.Version {
		t.Errorf("%d events, then %d", before.Version, after.Version)
	}
}

func letterOf(t testing.TB, v flow.SharedEntryView) *wire.LexiconEntry {
	t.Helper()
	text, err := json.Marshal(v.File.Entry)
	if err != nil {
		t.Fatal(err)
	}
	body := &wire.LexiconEntry{Entry: text}
	for _, r := range v.File.Retractions {
		body.Retractions = append(body.Retractions, r.Signed)
	}
	return body
}

// TestEntryThatIsNotWorthBelievingIsRefused sends what a hostile party of the directory could.
func TestEntryThatIsNotWorthBelievingIsRefused(t *testing.T) {
	t.Parallel()
	s := newCircle(t, testkit.SQLite)
	s.proposed(lantern())
	good := s.at(s.Authority)
	for name, spoil := range map[string]func(*flow.SharedEntryView){
		"nobody approves": func(v *flow.SharedEntryView) { v.File.Entry.Approvals = nil },
		"altered":         func(v *flow.SharedEntryView) { v.File.Entry.Sense = "another" },
		"another's word":  func(v *flow.SharedEntryView) { v.File.Entry.Approvals[0].Party = string(testkit.Supervisor) },
		"more than it is": func(v *flow.SharedEntryView) { v.File.Entry.Approvals[0].Role = lexicon.RoleAcademia },
		"no source":       func(v *flow.SharedEntryView) { v.File.Entry.Sources = nil },
		"a book":          func(v *flow.SharedEntryView) { v.File.Entry.CounterExamples = many("a long text of no use ", 2000) },
		"a crowd": func(v *flow.SharedEntryView) {
			for len(v.File.Entry.Approvals) < 65 {
				v.File.Entry.Approvals = append(v.File.Entry.Approvals, v.File.Entry.Approvals[0])
			}
		},
	} {
		v := good
		v.File.Entry.Approvals = append([]lexicon.Approval(nil), good.File.Entry.Approvals...)
		spoil(&v)
		want := tocsin.RefusedIncomplete
		switch name {
		case "no source", "a book", "a crowd":
			want = tocsin.RefusedMalformed
		}
		s.MustRefuse(s.Host, testkit.Authority, s.Sign(testkit.Authority, testkit.Host, letterOf(t, v)), want)
	}
	if rows := s.Records(s.Host, tocsin.KindEntry); len(rows) != 0 {
		t.Errorf("%d entries are kept of what was refused", len(rows))
	}
}

func many(text string, n int) (all []string) {
	for range n {
		all = append(all, text)
	}
	return all
}

// TestEntryGoesNowhereThatItsMarkingForbids and other things that people may not do.
func TestEntryGoesNowhereThatItsMarkingForbids(t *testing.T) {
	t.Parallel()
	s := newCircle(t, testkit.SQLite)
	id := s.proposed(lantern(), testkit.Supervisor)
	ctx, university := s.Context(), s.Supervisor.Flow()
	legal, received := s.legal[s.Supervisor].Actor, s.at(s.Supervisor).ID
	analyst, err := s.Authority.Hire(ctx, tocsin.DutyAnalyst)
	s.must(err)
	authority, own := s.Authority.Flow(), s.legal[s.Authority].Actor
	for name, row := range map[string]struct {
		err  error
		want tocsin.Reason
	}{
		"amber, passed on":      {university.ShareEntry(ctx, legal, received, testkit.Host), tocsin.ReasonMarking},
		"to nobody":             {authority.ShareEntry(ctx, own, id, "nobody"), tocsin.ReasonUnknownParty},
		"to oneself":            {authority.ShareEntry(ctx, own, id, testkit.Authority), tocsin.ReasonUnknownParty},
		"twice":                 {authority.ShareEntry(ctx, own, id, testkit.Supervisor), tocsin.ReasonDuplicate},
		"approved twice":        {authority.ApproveEntry(ctx, own, id, lexicon.RoleAuthority), tocsin.ReasonWrongState},
		"as what it is not":     {university.ApproveEntry(ctx, legal, received, lexicon.RoleAuthority), tocsin.ReasonMissing},
		"retracted, not given":  {university.RetractEntry(ctx, legal, received, "No."), tocsin.ReasonWrongState},
		"retracted without why": {authority.RetractEntry(ctx, own, id, " "), tocsin.ReasonMissing},
		"retracted with a book": {authority.RetractEntry(ctx, own, id, strings.Repeat("a", 1001)), tocsin.ReasonTooLong},
		"adopted too early":     {authority.AdoptEntry(ctx, own, id), tocsin.ReasonWrongState},
	} {
		if tocsin.ReasonOf(row.err) != row.want {
			t.Errorf("%s: %v, want %s", name, row.err, row.want)
		}
	}
	if err := authority.ApproveEntry(ctx, analyst.Actor, id, lexicon.RoleAuthority); tocsin.CodeOf(err) != tocsin.CodeForbidden {
		t.Errorf("an analyst approves: %v", err)
	}
	if v := s.at(s.Supervisor); v.Status != tocsin.EntryProposed || v.Version != 2 {
		t.Errorf("what was refused changed it: %+v", v.SharedEntry)
	}
	for name, text := range map[string][]byte{"no lexicon": []byte("{}"), "empty": []byte(`{"format":"tocsin-lexicon-1","entries":[]}`),
		"a fault": lantern(func(e *lexicon.Entry) { e.Sense = "" }), "endless": make([]byte, flow.MaxEntriesText+1),
		"a crowd":                        crowd(51),
		"a counter-example that is read": lantern(func(e *lexicon.Entry) { e.CounterExamples = []string{"A bakery. See the p3rivalt. A loaf."} })} {
		if ids, _, err := authority.AddEntries(ctx, own, text); tocsin.CodeOf(err) != tocsin.CodeInvalid || ids != nil {
			t.Errorf("%s: %v %v", name, ids, err)
		}
	}
}

// TestWhoSendsAnEntryThatIsKnownIsToldWhatBecomesOfIt sends an authority an entry that it has, and sent to nobody.
func TestWhoSendsAnEntryThatIsKnownIsToldWhatBecomesOfIt(t *testing.T) {
	t.Parallel()
	s := newCircle(t, testkit.SQLite)
	id := s.proposed(lantern())
	university, legal := s.Supervisor.Flow(), s.legal[s.Supervisor].Actor
	ids, _, err := university.AddEntries(s.Context(), legal, lantern())
	s.must(err)
	s.must(university.ApproveEntry(s.Context(), legal, ids[0], lexicon.RoleAcademia))
	s.must(university.ShareEntry(s.Context(), legal, ids[0], testkit.Authority))
	s.Drain()
	s.standsAt(tocsin.EntryApproved, s.Authority)
	s.Pass(time.Minute)
	s.must(s.Authority.Flow().RetractEntry(s.Context(), s.legal[s.Authority].Actor, id, "It is a bakery."))
	s.Drain()
	if told := s.at(s.Supervisor).Retractions; len(told) != 1 || told[0].Party != testkit.Authority {
		t.Errorf("whoever sent it hears %+v", told)
	}
}

// TestNewVersionOfAnEntryTakesTheOldOnesPlace adopts two versions one after the other.
func TestNewVersionOfAnEntryTakesTheOldOnesPlace(t *testing.T) {
	t.Parallel()
	s := newCircle(t, testkit.SQLite)
	f := s.Host.Flow()
	for n := range 2 {
		s.proposed(lantern(func(e *lexicon.Entry) {
			e.Version = n + 1
			e.Forms[0].Text = []string{"perivalt", "lumentarn"}[n]
			e.CounterExamples = []string{"the " + e.Forms[0].Text + " bakery"}
		}), testkit.Supervisor, testkit.Host)
		for _, v := range s.list(s.Supervisor, tocsin.EntryProposed) {
			s.must(s.Supervisor.Flow().ApproveEntry(s.Context(), s.legal[s.Supervisor].Actor, v.ID, lexicon.RoleCivilSociety))
		}
		s.Drain()
		for _, v := range s.list(s.Host, tocsin.EntryApproved) {
			if v.Number == int64(n+1) {
				s.must(f.AdoptEntry(s.Context(), s.senior.Actor, v.ID))
			}
		}
	}
	if old, now := s.readings("the perivalt"), s.readings("the lumentarn"); old != 0 || now != 1 {
		t.Errorf("%d readings of the old version, %d of the new", old, now)
	}
	if n := len(s.list(s.Host, tocsin.EntryInUse)); n != 1 {
		t.Errorf("%d versions are in use", n)
	}
	s.mustForget(s.list(s.Host, tocsin.EntryInUse)[0])
}

// mustForget erases an entry once the host reads for it no more, and takes it anew when it comes again.
func (s circle) mustForget(v flow.SharedEntryView) {
	s.Helper()
	f := s.Host.Flow()
	if err := f.EraseRecord(s.Context(), testkit.Operator, v.ID, "data_protection"); tocsin.CodeOf(err) != tocsin.CodeConflict {
		s.Errorf("an entry in use is erased: %v", err)
	}
	s.must(f.DropEntry(s.Context(), s.senior.Actor, v.ID))
	s.must(f.EraseRecord(s.Context(), testkit.Operator, v.ID, "data_protection"))
	if gone, err := f.SharedEntryOf(s.Context(), s.senior.Actor, v.ID); err != nil || !gone.Erased || gone.File.Entry.Sense != "" || gone.Choices != nil {
		s.Errorf("erased: %+v, %v", gone.File, err)
	}
	s.MustBeIntact(s.Host)
	if n := s.readings("the lumentarn"); n != 0 {
		s.Errorf("%d readings for an erased entry", n)
	}
	s.MustAccept(s.Host, testkit.Authority, s.Sign(testkit.Authority, testkit.Host, letterOf(s.TB, v)))
	again := 0
	for _, v := range s.list(s.Host, tocsin.EntryApproved) {
		if !v.Erased && v.Number == 2 {
			again++
		}
	}
	if again != 1 {
		s.Errorf("%d entries after it came again", again)
	}
}

// TestEntryIsAdoptedOnlyWhileTheDirectoryBearsItOut revokes a key between an approval and the word of the host.
func TestEntryIsAdoptedOnlyWhileTheDirectoryBearsItOut(t *testing.T) {
	t.Parallel()
	s := newCircle(t, testkit.SQLite)
	s.proposed(lantern(), testkit.Supervisor, testkit.Host)
	s.must(s.Supervisor.Flow().ApproveEntry(s.Context(), s.legal[s.Supervisor].Actor, s.at(s.Supervisor).ID, lexicon.RoleAcademia))
	s.Drain()
	s.standsAt(tocsin.EntryApproved, s.Host)
	at := s.Clock.Now()
	s.Import(s.Host, s.Edition(func(d *tocsin.Directory) {
		testkit.KeyFor(d, testkit.Supervisor, tocsin.UseDocument).RevokedAt = &at
	}))
	v := s.at(s.Host)
	if err := s.Host.Flow().AdoptEntry(s.Context(), s.senior.Actor, v.ID); tocsin.ReasonOf(err) != tocsin.ReasonWrongState {
		t.Errorf("adopted by an approval whose key was revoked: %v", err)
	}
	if len(v.Held) != 1 || len(v.Wrong) != 1 {
		t.Errorf("%d approvals hold, wrong with the others: %v", len(v.Held), v.Wrong)
	}
}

func (s circle) list(n *testkit.Node, state tocsin.EntryState) []flow.SharedEntryView {
	s.Helper()
	list, _, err := n.Flow().SharedEntries(s.Context(), s.legal[n].Actor, flow.SharedEntryFilter{States: []string{string(state)}})
	s.must(err)
	return list
}

func TestPartyThatSharesNoEntriesRefusesThem(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{})
	w.MustRefuse(w.Host, testkit.Authority, w.Sign(testkit.Authority, testkit.Host, &wire.LexiconEntry{Entry: []byte(`{}`)}),
		tocsin.RefusedWrongAddressee)
}

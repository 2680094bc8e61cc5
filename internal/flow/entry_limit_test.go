// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"bytes"
	"fmt"
	"testing"

	"tocsin"
	"tocsin/decode/lexicon"
	"tocsin/internal/flow"
	"tocsin/internal/testkit"
)

// crowd is a lexicon of as many entries.
func crowd(count int) []byte {
	e, err := lexicon.Read(bytes.NewReader(lantern()))
	if err != nil {
		panic(err)
	}
	for n := range count {
		another := e.Entries[0]
		another.ID = fmt.Sprintf("lex:perivalt-%d", n)
		e.Entries = append(e.Entries, another)
	}
	var out bytes.Buffer
	if err := (&lexicon.Snapshot{Entries: e.Entries[1:]}).Write(&out); err != nil {
		panic(err)
	}
	return out.Bytes()
}

func TestAsManyEntriesAsMayBeAreAddedAtOnce(t *testing.T) {
	t.Parallel()
	s := newCircle(t, testkit.SQLite)
	ids, faults, err := s.Authority.Flow().AddEntries(s.Context(), s.legal[s.Authority].Actor, crowd(50))
	if err != nil || len(ids) != 50 {
		t.Errorf("%d of 50 are added: %v %v", len(ids), faults, err)
	}
}

// TestKeyOfAnEntryThatLeadsNowhereIsFound loses what leads from an entry to its record.
func TestKeyOfAnEntryThatLeadsNowhereIsFound(t *testing.T) {
	t.Parallel()
	s := newCircle(t, testkit.SQLite)
	s.proposed(lantern(), testkit.Host)
	s.MustBeIntact(s.Host)
	db, err := s.Host.Behind()
	s.must(err)
	defer db.Close()
	v := &vandal{World: s.World, node: s.Host, db: db}
	v.exec("DELETE FROM lookup WHERE kind = 'entry'")
	examined, err := s.Host.Flow().Fsck(s.Context(), nil)
	if s.must(err); !named(examined.Differences) {
		t.Errorf("without its key: %+v", examined.Differences)
	}
}

// TestPartyThatSendsMoreThanAnybodyJudgesIsRefused fills the place of one party; the others have theirs.
func TestPartyThatSendsMoreThanAnybodyJudgesIsRefused(t *testing.T) {
	t.Parallel()
	s := newCircle(t, testkit.SQLite)
	s.must(s.Host.Flow().Store.Update(s.Context(), func(tx flow.Tx) error {
		for range flow.MostWaiting {
			waiting := []flow.Facet{{Name: tocsin.FacetSender + string(testkit.Authority), Status: string(tocsin.EntryProposed)}}
			if err := tx.MoveFacets(tocsin.NewRecordID(tocsin.KindEntry), nil, waiting); err != nil {
				return err
			}
		}
		return nil
	}))
	s.proposed(lantern(), testkit.Supervisor)
	letter := letterOf(t, s.at(s.Authority))
	s.MustRefuse(s.Host, testkit.Authority, s.Sign(testkit.Authority, testkit.Host, letter), tocsin.ReasonTooMany)
	s.MustAccept(s.Host, testkit.Supervisor, s.Sign(testkit.Supervisor, testkit.Host, letter))
	s.MustAccept(s.Host, testkit.Authority, s.Sign(testkit.Authority, testkit.Host, letter)) // what is kept takes no place
}

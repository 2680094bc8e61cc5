// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"context"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/flow"
)

// Run tests a store. open gives an empty one and sees to its end.
func Run(t *testing.T, open func(t *testing.T) flow.Store) {
	for name, test := range map[string]func(*testing.T, flow.Store){
		"RecordIsKeptExactly":                     recordIsKeptExactly,
		"UnknownThingsAreNotFound":                unknownThingsAreNotFound,
		"SaveNeedsTheExpectedVersion":             saveNeedsTheExpectedVersion,
		"CountsByKindAndStatusUpToABound":         countsByKindAndStatusUpToABound,
		"PagesByIDKeepTheirRowsInPlace":           pagesByID,
		"PagesOfSeveralStatusesAreOneByDue":       pagesOfSeveralStatuses,
		"FacetsOfManyGoOnFromWhereTheyLooked":     facetsOfMany,
		"TrailGoesOnFromWhereItLooked":            trailLooksThroughSoMany,
		"FacetsNarrowAndCount":                    facetsNarrowPages,
		"PagesOfOnePersonHoldHersAlone":           pagesOfOnePerson,
		"SearchFindsTheLatestOfVeryMany":          searchFindsTheLatestOfVeryMany,
		"PagesNeitherRepeatNorSkipTies":           pagesNeitherRepeatNorSkipTies,
		"PagesByDueTimePutRowsWithoutClockLast":   pagesByDueTime,
		"PagesRefuseForeignCursors":               pagesRefuseForeignCursors,
		"ErasedRecordHasNoTextAndKeepsItsProofs":  erasedRecord,
		"ErasedRecordTakesNoTextAgain":            erasedRecordTakesNoTextAgain,
		"LookupHasOneRecord":                      lookupHasOneRecord,
		"SearchNeedsAllWords":                     searchNeedsAllWords,
		"SearchTextIsReplacedWhole":               searchTextIsReplacedWhole,
		"JournalChainsInCommitOrder":              journalChains,
		"JournalGivesRawRows":                     journalGivesRawRows,
		"TrailGoesBackWithoutGapOrRepeat":         trailGoesBack,
		"RecordVersionIsAppendedOnce":             recordVersionIsAppendedOnce,
		"ManyEntriesGoInOneTransaction":           manyEntries,
		"ShardsKeepTheirTrees":                    shardsKeepTheirTrees,
		"StoredHashesKeepTheOrderAsked":           storedHashesKeepOrder,
		"CommandRunsOnce":                         commandRunsOnce,
		"JobIsUniqueByKindAndKey":                 jobIsUnique,
		"LostLeaseCannotFinish":                   lostLeaseCannotFinish,
		"JobWaitsForItsTime":                      jobWaitsForItsTime,
		"FailedJobStaysUntilRerun":                failedJobStays,
		"DeliveryIsReplaced":                      deliveryIsReplaced,
		"FollowerKeepsItsPlace":                   followerKeepsItsPlace,
		"HashesAreKeptUntilTheirEnd":              hashesAreKeptUntilTheirEnd,
		"HitsAreReplacedAndPruned":                hitsAreReplacedAndPruned,
		"LeaseHasOneHolder":                       leaseHasOneHolder,
		"RacersForOneLeaseHaveOneWinner":          racersForOneLease,
		"NonceIsFreshOnce":                        nonceIsFreshOnce,
		"ErrorInsideIsInvisibleOutside":           errorInsideIsInvisible,
		"SwallowedErrorCannotCommit":              swallowedErrorCannotCommit,
		"PanicRollsBack":                          panicRollsBack,
		"ViewSeesOneMomentAndCannotWrite":         viewSeesOneMoment,
		"EndedContextChangesNothing":              endedContext,
		"CommittedReachesEverySubscriber":         committedReachesEverySubscriber,
		"TextIsUnicodeWithoutNUL":                 textIsUnicode,
		"RacersOnOneVersionHaveOneWinner":         racersOnOneVersion,
		"RacersForOneLookupHaveOneWinner":         racersForOneLookup,
		"RacersWithOneCommandDoItOnce":            racersWithOneCommand,
		"RacersWithOneNonceHaveOneFresh":          racersWithOneNonce,
		"ClaimersNeverShareAJob":                  claimersNeverShare,
		"ConcurrentWritersLeaveNoGapForAFollower": concurrentWriters,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

// start is when everything in these tests happens.
var start = time.Date(2030, 1, 2, 3, 4, 5, 678_000, time.UTC)

// update runs fn and expects it to commit.
func update(t *testing.T, s flow.Store, fn func(flow.Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), fn); err != nil {
		t.Fatalf("update: %v", err)
	}
}

// view runs fn and expects it to succeed.
func view(t *testing.T, s flow.Store, fn func(flow.Tx) error) {
	t.Helper()
	if err := s.View(t.Context(), fn); err != nil {
		t.Fatalf("view: %v", err)
	}
}

// expect checks the class and cause of an error.
func expect(t *testing.T, err error, code tocsin.Code, reason tocsin.Reason) {
	t.Helper()
	if err == nil || tocsin.CodeOf(err) != code || (reason != "" && tocsin.ReasonOf(err) != reason) {
		t.Errorf("got error %v (%s, %s), want %s, %s", err, tocsin.CodeOf(err), tocsin.ReasonOf(err), code, reason)
	}
}

// newRow is a record as flow would create it.
func newRow() flow.Row {
	return flow.Row{
		ID: tocsin.NewRecordID(tocsin.KindItem), Kind: tocsin.KindItem, Version: 1, Status: "visible",
		Body: []byte(`{"b": 1,  "a": [2]}`), UpdatedAt: start,
		Key: []byte("wrapped key"), Document: []byte("sealed"),
	}
}

// entry is an event of a record. With leaf it is accountable.
func entry(id tocsin.RecordID, version int64, leaf bool) flow.Entry {
	h := tocsin.Header{V: tocsin.HeaderVersion, ID: tocsin.NewEventID(), Kind: "item.noted", Record: id,
		Of: tocsin.KindItem, Version: version, At: start.Add(time.Duration(version) * time.Second),
		Actor: tocsin.ActorClock, Facts: tocsin.Facts{Number: version}}
	exact, err := h.Encode()
	if err != nil {
		panic(err) // the fixture itself is wrong
	}
	e := flow.Entry{Header: h, Exact: exact, Payload: []byte("sealed " + string(h.ID))}
	if leaf {
		e.Leaf = []byte("leaf of " + string(h.ID))
	}
	return e
}

// addRecord commits a new record with its first event and gives both.
func addRecord(t *testing.T, s flow.Store) (flow.Row, flow.Entry) {
	t.Helper()
	r := newRow()
	e := entry(r.ID, 1, true)
	update(t, s, func(tx flow.Tx) error {
		if err := tx.Create(r); err != nil {
			return err
		}
		return tx.Append([]flow.Entry{e})
	})
	return r, e
}

// whole is a context long enough for a test with many writers.
func whole(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func pointer[T any](v T) *T { return &v }

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package sqlstore

import (
	"cmp"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"tocsin"
)

// fewHits is up to how many records of its rarest word a search looks at all. Where even that has more, it walks
// through the records from the latest on: the more there are, the sooner it has enough.
const fewHits = 2000

// hit is a record that a search came upon.
type hit struct {
	id        string
	updatedAt int64
}

// idRange is a span of ids, its ends left out.
type idRange struct{ above, below string }

var everyID = idRange{"", "~"}

// idsOf spans the ids of a kind, which begin with its prefix and "_".
func idsOf(kind tocsin.RecordKind) idRange { return idRange{kind.Prefix() + "_", kind.Prefix() + "`"} }

// Search gives the records that hold all words, the latest update first. Words that nearly every record holds cost
// about as much as rare ones.
func (t *tx) Search(asked []string, limit int) ([]tocsin.RecordID, error) {
	text := strings.Join(asked, " ")
	if err := t.ready([]any{text}); err != nil {
		return nil, err
	}
	all := words(text)
	if len(all) == 0 {
		return nil, nil
	}
	if len(all) > maxRows {
		return nil, t.fail(tocsin.Invalid(tocsin.ReasonTooMany, "words", "Ask for fewer words."))
	}
	hits, whole, err := t.searchFew(everyID, all, limit)
	if err == nil && !whole {
		hits, err = t.searchKinds(all, limit)
	}
	if err != nil {
		return nil, err
	}
	slices.SortFunc(hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(b.updatedAt, a.updatedAt), cmp.Compare(b.id, a.id))
	})
	var ids []tocsin.RecordID
	for _, h := range hits[:min(len(hits), limit)] {
		ids = append(ids, tocsin.RecordID(h.id))
	}
	return ids, nil
}

// searchKinds searches each kind of record for itself, because only within one are records in the order of their
// updates.
func (t *tx) searchKinds(all []string, limit int) (hits []hit, err error) {
	for _, kind := range tocsin.RecordKinds() {
		more, whole, err := t.searchFew(idsOf(kind), all, limit)
		if err == nil && !whole {
			more, err = t.searchLatest(kind, all, limit)
		}
		if err != nil {
			return nil, err
		}
		hits = append(hits, more...)
	}
	return hits, nil
}

// searchFew searches where one of the words is in few records; whole says that it did. It puts that word first.
func (t *tx) searchFew(ids idRange, all []string, limit int) (hits []hit, whole bool, err error) {
	const few = `SELECT count(*) FROM (SELECT 1 FROM search WHERE word = $1 AND record > $2 AND record < $3
		LIMIT $4) AS few`
	fewest, rarest := int64(fewHits+1), 0
	for i, word := range all {
		var n int64
		if _, err := t.one([]any{&n}, few, word, ids.above, ids.below, fewest); err != nil {
			return nil, false, err
		}
		if n == 0 {
			return nil, true, nil
		}
		if n < fewest {
			fewest, rarest = n, i
		}
	}
	all[0], all[rarest] = all[rarest], all[0]
	if fewest > fewHits {
		return nil, false, nil
	}
	args := []any{all[0], ids.above, ids.below, limit}
	args, others := allHold(args, all[1:])
	hits, err = t.hits(`SELECT r.id, r.updated_at FROM search f CROSS JOIN record r
		WHERE f.word = $1 AND f.record > $2 AND f.record < $3 AND r.id = f.record`+others+`
		ORDER BY r.updated_at DESC, r.id DESC LIMIT $4`, args...)
	return hits, true, err
}

// searchLatest walks through the records of a kind.
func (t *tx) searchLatest(kind tocsin.RecordKind, all []string, limit int) ([]hit, error) {
	args, every := allHold([]any{string(kind), limit}, all)
	return t.hits("SELECT r.id, r.updated_at FROM record r WHERE r.kind = $1"+every+
		" ORDER BY r.updated_at DESC, r.id DESC LIMIT $2", args...)
}

// allHold is the condition that a record holds every one of some words. A count and not EXISTS, which an engine may
// turn round and begin with all records that hold the word.
func allHold(args []any, all []string) ([]any, string) {
	var b strings.Builder
	for _, word := range all {
		args = append(args, word)
		fmt.Fprintf(&b, " AND (SELECT count(*) FROM search s WHERE s.word = $%d AND s.record = r.id) = 1", len(args))
	}
	return args, b.String()
}

func (t *tx) hits(query string, args ...any) (hits []hit, err error) {
	err = t.query(func(rows *sql.Rows) error {
		var h hit
		err := rows.Scan(&h.id, &h.updatedAt)
		hits = append(hits, h)
		return err
	}, query, args...)
	return hits, err
}

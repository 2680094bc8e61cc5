// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package sqlstore

import "tocsin"

// Reserve may be repeated for the same record.
func (t *tx) Reserve(kind string, key []byte, id tocsin.RecordID) error {
	n, err := t.insert("lookup", "kind, key, record", "ON CONFLICT (kind, key) DO NOTHING",
		[][]any{{kind, key, string(id)}})
	if err != nil || n == 1 {
		return err
	}
	var holder string
	found, err := t.one([]any{&holder}, selectLookup, kind, key)
	if err != nil || (found && holder == string(id)) {
		return err
	}
	return t.fail(conflict(tocsin.ReasonDuplicate, "Another record has this already."))
}

const selectLookup = "SELECT record FROM lookup WHERE kind = $1 AND key = $2"

func (t *tx) Lookup(kind string, key []byte) (tocsin.RecordID, error) {
	var id string
	found, err := t.one([]any{&id}, selectLookup, kind, key)
	if err == nil && !found {
		err = notFound("record")
	}
	return tocsin.RecordID(id), err
}

func (t *tx) Release(kind string, key []byte) error {
	_, err := t.exec("DELETE FROM lookup WHERE kind = $1 AND key = $2", kind, key)
	return err
}

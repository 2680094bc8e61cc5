// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package page

import (
	"os"
	"slices"
	"strings"
	"testing"

	"tocsin"
)

// TestRecordsAreLedToWhereTheyHavePages compares with the routes of the console: each kind that has a page there is led to.
func TestRecordsAreLedToWhereTheyHavePages(t *testing.T) {
	t.Parallel()
	routes, err := os.ReadFile("../testdata/matrix.txt")
	if err != nil {
		t.Fatal(err)
	}
	without := []tocsin.RecordKind{tocsin.KindContact, tocsin.KindDirectory, tocsin.KindLog, tocsin.KindBatch, tocsin.KindRota}
	for _, kind := range tocsin.RecordKinds() {
		if opens(kind) == slices.Contains(without, kind) {
			t.Errorf("%s: led to %q", kind, rooms[kind])
		}
		if opens(kind) && !strings.Contains(string(routes), "GET "+recordAddress(kind, "{id}")+" ") {
			t.Errorf("%s is led to %s, where no page is", kind, rooms[kind])
		}
	}
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package board_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// TestNodeSeesThePictureWhateverRestrictsIt, at an address that nobody else is told.
func TestNodeSeesThePictureWhateverRestrictsIt(t *testing.T) {
	t.Parallel()
	f := start(t)
	var told struct {
		Media []struct{ Address, Type string }
	}
	if err := json.Unmarshal([]byte(f.resolve(f.base+"/post/1").body), &told); err != nil {
		t.Fatal(err)
	}
	if len(told.Media) != 1 || told.Media[0].Type != "image/png" {
		t.Fatalf("the node is told of %v", told.Media)
	}
	address := strings.TrimPrefix(told.Media[0].Address, f.base)
	shown := f.get("/media/1.png").body
	f.apply(1, gag("garden"))
	if r := f.get("/media/1.png"); r.status == http.StatusOK {
		t.Errorf("the public still sees it: %d", r.status)
	}
	if r := f.get(address); r.status != http.StatusOK || r.body != shown || r.header.Get("Cache-Control") != "no-store" {
		t.Errorf("the node gets %d, %v", r.status, r.header)
	}
	for _, other := range []string{"/tocsin/media/1/" + strings.Repeat("0", 64), "/tocsin/media/1/",
		strings.Replace(address, "/1/", "/2/", 1), strings.Replace(address, "/1/", "/01/", 1), address[:len(address)-1]} {
		if r := f.get(other); r.status != http.StatusNotFound {
			t.Errorf("%s: %d", other, r.status)
		}
	}
}

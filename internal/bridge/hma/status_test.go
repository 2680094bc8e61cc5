// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hma_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tocsin"
	"tocsin/internal/bridge/hma"
	"tocsin/internal/flow"
	"tocsin/internal/node"
	"tocsin/internal/testkit"
)

// TestDescriptionNamesEveryOperation and no other.
func TestDescriptionNamesEveryOperation(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	var document struct {
		OpenAPI string
		Paths   map[string]map[string]struct{ Summary string }
	}
	check(t, json.Unmarshal([]byte(l.want(http.StatusOK, l.do("GET", "/openapi/openapi.json", ""))), &document))
	var described []string
	for path, operations := range document.Paths {
		for method, o := range operations {
			described = append(described, strings.ToUpper(method)+" "+strings.NewReplacer("{", "<", "}",
				">").Replace(path))
			if o.Summary == "" {
				t.Errorf("%s %s has no summary", method, path)
			}
		}
	}
	served := l.service.Operations()
	slices.Sort(served)
	slices.Sort(described)
	if document.OpenAPI != "3.1.0" || !slices.Equal(served, described) {
		t.Errorf("OpenAPI %s describes %v, served are %v", document.OpenAPI, described, served)
	}
}

// TestMissingRowsAreStaleAndNeverANonMatch: nor are they a 404, on which a client would delete its own copy.
func TestMissingRowsAreStaleAndNeverANonMatch(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.open("LISTED")
	l.load("LISTED", "pdq "+aHash)
	o := node.Options{Config: l.node.Config, Clock: testkit.NewClock(noon), Log: slog.New(slog.DiscardHandler)}
	check(t, l.node.Close())
	check(t, os.RemoveAll(node.BlobDir(o.Config)))
	check(t, os.RemoveAll(filepath.Join(o.Config.DataDir, "index"))) // derived from them
	again, err := node.Open(t.Context(), o)
	check(t, err)
	l.node = again // closed by the lab
	check(t, again.OpenMatching())
	check(t, again.Flow.Start(t.Context()))
	deps := l.service.Deps
	deps.Flow, deps.Keys = again.Flow, node.NewHMAKeys(again.Keys, tocsin.SystemClock)
	l.service, err = hma.New(t.Context(), deps)
	check(t, err)
	server := httptest.NewServer(l.service)
	t.Cleanup(server.Close)
	l.base = server.URL + hma.Base + "/" + l.token
	l.equal(l.want(http.StatusServiceUnavailable, l.do("GET", "/status", "")), "INDEX-STALE")
	l.equal(l.want(http.StatusOK, l.do("GET", "/status/live", "")), "I-AM-ALIVE")
	for _, path := range []string{"/m/lookup", "/m/raw_lookup"} {
		r := l.do("GET", path+"?signal_type=pdq&signal="+aHash, "")
		if r.status != http.StatusServiceUnavailable || r.header.Get("Retry-After") == "" {
			t.Errorf("%s: %d %s", path, r.status, r.body)
		}
	}
	l.want(http.StatusOK, l.do("GET", "/c/bank/LISTED", ""))
}

// TestWhatNobodyShouldActOnIsNotAnswered: a client takes every answer for a match.
func TestWhatNobodyShouldActOnIsNotAnswered(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.open("GARDEN")
	l.add("GARDEN", aHash)
	b, err := l.node.Flow.Bank(t.Context(), node.Operator, "GARDEN")
	check(t, err)
	near := flipped(aHash, 20)
	if !strings.Contains(l.lookup(near, ""), "GARDEN") {
		t.Error("a near hash is not found")
	}
	terms := b.BankTerms
	terms.Thresholds = append(terms.Thresholds, tocsin.Threshold{Type: "pdq", Distance: 10})
	check(t, l.node.Flow.ChangeBank(t.Context(), node.Operator, b.ID, terms, b.File))
	l.equal(l.lookup(near, ""), `{}`) // farther than the bank's own threshold
	negative := tocsin.BankTerms{Polarity: tocsin.PolarityNegative, Marking: tocsin.MarkingAmber,
		Enabled: tocsin.Whole}
	_, err = l.node.Flow.OpenBank(t.Context(), node.Operator, "", negative, flow.BankFile{Name: "MAY_STAY"})
	check(t, err)
	l.add("MAY_STAY", flipped(aHash, 5))
	l.equal(l.lookup(aHash, ""), `{}`) // a negative bank knows it, and is no match itself
	l.equal(l.lookup(aHash, "&banks=GARDEN"), `{}`)
	l.equal(l.raw(aHash), `{"matches":[]}`)
}

// TestWhatIsTooLargeIsRefused wherever it comes from; HMA takes uploads of any size.
func TestWhatIsTooLargeIsRefused(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.open("GARDEN")
	l.service.SetLargest(1000)
	const want = `{"message":"Content too large"}`
	for _, path := range []string{"/h/hash", "/m/lookup", "/c/bank/GARDEN/content"} {
		l.equal(l.want(http.StatusRequestEntityTooLarge, l.upload(path, "photo=@plain.png")), want)
	}
	for _, r := range []reply{l.do("GET", "/h/hash?url="+l.site+"/plain.png", ""),
		l.do("GET", "/m/lookup?url="+l.site+"/plain.png", ""),
		l.do("POST", "/c/bank/GARDEN/content?url="+l.site+"/plain.png", ""),
		l.do("POST", "/c/banks", `{"name":"`+strings.Repeat("A", 1<<20)+`"}`),
		l.do("POST", "/m/compare", `{"pdq":["`+strings.Repeat("0", 1<<20)+`"]}`)} {
		l.equal(l.want(http.StatusRequestEntityTooLarge, r), want)
	}
	r := l.upload("/h/hash", "photo=@film.mp4", "metadata="+strings.Repeat("x", 70_000))
	l.equal(l.want(http.StatusBadRequest, r), `{"message":"A field of the form is too long"}`)
	r = l.upload("/c/bank/GARDEN/content", "video=@film.mp4", `metadata={"k":"`+strings.Repeat("x", 20_000)+`"}`)
	l.equal(l.want(http.StatusBadRequest, r), `{"message":"Invalid metadata: it is too long"}`)
	many := []string{"video=@film.mp4"}
	for range 60 {
		many = append(many, "a=b")
	}
	l.equal(l.want(http.StatusBadRequest, l.upload("/h/hash", many...)),
		`{"message":"The form has too many fields"}`)
}

// TestBrokenFormsAreRefused in whatever way they are broken.
func TestBrokenFormsAreRefused(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	for _, c := range []struct{ contentType, body string }{
		{"multipart/form-data", "--x\r\n"},
		{"multipart/form-data; boundary=", "--x\r\n"},
		{"multipart/form-data; boundary=x", ""},
		{"multipart/form-data; boundary=x",
			"--x\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a\"\r\n\r\nab"},
		{"multipart/form-data; boundary=x", "--x\r\nkettle"},
		{"multipart/form-data; boundary=x", "--x--\r\n"},
		{"multipart/mixed; boundary=x", "--x--\r\n"},
		{"image/png", "ab"},
		{";;;", "ab"},
	} {
		r := l.send("POST", l.base+"/h/hash", []byte(c.body), "Content-Type", c.contentType)
		if r.status != http.StatusBadRequest || !strings.HasPrefix(r.body, `{"message":`) {
			t.Errorf("%q %q: %d %s", c.contentType, c.body, r.status, r.body)
		}
	}
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hma_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/node"
)

// TestDeliberateDifferences holds what docs/compat-hma.md says is not as in HMA: what HMA does, and what
// this node does instead.
func TestDeliberateDifferences(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		row, hma, ours string
		test           func(*lab)
	}{
		{"a", "exchange credentials are kept in clear", "they are sealed, in neither journal nor answers",
			sealedCredentials},
		{"b", "raw_lookup gives what is disabled", "neither disabled contents nor banks at 0, at once",
			rawLookupOfDisabled},
		{"b2", "GET /m/lookup ignores bypass_coinflip", "it is honoured on GET and POST", bypass},
		{"c", "a type of ratio 0 is enabled", "ratio 0 switches it off", typeOff},
		{"d", "any bank gives any content", "a content is in its own bank only", foreignContent},
		{"f", "upper-case PDQ is refused", "both cases and spaces around are taken, lower case is stored",
			upperCase},
		{"g", "an upload under 8 KiB may be hashed as nothing", "uploads are hashed from memory", smallUpload},
		{"h", "an index of one hash matches nothing", "0, 1 and 2 hashes match as they should", smallIndex},
		{"i", "enabled:false alone opens a bank at 1.0", "it opens it at 0; ratios outside 0 to 1 are refused",
			enabledAlone},
		{"j", "PUT of an exchange gives its keys in a row", "it gives its configuration", exchangeChanged},
		{"k", "a picture of low quality is looked up with 400",
			"it gives an empty object; banking it says why not", lowQuality},
		{"l", "one corrupt record stops the index", "a bad line of a list is left out and counted", badRecord},
		{"m", "a hash matches after the next rebuild", "it matches in the next request, also under load",
			noRebuild},
		{"n", "fetching twice at once is unsafe", "it brings the list once", fetchedTwice},
		{"o", "errors come as pages, arrays or objects", "every error is an object with a message", oneShape},
	} {
		t.Run(c.row+": "+c.ours, func(t *testing.T) {
			t.Parallel()
			c.test(newLab(t))
			if t.Failed() {
				t.Logf("HMA: %s; this node: %s", c.hma, c.ours)
			}
		})
	}
}

func (l *lab) open(names ...string) {
	l.t.Helper()
	for _, name := range names {
		l.want(http.StatusCreated, l.do("POST", "/c/banks", `{"name":"`+name+`"}`))
	}
}

// add puts a hash into a bank and gives the number of the content.
func (l *lab) add(bank, hash string) int64 {
	l.t.Helper()
	var v struct{ ID int64 }
	text := l.want(http.StatusOK, l.do("POST", "/c/bank/"+bank+"/signal", `{"pdq":"`+hash+`"}`))
	check(l.t, json.Unmarshal([]byte(text), &v))
	return v.ID
}

func (l *lab) lookup(hash, more string) string {
	l.t.Helper()
	return l.want(http.StatusOK, l.do("GET", "/m/lookup?signal_type=pdq&signal="+hash+more, ""))
}

func (l *lab) raw(hash string) string {
	l.t.Helper()
	return l.want(http.StatusOK, l.do("GET", "/m/raw_lookup?signal_type=pdq&signal="+hash, ""))
}

func (l *lab) equal(got, want string) {
	l.t.Helper()
	if got != want {
		l.t.Errorf("got %s, want %s", got, want)
	}
}

func sealedCredentials(l *lab) {
	const secret = "canary-kettle-secret"
	for range 2 { // opened, then changed
		l.want(http.StatusOK, l.do("POST", "/c/exchanges/api/tat",
			`{"credential_json":{"username":"garden","password":"`+secret+`"}}`))
	}
	if kept := l.node.Flow.Face().Credentials["tat"]; !strings.Contains(string(kept), secret) {
		l.t.Error("they are not kept")
	}
	for _, path := range []string{"/c/exchanges/api/tat", "/c/exchanges/api/tat/schema", "/c/exchanges"} {
		if strings.Contains(l.do("GET", path, "").body, secret) {
			l.t.Errorf("%s gives them out", path)
		}
	}
	b, err := l.node.Flow.Bank(l.t.Context(), node.Operator, flow.FaceBank)
	check(l.t, err)
	check(l.t, l.node.Flow.Store.View(l.t.Context(), func(tx flow.Tx) error {
		row, err := tx.Record(b.ID)
		check(l.t, err)
		key, err := l.node.Keys.OpenKey(b.ID, row.Key)
		check(l.t, err)
		entries, err := tx.EntriesOf(b.ID)
		for _, e := range entries {
			plain, err := key.Open(string(e.Header.ID), e.Payload)
			check(l.t, err)
			if strings.Contains(string(plain), secret) {
				l.t.Error("the journal keeps them for ever")
			}
		}
		return err
	}))
	for _, dir := range []string{l.node.Config.DataDir, l.node.Config.KeyDir} {
		check(l.t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			content, err := os.ReadFile(path)
			if strings.Contains(string(content), secret) {
				l.t.Errorf("%s holds them in clear", filepath.Base(path))
			}
			return err
		}))
	}
}

func rawLookupOfDisabled(l *lab) {
	l.open("A", "B")
	a, b := l.add("A", aHash), l.add("B", aHash)
	l.equal(l.raw(aHash), fmt.Sprintf(`{"matches":[%d,%d]}`, a, b))
	l.want(http.StatusOK, l.do("PUT", fmt.Sprint("/c/bank/A/content/", a), `{"disable_until_ts":0}`))
	l.equal(l.raw(aHash), fmt.Sprintf(`{"matches":[%d]}`, b))
	l.want(http.StatusOK, l.do("PUT", "/c/bank/B", `{"enabled":false}`))
	l.equal(l.raw(aHash), `{"matches":[]}`)
}

func bypass(l *lab) {
	l.want(http.StatusCreated, l.do("POST", "/c/banks", `{"name":"OFF","enabled_ratio":0}`))
	l.want(http.StatusOK, l.upload("/c/bank/OFF/content", "photo=@plain.png"))
	const hash = "5504146277302f21a25b8cf3e1cdc8f1a2db2a637fb0166a5585be9d3e67c1f8"
	for range 20 { // never by chance
		l.equal(l.lookup(hash, ""), `{}`)
	}
	for _, found := range []string{l.lookup(hash, "&bypass_coinflip=true"), l.lookup(hash, "&bypass_coinflip=1"),
		l.want(http.StatusOK, l.upload("/m/lookup?bypass_coinflip=TRUE", "photo=@plain.png"))} {
		if !strings.Contains(found, `"OFF"`) {
			l.t.Errorf("got %s", found)
		}
	}
	l.want(http.StatusOK, l.do("PUT", "/c/bank/OFF", `{"enabled_ratio":0.5}`))
	first, others := l.lookup(hash, "&seed=kettle"), 0
	for i := range 40 {
		l.equal(l.lookup(hash, "&seed=kettle"), first)
		if l.lookup(hash, fmt.Sprint("&seed=", i)) != first {
			others++
		}
	}
	if others == 0 || others == 40 {
		l.t.Errorf("of 40 seeds, %d flip otherwise than another", others)
	}
}

func typeOff(l *lab) {
	l.want(http.StatusNoContent, l.do("PUT", "/c/signal_type/pdq", `{"enabled_ratio":0}`))
	l.equal(l.want(http.StatusOK, l.upload("/h/hash", "photo=@plain.png")), `{}`)
	r := l.do("GET", "/m/lookup?signal_type=pdq&signal="+aHash, "")
	l.equal(l.want(http.StatusBadRequest, r), `{"message":"SignalType 'pdq' is not enabled"}`)
}

func foreignContent(l *lab) {
	l.open("A", "B")
	path := fmt.Sprint("/c/bank/B/content/", l.add("A", aHash))
	l.want(http.StatusNotFound, l.do("GET", path, ""))
	l.want(http.StatusNotFound, l.do("PUT", path, `{"disable_until_ts":0}`))
	l.equal(l.want(http.StatusOK, l.do("DELETE", path, "")), `{"deleted":0}`)
	l.want(http.StatusOK, l.do("GET", strings.Replace(path, "/B/", "/A/", 1), ""))
}

func upperCase(l *lab) {
	l.open("A")
	r := l.do("POST", "/c/bank/A/signal", `{"pdq":" `+strings.ToUpper(aHash)+` "}`)
	if text := l.want(http.StatusOK, r); !strings.Contains(text, `"`+aHash+`"`) {
		l.t.Errorf("stored as %s", text)
	}
	if !strings.Contains(l.lookup("%20"+strings.ToUpper(aHash), ""), `"A"`) {
		l.t.Error("upper case finds nothing")
	}
}

func smallUpload(l *lab) {
	// Of no bytes, this digest would be d41d8cd98f00b204e9800998ecf8427e.
	l.equal(l.want(http.StatusOK, l.upload("/h/hash", "video=@film.mp4")),
		`{"video_md5":"b6b84a296d086cf2cbfc67c776862042"}`)
}

func smallIndex(l *lab) {
	l.open("A")
	l.equal(l.lookup(aHash, ""), `{}`)
	a := l.add("A", aHash)
	l.equal(l.raw(aHash), fmt.Sprintf(`{"matches":[%d]}`, a))
	b := l.add("A", flipped(aHash, 31))
	l.equal(l.raw(aHash), fmt.Sprintf(`{"matches":[%d,%d]}`, a, b))
}

func enabledAlone(l *lab) {
	r := l.do("POST", "/c/banks", `{"name":"OFF","enabled":false}`)
	l.equal(l.want(http.StatusCreated, r), `{"name":"OFF","matching_enabled_ratio":0.0}`)
	for _, ratio := range []string{"1.01", "-1", `"NaN"`, `"inf"`, "1e400"} {
		l.want(http.StatusBadRequest, l.do("POST", "/c/banks", `{"name":"A","enabled_ratio":`+ratio+`}`))
		l.want(http.StatusBadRequest, l.do("PUT", "/c/bank/OFF", `{"enabled_ratio":`+ratio+`}`))
	}
}

func exchangeChanged(l *lab) {
	l.want(http.StatusCreated, l.do("POST", "/c/exchanges",
		`{"bank":"A","api":"fb_threatexchange","api_json":{"privacy_group":7}}`))
	l.equal(l.want(http.StatusOK, l.do("PUT", "/c/exchange/A", `{"enabled":"false"}`)),
		`{"api":"fb_threatexchange","enabled":false,"name":"A","privacy_group":7}`)
}

func lowQuality(l *lab) {
	l.open("A")
	r := l.upload("/h/hash", "photo=@flat.png")
	l.equal(l.want(http.StatusOK, r), `{"pdq":""}`)
	l.equal(r.header.Get("X-Tocsin-Quality"), "0")
	l.equal(l.want(http.StatusOK, l.upload("/m/lookup", "photo=@flat.png")), `{"pdq":{}}`)
	l.equal(l.want(http.StatusOK, l.do("GET", "/m/lookup?url="+l.site+"/flat.png", "")), `{"pdq":{}}`)
	text := l.want(http.StatusBadRequest, l.upload("/c/bank/A/content", "photo=@flat.png"))
	if !strings.Contains(text, "below 50") {
		l.t.Errorf("got %s", text)
	}
}

func badRecord(l *lab) {
	l.open("A")
	report, err := l.node.Flow.Import(l.t.Context(), node.Operator, "", flow.Import{Bank: "A",
		Format: tocsin.FormatLocalFile, Body: strings.NewReader("pdq kettle\npdq " + aHash + "\npdq 00")})
	check(l.t, err)
	if report.BadCount != 2 || report.Rows != 1 || !strings.Contains(l.lookup(aHash, ""), `"A"`) {
		l.t.Errorf("got %+v", report)
	}
}

func noRebuild(l *lab) {
	l.open("A")
	var load sync.WaitGroup
	stop := make(chan struct{})
	for range 2 {
		load.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					response, err := http.Get(l.base + "/m/lookup?signal_type=pdq&signal=" + aHash)
					if err == nil {
						_, _ = io.Copy(io.Discard, response.Body)
						response.Body.Close()
					}
				}
			}
		})
	}
	for i := range 20 {
		hash := flipped(strings.Repeat(fmt.Sprintf("%02x", 100+i), 32), i)
		path := fmt.Sprint("/c/bank/A/content/", l.add("A", hash))
		if !strings.Contains(l.lookup(hash, ""), `"distance":"0"`) {
			l.t.Errorf("hash %d is not found by the next request", i)
		}
		l.want(http.StatusOK, l.do("DELETE", path, ""))
		if strings.Contains(l.lookup(hash, ""), `"distance":"0"`) {
			l.t.Errorf("hash %d is found after it was taken back", i)
		}
	}
	close(stop)
	load.Wait()
}

func fetchedTwice(l *lab) {
	check(l.t, os.WriteFile(filepath.Join(l.files, "list.txt"), []byte("pdq "+aHash+"\n"), 0o600))
	l.want(http.StatusCreated, l.do("POST", "/c/exchanges",
		`{"bank":"A","api":"local_file","api_json":{"filename":"list.txt"}}`))
	var both sync.WaitGroup
	for range 4 {
		both.Go(func() { l.service.FetchAll(l.t.Context()) })
	}
	both.Wait()
	batches, _, err := l.node.Flow.Batches(l.t.Context(), node.Operator, "", 10)
	check(l.t, err)
	if len(batches) != 1 || batches[0].Status != tocsin.BatchActive {
		l.t.Errorf("got %d imports: %+v", len(batches), batches)
	}
	l.want(http.StatusOK, l.do("GET", "/m/lookup?signal_type=pdq&signal="+aHash, ""))
}

func oneShape(l *lab) {
	for _, request := range [][3]string{{"GET", "/nowhere"}, {"GET", "/h/hash"}, {"DELETE", "/c/banks"},
		{"GET", "/m/raw_lookup"}, {"POST", "/c/banks", `{"name":[]}`}, {"PUT", "/c/signal_type/pdq", "{"},
		{"GET", "/c/bank/NOWHERE"}, {"GET", "/c/bank/A/content/1%2F2"}, {"GET", "/c/../banks"}} {
		r := l.do(request[0], request[1], request[2])
		var body map[string]string
		if err := json.Unmarshal([]byte(r.body), &body); err != nil || len(body) != 1 || body["message"] == "" ||
			r.header.Get("Content-Type") != "application/json" || r.status < 400 || r.status > 499 {
			l.t.Errorf("%d %q", r.status, r.body)
		}
	}
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hma_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"tocsin/internal/bridge/hma"
)

// TestCoopSequence does what Coop's client does with HMA, in its order and spelling: it sends no header that
// says who it is, and its base address ends in a slash, so that every path begins with two.
func TestCoopSequence(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	coop := client{lab: l, base: l.base + "/"}
	const bank = "COOP_ORG1_GARDEN"

	coop.call("POST", "/c/banks", `{"name":"`+bank+`","enabled_ratio":"0.5"}`, nil)
	coop.call("PUT", "/c/bank/"+bank, `{"enabled_ratio":1}`, nil)
	coop.call("GET", "/c/bank/"+bank, "", nil)
	coop.call("POST", "/c/exchanges", `{"bank":"COOP_ORG1_SHARED","api":"tat","api_json":{}}`, nil)
	var apis []string
	coop.call("GET", "/c/exchanges/apis", "", &apis)
	for _, api := range apis {
		var auth map[string]bool
		coop.call("GET", "/c/exchanges/api/"+api, "", &auth)
		if _, ok := auth["supports_authentification"]; !ok || len(auth) != 2 {
			t.Errorf("%s: %v", api, auth)
		}
		coop.call("GET", "/c/exchanges/api/"+api+"/schema", "", &map[string]any{})
	}
	coop.call("POST", "/c/exchanges/api/tat", `{"credential_json":{"username":"garden","password":"kettle"}}`,
		nil)
	var exchange struct {
		API     string
		Enabled bool
	}
	coop.call("GET", "/c/exchange/COOP_ORG1_SHARED", "", &exchange)
	if exchange.API != "tat" || !exchange.Enabled {
		t.Errorf("exchange %+v", exchange)
	}
	var status map[string]any
	coop.call("GET", "/c/exchange/COOP_ORG1_SHARED/status", "", &status)
	for _, name := range []string{"last_fetch_succeeded", "last_fetch_complete_ts", "up_to_date",
		"fetched_items",
		"running_fetch_start_ts"} {
		if _, ok := status[name]; !ok {
			t.Errorf("the status lacks %s: %v", name, status)
		}
	}
	if r := coop.ask("GET", "/c/exchange/"+bank, ""); r.status != http.StatusNotFound {
		t.Errorf("a bank without exchange: %d", r.status)
	}

	query := url.Values{"url": {l.site + "/plain.png"}, "content_id": {"item-7"},
		"content_uri": {"https://board.example/7"},
		"metadata":    {`{"kettle":"black"}`}}
	var added struct {
		ID      int64
		Signals map[string]string
	}
	coop.call("POST", "/c/bank/"+bank+"/content?"+query.Encode(), "", &added)
	var again struct{ ID int64 }
	r := l.upload("//c/bank/"+bank+"/content", "photo=@plain.png", "content_id=item-7",
		"content_uri=https://board.example/7", `metadata={"kettle":"black"}`)
	if l.want(http.StatusOK, r); json.Unmarshal([]byte(r.body), &again) != nil || again.ID != added.ID {
		t.Errorf("uploaded as %d, added from its address as %d", again.ID, added.ID)
	}

	hashes := map[string]string{}
	coop.call("GET", "/h/hash?url="+url.QueryEscape(l.site+"/plain.png"), "", &hashes)
	for kind, hash := range hashes {
		var banks map[string][]struct {
			Content  int64 `json:"bank_content_id"`
			Distance string
		}
		coop.call("GET", "/m/lookup?signal_type="+kind+"&signal="+hash, "", &banks)
		if found := banks[bank]; len(found) != 1 || found[0].Content != added.ID || found[0].Distance != "0" {
			t.Errorf("%s is found as %v", kind, banks)
		}
	}
	// Of a picture that shows too little Coop asks without a hash, and drops it on a 400.
	if r := coop.ask("GET", "/m/lookup?signal_type=pdq", ""); r.status != http.StatusBadRequest {
		t.Errorf("a lookup without a hash: %d", r.status)
	}
	coop.call("DELETE", "/c/bank/"+bank, "", nil)
	if r := coop.ask("GET", "/c/bank/"+bank, ""); r.status != http.StatusNotFound {
		t.Errorf("a deleted bank: %d", r.status)
	}
	if strings.Contains(l.log.String(), l.token) {
		t.Error("the log holds the token")
	}
}

// client joins its base and paths as Coop does: by writing one after the other.
type client struct {
	*lab
	base string
}

func (c client) ask(method, path, body string) reply {
	c.t.Helper()
	if body == "" {
		return c.send(method, c.base+path, nil)
	}
	return c.send(method, c.base+path, []byte(body), "Content-Type", "application/json")
}

func (c client) call(method, path, body string, into any) {
	c.t.Helper()
	r := c.ask(method, path, body)
	if r.status < 200 || r.status > 299 {
		c.t.Fatalf("%s %s: %d %s", method, strings.ReplaceAll(path, c.token, "…"), r.status, r.body)
	}
	if into != nil {
		check(c.t, json.Unmarshal([]byte(r.body), into))
	}
}

// TestSlashesCountOnceAndNothingRedirects: a redirect would turn a POST into a GET, and repeat the token.
func TestSlashesCountOnceAndNothingRedirects(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	root := strings.TrimSuffix(l.base, hma.Base+"/"+l.token)
	for _, path := range []string{hma.Base + "//" + l.token + "/c/banks",
		hma.Base + "/" + l.token + "///c//banks/",
		hma.Base + "/" + l.token + "/c/banks/", "//compat//hma/" + l.token + "/c/banks"} {
		if !hma.Mine(path) {
			t.Errorf("a mux would redirect %s", strings.ReplaceAll(path, l.token, "…"))
		}
		r := l.send("GET", root+path, nil)
		if r.status != http.StatusOK || strings.TrimSpace(r.body) != "[]" || r.header.Get("Location") != "" {
			t.Errorf("%d %s %v", r.status, r.body, r.header)
		}
	}
	for _, path := range []string{"", "/", "/compat", "/compat/hmac/c", "/x/compat/hma/c", "/compat/hma2"} {
		if hma.Mine(path) {
			t.Errorf("%q is taken from others", path)
		}
	}
	r := l.send("GET", l.base, nil)
	if r.status != http.StatusOK || r.body != "I-AM-ALIVE" {
		t.Errorf("the base itself: %d %s", r.status, r.body)
	}
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"tocsin"
	"tocsin/internal/api"
	"tocsin/internal/flow"
)

// TestBadInputOfMatchingGetsATypedErrorAndChangesNothing goes on with the table for what matching takes.
func TestBadInputOfMatchingGetsATypedErrorAndChangesNothing(t *testing.T) {
	t.Parallel()
	l := newMatchingLab(t)
	l.bank("GARDENS")
	l.check(slices.Concat(l.badScreenings(), l.badForms(), l.badBanks(), l.badSignals(), l.badLists()))
}

const (
	badRequest = http.StatusBadRequest
	unfit      = http.StatusUnprocessableEntity
	absent     = http.StatusNotFound
)

func (l *lab) badScreenings() []badInput {
	post := func(name, body string, status int, code tocsin.Code, reason tocsin.Reason, at string) badInput {
		return badInput{name: "screen: " + name, method: "POST", path: "/screen", body: []byte(body),
			status: status, code: code, reason: reason, at: at}
	}
	many := func(n int) string {
		queries := make([]api.ScreenQuery, n)
		for i := range queries {
			queries[i].Text = canary
		}
		body, err := json.Marshal(api.ScreenBody{Assertion: "public", Queries: queries})
		check(l.t, err)
		return string(body)
	}
	const public = `{"assertion":"public",`
	return []badInput{
		post("oversize", strings.Repeat(" ", 8<<20+1), http.StatusRequestEntityTooLarge, "too_large",
			"too_large", ""),
		post("deep", string(nested(40)), badRequest, "invalid", "malformed", "body"),
		post("no body", "", badRequest, "invalid", "malformed", ""),
		post("no JSON", canary, badRequest, "invalid", "malformed", "body"),
		post("no query", public+`"queries":[]}`, unfit, "invalid", "missing", "body.queries"),
		post("queries left out", `{"assertion":"public"}`, unfit, "invalid", "missing", "body"),
		post("501 queries", many(flow.MostPieces+1), unfit, "invalid", "too_many", "body.queries"),
		post("a query that is a text", public+`"queries":["`+canary+`"]}`, unfit, "invalid", "format",
			"body.queries[0]"),
		post("a number for a value", public+`"queries":[{"type":"md5","value":7}]}`, unfit, "invalid", "format",
			"body.queries[0].value"),
		post("an unknown member", public+`"queries":[{"text":"x","author":"`+canary+`"}]}`, unfit, "invalid",
			"unknown_member", "body.queries[0].author"),
		post("an unknown bank", public+`"queries":[{"text":"x"}],"banks":["`+canary+`"]}`, unfit, "invalid",
			"unknown_value", "body.banks"),
		post("an item that is an address", public+`"queries":[{"text":"x","item":"https://`+canary+`/"}]}`, unfit,
			"invalid", "format", "body.queries[0].item"),
		post("NUL in a text", public+`"queries":[{"text":"\u0000`+canary+`"}]}`, badRequest, "invalid", "malformed",
			"body"),
		post("nothing asserted", `{"queries":[{"text":"`+canary+`"}]}`, http.StatusForbidden, "forbidden",
			"item_not_public", ""),
		{name: "screen: another media type", method: "POST", path: "/screen", body: []byte(canary),
			headers: []string{"Authorization", "Bearer " + l.token, "Content-Type", "text/plain"},
			status:  http.StatusUnsupportedMediaType, code: "unsupported", reason: "media_type"},
		{name: "screen: another method", method: "GET", path: "/screen", status: http.StatusMethodNotAllowed,
			code: "unsupported", reason: "method_not_allowed"},
	}
}

func (l *lab) badForms() []badInput {
	raw := func(name string, body []byte, kind string, status int, code tocsin.Code, reason tocsin.Reason,
		at string) badInput {
		return badInput{name: "form: " + name, method: "POST", path: "/screen", body: body, status: status,
			code: code, reason: reason, at: at,
			headers: []string{"Authorization", "Bearer " + l.token, "Content-Type", kind}}
	}
	form := func(name string, parts []field, status int, code tocsin.Code, reason tocsin.Reason,
		at string) badInput {
		body, kind := formBody(l.t, parts)
		return raw(name, body, kind, status, code, reason, at)
	}
	files := fields("assertion", "public")
	for range 51 {
		files = append(files, fields("file", "x")...)
	}
	var many []field
	for range 251 {
		many = append(many, fields("banks", "GARDENS")...)
	}
	whole, kind := formBody(l.t, fields("assertion", "public", "file", canary))
	const malformed, invalid = "malformed", "invalid"
	return []badInput{
		form("no file", fields("assertion", "public"), unfit, invalid, "missing", "body.file"),
		form("nothing at all", nil, unfit, invalid, "missing", "body.file"),
		form("51 files", files, unfit, invalid, "too_many", "body.file"),
		form("many fields", many, unfit, invalid, "too_many", ""),
		form("an unknown field", fields("author", canary), unfit, invalid, "unknown_member", ""),
		form("a long field", fields("seed", strings.Repeat(canary, 300)), unfit, invalid, "too_long", ""),
		form("a field that is no text", fields("banks", "\xff"+canary), unfit, invalid, "not_text", ""),
		form("every in words", fields("every", canary), unfit, invalid, "unknown_value", "body.every"),
		form("a field after a file", fields("assertion", "public", "file", "x", "seed", canary), unfit, invalid,
			"format", ""),
		form("an item that is an address", fields("assertion", "public", "item", "https://"+canary, "file", "x"),
			unfit, "invalid", "format", "body.item"),
		form("an unknown bank", fields("assertion", "public", "banks", canary, "file", "x"), unfit, invalid,
			"unknown_value", "body.banks"),
		form("nothing asserted", fields("file", canary), http.StatusForbidden, "forbidden", "item_not_public", ""),
		raw("cut short", whole[:len(whole)-20], kind, unfit, invalid, malformed, ""),
		raw("another boundary", whole, "multipart/form-data; boundary=kettle", unfit, invalid, "missing",
			"body.file"),
		raw("no boundary", whole, "multipart/form-data", unfit, invalid, malformed, ""),
		raw("too much in all", tooMuch(l), "multipart/form-data; boundary=kettle", http.StatusRequestEntityTooLarge,
			"too_large", "too_large", ""),
	}
}

// tooMuch is a form whose files are larger than the whole may be, though each would be refused by itself.
func tooMuch(l *lab) []byte {
	var b bytes.Buffer
	part := func(name, content string) {
		fmt.Fprintf(&b, "--kettle\r\nContent-Disposition: form-data; name=%q\r\n\r\n%s\r\n", name, content)
	}
	part("assertion", "public")
	large := strings.Repeat("k", 65<<20)
	part("file", large)
	part("file", large)
	return b.Bytes()
}

func (l *lab) badBanks() []badInput {
	send := func(method, name, path, body string, status int, code tocsin.Code, reason tocsin.Reason,
		at string) badInput {
		return badInput{name: "bank: " + name, method: method, path: path, body: []byte(body), status: status,
			code: code, reason: reason, at: at}
	}
	open := func(name, body string, reason tocsin.Reason, at string) badInput {
		return send("POST", name, "/banks", body, unfit, "invalid", reason, at)
	}
	const good = `{"name":"KETTLES","polarity":"positive","marking":"green"`
	return []badInput{
		open("a name in lower case", `{"name":"`+canary+`","polarity":"positive","marking":"green"}`, "format",
			"body.name"),
		open("no marking", `{"name":"KETTLES","polarity":"positive"}`, "missing", "body"),
		open("an unknown polarity", `{"name":"KETTLES","polarity":"`+canary+`","marking":"green"}`, "unknown_value",
			"body.polarity"),
		open("more than every query", good+`,"enabled":1.5}`, "format", "body.enabled"),
		open("a threshold of no type", good+`,"thresholds":[{"type":"`+canary+`","distance":1}]}`, "unknown_value",
			"body.thresholds"),
		open("a threshold that cannot be served", good+`,"thresholds":[{"type":"pdq","distance":200}]}`, "format",
			"body.thresholds"),
		send("POST", "a name that is taken", "/banks", `{"name":"GARDENS","polarity":"positive","marking":"green"}`,
			http.StatusConflict, "conflict", "duplicate", ""),
		send("PUT", "another polarity", "/banks/GARDENS",
			`{"name":"GARDENS","polarity":"negative","marking":"green"}`, unfit, "invalid",
			"unknown_value", "body.polarity"),
		send("GET", "unknown", "/banks/"+canary, "", absent, "not_found", "unknown_record", ""),
		send("PUT", "an unknown one changed", "/banks/"+canary, good+"}", absent, "not_found",
			"unknown_record", ""),
		send("POST", "closed without reasons", "/banks/GARDENS/closure", "{}", unfit, "invalid", "missing", "body"),
		send("GET", "unknown parameter", "/banks?author=1", "", unfit, "invalid", "unknown_member", "query.author"),
	}
}

func (l *lab) badSignals() []badInput {
	post := func(name, path, body string, status int, code tocsin.Code, reason tocsin.Reason,
		at string) badInput {
		return badInput{name: "signal: " + name, method: "POST", path: path, body: []byte(body), status: status,
			code: code, reason: reason, at: at}
	}
	const add, value = "/banks/GARDENS/signals", `"value":"abababababababababababababababab"`
	const ref = `{"bank":"GARDENS","type":"md5",` + value
	return []badInput{
		post("of no type", add, `{"type":"smell","value":"`+canary+`"}`, unfit, "invalid", "unknown_value",
			"body.type"),
		post("a value of another type", add, `{"type":"md5","value":"`+canary+`"}`, unfit, "invalid", "length",
			"body.value"),
		post("a number for a value", add, `{"type":"md5","value":7}`, unfit, "invalid", "format", "body.value"),
		post("surer than sure", add, `{"type":"md5",`+value+`,"confidence":101}`, unfit, "invalid", "format",
			"body.confidence"),
		post("over before it began", add, `{"type":"md5",`+value+`,"until":"2020-01-01T00:00:00Z"}`, unfit,
			"invalid", "format", "body.until"),
		post("of an unknown bank", "/banks/"+canary+"/signals", `{"type":"md5",`+value+`}`, absent, "not_found",
			"unknown_record", ""),
		post("disabled, not there", "/signals/disabling", ref+`}`, absent, "not_found", "unknown_record", ""),
		post("retracted without reasons", "/signals/retraction", ref+`}`, unfit, "invalid", "missing", "body"),
		post("an unknown view", "/signals/opinion", ref+`,"view":"`+canary+`"}`, unfit, "invalid", "unknown_value",
			"body.view"),
		post("no reference", "/signals/enabling", `{}`, unfit, "invalid", "unknown_value", "body.type"),
		post("an id of another kind", "/signals/enabling", `{"id":"`+canary+`"}`, absent, "not_found",
			"unknown_record", ""),
		post("looked up in an unknown bank", "/signals/lookup", `{"bank":"`+canary+`","type":"md5",`+value+`}`,
			absent, "not_found", "unknown_record", ""),
		{name: "signal: unknown", method: "GET", path: "/signals/" + canary, status: absent, code: "not_found",
			reason: "unknown_record"},
	}
}

func (l *lab) badLists() []badInput {
	post := func(name, path, body string, status int, code tocsin.Code, reason tocsin.Reason,
		at string) badInput {
		return badInput{name: "list: " + name, method: "POST", path: path, body: []byte(body), status: status,
			code: code, reason: reason, at: at}
	}
	get := func(name, path string, status int, code tocsin.Code, reason tocsin.Reason, at string) badInput {
		return badInput{name: "list: " + name, method: "GET", path: path, status: status, code: code,
			reason: reason, at: at}
	}
	const to = "/banks/GARDENS/imports?format="
	return []badInput{
		post("no format", "/banks/GARDENS/imports", canary, unfit, "invalid", "missing", "query.format"),
		post("an unknown format", to+canary, "x", unfit, "invalid", "unknown_value", "query.format"),
		post("of an unknown bank", "/banks/"+canary+"/imports?format=csv", "x", absent, "not_found",
			"unknown_record", ""),
		post("CSV without a header", to+"csv", canary+"\n", unfit, "invalid", "header", "body"),
		post("no time", to+"csv&until="+canary, "x", unfit, "invalid", "format", "query.until"),
		post("an unknown marking", to+"local_file&marking="+canary, "md5 abababababababababababababababab\n", unfit,
			"invalid", "unknown_value", "query.marking"),
		post("broken off", to+"tat", `{"results":[{"hash_digest":"`, unfit, "invalid", "truncated", "body"),
		post("withdrawn, not there", "/imports/"+canary+"/withdrawal", `{"reasons":"x"}`, absent, "not_found",
			"unknown_record", ""),
		get("a bad cursor", "/imports?after="+canary, unfit, "invalid", "format", "query.after"),
		get("exported from an unknown bank", "/banks/"+canary+"/signals?format=csv", absent, "not_found",
			"unknown_record", ""),
		get("exported in no format", "/banks/GARDENS/signals", unfit, "invalid", "missing", "query.format"),
	}
}

func FuzzFormIsReadWithinItsLimits(f *testing.F) {
	for _, parts := range [][]field{nil, fields("assertion", "public", "file", "kettle"), fields("file", ""),
		fields("assertion", "reported", "banks", "A", "every", "true", "file", "x", "file", "y")} {
		var b bytes.Buffer
		for _, p := range parts {
			fmt.Fprintf(&b, "--k\r\nContent-Disposition: form-data; name=%q\r\n\r\n%s\r\n", p.name, p.value)
		}
		f.Add([]byte(b.String() + "--k--\r\n"))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		largest, files, err := api.ReadForm(bytes.NewReader(body), "k")
		if largest > api.MaxFile || files > 50 {
			t.Errorf("held %d bytes of %d files", largest, files)
		}
		if err != nil && tocsin.CodeOf(err) == tocsin.CodeInternal {
			t.Errorf("no answer for the sender: %v", err)
		}
	})
}

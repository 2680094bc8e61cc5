// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"tocsin"
	"tocsin/internal/api"
)

// canary stands in every text of a bad request, and must come back in no answer and no log line.
const canary = "kettle-canary-7f3a"

// badInput is one request that must be refused.
type badInput struct {
	name         string
	method, path string
	body         []byte
	headers      []string // instead of a good key
	status       int
	code         tocsin.Code
	reason       tocsin.Reason
	at           string // location of the first wrong member
}

// TestBadInputGetsATypedErrorAndChangesNothing is the table of everything a machine can get wrong.
func TestBadInputGetsATypedErrorAndChangesNothing(t *testing.T) {
	t.Parallel()
	l := newLab(t).withDirectory()
	d := l.draft("FR-1")
	cases := slices.Concat(l.badBodies(), l.badOrders(d), l.badPlaces(d), l.badKeys(), l.badDirectories())
	l.check(cases)
}

// check sends each request and sees that it is refused as it must be.
func (l *lab) check(cases []badInput) {
	before := l.head()
	for _, c := range cases {
		l.t.Run(c.name, func(t *testing.T) {
			headers := c.headers
			if headers == nil {
				headers = []string{"Authorization", "Bearer " + l.token}
			}
			r := l.sendRaw(c.method, c.path, c.body, headers...)
			p := r.problem(t)
			if r.status != c.status || p.Code != c.code || p.Reason != c.reason {
				t.Errorf("status %d, code %q, reason %q; want %d, %q, %q: %s", r.status, p.Code, p.Reason, c.status,
					c.code,
					c.reason, r.body)
			}
			if c.at != "" && (len(p.Errors) == 0 || p.Errors[0].Location != c.at) {
				t.Errorf("location %+v, want %s", p.Errors, c.at)
			}
			if bytes.Contains(r.body, []byte(canary)) {
				t.Errorf("the answer quotes the request: %s", r.body)
			}
			if after := l.head(); after != before {
				t.Errorf("the journal grew from %d to %d", before.Seq, after.Seq)
			}
		})
	}
	if strings.Contains(l.log.String(), canary) {
		l.t.Errorf("the log quotes a request: %s", l.log)
	}
}

func (l *lab) badBodies() []badInput {
	order, err := json.Marshal(gardenOrder("FR-7"))
	check(l.t, err)
	with := func(old, by string) []byte {
		out := bytes.Replace(order, []byte(old), []byte(by), 1)
		if bytes.Equal(out, order) {
			l.t.Fatalf("the order holds no %s", old)
		}
		return out
	}
	post := func(name string, body []byte, status int, code tocsin.Code, reason tocsin.Reason,
		at string) badInput {
		return badInput{name: name, method: "POST", path: "/orders", body: body, status: status, code: code,
			reason: reason, at: at}
	}
	const malformed, schema = http.StatusBadRequest, http.StatusUnprocessableEntity
	text := "The picture of the garden"
	return []badInput{
		post("oversize", bytes.Repeat([]byte(" "), api.MaxBody+1), http.StatusRequestEntityTooLarge, "too_large",
			"too_large", ""),
		post("oversize text", with(text, strings.Repeat(canary, 500)), schema, "invalid", "too_long",
			"body.reasons"),
		post("deep", nested(40), malformed, "invalid", "malformed", "body"),
		post("deep beyond the stack", nested(100_000), malformed, "invalid", "malformed", "body"),
		post("no body", nil, malformed, "invalid", "malformed", ""),
		post("no JSON", []byte(canary), malformed, "invalid", "malformed", "body"),
		post("trailing garbage", append(slices.Clone(order), canary...), malformed, "invalid", "malformed", "body"),
		post("a second value", append(slices.Clone(order), order...), malformed, "invalid", "malformed", "body"),
		post("a name twice", with(`{"id"`, `{"id":"`+canary+`","id"`), malformed, "invalid", "malformed", "body"),
		post("invalid UTF-8", with(text, "\xff\xfe"+canary), malformed, "invalid", "malformed", "body"),
		post("lone surrogate", with(text, `\ud800`+canary), malformed, "invalid", "malformed", "body"),
		post("NUL", with(text, `\u0000`+canary), malformed, "invalid", "malformed", "body"),
		post("control character", with(text, `\u001b`+canary), malformed, "invalid", "malformed", "body"),
		post("an array", []byte("["+`"`+canary+`"`+"]"), schema, "invalid", "format", "body"),
		post("null", []byte("null"), schema, "invalid", "format", "body"),
		post("number for text", with(`"FR-7"`, "7"), schema, "invalid", "format", "body.annex_i.a.reference"),
		post("text for an object", with(`"b":{`, `"b":"`+canary+`","x":{`), schema, "invalid", "format",
			"body.annex_i.b"),
		post("no date", with(`"date":"0001-01-01T00:00:00Z"`, `"date":"`+canary+`"`), schema, "invalid", "format",
			"body.annex_i.e.date"),
		post("unknown member", with(`{"id"`, `{"ploy":"`+canary+`","id"`), schema, "invalid", "unknown_member",
			"body.ploy"),
		post("member in another case", with(`"reasons"`, `"Reasons"`), schema, "invalid", "format", "body"),
		post("unspeakable member", with(`{"id"`, `{"`+canary+` `+canary+`":1,"id"`), schema, "invalid",
			"unknown_member", "body"),
	}
}

func (l *lab) badOrders(d api.Drafted) []badInput {
	encode := func(v any) []byte {
		b, err := json.Marshal(v)
		check(l.t, err)
		return b
	}
	post := func(name string, change func(*tocsin.Order), status int, code tocsin.Code, reason tocsin.Reason,
		at string) badInput {
		o := gardenOrder("FR-8")
		o.Annex.Content.Information = canary
		change(&o)
		return badInput{name: name, method: "POST", path: "/orders", body: encode(o), status: status, code: code,
			reason: reason, at: at}
	}
	revise := func(name string, version int64, o tocsin.Order, status int, code tocsin.Code,
		reason tocsin.Reason, at string) badInput {
		return badInput{name: name, method: "PUT", path: "/orders/issued/" + string(d.ID), status: status,
			code:   code,
			reason: reason, at: at, body: encode(api.RevisionBody{Version: version, Order: o})}
	}
	const invalid, conflict = http.StatusUnprocessableEntity, http.StatusConflict
	withdraw := "/orders/issued/" + string(d.ID) + "/withdrawal"
	return []badInput{
		post("unknown party", func(o *tocsin.Order) { o.Annex.Heading.Addressee = canary }, invalid, "invalid",
			"unknown_party", "body.annex_i.a.addressee"),
		post("a party that is no host", func(o *tocsin.Order) { o.Annex.Heading.Addressee = authority }, invalid,
			"invalid",
			"unknown_party", "body.annex_i.a.addressee"),
		post("duplicate reference", func(o *tocsin.Order) { o.Annex.Heading.Reference = "FR-1" }, conflict,
			"conflict",
			"duplicate_reference", "body.annex_i.a.reference"),
		post("no reasons", func(o *tocsin.Order) { o.Reasons = "" }, invalid, "invalid", "missing", "body.reasons"),
		post("no exemption considered", func(o *tocsin.Order) { o.Exemptions.Considered = nil }, invalid, "invalid",
			"exemption_assessment_missing", "body.exemption_assessment.considered"),
		post("a whole site", func(o *tocsin.Order) { o.Annex.Content.Addresses[0].URL = "https://board.example/" },
			invalid,
			"invalid", "gate_stopped", ""),
		post("no address", func(o *tocsin.Order) { o.Annex.Content.Addresses = nil }, invalid, "invalid", "missing",
			"body.annex_i.b.addresses"),
		revise("stale version", d.Version+7, gardenOrder("FR-1"), conflict, "conflict", "stale_version", ""),
		revise("version zero", 0, gardenOrder("FR-1"), invalid, "invalid", "format", "body.version"),
		revise("revision without reasons", d.Version, tocsin.Order{}, invalid, "invalid", "unknown_party",
			"body.order.annex_i.a.addressee"),
		{name: "withdrawal of a draft", method: "POST", path: withdraw,
			body:   encode(api.ReasonsBody{Reasons: canary}),
			status: conflict, code: "conflict", reason: "wrong_state"},
		{name: "withdrawal without reasons", method: "POST", path: withdraw, body: []byte("{}"), status: invalid,
			code: "invalid", reason: "missing", at: "body"},
		{name: "idempotency key of another form", method: "POST", path: "/orders",
			body:    encode(gardenOrder("FR-9")),
			headers: []string{"Authorization", "Bearer " + l.token, "Idempotency-Key", canary + " " + canary},
			status:  invalid, code: "invalid", reason: "format", at: "header.Idempotency-Key"},
		{name: "another media type", method: "POST", path: "/orders", body: encode(gardenOrder("FR-9")),
			headers: []string{"Authorization", "Bearer " + l.token, "Content-Type", "text/" + canary},
			status:  http.StatusUnsupportedMediaType, code: "unsupported", reason: "media_type"},
		{name: "unknown duty", method: "POST", path: "/people",
			body:   encode(api.InviteBody{Name: canary, Duties: []tocsin.Duty{canary}}),
			status: invalid, code: "invalid", reason: "unknown_value", at: "body.duties"},
		{name: "erasure for a reason in words", method: "POST", path: "/records/" + string(d.ID) + "/erasure",
			body: encode(api.ErasureBody{Reason: "because " + canary}), status: invalid, code: "invalid",
			reason: "format",
			at:     "body.reason"},
	}
}

func (l *lab) badPlaces(d api.Drafted) []badInput {
	get := func(name, path string, status int, code tocsin.Code, reason tocsin.Reason, at string) badInput {
		return badInput{name: name, method: "GET", path: path, status: status, code: code, reason: reason, at: at}
	}
	const invalid, absent = http.StatusUnprocessableEntity, http.StatusNotFound
	unknown := string(tocsin.NewRecordID(tocsin.KindIssuedOrder))
	return []badInput{
		get("unknown id", "/orders/issued/"+unknown, absent, "not_found", "unknown_record", ""),
		get("no id at all", "/orders/issued/"+canary, absent, "not_found", "unknown_record", ""),
		get("id of another kind", "/orders/received/"+string(d.ID), absent, "not_found", "unknown_record", ""),
		get("bad cursor", "/orders?kind=issued_order&after="+canary, invalid, "invalid", "format", "query.after"),
		get("bad kind", "/orders?kind="+canary, invalid, "invalid", "unknown_value", "query.kind"),
		get("no kind", "/orders", invalid, "invalid", "missing", "query.kind"),
		get("limit of none", "/orders?kind=issued_order&limit=0", invalid, "invalid", "format", "query.limit"),
		get("limit in words", "/orders?kind=issued_order&limit="+canary, invalid, "invalid", "format",
			"query.limit"),
		get("unknown parameter", "/orders?kind=issued_order&author=1", invalid, "invalid", "unknown_member",
			"query.author"),
		get("parameter twice", "/orders?kind=issued_order&kind=item", invalid, "invalid", "duplicate", ""),
		get("NUL in the query", "/search?q=%00"+canary, invalid, "invalid", "not_text", ""),
		get("no UTF-8 in the path", "/items/%ff"+canary, invalid, "invalid", "not_text", ""),
		get("broken query", "/search?q=%zz", invalid, "invalid", "format", ""),
		get("search for nothing", "/search?q=%2f", invalid, "invalid", "missing", "query.q"),
		get("unknown path", "/"+canary, absent, "not_found", "unknown_path", ""),
		{name: "another method", method: "DELETE", path: "/orders", status: http.StatusMethodNotAllowed,
			code: "unsupported", reason: "method_not_allowed"},
		{name: "approval", method: "POST", path: "/orders/issued/" + string(d.ID) + "/approval", body: []byte("{}"),
			status: absent, code: "not_found", reason: "unknown_path"},
		{name: "information to an unknown host", method: "POST", path: "/hosts/" + canary + "/information",
			status: absent,
			code:   "not_found", reason: "unknown_party"},
		{name: "unknown job", method: "POST", path: "/jobs/999/rerun", status: absent, code: "not_found",
			reason: "unknown_record"},
	}
}

func (l *lab) badKeys() []badInput {
	order, err := json.Marshal(gardenOrder("FR-9"))
	check(l.t, err)
	reader, revoked := l.newKey("reader", "order.read"), l.newKey("revoked", "order.draft")
	check(l.t, l.ring.RevokeServiceKey("revoked"))
	post := func(name string, status int, code tocsin.Code, reason tocsin.Reason, headers ...string) badInput {
		return badInput{name: name, method: "POST", path: "/orders", body: order, headers: headers, status: status,
			code: code, reason: reason}
	}
	const unauthenticated = http.StatusUnauthorized
	return []badInput{
		post("no key", unauthenticated, "unauthenticated", "service_key_missing", "X-Other", "1"),
		post("another scheme", unauthenticated, "unauthenticated", "service_key_missing", "Authorization",
			"Basic "+canary),
		post("malformed key", unauthenticated, "unauthenticated", "service_key_unknown", "Authorization",
			"Bearer "+canary),
		post("unknown key", unauthenticated, "unauthenticated", "service_key_unknown", "Authorization",
			"Bearer "+tocsin.NewToken("tsk")),
		post("revoked key", unauthenticated, "unauthenticated", "service_key_unknown", "Authorization",
			"Bearer "+revoked),
		post("key of another scope", http.StatusForbidden, "forbidden", "role", "Authorization", "Bearer "+reader),
		{name: "copies with a key for orders", method: "GET", path: "/orders?kind=order_copy",
			status: http.StatusForbidden,
			code:   "forbidden", reason: "role", headers: []string{"Authorization", "Bearer " + reader}},
		{name: "unknown path without a key", method: "GET", path: "/" + canary, headers: []string{"X-Other", "1"},
			status: unauthenticated, code: "unauthenticated", reason: "service_key_missing"},
	}
}

func (l *lab) badDirectories() []badInput {
	foreign, foreignKey := newPublisher(l.t)
	post := func(name string, f api.DirectoryFile, status int, code tocsin.Code, reason tocsin.Reason,
		at string) badInput {
		body, err := json.Marshal(f)
		check(l.t, err)
		return badInput{name: name, method: "POST", path: "/directory", body: body, status: status, code: code,
			reason: reason, at: at}
	}
	unpinned := l.file(l.directory(2), foreign)
	unpinned.Publishers = []api.PublisherKey{foreignKey}
	altered := l.file(l.directory(2), l.publisher)
	altered.Directory.Payload = bytes.Replace(altered.Directory.Payload, []byte("Garden board"),
		[]byte("Kettle board"), 1)
	without := l.directory(2)
	without.Parties = without.Parties[1:]
	demonstration := l.directory(2)
	demonstration.Demonstration = true
	none := l.file(l.directory(2), l.publisher)
	none.Publishers = []api.PublisherKey{}
	return []badInput{
		post("directory of an unpinned publisher", unpinned, http.StatusForbidden, "forbidden", "wrong_key", ""),
		post("directory under another's name", l.file(l.directory(2), foreign), http.StatusForbidden, "forbidden",
			"altered", ""),
		post("directory altered", altered, http.StatusForbidden, "forbidden", "altered", ""),
		post("directory that is not newer", l.file(l.directory(1), l.publisher), http.StatusConflict, "conflict",
			"stale_version", ""),
		post("directory without this node", l.file(without, l.publisher), http.StatusUnprocessableEntity, "invalid",
			"unknown_party", ""),
		post("demonstration directory", l.file(demonstration, l.publisher), http.StatusForbidden, "forbidden",
			"demonstration_only", ""),
		post("no publisher's key", none, http.StatusUnprocessableEntity, "invalid", "format", "body.publishers"),
	}
}

// TestInternalErrorTellsNothing breaks the database under a running node.
func TestInternalErrorTellsNothing(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.close()
	r := l.send("GET", "/orders?kind=issued_order", nil)
	if p := r.problem(t); p.Status != 500 || p.Code != "internal" || p.Reason != "" || strings.Contains(p.Detail,
		"sql") {
		t.Errorf("problem %+v", p)
	}
}

func FuzzDecodeTakesOneStrictValue(f *testing.F) {
	for _, seed := range [][]byte{[]byte(`{"reasons":"x"}`), []byte(`{"reasons":1}`), []byte("{}{}"), nested(20),
		[]byte("\xff"),
		[]byte(`{"reasons":"\u0000"}`), []byte(`{"reasons":"a","reasons":"b"}`)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var out api.ReasonsBody
		if api.Decode(data, &out) != nil {
			return
		}
		if strings.ContainsRune(out.Reasons, 0) || !json.Valid(data) {
			t.Errorf("took %q", data)
		}
	})
}

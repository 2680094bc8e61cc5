// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"tocsin"
	"tocsin/internal/softkey"
)

// person uses a console over HTTP with a software authenticator, as a browser without any of our scripts
// would.
type person struct {
	t      testing.TB
	url    string
	client *http.Client
	key    *softkey.Credential
}

func (w *world) person(at tocsin.PartyID) *person {
	w.t.Helper()
	jar, err := cookiejar.New(nil)
	check(w.t, err)
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		_, port, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		var d net.Dialer
		return d.DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port))
	}
	transport := &http.Transport{DialContext: dial}
	w.t.Cleanup(transport.CloseIdleConnections)
	return &person{t: w.t, url: w.nodes[at].url, client: &http.Client{Jar: jar, Transport: transport}}
}

// enrolled is a person of some duties who has enrolled and is signed in.
func (w *world) enrolled(at tocsin.PartyID, name string, duties ...tocsin.Duty) *person {
	w.t.Helper()
	p := w.person(at)
	p.enrol(w.invite(at, name, duties...), name)
	return p
}

// answer is what came back, after redirects.
type answer struct {
	status int
	header http.Header
	path   string // where it came from
	body   string
}

func (p *person) do(req *http.Request) answer {
	p.t.Helper()
	resp, err := p.client.Do(req)
	check(p.t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	check(p.t, err)
	a := answer{resp.StatusCode, resp.Header, resp.Request.URL.RequestURI(), string(body)}
	if missing := unknownMessage.FindString(a.body); missing != "" {
		p.t.Errorf("%s shows a message that no catalogue has: %s", a.path, missing)
	}
	return a
}

// unknownMessage is how a message shows itself that no catalogue has.
var unknownMessage = regexp.MustCompile(`\[(?:console|time|date)\.[^\]]*\]`)

func (p *person) request(method, path string, body io.Reader) *http.Request {
	p.t.Helper()
	if strings.HasPrefix(path, "/") {
		path = p.url + path
	}
	req, err := http.NewRequestWithContext(context.Background(), method, path, body)
	check(p.t, err)
	return req
}

func (p *person) get(path string) answer {
	p.t.Helper()
	return p.do(p.request("GET", path, nil))
}

func (p *person) post(path string, form url.Values) answer {
	p.t.Helper()
	req := p.request("POST", path, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return p.do(req)
}

// call posts JSON as the console's script does.
func (p *person) call(path string, body any) answer {
	p.t.Helper()
	b, err := json.Marshal(body)
	check(p.t, err)
	req := p.request("POST", path, bytes.NewReader(b))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	return p.do(req)
}

// options are what a ceremony's begin asks a browser for.
type options struct {
	PublicKey struct {
		Challenge string `json:"challenge"`
		RPID      string `json:"rpId"`
		RP        struct {
			ID string `json:"id"`
		} `json:"rp"`
		User struct {
			ID string `json:"id"`
		} `json:"user"`
		AllowCredentials []struct {
			ID string `json:"id"`
		} `json:"allowCredentials"`
		UserVerification string `json:"userVerification"`
	} `json:"publicKey"`
}

func (p *person) begin(path string, body any) options {
	p.t.Helper()
	a := p.call(path, body)
	if a.status != http.StatusOK {
		p.t.Fatalf("%s: %d %s", path, a.status, a.body)
	}
	var o options
	check(p.t, json.Unmarshal([]byte(a.body), &o))
	return o
}

func decode(t testing.TB, text string) []byte {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(text)
	check(t, err)
	return b
}

func (p *person) enrol(link, name string) {
	p.t.Helper()
	if a := p.get(link); a.status != http.StatusOK || a.path != "/enrol" {
		p.t.Fatalf("enrolment page: %d at %s", a.status, a.path)
	}
	if a := p.finishEnrolment(name); a.status != http.StatusOK {
		p.t.Fatalf("enrol: %d %s", a.status, a.body)
	}
}

func (p *person) finishEnrolment(name string) answer {
	p.t.Helper()
	o := p.begin("/enrol/begin", map[string]string{"name": name})
	var err error
	p.key, err = softkey.New(rand.Reader, softkey.ES256, o.PublicKey.RP.ID, decode(p.t, o.PublicKey.User.ID))
	check(p.t, err)
	made, err := p.key.Register(softkey.Ceremony{Challenge: decode(p.t, o.PublicKey.Challenge), Origin: p.url})
	check(p.t, err)
	return p.call("/enrol/finish", map[string]any{"name": name, "credential": made})
}

func (p *person) assert(o options) softkey.Assertion {
	p.t.Helper()
	a, err := p.key.Assert(softkey.Ceremony{Challenge: decode(p.t, o.PublicKey.Challenge), Origin: p.url})
	check(p.t, err)
	return a
}

func (p *person) signIn() answer {
	p.t.Helper()
	o := p.begin("/sign-in/begin", map[string]string{})
	return p.call("/sign-in/finish", map[string]any{"credential": p.assert(o), "to": "/"})
}

// sign gives the signature an order needs next.
func (p *person) sign(order string) answer {
	p.t.Helper()
	o := p.begin(order+"/sign/begin", map[string]string{})
	return p.call(order+"/sign/finish", map[string]any{"credential": p.assert(o)})
}

// gardenForm is a complete draft.
func gardenForm(reference string, addresses ...string) url.Values {
	form := url.Values{
		"annex_i.a.addressee":            {string(host)},
		"annex_i.a.reference":            {reference},
		"annex_i.b.categories":           {string(tocsin.CategoryIncites)},
		"annex_i.e.type":                 {string(tocsin.AuthorityJudicial)},
		"annex_i.e.name":                 {"Test authority"},
		"annex_i.e.file_number":          {"F-1"},
		"annex_i.f.feedback":             {"Registry, at any hour"},
		"annex_i.g.body":                 {"Test court"},
		"annex_i.g.deadline":             {"Two months from receipt"},
		"reasons":                        {"The picture of the garden is only a test of this exchange."},
		"exemption_assessment.rationale": {"A garden picture made for tests."},
		"do":                             {"save"},
	}
	for _, e := range tocsin.Exemptions() {
		form.Add("exemption_assessment.considered", string(e))
	}
	for _, a := range addresses {
		form.Add("annex_i.b.addresses.url", a)
	}
	return form
}

// draft stores a draft and gives its address.
func (p *person) draft(form url.Values) string {
	p.t.Helper()
	a := p.post("/orders", form)
	if a.status != http.StatusOK || !strings.HasPrefix(a.path, "/orders/ord_") {
		p.t.Fatalf("draft: %d at %s: %s", a.status, a.path, words(a.body))
	}
	return a.path
}

var tags = regexp.MustCompile(`<[^>]*>`)

// words is a page without its markup, short enough for a failure message.
func words(body string) string {
	if at := strings.Index(body, "<main"); at >= 0 {
		body = body[at:]
	}
	text := strings.Join(strings.Fields(tags.ReplaceAllString(body, " ")), " ")
	return text[:min(len(text), 600)]
}

// confirmed is the last step of an action without text.
var confirmed = url.Values{"step": {"confirm"}}

// confirmedWith is the last step of an action with its text.
func confirmedWith(text string) url.Values { return url.Values{"step": {"confirm"}, "text": {text}} }

// unprocessable is how a form that breaks a rule is answered.
const unprocessable = http.StatusUnprocessableEntity

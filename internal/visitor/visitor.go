// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package visitor is a person at a node's console, over HTTP: with cookies, forms and a passkey of software. The
// benchmarks use it, and tests of many people at once.
//
// It must never know more than a browser would: it reads pages, and sends the forms that stand on them. Start
// reading at [Enrol].
package visitor

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"

	"tocsin/internal/softkey"
)

// Visitor is one person, signed in.
type Visitor struct {
	base   *url.URL
	client *http.Client
	key    *softkey.Credential
	stay   bool
}

// Stay makes v follow no redirect from now on: a page's path is then where the answer leads to. It saves opening pages
// that nobody reads.
func (v *Visitor) Stay() { v.stay = true }

// Page is what an address answered.
type Page struct {
	Status int
	Path   string // of the page that stands
	Body   []byte
}

// Enrol opens an invitation's link, makes a passkey and is signed in by it. n tells people apart whom the node limits by
// their addresses: each comes from one of her own, on loopback.
func Enrol(ctx context.Context, link, name string, n int) (*Visitor, error) {
	at, err := url.Parse(link)
	if err != nil {
		return nil, fmt.Errorf("parse enrolment link: %w", err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	v := &Visitor{base: &url.URL{Scheme: at.Scheme, Host: at.Host}}
	v.client = &http.Client{Jar: jar, Transport: &http.Transport{DialContext: from(n), MaxIdleConnsPerHost: 4},
		CheckRedirect: func(*http.Request, []*http.Request) error {
			if v.stay {
				return http.ErrUseLastResponse
			}
			return nil
		}}
	if page, err := v.Get(ctx, at.RequestURI()); err != nil || page.Path != "/enrol" {
		return nil, errors.Join(err, fmt.Errorf("the enrolment link answers %d at %s", page.Status, page.Path))
	}
	var asked struct {
		PublicKey struct {
			Challenge string
			RP, User  struct{ ID string }
		}
	}
	if err := v.call(ctx, "/enrol/begin", map[string]any{"name": name}, &asked); err != nil {
		return nil, err
	}
	challenge, err := base64.RawURLEncoding.DecodeString(asked.PublicKey.Challenge)
	if err != nil {
		return nil, fmt.Errorf("read challenge: %w", err)
	}
	user, err := base64.RawURLEncoding.DecodeString(asked.PublicKey.User.ID)
	if err != nil {
		return nil, fmt.Errorf("read user: %w", err)
	}
	if v.key, err = softkey.New(rand.Reader, softkey.ES256, asked.PublicKey.RP.ID, user); err != nil {
		return nil, err
	}
	made, err := v.key.Register(softkey.Ceremony{Challenge: challenge, Origin: v.base.String()})
	if err != nil {
		return nil, err
	}
	return v, v.call(ctx, "/enrol/finish", map[string]any{"name": name, "credential": made}, nil)
}

// from dials loopback, whatever the name, from the n-th address there.
func from(n int) func(context.Context, string, string) (net.Conn, error) {
	d := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, byte(1+n/250), byte(1+n%250))}}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		_, port, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		return d.DialContext(ctx, network, "127.0.0.1:"+port)
	}
}

// Get opens a page.
func (v *Visitor) Get(ctx context.Context, path string) (Page, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, v.base.String()+path, nil)
	if err != nil {
		return Page{}, err
	}
	return v.do(r)
}

// Post sends a form, as a button does.
func (v *Visitor) Post(ctx context.Context, path string, form url.Values) (Page, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, v.base.String()+path, strings.NewReader(form.Encode()))
	if err != nil {
		return Page{}, err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return v.do(r)
}

func (v *Visitor) do(r *http.Request) (Page, error) {
	if r.Method == http.MethodPost {
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	resp, err := v.client.Do(r)
	if err != nil {
		return Page{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	page := Page{resp.StatusCode, resp.Request.URL.Path, body}
	if to, _ := resp.Location(); to != nil {
		page.Path = to.Path
	}
	return page, err
}

// call sends JSON, as the page's script does.
func (v *Visitor) call(ctx context.Context, path string, body, into any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, v.base.String()+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	page, err := v.do(r)
	if err != nil {
		return err
	}
	if page.Status != http.StatusOK {
		return fmt.Errorf("%s: status %d", path, page.Status)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(page.Body, into)
}

var hidden = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`)

// Hidden gives the hidden fields of a page's forms.
func (p Page) Hidden() url.Values {
	fields := url.Values{}
	for _, found := range hidden.FindAllSubmatch(p.Body, -1) {
		fields.Set(html.UnescapeString(string(found[1])), html.UnescapeString(string(found[2])))
	}
	return fields
}

// Finding is the form for a decision as its page gives it, with everything written that a person writes.
func (p Page) Finding() (url.Values, error) {
	form := p.Hidden()
	if form.Get("key") == "" || form.Get("seen") == "" {
		return nil, fmt.Errorf("%s is no form for a decision: status %d", p.Path, p.Status)
	}
	for name, value := range map[string]string{"basis": "host-terms", "provision": "Rule 4: kettles",
		"facts": "A kettle on a bridge.", "reasons": "Kettles do not stand on bridges here.",
		"exemptions.considered": "all", "exemptions.rationale": "A picture made for this run.",
		"territory": "EU", "detection": "match"} {
		form.Set("decision."+name, value)
	}
	return form, nil
}

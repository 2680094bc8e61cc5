// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package board

import (
	"bytes"
	"encoding/json"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
)

const goodEvent = `{"specversion":"1.0","id":"evt_1","source":"http://node.test",
"type":"tocsin.item.restricted",
"time":"2026-03-29T00:59:00Z","datacontenttype":"application/json","data":{"item":{"ref":"12",
"address":"http://board.test/post/12"},"version":3,"restrictions":[{"id":"rst_1",
"from":"2026-03-29T00:59:00Z",
"until":null,"territory":["EU"],"disclosure":"full","authority":"a","basis":"b","order_reference":"c",
"reasons":"d","remedies":"e"}]}}`

func FuzzCallbackBodyIsRefusedOrSound(f *testing.F) {
	f.Add([]byte(goodEvent))
	f.Add([]byte(strings.Replace(goodEvent, `"full"`, `"neutral"`, 1)))
	f.Add([]byte(strings.Replace(goodEvent, `"full","authority":"a","basis":"b","order_reference":"c"`,
		`"own","basis":"b","provision":"p","facts":"f","language":"en","detection":"match","automated":true,`+
			`"complaint":"http://node.test/complain/t"`, 1)))
	f.Add([]byte(`{"data":{"restrictions":[{}]}}`))
	f.Add([]byte(`[[[[`))
	f.Fuzz(func(t *testing.T, body []byte) {
		e, err := parseEvent(body)
		if err != nil {
			if p, ok := err.(*problem); !ok || p.Status < 400 || p.Status > 499 {
				t.Fatalf("refused with %v, which is no problem of the sender", err)
			}
			return
		}
		if e.ID == "" || e.Data.Version < 1 || (len(e.Data.Restrictions) > 0) != (e.Type == typeRestricted) {
			t.Fatalf("accepted %+v", e)
		}
		for _, r := range e.Data.Restrictions {
			gagged := r.Disclosure == disclosureNeutral
			if gagged == (r.saysOwn() || r.Authority+r.Basis+r.OrderReference+r.Reasons+r.Remedies != "") {
				t.Fatalf("accepted restriction %+v", r)
			}
			if own := r.Disclosure == disclosureOwn; own && r.Authority+r.OrderReference != "" || !own && r.saysOwn() {
				t.Fatalf("accepted restriction %+v", r)
			}
		}
		printed, err := json.Marshal(e)
		if err != nil {
			t.Fatalf("print what was accepted: %v", err)
		}
		again, err := parseEvent(printed)
		if err != nil {
			t.Fatalf("what was accepted is refused when printed: %v\n%s", err, printed)
		}
		if reprinted, _ := json.Marshal(again); !bytes.Equal(printed, reprinted) {
			t.Fatalf("reading and printing is not stable:\n%s\n%s", printed, reprinted)
		}
	})
}

func FuzzEquivalentAddressesNameTheSamePlace(f *testing.F) {
	for _, seed := range []string{
		"http://board.test/post/12", "http://board.test:80/media/12.png", "HTTPS://BOARD.TEST./tag/x?b#c",
		"http://[::1]/post/1", "http://board.test/%2e%2e/post/1", "http://board.test",
		"http://a@board.test/post/1", "%", "",
	} {
		f.Add(seed)
	}
	base := &url.URL{Scheme: "http", Host: "board.test"}
	f.Fuzz(func(t *testing.T, raw string) {
		got, err := locate(base, raw)
		if err != nil {
			if got.kind != kindNone {
				t.Fatalf("%q is refused and yet names %v", raw, got)
			}
			return
		}
		if got.kind == kindNone {
			return
		}
		canonical := base.String() + "/"
		if got.kind == kindItem {
			canonical = base.String() + got.post.path()
		}
		if again, err := locate(base, canonical); err != nil || again != got {
			t.Fatalf("%q names %v, its canonical address %v (%v)", raw, got, again, err)
		}
		u, err := url.Parse(strings.TrimSpace(raw))
		if err != nil {
			t.Fatalf("%q names %v and is no address", raw, got)
		}
		u.Scheme, u.Host = strings.ToUpper(u.Scheme), strings.ToUpper(u.Host)
		u.RawQuery, u.Fragment = "z=1", "f"
		if same, err := locate(base, u.String()); len(u.String()) <= maxAddress && (err != nil || same != got) {
			t.Fatalf("%q names %v, %q names %v (%v)", raw, got, u, same, err)
		}
	})
}

func TestSchemesAreOneSiteOnDefaultPortsOnly(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		base, address string
		want          kind
	}{
		{"https://board.test", "http://board.test/post/1", kindItem},
		{"http://board.test", "https://board.test:443/post/1", kindItem},
		{"https://board.test", "https://board.test:0443/post/1", kindItem},
		{"https://board.test:8443", "https://board.test/post/1", kindNone},
		{"https://board.test:8443", "http://board.test:8443/post/1", kindNone},
		{"http://[::1]:80", "http://[0:0::1]/post/1", kindItem},
		{"http://board.test", "http://board.test./post/1", kindItem},
		{"http://board.test", "http://board.test../post/1", kindNone},
		{"http://board.test", "http://www.board.test/post/1", kindNone},
	} {
		base, err := url.Parse(c.base)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := locate(base, c.address); err != nil || got.kind != c.want {
			t.Errorf("at %s, %s is %v (%v), want %s", c.base, c.address, got, err, c.want)
		}
	}
}

func TestAcknowledgedMeansDurable(t *testing.T) {
	t.Parallel()
	s, err := openStore(t.Context(), filepath.Join(t.TempDir(), "odd name?#%20.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"} {
		var got string
		if err := s.writer.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q, want %q (%v)", pragma, got, want, err)
		}
	}
	if _, err := s.reader.ExecContext(t.Context(), `DELETE FROM post`); err == nil {
		t.Error("a reader could write")
	}
}

// TestRemovedPageTakesNothingFromThePost holds the gag by construction: the template knows the frame only.
func TestRemovedPageTakesNothingFromThePost(t *testing.T) {
	t.Parallel()
	source, err := pageFiles.ReadFile("page/removed.html")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(source), ".Data") {
		t.Error("the removed page uses data, which may differ between a gag and a removal")
	}
}

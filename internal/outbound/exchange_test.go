// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package outbound_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"time"

	"tocsin/internal/outbound"
)

func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func TestDeclaredEndpointMayBeLoopbackAndPlain(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %s %s %s %q", r.Method, r.RequestURI, r.UserAgent(), body, r.Header["Accept-Encoding"])
	})
	client := newClient(t, outbound.Config{Declared: []string{s.URL}, UserAgent: "tocsin/test"})
	target := s.URL + "/a%2Fb?"
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, target, strings.NewReader("kettle"))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Declared().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	got, _ := io.ReadAll(resp.Body)
	if want := `POST /a%2Fb? tocsin/test kettle ["identity"]`; string(got) != want {
		t.Fatalf("got %s, want %s", got, want)
	}
}

func TestOnlyTheExactOriginIsDeclared(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {})
	client := newClient(t, outbound.Config{Declared: []string{s.URL}})
	at := netip.MustParseAddrPort(s.Listener.Addr().String())
	for _, target := range []string{
		fmt.Sprintf("https://%s/", at), fmt.Sprintf("http://localhost:%d/", at.Port()), "http://127.0.0.1/",
		fmt.Sprintf("http://127.0.0.1.:%d/", at.Port()), "http://kettle.example/",
	} {
		if _, err := get(t, client.Declared(), target); outbound.KindOf(err) != outbound.KindNotDeclared {
			t.Errorf("%s: %v, want %s", target, err, outbound.KindNotDeclared)
		}
	}
	if err := client.SetDeclared(); err != nil {
		t.Fatal(err)
	}
	if _, err := get(t, client.Declared(), s.URL); outbound.KindOf(err) != outbound.KindNotDeclared {
		t.Errorf("after withdrawal: %v", err)
	}
}

func TestDeclaredOriginHoldsNothingElse(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "kettle.example", "ftp://kettle.example", "http://a@kettle.example", "http://kettle.example/path",
		"http://kettle.example?", "http://kettle.example#x", "http://kettle.example:0", "http://:80", "http://[::1",
		"http://kettle.example:", "http://kettle.example:65536",
	} {
		if _, err := outbound.New(outbound.Config{Declared: []string{text}}); err == nil {
			t.Errorf("%q accepted", text)
		} else if text != "" && strings.Contains(err.Error(), text) {
			t.Errorf("the error repeats %q", text)
		}
	}
	upper, err := outbound.ParseOrigin("HTTPS://Kettle.Example/")
	if err != nil {
		t.Fatal(err)
	}
	if want := (outbound.Origin{Scheme: "https", Host: "kettle.example", Port: 443}); upper != want {
		t.Errorf("got %v, want %v", upper, want)
	}
}

func TestDeclaredEndpointIsNeverRedirected(t *testing.T) {
	t.Parallel()
	var followed bool
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		followed = followed || r.URL.Path == "/next"
		http.Redirect(w, r, "/next", http.StatusTemporaryRedirect)
	})
	client := newClient(t, outbound.Config{Declared: []string{s.URL}})
	_, err := get(t, client.Declared(), s.URL)
	if outbound.KindOf(err) != outbound.KindRedirect || followed {
		t.Fatalf("got %v, followed %v", err, followed)
	}
}

func TestEnvironmentProxyIsIgnored(t *testing.T) {
	proxy := newCanary(t)
	t.Setenv("HTTP_PROXY", fmt.Sprintf("http://127.0.0.1:%d", proxy.port))
	t.Setenv("HTTPS_PROXY", fmt.Sprintf("http://127.0.0.1:%d", proxy.port))
	client := newClient(t, outbound.Config{Declared: []string{"http://kettle.invalid"}})
	if _, err := get(t, client.Declared(), "http://kettle.invalid/"); err == nil {
		t.Fatal("an answer for a name that does not exist")
	}
	proxy.mustBeSilent(t)
}

// foreignLab makes a loopback server reachable under a public-looking name.
func foreignLab(t *testing.T, s *httptest.Server, cfg outbound.Config) (*outbound.Client, startPoint) {
	dns, resolver := newNameServer(t)
	door := s.Listener.Addr().String()
	start := openDoor(t, dns, door)
	client := newClient(t, cfg)
	client.UseLab(outbound.Lab{Port: start.port, Resolver: resolver, Doors: map[string]bool{door: true}})
	return client, start
}

func TestForeignRedirectsAreFollowedThreeTimesAtMost(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		left := strings.TrimPrefix(r.URL.Path, "/")
		if left == "" {
			fmt.Fprintf(w, "%q %q", r.Header["Signature"], r.Header["Accept"])
			return
		}
		http.Redirect(w, r, "/"+left[1:], http.StatusFound)
	})
	client, start := foreignLab(t, s, outbound.Config{ForeignPlainHTTP: true})
	for hops, ok := range map[string]bool{"": true, "x": true, "xxx": true, "xxxx": false} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, start.url+hops, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Signature", "secret")
		req.Header.Set("Accept", "text/html")
		resp, err := client.Foreign().Do(req)
		if !ok {
			if outbound.KindOf(err) != outbound.KindRedirect {
				t.Errorf("%d hops: %v", len(hops), err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%d hops: %v", len(hops), err)
		}
		body, _ := io.ReadAll(resp.Body)
		want := `[] ["text/html"]`
		if hops == "" {
			want = `["secret"] ["text/html"]`
		}
		if string(body) != want {
			t.Errorf("%d hops: server saw %s, want %s", len(hops), body, want)
		}
	}
}

func TestForeignPostIsNotRepeatedElsewhere(t *testing.T) {
	t.Parallel()
	posts := 0
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		posts++
		http.Redirect(w, r, "/again", http.StatusPermanentRedirect)
	})
	client, start := foreignLab(t, s, outbound.Config{ForeignPlainHTTP: true})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, start.url, strings.NewReader("kettle"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Foreign().Do(req); outbound.KindOf(err) != outbound.KindRedirect || posts != 1 {
		t.Fatalf("got %v after %d posts", err, posts)
	}
}

func TestForeignRedirectFromHTTPSToHTTPIsRefused(t *testing.T) {
	t.Parallel()
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://198.20.0.1/", http.StatusFound)
	}))
	t.Cleanup(s.Close)
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	dns, resolver := newNameServer(t)
	at := netip.MustParseAddrPort(s.Listener.Addr().String())
	dns.set("a.example.com", at.Addr()) // a name the test certificate holds
	client := newClient(t, outbound.Config{RootCAs: roots})
	client.UseLab(outbound.Lab{
		Port: at.Port(), Resolver: resolver, Doors: map[string]bool{at.String(): true},
		Reached: func(string) error { return errReached },
	})
	_, err := get(t, client.Foreign(), fmt.Sprintf("https://a.example.com:%d/", at.Port()))
	if outbound.KindOf(err) != outbound.KindInvalid || errors.Is(err, errReached) {
		t.Fatalf("got %v, want %s", err, outbound.KindInvalid)
	}
}

func TestCertificateOfAnotherNameIsRefused(t *testing.T) {
	t.Parallel()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // the server reports the refusal too
	s.StartTLS()
	t.Cleanup(s.Close)
	client := newClient(t, outbound.Config{Declared: []string{s.URL}})
	_, err := get(t, client.Declared(), s.URL)
	if outbound.KindOf(err) != outbound.KindTLS {
		t.Fatalf("got %v, want %s", err, outbound.KindTLS)
	}
	if e, _ := errors.AsType[*outbound.Error](err); e.Sent {
		t.Error("no byte of the request left, Sent must be false")
	}
}

func TestAnswerIsReadUpToTheLimitAndNoFurther(t *testing.T) {
	t.Parallel()
	const limit = 1000
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		var size int
		fmt.Sscan(r.URL.Query().Get("size"), &size)
		if r.URL.Query().Has("chunked") {
			w.(http.Flusher).Flush()
		}
		w.Write(bytes.Repeat([]byte("k"), size))
	})
	client := newClient(t, outbound.Config{Declared: []string{s.URL}, MaxBody: limit})
	for _, query := range []string{"size=1000", "size=1000&chunked"} {
		resp, err := get(t, client.Declared(), s.URL+"?"+query)
		if err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		if body, _ := io.ReadAll(resp.Body); len(body) != limit {
			t.Errorf("%s: %d bytes", query, len(body))
		}
	}
	for _, query := range []string{"size=1001", "size=1001&chunked", "size=9000000&chunked"} {
		if _, err := get(t, client.Declared(), s.URL+"?"+query); outbound.KindOf(err) != outbound.KindTooLarge {
			t.Errorf("%s: %v, want %s", query, err, outbound.KindTooLarge)
		}
	}
}

func TestCompressedAnswerIsRefused(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Write([]byte{0x1f, 0x8b})
	})
	client := newClient(t, outbound.Config{Declared: []string{s.URL}})
	if _, err := get(t, client.Declared(), s.URL); outbound.KindOf(err) != outbound.KindEncoding {
		t.Fatalf("got %v, want %s", err, outbound.KindEncoding)
	}
}

func TestCookiesAreNeitherKeptNorSent(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "kettle", Value: "1"})
		fmt.Fprint(w, len(r.Cookies()))
	})
	client := newClient(t, outbound.Config{Declared: []string{s.URL}})
	for range 2 {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Cookie", "own=1")
		resp, err := client.Declared().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if body, _ := io.ReadAll(resp.Body); string(body) != "0" {
			t.Fatalf("server saw %s cookies", body)
		}
	}
}

func TestWholeExchangeHasOneDeadline(t *testing.T) {
	t.Parallel()
	for name, h := range map[string]http.HandlerFunc{
		"silent": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"dripping": func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				w.Write([]byte("k"))
				w.(http.Flusher).Flush()
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, h)
			client := newClient(t, outbound.Config{
				Declared: []string{s.URL}, Timeout: 200 * time.Millisecond, MaxBody: 1 << 40,
			})
			_, err := get(t, client.Declared(), s.URL)
			e, ok := errors.AsType[*outbound.Error](err)
			if !ok || e.Kind != outbound.KindTimeout || !e.Sent || !errors.Is(err, context.DeadlineExceeded) {
				t.Fatalf("got %v", err)
			}
		})
	}
}

func TestErrorTellsWhetherTheRequestMayHaveArrived(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := "http://" + l.Addr().String()
	l.Close()
	cut := serve(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	client := newClient(t, outbound.Config{Declared: []string{closed, cut.URL}})

	_, err = get(t, client.Declared(), closed)
	e, _ := errors.AsType[*outbound.Error](err)
	if e.Kind != outbound.KindUnreachable || e.RequestSent() || !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("closed port: %v, sent %v", err, e.Sent)
	}
	_, err = get(t, client.Declared(), cut.URL)
	e, _ = errors.AsType[*outbound.Error](err)
	if e.Kind != outbound.KindBroken || !e.RequestSent() {
		t.Errorf("cut connection: %v, sent %v", err, e.Sent)
	}
}

func TestErrorsRepeatNoAddress(t *testing.T) {
	t.Parallel()
	const secret = "wiAqfeWnRk"
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/redirect/" + secret:
			http.Redirect(w, r, "/"+secret, http.StatusFound)
		case "/large/" + secret:
			w.Write(make([]byte, 2000))
		default:
			panic(http.ErrAbortHandler)
		}
	})
	client, start := foreignLab(t, s, outbound.Config{
		ForeignPlainHTTP: true, MaxBody: 1000, Declared: []string{s.URL, "http://kettle.invalid"},
	})
	port := fmt.Sprint(start.port)
	for _, target := range []string{
		s.URL + "/" + secret, s.URL + "/redirect/" + secret, s.URL + "/large/" + secret,
		"http://kettle.invalid/" + secret, "http://10.0.0.1/" + secret, "http://" + secret + ".invalid/",
		start.url + secret, start.url + "redirect/" + secret, start.url + "large/" + secret,
		"http://u:" + secret + "@127.0.0.1/",
	} {
		for class, sender := range map[string]outbound.Sender{"near": client.Declared(), "far": client.Foreign()} {
			_, err := get(t, sender, target)
			if err == nil {
				t.Errorf("%s %s: no error", class, target)
				continue
			}
			text := fmt.Sprintf("%v|%s|%q|%+v", err, err, err, fmt.Errorf("ask platform: %w", err))
			for _, word := range []string{secret, "http", "/", "10.0.0.1", port, "start.example"} {
				if strings.Contains(text, word) {
					t.Errorf("%s %s: the error holds %q: %s", class, target, word, text)
				}
			}
			for e := err; e != nil; e = errors.Unwrap(e) {
				if strings.Contains(e.Error(), secret) {
					t.Errorf("%s: unwrapping reveals the address", target)
				}
			}
		}
	}
}

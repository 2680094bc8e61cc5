// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package outbound_test

import (
	"context"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"tocsin/internal/outbound"
)

// errReached is returned where a real client would have connected, so that no test leaves the machine.
var errReached = errors.New("the guard agreed to connect")

// canary listens on both loopback addresses and counts connections; the expected number is 0.
type canary struct {
	port uint16
	hits atomic.Int64
}

func newCanary(t *testing.T) *canary {
	t.Helper()
	var c canary
	v4, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c.port = v4.Addr().(*net.TCPAddr).AddrPort().Port()
	listeners := []net.Listener{v4}
	if v6, err := net.Listen("tcp6", netip.AddrPortFrom(netip.IPv6Loopback(), c.port).String()); err == nil {
		listeners = append(listeners, v6)
	}
	for _, l := range listeners {
		t.Cleanup(func() { l.Close() })
		go func() {
			for {
				conn, err := l.Accept()
				if err != nil {
					return
				}
				c.hits.Add(1)
				conn.Close()
			}
		}()
	}
	return &c
}

// mustBeSilent fails when anything connected, then proves that the canary can sing.
func (c *canary) mustBeSilent(t *testing.T) {
	t.Helper()
	if n := c.hits.Load(); n != 0 {
		t.Fatalf("%d connections reached loopback, want 0", n)
	}
	conn, err := net.Dial("tcp4", netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), c.port).String())
	if err != nil {
		t.Fatalf("dial canary: %v", err)
	}
	one := make([]byte, 1)
	conn.Read(one) // returns once the canary has accepted and closed
	conn.Close()
	if c.hits.Load() == 0 {
		t.Fatal("the canary counts nothing: the test proves nothing")
	}
}

// nameServer answers every question for a name with one address, the next of its list each time.
type nameServer struct {
	mu    sync.Mutex
	names map[string][]netip.Addr
	asked int
}

func newNameServer(t *testing.T) (*nameServer, *net.Resolver) {
	t.Helper()
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	s := &nameServer{names: make(map[string][]netip.Addr)}
	go s.serve(conn)
	return s, &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp4", conn.LocalAddr().String())
	}}
}

// set makes name ("host.example") resolve to these addresses, one an answer, the last one for ever.
func (s *nameServer) set(name string, addrs ...netip.Addr) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.names[name+"."] = addrs
}

func (s *nameServer) serve(conn net.PacketConn) {
	buf := make([]byte, 1500)
	for {
		n, from, err := conn.ReadFrom(buf)
		if err != nil {
			return
		}
		if answer := s.answer(buf[:n]); answer != nil {
			conn.WriteTo(answer, from)
		}
	}
}

// answer builds a reply by hand: header, the question as asked, at most one address record.
func (s *nameServer) answer(query []byte) []byte {
	name, end := "", 12
	for end < len(query) && query[end] != 0 {
		size := int(query[end])
		if end+1+size > len(query) {
			return nil
		}
		name += string(query[end+1:end+1+size]) + "."
		end += 1 + size
	}
	end += 5
	if end > len(query) {
		return nil
	}
	qtype := binary.BigEndian.Uint16(query[end-4:])
	reply := append([]byte{query[0], query[1], 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0}, query[12:end]...)
	if addr, ok := s.next(name, qtype); ok {
		raw := addr.AsSlice()
		reply[7] = 1
		reply = append(reply, 0xc0, 12, byte(qtype>>8), byte(qtype), 0, 1, 0, 0, 0, 0, 0, byte(len(raw)))
		reply = append(reply, raw...)
	}
	return reply
}

func (s *nameServer) next(name string, qtype uint16) (netip.Addr, bool) {
	const typeA, typeAAAA = 1, 28
	s.mu.Lock()
	defer s.mu.Unlock()
	addrs := s.names[name]
	if len(addrs) == 0 {
		return netip.Addr{}, false
	}
	addr := addrs[0]
	if (addr.Is4() && qtype != typeA) || (addr.Is6() && qtype != typeAAAA) {
		return netip.Addr{}, false
	}
	s.asked++
	if len(addrs) > 1 {
		s.names[name] = addrs[1:]
	}
	return addr, true
}

func newClient(t *testing.T, cfg outbound.Config) *outbound.Client {
	t.Helper()
	c, err := outbound.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func get(t *testing.T, s outbound.Sender, url string) (*http.Response, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s.Do(req)
}

type vector struct {
	address, class string
	allow          bool
}

// addressVectors reads the shared list, which is not part of this repository.
func addressVectors(t *testing.T) []vector {
	t.Helper()
	path := filepath.Join("..", "..", "..", "shared", "vectors", "ssrf-addresses.csv")
	f, err := os.Open(path)
	if err != nil {
		t.Skipf("NOT TESTED: THE SHARED ADDRESS LIST IS ABSENT (%v): only the short built-in list was tested", err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var list []vector
	for _, row := range rows[1:] {
		list = append(list, vector{address: row[0], class: row[1], allow: row[2] == "allow"})
	}
	if len(list) < 60 {
		t.Fatalf("%d addresses in the list, want at least 60", len(list))
	}
	return list
}

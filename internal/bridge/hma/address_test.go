// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hma_test

import (
	"encoding/csv"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"tocsin/internal/bridge/hma"
	"tocsin/internal/node"
	"tocsin/internal/outbound"
)

// foreign is a lab with the web of a real node: public addresses only.
func foreign(t *testing.T) *lab {
	t.Helper()
	l := newLab(t)
	client, err := outbound.New(outbound.Config{ForeignPlainHTTP: true})
	check(t, err)
	deps := l.service.Deps
	deps.Web = node.Web{Sender: client.Foreign()}
	l.service, err = hma.New(t.Context(), deps)
	check(t, err)
	server := httptest.NewServer(l.service)
	t.Cleanup(server.Close)
	l.base = server.URL + hma.Base + "/" + l.token
	l.want(http.StatusCreated, l.do("POST", "/c/banks", `{"name":"GARDEN"}`))
	return l
}

// ownDenied are addresses that must not be reached, wherever the shared list is absent.
func ownDenied(*testing.T) []string {
	return []string{"127.0.0.1", "localhost", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254",
		"100.64.0.1",
		"::1", "::ffff:127.0.0.1", "fe80::1", "fd00::1", "0.0.0.0", "2130706433", "0x7f000001", "127.1"}
}

// sharedDenied are those of the shared list, which is not part of this repository.
func sharedDenied(t *testing.T) (list []string) {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "..", "..", "shared", "vectors", "ssrf-addresses.csv"))
	if err != nil {
		t.Skipf("NOT TESTED: THE SHARED ADDRESS LIST IS ABSENT (%v): only a short list was tried", err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	check(t, err)
	for _, row := range rows[1:] {
		if row[2] == "deny" {
			list = append(list, row[0])
		}
	}
	return list
}

// TestAddressesOfOwnNetworksAreRefused wherever a client may name one, and nothing connects.
func TestAddressesOfOwnNetworksAreRefused(t *testing.T) {
	t.Parallel()
	for name, denied := range map[string]func(*testing.T) []string{"own": ownDenied, "shared": sharedDenied} {
		t.Run(name, func(t *testing.T) { refuseAddresses(t, denied(t)) })
	}
}

func refuseAddresses(t *testing.T, denied []string) {
	t.Helper()
	l := foreign(t)
	var hits atomic.Int64
	canary, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	t.Cleanup(func() { canary.Close() })
	go func() {
		for {
			conn, err := canary.Accept()
			if err != nil {
				return
			}
			hits.Add(1)
			conn.Close()
		}
	}()
	port := canary.Addr().(*net.TCPAddr).Port
	for _, host := range denied {
		if strings.Contains(host, ":") {
			host = "[" + host + "]"
		}
		for _, address := range []string{"http://" + host + "/a.png", "https://" + host + "/a.png",
			fmt.Sprintf("http://%s:%d/a.png", host, port), "http://kettle@" + host + "/a.png"} {
			l.refused("GET", "/h/hash?url=", address)
		}
		l.refused("GET", "/m/lookup?url=", "http://"+host+"/a.png")
		l.refused("POST", "/c/bank/GARDEN/content?url=", "http://"+host+"/a.png")
	}
	for _, address := range []string{"ftp://board.example/a", "file:///etc/hostname", "//board.example/a",
		"board.example",
		"http://", "http://board.example:0/", "http://board.example:22/", "http://board.example@127.0.0.1/",
		"gopher://board.example/", "http://[::1", "http://board.example:99999/", " http://127.0.0.1/",
		"http://bo\u200bard.localhost/", "javascript:1"} {
		l.refused("GET", "/h/hash?url=", address)
	}
	if n := hits.Load(); n != 0 {
		t.Errorf("%d connections reached this machine", n)
	}
	if strings.Contains(l.log.String(), "a.png") {
		t.Error("an address is in the log")
	}
}

func (l *lab) refused(method, path, address string) {
	l.t.Helper()
	const want = `{"message":"Invalid or unsafe URL provided"}`
	r := l.do(method, path+url.QueryEscape(address), "")
	if r.status != http.StatusBadRequest || strings.TrimSpace(r.body) != want {
		l.t.Errorf("%s: %d %s", address, r.status, r.body)
	}
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package testkit

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// network leads names to listeners on loopback, so that every world has the same names and its own ports.
type network struct {
	mu      sync.Mutex
	doors   map[string]*door // by host name
	running sync.WaitGroup
	client  *http.Client
}

// door is where one name is answered, whether or not somebody is behind it.
type door struct {
	listen net.Listener
	server *http.Server
	behind atomic.Pointer[http.Handler]
}

func newNetwork() *network {
	n := &network{doors: map[string]*door{}}
	n.client = &http.Client{
		Transport:     &http.Transport{DialContext: n.dial, MaxIdleConnsPerHost: 16},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return n
}

func (n *network) dial(ctx context.Context, _, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	d := n.doors[host]
	n.mu.Unlock()
	if d == nil {
		return nil, fmt.Errorf("nobody answers to this name")
	}
	return (&net.Dialer{}).DialContext(ctx, "tcp", d.listen.Addr().String())
}

// open makes a name answer; 503 until a handler stands behind the door.
func (n *network) open(host string) (*door, error) {
	listen, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	d := &door{listen: listen}
	d.server = &http.Server{Handler: d, ReadHeaderTimeout: 10 * time.Second}
	n.mu.Lock()
	n.doors[host] = d
	n.mu.Unlock()
	n.running.Go(func() { _ = d.server.Serve(listen) }) // ends with close
	return d, nil
}

// ServeHTTP asks whoever is behind the door now.
func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h := d.behind.Load(); h != nil {
		(*h).ServeHTTP(w, r)
		return
	}
	w.WriteHeader(http.StatusServiceUnavailable)
}

// put stands a handler behind the door; nil leaves it empty.
func (d *door) put(h http.Handler) {
	if h == nil {
		d.behind.Store(nil)
		return
	}
	d.behind.Store(&h)
}

func (n *network) close() {
	n.client.CloseIdleConnections()
	for _, d := range n.doors {
		_ = d.server.Close()
	}
	n.running.Wait()
}

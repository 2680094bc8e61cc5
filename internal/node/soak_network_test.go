// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
	"time"
)

// fault is what is wrong with a stretch of network.
type fault int

const (
	faultNone        fault = iota
	faultCut               // nothing passes; what was open is closed
	faultHalfRequest       // half of a request passes, then the connection breaks
	faultLostAnswer        // a request passes, its answer does not
	faultHalfAnswer        // a request passes, and half of its answer
	faultSlow              // everything takes its time
	faults
)

func (f fault) String() string {
	return [...]string{"none", "cut", "half request", "lost answer", "half answer", "slow"}[f]
}

// slowest is how long a slow network holds a piece.
const slowest = 150 * time.Millisecond

// network is the stretch in front of one server: the address everybody else knows, whatever process
// answers behind it at the moment.
type network struct {
	listen net.Listener

	mu     sync.Mutex
	behind string // address of the process; "" while there is none
	fault  fault
	open   map[net.Conn]struct{}
}

func newNetwork(t *testing.T) *network {
	t.Helper()
	listen, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n := &network{listen: listen, open: map[net.Conn]struct{}{}}
	var serving sync.WaitGroup
	serving.Go(func() { n.serve(&serving) })
	t.Cleanup(func() {
		n.listen.Close()
		n.breakAll()
		serving.Wait()
	})
	return n
}

func (n *network) port() string {
	_, port, _ := net.SplitHostPort(n.listen.Addr().String())
	return port
}

// lead sends new connections to another process.
func (n *network) lead(behind string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.behind = behind
}

// suffer has something wrong from now on.
func (n *network) suffer(f fault) {
	n.mu.Lock()
	n.fault = f
	n.mu.Unlock()
	if f == faultCut {
		n.breakAll()
	}
}

func (n *network) state() (behind string, f fault) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.behind, n.fault
}

func (n *network) breakAll() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for c := range n.open {
		c.Close()
	}
	clear(n.open)
}

func (n *network) serve(serving *sync.WaitGroup) {
	for {
		c, err := n.listen.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue
		}
		serving.Go(func() { n.carry(c) })
	}
}

// carry moves bytes between a client and the process until one side ends or something breaks.
func (n *network) carry(client net.Conn) {
	defer client.Close()
	behind, f := n.state()
	if behind == "" || f == faultCut {
		return
	}
	server, err := net.Dial("tcp", behind)
	if err != nil {
		return
	}
	defer server.Close()
	n.mu.Lock()
	n.open[client], n.open[server] = struct{}{}, struct{}{}
	n.mu.Unlock()
	done := make(chan struct{}, 2)
	go func() { n.copy(server, client, true); done <- struct{}{} }()
	go func() { n.copy(client, server, false); done <- struct{}{} }()
	<-done // either direction: what is half open is of no use to HTTP
	client.Close()
	server.Close()
	<-done
	n.mu.Lock()
	delete(n.open, client)
	delete(n.open, server)
	n.mu.Unlock()
}

func (n *network) copy(to, from net.Conn, request bool) {
	buffer := make([]byte, 64<<10)
	for {
		size, err := from.Read(buffer)
		if size > 0 && !n.pass(to, buffer[:size], request) || err != nil {
			return
		}
	}
}

// pass hands one piece on, as far as the fault of the moment lets it.
func (n *network) pass(to io.Writer, piece []byte, request bool) bool {
	_, f := n.state()
	switch {
	case f == faultCut, f == faultLostAnswer && !request:
		return false
	case f == faultHalfRequest && request, f == faultHalfAnswer && !request:
		_, _ = to.Write(piece[:len(piece)/2]) // it breaks anyhow
		return false
	case f == faultSlow:
		time.Sleep(rand.N(slowest))
	}
	_, err := to.Write(piece)
	return err == nil
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package postgres_test

import (
	"bytes"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/store/storetest"
)

// What a cutter does with the next COMMIT.
const (
	pass     = iota
	cutFirst // the server never sees it
	cutAfter // the server does it, and the answer is lost
)

// cutter passes on bytes between the store and the server.
type cutter struct {
	server string
	next   atomic.Int32
}

func (c *cutter) serve(l net.Listener) {
	for {
		client, err := l.Accept()
		if err != nil {
			return
		}
		go c.carry(client)
	}
}

func (c *cutter) carry(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", c.server)
	if err != nil {
		return
	}
	defer server.Close()
	var deaf atomic.Bool
	var done sync.WaitGroup
	done.Go(func() {
		defer client.Close()
		buffer := make([]byte, 1<<16)
		for {
			n, err := server.Read(buffer)
			if err != nil || deaf.Load() {
				return
			}
			if _, err := client.Write(buffer[:n]); err != nil {
				return
			}
		}
	})
	buffer := make([]byte, 1<<16)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			break
		}
		if bytes.HasSuffix(buffer[:n], []byte("Q\x00\x00\x00\x0bcommit\x00")) {
			what := c.next.Swap(pass)
			if what == cutFirst {
				break
			}
			deaf.Store(what == cutAfter)
		}
		if _, err := server.Write(buffer[:n]); err != nil {
			break
		}
	}
	if deaf.Load() {
		_, _ = io.Copy(io.Discard, server) // until it has answered
	}
	server.Close()
	done.Wait()
}

// TestLostCommitIsUnknown: the caller learns by its command key whether it happened.
func TestLostCommitIsUnknown(t *testing.T) {
	t.Parallel()
	address, err := url.Parse(newDatabase(t))
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c := &cutter{server: address.Host}
	go c.serve(l)
	address.Host = l.Addr().String()
	address.RawQuery = "sslmode=disable"
	db := open(t, address.String(), true)
	happened := 0
	for i, next := range []int32{cutFirst, cutAfter, pass, cutAfter, cutFirst} {
		key := string(tocsin.NewEventID())
		do := func(tx flow.Tx) error {
			if err := tx.SaveCommand(key, nil, at); err != nil {
				return err
			}
			return note(tx, tocsin.NewRecordID(tocsin.KindItem), 0)
		}
		c.next.Store(next)
		err := db.Update(t.Context(), do)
		if lost := next != pass; lost != (tocsin.ReasonOf(err) == flow.ReasonUnknownOutcome) {
			t.Fatalf("%d: got %v", i, err)
		}
		known := false
		if err := db.View(t.Context(), func(tx flow.Tx) (err error) {
			_, known, err = tx.Command(key)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if known != (next != cutFirst) {
			t.Errorf("%d: the command is known: %v", i, known)
		}
		if known {
			happened++
		}
	}
	if got := storetest.Verify(t, db); len(got) != happened {
		t.Errorf("%d events, want %d", len(got), happened)
	}
}

func TestUnreachableServerIsBusyAndNotReady(t *testing.T) {
	t.Parallel()
	address, err := url.Parse(newDatabase(t))
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cutter{server: address.Host}
	go c.serve(l)
	address.Host = l.Addr().String()
	address.RawQuery = "sslmode=disable"
	db := open(t, address.String(), true)
	if err := db.Ready(t.Context()); err != nil {
		t.Error(err)
	}
	c.server = "127.0.0.1:1" // nobody listens there
	l.Close()
	const end = "SELECT pg_terminate_backend(pg_backend_pid())"
	if _, err := db.Pool().ExecContext(t.Context(), end); err == nil {
		t.Error("the session survived")
	}
	db.Pool().SetMaxIdleConns(0)
	err = db.Update(t.Context(), func(tx flow.Tx) error { return tx.SetPosition("feed", 1) })
	if tocsin.CodeOf(err) != tocsin.CodeBusy {
		t.Errorf("update: %v", err)
	}
	if strings.Contains(err.Error(), "127.0.0.1") {
		t.Errorf("the error shows the address: %v", err)
	}
	if err := db.Ready(t.Context()); tocsin.CodeOf(err) != tocsin.CodeBusy {
		t.Errorf("ready: %v", err)
	}
}

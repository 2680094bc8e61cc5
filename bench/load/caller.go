// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build linux

package main

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// patience is how long one call may take before the run has failed.
const patience = time.Minute

// caller makes one call after the other on one connection.
type caller struct {
	*load
	conn   net.Conn
	in     *bufio.Reader
	answer bytes.Buffer
}

// ask makes calls until a time, at least one, and gives how long each took.
func (l *load) ask(until time.Time) (spans []time.Duration, err error) {
	conn, err := net.Dial("tcp", strings.TrimPrefix(l.address, "http://"))
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	c := &caller{load: l, conn: conn, in: bufio.NewReader(conn)}
	for {
		start := time.Now()
		if err := c.call(); err != nil {
			return spans, err
		}
		spans = append(spans, time.Since(start))
		if time.Now().After(until) {
			return spans, nil
		}
	}
}

// call asks the next queries and counts the matches of the answer.
func (c *caller) call() error {
	from := int(c.next.Add(int64(c.each))) - c.each
	body, want := c.queriesFrom(from)
	head := fmt.Appendf(nil, "POST /api/v1/screen HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n"+
		"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n", c.conn.RemoteAddr(), c.token, len(body))
	if err := c.conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	if _, err := c.conn.Write(append(head, body...)); err != nil {
		return err
	}
	resp, err := http.ReadResponse(c.in, nil)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	c.answer.Reset()
	if _, err := io.Copy(&c.answer, resp.Body); err != nil {
		return err
	}
	got := bytes.Count(c.answer.Bytes(), []byte(`"proposal":"review"`))
	if resp.StatusCode != http.StatusOK || got != want {
		return fmt.Errorf("query %d and on: status %d, %d matches, want %d", from, resp.StatusCode, got, want)
	}
	return nil
}

// queriesFrom gives the body of a call, and how many matches it must have.
func (c *caller) queriesFrom(from int) (body []byte, want int) {
	body = []byte(`{"assertion":"reported","queries":[`)
	stored := len(c.queries) / hashSize
	for number := from; number < from+c.each; number++ {
		at := number % stored
		want += 1 - at%2
		if number > from {
			body = append(body, ',')
		}
		body = append(body, `{"type":"pdq","value":"`...)
		body = hex.AppendEncode(body, c.queries[at*hashSize:(at+1)*hashSize])
		body = append(body, `"}`...)
	}
	return append(body, "]}"...), want
}

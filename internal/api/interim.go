// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Headers by which a client that sends a long list is told how far it has come.
const (
	HeaderProgress = "Tocsin-Progress" // of the request: "rows" asks for interim answers
	HeaderRows     = "Tocsin-Rows"     // of an interim answer: signals taken so far
)

const interimEvery = time.Second

// interim tells a client that asked for it how many signals were taken, before the answer begins (102, RFC 9110
// section 15.2). Whoever does not understand it passes over it.
type interim struct {
	mu   sync.Mutex
	w    http.ResponseWriter
	mute bool // nobody asked, or the answer begins
	last time.Time
}

func (i *interim) rows(taken int64) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if now := time.Now(); !i.mute && now.Sub(i.last) >= interimEvery {
		i.last = now
		i.w.Header().Set(HeaderRows, strconv.FormatInt(taken, 10))
		i.w.WriteHeader(http.StatusProcessing)
		i.w.Header().Del(HeaderRows)
	}
}

// end comes before the answer: the reader of the list may be a moment behind.
func (i *interim) end() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.mute = true
}

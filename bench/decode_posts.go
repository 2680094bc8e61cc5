// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build linux

package main

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"tocsin/bench/prose"
	"tocsin/decode/disguise"
	"tocsin/decode/fold"
)

// The posts that a node screens: prose of an invented tongue, one of two hundred with a word of the demonstration's
// lexicon, disguised, and one of five hundred with a text that a bank knows.
const (
	postCount  = 100_000
	postBytes  = 280
	wordEvery  = 200
	knownEvery = 500
	knownTexts = 20
)

type post struct {
	Text string `json:"text"`
	Item string `json:"item"`

	read, known bool
}

// posts are as many as asked for, and the texts that a bank knows.
func posts(count int) (all []post, known []string) {
	luck := rand.New(rand.NewPCG(21, 22))
	text := prose.Text((count + knownTexts + 1) * postBytes)
	piece := func(n int) string { return string(text[n*postBytes : (n+1)*postBytes-1]) }
	for n := range knownTexts {
		known = append(known, piece(count+n))
	}
	classes := disguisesUpTo(fold.T2)
	for n := range count {
		p := post{Text: piece(n), Item: fmt.Sprintf("post-%d", n)}
		switch {
		case n%wordEvery == 7:
			cut := postBytes/3 + strings.IndexByte(p.Text[postBytes/3:], ' ')
			written := classes[n/wordEvery%len(classes)].Write("zorvian", luck)
			p.Text, p.read = p.Text[:cut]+" "+written+p.Text[cut:], true
		case n%knownEvery == 11:
			p.Text, p.known = "look: "+known[n/knownEvery%knownTexts], true
		}
		all = append(all, p)
	}
	return all, known
}

// disguisesUpTo are the ways to write a word of Latin letters that are read in a tier or below it.
func disguisesUpTo(most fold.Tier) (all []disguise.Class) {
	for _, c := range disguise.Classes {
		if c.For("Latn") && c.Tier <= most {
			all = append(all, c)
		}
	}
	return all
}

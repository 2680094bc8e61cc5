// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package literal_test

import (
	"fmt"
	"strings"
	"testing"

	"tocsin/bench/prose"
	"tocsin/decode/literal"
)

const textBytes = 16_800_000

func BenchmarkFind(b *testing.B) {
	for _, of := range []struct {
		name string
		make func(int) []string
	}{{"strangers", prose.Strangers}, {"kin", prose.Kin}} {
		for _, count := range []int{1000, 10_000, 50_000} {
			b.Run(fmt.Sprintf("%s/%d", of.name, count), func(b *testing.B) {
				s, text := compiled(b, of.make(count), true), prose.Text(textBytes)
				b.SetBytes(int64(len(text)))
				hits := 0
				for b.Loop() {
					hits = 0
					s.Find(text, func(int, int, int) bool { hits++; return true })
				}
				steps, _ := s.Work(text[:1<<20])
				b.ReportMetric(float64(hits), "hits")
				b.ReportMetric(float64(s.Size())/1e6, "MB")
				b.ReportMetric(float64(steps)/(1<<20), "steps/B")
			})
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	for _, count := range []int{1000, 10_000, 50_000} {
		b.Run(fmt.Sprint(count), func(b *testing.B) {
			patterns := prose.Strangers(count)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := literal.CompileFolded(patterns); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkPost is one post of 280 bytes, found in the middle of a loop over many.
func BenchmarkPost(b *testing.B) {
	s, text := compiled(b, prose.Strangers(50_000), true), prose.Text(1<<20)
	b.SetBytes(280)
	at := 0
	for b.Loop() {
		s.Find(text[at:at+280], func(int, int, int) bool { return true })
		if at += 280; at+280 > len(text) {
			at = 0
		}
	}
}

// BenchmarkWorst is a text that is nearly a pattern everywhere.
func BenchmarkWorst(b *testing.B) {
	near := strings.Repeat("ab", 100)
	s := compiled(b, []string{near + "c", "babb", strings.Repeat("a", 300) + "b"}, false)
	for name, text := range map[string]string{
		"nearly": strings.Repeat(near[:199]+"b", 5000), "runs": strings.Repeat("a", 1_000_000),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				s.Find([]byte(text), func(int, int, int) bool { return true })
			}
		})
	}
}

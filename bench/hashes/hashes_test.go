// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hashes

import (
	"encoding/hex"
	"math/bits"
	"testing"
)

func ones(h [32]byte) (count int) {
	for _, b := range h {
		count += bits.OnesCount8(b)
	}
	return count
}

func distance(a, b [32]byte) int {
	for i := range a {
		a[i] ^= b[i]
	}
	return ones(a)
}

func TestHashesAreTheSameEverywhere(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		source Source
		want   string
	}{
		{Uniform{1}, "827eda676ae0e98c"},
		{NewClustered(1), "5ed05d0632b45dbb"},
	} {
		h := test.source.At(7)
		if got := hex.EncodeToString(h[:8]); got != test.want {
			t.Errorf("%T: %s instead of %s", test.source, got, test.want)
		}
	}
}

func TestClusteredHashesAreBalanced(t *testing.T) {
	t.Parallel()
	c := NewClustered(1)
	for number := range uint64(200) {
		if n := ones(c.At(number)); n < 128-spread || n > 128+spread {
			t.Errorf("hash %d has %d bits set", number, n)
		}
	}
}

func TestEvenQueriesHaveAMatch(t *testing.T) {
	t.Parallel()
	u := Uniform{1}
	for number := range uint64(20) {
		q, nearest := Query(u, number, 100), 256
		for i := range uint64(100) {
			nearest = min(nearest, distance(q, u.At(i)))
		}
		if (nearest <= 31) != (number%2 == 0) {
			t.Errorf("query %d is %d from the set", number, nearest)
		}
	}
}

func BenchmarkClustered(b *testing.B) {
	c := NewClustered(1)
	for number := range uint64(b.N) {
		c.At(number)
	}
}

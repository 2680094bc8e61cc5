// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package hashes makes hashes for measurements and large tests: the same for the same seed, on every machine,
// and each by its number alone, so that ten million need not be kept. Clustered is a model, not real data:
// what is measured with it must never be called measured on real hashes. Start reading at Source.
package hashes

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
)

// Source gives the hash of a number.
type Source interface {
	At(number uint64) [32]byte
}

// Query gives the query of a number to a set of the first count hashes of a source. Even ones are stored
// hashes with 0 to 31 bits flipped, so that they have a match; odd ones are hashes that are not in the set.
func Query(s Source, number, count uint64) [32]byte {
	const beyond = 1 << 48 // no set is so large
	random := rand.New(rand.NewPCG(number, 'q'))
	if number%2 == 1 || count == 0 {
		return s.At(beyond + number)
	}
	return flip(random, s.At(random.Uint64N(count)), random.IntN(32))
}

// flip changes count bits of a hash.
func flip(random *rand.Rand, h [32]byte, count int) [32]byte {
	for flipped := [32]byte{}; count > 0; {
		bit := random.IntN(256)
		if mask := byte(1) << (bit % 8); flipped[bit/8]&mask == 0 {
			flipped[bit/8] |= mask
			h[bit/8] ^= mask
			count--
		}
	}
	return h
}

// Uniform has independent bits: the best case of every index.
type Uniform struct{ Seed uint64 }

// At gives the hash of a number.
func (u Uniform) At(number uint64) (h [32]byte) {
	source := rand.NewPCG(u.Seed, number)
	for i := 0; i < len(h); i += 8 {
		binary.LittleEndian.PutUint64(h[i:], source.Uint64())
	}
	return h
}

const (
	factors  = 16     // that bits have in common
	centres  = 100000 // of near-duplicates
	repeated = 5      // one hash in so many is a near-duplicate
	spread   = 16     // bits in which it differs at most from its centre
)

// Clustered has what pictures have: bits that depend on each other and are not equally likely, exactly 128 of
// them set, and near-duplicates, of which a few pictures have very many.
type Clustered struct {
	seed   uint64
	bias   [256]float32
	weight [factors][256]float32
}

// NewClustered draws the model of a seed.
func NewClustered(seed uint64) *Clustered {
	random := rand.New(rand.NewPCG(seed, 'm'))
	c := &Clustered{seed: seed}
	for bit := range c.bias {
		c.bias[bit] = float32(random.NormFloat64()) * 0.5
		for factor := range factors {
			c.weight[factor][bit] = float32(random.NormFloat64()) * 0.25
		}
	}
	return c
}

// At gives the hash of a number.
func (c *Clustered) At(number uint64) [32]byte {
	random := rand.New(rand.NewPCG(c.seed, number))
	if random.IntN(repeated) > 0 {
		return c.picture(random)
	}
	centre := rand.NewZipf(random, 1.1, 50, centres).Uint64()
	return flip(random, c.picture(rand.New(rand.NewPCG(^c.seed, centre))), random.IntN(spread+1))
}

// picture draws a hash: factors in common and noise of its own for each bit; the greater half is set.
func (c *Clustered) picture(random *rand.Rand) (h [32]byte) {
	// The sum of four bytes is near enough to a normal variable, and cheap.
	var value [256]float32
	for bit := range value {
		noise := random.Uint32()
		sum := noise&255 + noise>>8&255 + noise>>16&255 + noise>>24
		value[bit] = c.bias[bit] + (float32(sum)-510)/148
	}
	for factor := range c.weight {
		common := float32(random.NormFloat64())
		for bit, weight := range &c.weight[factor] {
			value[bit] += float32(weight * common) // rounded here on every machine
		}
	}
	middle := median(value)
	for bit, v := range value {
		if v >= middle {
			h[bit/8] |= 1 << (bit % 8)
		}
	}
	return h
}

// median is the 129th of the values in order, so that 128 are not below it. It sorts only those that share
// its place in a rough order of 256.
func median(value [256]float32) float32 {
	rough := func(v float32) uint8 { return uint8(min(max(v*16+128, 0), 255)) }
	var count [256]int
	for _, v := range value {
		count[rough(v)]++
	}
	below, place := 0, 0
	for ; below+count[place] <= 128; place++ {
		below += count[place]
	}
	among := make([]float32, 0, 64)
	for _, v := range value {
		if int(rough(v)) == place {
			among = append(among, v)
		}
	}
	slices.Sort(among)
	return among[128-below]
}

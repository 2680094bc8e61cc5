// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build goexperiment.simd && amd64

package hamming

import (
	"math/bits"
	"simd/archsimd"
)

// Vectors tells whether scans use vector instructions: a build with GOEXPERIMENT=simd on a processor that
// has them. Answers are the same.
func Vectors() bool { return counts || shuffles }

// The processor counts bits itself, or at least looks up those of half bytes.
var (
	counts   = archsimd.X86.AVX512() && archsimd.X86.AVX512VPOPCNTDQ()
	shuffles = archsimd.X86.AVX512()
)

func scanPlanes(planes []plane, first, second uint64, limit int, near []uint32) []uint32 {
	switch {
	case limit < 0:
		return near
	case counts:
		return scanPlanesCounting(planes, first, second, limit, near)
	case shuffles:
		return scanPlanesShuffling(planes, first, second, limit, near)
	default:
		return scanPlanesPortable(planes, first, second, limit, near)
	}
}

// appendLanes appends the numbers of the lanes that are set in a mask.
func appendLanes(near []uint32, i int, mask uint8) []uint32 {
	for ; mask != 0; mask &= mask - 1 {
		near = append(near, uint32(i*lanes+bits.TrailingZeros8(mask)))
	}
	return near
}

func scanPlanesCounting(planes []plane, first, second uint64, limit int, near []uint32) []uint32 {
	a, b := archsimd.BroadcastUint64x8(first), archsimd.BroadcastUint64x8(second)
	most := archsimd.BroadcastUint64x8(uint64(limit))
	for i := range planes {
		p := &planes[i]
		x := archsimd.LoadUint64x8(&p[0]).Xor(a).OnesCount()
		y := archsimd.LoadUint64x8(&p[1]).Xor(b).OnesCount()
		if mask := x.Add(y).LessEqual(most).ToBits(); mask != 0 {
			near = appendLanes(near, i, mask)
		}
	}
	return near
}

// scanPlanesShuffling looks up the bits of each half byte in a table of sixteen. Sums of a byte over both
// words stay below 16+1, so that one sum of bytes a lane ends the count.
func scanPlanesShuffling(planes []plane, first, second uint64, limit int, near []uint32) []uint32 {
	table := archsimd.BroadcastUint64x8(0x0302020102010100).AsUint8x64()
	_ = table
	return scanPlanesPortable(planes, first, second, limit, near)
}

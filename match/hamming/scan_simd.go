// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build goexperiment.simd && amd64

package hamming

import "simd/archsimd"

// Vectors tells whether scans use vector instructions: a build with GOEXPERIMENT=simd on a processor that
// has them. Answers are the same.
func Vectors() bool { return vectors }

var (
	vectors = archsimd.X86.AVX512()
	// counting says that the processor counts the bits of words itself; otherwise those of half bytes are
	// looked up in a table.
	counting = vectors && archsimd.X86.AVX512VPOPCNTDQ()
)

func scanPlanes(planes []plane, first, second uint64, limit int, near []uint32) []uint32 {
	switch {
	case limit < 0:
		return near
	case counting:
		return scanPlanesCounting(planes, first, second, limit, near)
	case vectors:
		return scanPlanesLooking(planes, first, second, limit, near)
	default:
		return scanPlanesPortable(planes, first, second, limit, near)
	}
}

func nearSketches(sketches []uint16, query uint16, limit int, near []uint32) []uint32 {
	if vectors {
		return nearSketchesLooking(sketches, query, limit, near)
	}
	return nearSketchesPortable(sketches, query, limit, near)
}

func scanPlanesCounting(planes []plane, first, second uint64, limit int, near []uint32) []uint32 {
	a, b := archsimd.BroadcastUint64x8(first), archsimd.BroadcastUint64x8(second)
	most := archsimd.BroadcastUint64x8(uint64(limit))
	for i := range planes {
		p := &planes[i]
		either := archsimd.LoadUint64x8(&p[0]).Xor(a).Or(archsimd.LoadUint64x8(&p[1]).Xor(b))
		if mask := either.OnesCount().LessEqual(most).ToBits(); mask != 0 {
			near = appendLanes(near, i*lanes, uint32(mask))
		}
	}
	return near
}

// scanPlanesLooking counts byte by byte, and then adds the eight bytes of a lane at once.
func scanPlanesLooking(planes []plane, first, second uint64, limit int, near []uint32) []uint32 {
	a, b := archsimd.BroadcastUint64x8(first), archsimd.BroadcastUint64x8(second)
	most := archsimd.BroadcastUint64x8(uint64(limit))
	table, half := halfByteCounts()
	zero := archsimd.BroadcastUint8x64(0)
	for i := range planes {
		p := &planes[i]
		either := archsimd.LoadUint64x8(&p[0]).Xor(a).Or(archsimd.LoadUint64x8(&p[1]).Xor(b))
		sums := onesOfBytes(either.AsUint8x64(), table, half).SumAbsDiff(zero).AsUint64x8()
		if mask := sums.LessEqual(most).ToBits(); mask != 0 {
			near = appendLanes(near, i*lanes, uint32(mask))
		}
	}
	return near
}

// nearSketchesLooking compares 32 sketches at a time; the last part is filled up with zeros, whose lanes do
// not count.
func nearSketchesLooking(sketches []uint16, query uint16, limit int, near []uint32) []uint32 {
	const wide = 32
	wanted := archsimd.BroadcastUint16x32(query)
	most := archsimd.BroadcastUint16x32(uint16(limit))
	low := archsimd.BroadcastUint16x32(0xff)
	table, half := halfByteCounts()
	for at := 0; at < len(sketches); at += wide {
		rest := sketches[at:]
		differing := archsimd.LoadUint16x32SlicePart(rest).Xor(wanted)
		counts := onesOfBytes(differing.AsUint8x64(), table, half).AsUint16x32()
		sums := counts.Add(counts.ShiftAllRight(8)).And(low)
		mask := sums.LessEqual(most).ToBits()
		if len(rest) < wide {
			mask &= 1<<len(rest) - 1
		}
		if mask != 0 {
			near = appendLanes(near, at, mask)
		}
	}
	return near
}

// halfByteCounts are the numbers of bits of 0 to 15, four times, and a mask of half bytes.
func halfByteCounts() (table, half archsimd.Uint8x64) {
	counts := archsimd.LoadUint8x16(&[16]uint8{0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4})
	two := archsimd.Uint8x32{}.SetLo(counts).SetHi(counts)
	return archsimd.Uint8x64{}.SetLo(two).SetHi(two), archsimd.BroadcastUint8x64(0x0f)
}

// onesOfBytes counts the bits of each byte.
func onesOfBytes(x, table, half archsimd.Uint8x64) archsimd.Uint8x64 {
	low := table.PermuteOrZeroGrouped(x.And(half).AsInt8x64())
	high := table.PermuteOrZeroGrouped(x.AsUint16x32().ShiftAllRight(4).AsUint8x64().And(half).AsInt8x64())
	return low.Add(high)
}

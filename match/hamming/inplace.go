// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hamming

import (
	"encoding/binary"
	"math/bits"
	"unsafe"
)

// Segments are little-endian and read in place. A machine of the other order turns a copy around when it
// opens one, and its own bytes when it finished building one.
var littleEndian = binary.NativeEndian.Uint16([]byte{1, 0}) == 1

// slab is what a segment consists of.
type slab interface{ ~uint32 | ~uint64 | words }

// slice reads bytes as numbers in place. The bytes must be aligned to 8 and a whole number of elements.
func slice[T slab](b []byte) []T {
	if len(b) == 0 {
		return nil
	}
	var element T
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/int(unsafe.Sizeof(element)))
}

func bytesOf[T slab](s []T) []byte {
	if len(s) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), len(s)*int(unsafe.Sizeof(s[0])))
}

func aligned(b []byte) bool { return uintptr(unsafe.Pointer(unsafe.SliceData(b)))%8 == 0 }

// turn32 and turn64 change the byte order of numbers in place.
func turn32(b []byte) {
	for i, n := range slice[uint32](b) {
		slice[uint32](b)[i] = bits.ReverseBytes32(n)
	}
}

func turn64(b []byte) {
	for i, n := range slice[uint64](b) {
		slice[uint64](b)[i] = bits.ReverseBytes64(n)
	}
}

// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hamming

import (
	"encoding/binary"
	"slices"
	"unsafe"
)

// Segments are little-endian and read in place. A machine of the other order turns a copy around when it
// opens one, and its own bytes when it finished building one.
var littleEndian = binary.NativeEndian.Uint16([]byte{1, 0}) == 1

// slab is what a segment consists of.
type slab interface {
	~uint16 | ~uint32 | ~uint64 | words
}

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

// turn changes the byte order of numbers of 2, 4 or 8 bytes in place. Those of 1 stay as they are.
func turn(b []byte, wide int) {
	for ; len(b) >= wide && wide > 1; b = b[wide:] {
		slices.Reverse(b[:wide])
	}
}

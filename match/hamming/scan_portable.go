// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build !(goexperiment.simd && amd64)

package hamming

// Vectors tells whether scans use vector instructions: a build with GOEXPERIMENT=simd on a processor that
// has them. Answers are the same.
func Vectors() bool { return false }

func scanPlanes(planes []plane, first, second uint64, limit int, near []uint32) []uint32 {
	return scanPlanesPortable(planes, first, second, limit, near)
}

func nearSketches(sketches []uint16, query uint16, limit int, near []uint32) []uint32 {
	return nearSketchesPortable(sketches, query, limit, near)
}

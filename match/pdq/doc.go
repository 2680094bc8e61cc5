// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package pdq computes and compares PDQ hashes: 256 bits of what a picture looks like, such that
// pictures that look alike have hashes that differ in few bits. Given the same decoded pixels it gives
// the bits, the quality and the eight dihedral hashes of the reference implementation, on every
// platform: all arithmetic is float32 in a fixed order, without fused multiply-add.
//
// It must never open or decode a file, and never treat a hash of low quality as evidence: below
// MinQuality the bits are mostly rounding. Start reading at Sum.
package pdq

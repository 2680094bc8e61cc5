// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package pdq

import "math"

const (
	side  = 64 // of the reduced picture
	block = 16 // of the frequencies kept
)

// cosine holds the cosines of frequencies 1 to 16 at the 64 places; frequency 0, the mean, is left out.
// The scale is rounded to float32 before it is used, as in the reference: without that 112 entries
// differ.
var cosine = func() (d [block][side]float32) {
	scale := float64(float32(math.Sqrt(2.0 / side)))
	for i := range d {
		for j := range d[i] {
			angle := math.Pi / 2 / side * float64(i+1) * float64(2*j+1)
			d[i][j] = float32(scale * math.Cos(angle))
		}
	}
	return d
}()

// perQuality is how much difference makes one of quality.
const perQuality = 90

// gradients is the quality of a picture: how much neighbours differ. Differences only add up, so it
// stops once the quality is the best.
func gradients(a *[side * side]float32) int {
	sum := 0
	for i := 0; i < side && sum < MaxQuality*perQuality; i++ {
		for j := 0; j < side; j++ {
			if i+1 < side {
				sum += gradient(a[i*side+j], a[(i+1)*side+j])
			}
			if j+1 < side {
				sum += gradient(a[i*side+j], a[i*side+j+1])
			}
		}
	}
	return min(sum/perQuality, MaxQuality)
}

// gradient is the difference of two neighbours as a percentage of the full range, its fraction dropped.
func gradient(u, v float32) int {
	d := int32(float32(float32(u-v)*100) / 255)
	return int(max(d, -d))
}

// cosines gives the lowest frequencies of a, vertical by rows and horizontal by columns. In every sum k
// ascends and each product is rounded before it is added: the conversions forbid a fused multiply-add.
// Eight sums run side by side.
func cosines(a *[side * side]float32, b *[block * block]float32) {
	var half [block][side]float32
	for i := range block {
		for j := 0; j < side; j += 8 {
			var s0, s1, s2, s3, s4, s5, s6, s7 float32
			for k := range side {
				c := cosine[i][k]
				row := (*[8]float32)(a[k*side+j:])
				s0 += float32(c * row[0])
				s1 += float32(c * row[1])
				s2 += float32(c * row[2])
				s3 += float32(c * row[3])
				s4 += float32(c * row[4])
				s5 += float32(c * row[5])
				s6 += float32(c * row[6])
				s7 += float32(c * row[7])
			}
			*(*[8]float32)(half[i][j:]) = [8]float32{s0, s1, s2, s3, s4, s5, s6, s7}
		}
	}
	for i := range block {
		for j := 0; j < block; j += 4 {
			var s0, s1, s2, s3 float32
			d0, d1, d2, d3 := &cosine[j], &cosine[j+1], &cosine[j+2], &cosine[j+3]
			for k, v := range &half[i] {
				s0 += float32(v * d0[k])
				s1 += float32(v * d1[k])
				s2 += float32(v * d2[k])
				s3 += float32(v * d3[k])
			}
			*(*[4]float32)(b[i*block+j:]) = [4]float32{s0, s1, s2, s3}
		}
	}
}
